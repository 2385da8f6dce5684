"""Channels: what is told to whoever listens, under a name, of one shape.

https://www.postgresql.org/docs/current/sql-notify.html
"""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar, overload

from typing_extensions import TypeForm

from qb.errors import DefinitionError
from qb.frozen import FrozenStruct
from qb.types.annotation import shown
from qb.types.identifier import identifier
from qb.types.json import why_no_document
from qb.types.payload import Payload

T = TypeVar("T")


class Channel(FrozenStruct, Generic[T]):
    """A channel and the shape of what it carries: what `channel` makes, `notify` and `db.listen` take."""

    _said: ClassVar[str] = "a channel is a frozen value"
    name: str
    carries: Payload
    """The text that its payloads travel as."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Channel) and (self.name, self.carries) == (other.name, other.carries)

    def __hash__(self) -> int:
        return hash((self.name, self.carries))

    def __repr__(self) -> str:
        return f"<channel {self.name} of {shown(self.carries.python)}>"

    def read(self, text: str) -> T:
        """The payload that a text holds, as msgspec reads it; it raises what msgspec raises."""
        found: T = self.carries.read(text)
        return found


@overload
def channel(name: str) -> Channel[str]: ...
@overload
def channel(name: str, shape: TypeForm[T]) -> Channel[T]: ...
def channel(name: str, shape: Any = str) -> Channel[Any]:
    """A channel under a name, and the shape of what it carries: text, or whatever msgspec reads and writes.

    Payloads travel as JSON. A shape whose JSON is a string (`str`, `UUID`, a date, labels) travels as that string
    without quotes, as triggers send it. The name is quoted wherever it goes, so `Orders` and `orders` are two.
    Errors: DefinitionError for a name that PostgreSQL cannot hold, and for what no document can be read as.
    https://www.postgresql.org/docs/current/sql-listen.html

    >>> import msgspec
    >>> class Placed(msgspec.Struct, frozen=True):
    ...     order: int
    ...     cents: int
    >>> channel("order_events", Placed), channel("cache_cleared")
    (<channel order_events of Placed>, <channel cache_cleared of str>)
    """
    identifier(name, "a channel")
    if (reason := why_no_document(shape)) is not None:
        raise DefinitionError(f"the channel {name!r}: {reason}")
    return Channel(name, Payload(shape))
