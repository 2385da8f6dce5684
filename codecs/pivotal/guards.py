"""What keeps money out of documents, wherever they come from: a body, a function of ours, a row that is there.

>>> validate_metadata({"source": "crm", "extra": {"lines": [{"Unit-Price": 5}]}}).failure()
Refused(path='$.extra.lines[0].Unit-Price', reason='money belongs into columns, and not into a document')
>>> validate_metadata(b'{"source": "crm"}')
<Success: None>
>>> from pivotal.documents import Metadata
>>> body(Metadata, b'{"tags": ["new", 7]}').failure()
Refused(path='$.tags[1]', reason='Expected `str`, got `int`')
"""

from typing import TypeAlias, TypeVar

import msgspec

from qb import Failure, Success, guard

T = TypeVar("T")

no_money = guard(
    "no_money",
    "*price*",
    "*amount*",
    "*total*",
    "*cost*",
    "*discount*",
    "*currency*",
    "tax",
    "*tax_rate*",
    "rate",
    "hourly_rate",
    "quantity",
)
"""The names of what has a column: at any depth, in any writing."""

_REASON = "money belongs into columns, and not into a document"


class Refused(msgspec.Struct, frozen=True):
    """Why a value was refused, and where in it. `path` leads into the document: `$.extra.price`."""

    path: str
    reason: str


Guarded: TypeAlias = Success[T] | Failure[Refused, T]


class MoneyInMetadata(ValueError):
    """What `throw_if_monetary` raises; `path` says where it is."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{_REASON}: at {path}")
        self.path: str = path


def validate_metadata(document: object) -> Guarded[None]:
    """Whether a document, as JSON or as what it was decoded to, is free of money."""
    return _free_of_money(document, "$")


def throw_if_monetary(document: object) -> None:
    """The same for those who want an exception: MoneyInMetadata, or what `find` of a guard raises."""
    if (path := no_money.find(document)) is not None:
        raise MoneyInMetadata(path)


class _Body(msgspec.Struct):
    """The documents within a body; whatever else it holds is a row's own."""

    metadata: msgspec.Raw = msgspec.Raw(b"null")
    address: msgspec.Raw = msgspec.Raw(b"null")
    value: msgspec.Raw = msgspec.Raw(b"null")


def body(kind: type[T], content: bytes) -> Guarded[T]:
    """A request's body as a `kind`, such as `New[Quote]`: what does not fit, and money in a document of it, is refused
    with the path."""
    try:
        found = msgspec.json.decode(content, type=kind)
        held = msgspec.json.decode(content, type=_Body) if content.lstrip()[:1] == b"{" else _Body()
    except msgspec.DecodeError as error:  # ValidationError is one
        reason, marked, path = str(error).rpartition(" - at `")
        return Failure(Refused(path.removesuffix("`"), reason) if marked else Refused("$", str(error)))
    except UnicodeError:
        return Failure(Refused("$", "JSON is malformed: it is no UTF-8"))
    except RecursionError:
        return Failure(Refused("$", "it is nested too deeply to be looked at"))
    for name in _Body.__struct_fields__:
        looked = _free_of_money(bytes(getattr(held, name)), f"$.{name}")
        if isinstance(looked, Failure):
            return Failure(looked.failure())
    return Success(found)


def _free_of_money(document: object, at: str) -> Guarded[None]:
    try:
        path = no_money.find(document)
    except (msgspec.DecodeError, TypeError) as error:
        return Failure(Refused(at, str(error)))
    return Success(None) if path is None else Failure(Refused(at + path.removeprefix("$"), _REASON))
