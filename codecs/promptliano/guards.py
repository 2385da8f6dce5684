"""Guards: what comes from outside (a request's body, a path, a file) becomes a typed value or a `Refused`.

>>> from promptliano.documents import Preferences
>>> from promptliano.ids import TicketId
>>> decoded(Preferences, b'{"theme": "dark"}').unwrap().theme
'dark'
>>> decoded(Preferences, b'{"theme": 1}').failure()
Refused(path='$.theme', reason='Expected `str`, got `int`')
>>> branded(TicketId, "7"), branded(TicketId, 0)
(<Success: 7>, <Failure: Refused(path='$', reason='an id is a whole number from 1 to 9223372036854775807')>)
"""

from collections.abc import Callable
from typing import TypeAlias, TypeVar

import msgspec

from qb import Failure, Success

T = TypeVar("T")

_LARGEST = 2**63 - 1


class Refused(msgspec.Struct, frozen=True):
    """Why a value was refused, and where in it. `path` leads into the document: `$.labels[1]`."""

    path: str
    reason: str


Guarded: TypeAlias = Success[T] | Failure[Refused, T]


def decoded(kind: type[T], document: bytes | str) -> Guarded[T]:
    """A JSON document as a `kind`: a Struct of `promptliano.documents`, an insertable row, a patch."""
    try:
        return Success(msgspec.json.decode(document, type=kind))
    except msgspec.DecodeError as error:  # ValidationError is one
        return Failure(_refused(error))


def converted(kind: type[T], value: object) -> Guarded[T]:
    """The same for plain Python values, such as a dict that a framework has parsed."""
    try:
        return Success(msgspec.convert(value, kind))
    except msgspec.ValidationError as error:
        return Failure(_refused(error))


def branded(brand: Callable[[int], T], value: object) -> Guarded[T]:
    """A number, or its digits, as an id: `branded(TicketId, request.path["ticket"])`."""
    digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19
    number = int(str(value)) if digits else value
    if isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= _LARGEST:
        return Success(brand(number))
    return Failure(Refused("$", f"an id is a whole number from 1 to {_LARGEST}"))


def _refused(error: msgspec.MsgspecError) -> Refused:
    reason, marked, path = str(error).rpartition(" - at `")
    return Refused(path.removesuffix("`"), reason) if marked else Refused("$", str(error))
