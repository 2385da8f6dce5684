"""Guards: what comes from outside, and documents that are kept as they came, become typed values or a `Refused`.

>>> from archetype.ids import ActionId
>>> from archetype.documents.auth import ClerkOrganization
>>> decoded(ClerkOrganization, b'{"id": "org_1", "name": "Acme"}').unwrap().name
'Acme'
>>> decoded(ClerkOrganization, b'{"id": "org_1", "name": 1}').failure()
Refused(path='$.name', reason='Expected `str`, got `int`')
>>> branded(ActionId, "act_1"), branded(ActionId, " ")
(<Success: act_1>, <Failure: Refused(path='$', reason='an id is 1 to 128 printable characters without blanks')>)
"""

from collections.abc import Callable
from typing import TypeAlias, TypeVar, cast

import msgspec
from typing_extensions import TypeForm

from qb import Failure, Success

T = TypeVar("T")

LONGEST = 128
"""The characters that an id may have."""


class Refused(msgspec.Struct, frozen=True):
    """Why a value was refused, and where in it. `path` leads into the document: `$.lines[1]`."""

    path: str
    reason: str


Guarded: TypeAlias = Success[T] | Failure[Refused, T]


def decoded(kind: TypeForm[T], document: bytes | str | msgspec.Raw) -> Guarded[T]:
    """A JSON document as a `kind`: a Struct or a union of `archetype.documents`, an insertable row, a patch.

    Columns that keep somebody else's documents as they came give a `msgspec.Raw`: it is decoded here by whoever wants
    it, so that one document of another shape does not fail the page of rows that it is on.
    """
    try:
        found: T = msgspec.json.decode(document, type=kind)
    except msgspec.DecodeError as error:  # ValidationError is one
        return Failure(_refused(error))
    return Success(found)


def raw(document: object) -> msgspec.Raw:
    """A Struct, or plain values, as what a column keeps as it is: the other half of `decoded`."""
    return msgspec.Raw(msgspec.json.encode(document))


def branded(brand: TypeForm[T], value: object) -> Guarded[T]:
    """A text as an id: `branded(ActionId, request.path["action"])`."""
    if isinstance(value, str) and 1 <= len(value) <= LONGEST and value.isprintable() and " " not in value:
        return Success(cast("Callable[[str], T]", brand)(value))
    return Failure(Refused("$", f"an id is 1 to {LONGEST} printable characters without blanks"))


def _refused(error: msgspec.MsgspecError) -> Refused:
    reason, marked, path = str(error).rpartition(" - at `")
    return Refused(path.removesuffix("`"), reason) if marked else Refused("$", str(error))
