"""Documents that are kept as they came, and read when somebody asks for what they hold.

https://www.postgresql.org/docs/current/datatype-json.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar, cast

from qb.errors.reading import as_outcome
from qb.frozen import Frozen, fix
from qb.types.base import Convert
from qb.types.json import json_bytes
from qb.types.read_back import refusal

if TYPE_CHECKING:
    from qb.errors import DecodeError
    from qb.errors.outcome import Failure, Success

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class _Reader(Protocol):
    """How an undecoded document is read: the type of its column."""

    @property
    def kind(self) -> Any: ...
    @property
    def table(self) -> str | None: ...
    @property
    def column(self) -> str | None: ...
    def read(self, raw: bytes, /) -> Any: ...


class Undecoded(Frozen, Generic[T_co]):
    """A document as it is stored: `raw`, which nobody has read yet, and `decode()`, which does.

    A column annotated `Col[Undecoded[Settings]]` gives such values, so that a row is there whatever its document
    holds, and those that nobody looks into cost nothing. It is written back as it came; `undecoded(value)` makes one.
    Two are equal where their bytes are. It does not print what it holds.

    >>> class Knob(Table, name="knobs"):
    ...     id: Col[int] = column(primary_key=True)
    ...     turns: Col[Undecoded[list[int]]]
    >>> db.run(create_all(schema(Knob)))
    <Success: 1>
    >>> db.run(Script('''INSERT INTO knobs VALUES (1, '[5]'), (2, '["a"]')'''))
    <Success: 1>
    >>> for turns in db.raising.all(select(Knob.turns).order_by(Knob.id)):
    ...     print(turns.raw, turns.decode())
    b'[5]' <Success: [5]>
    b'["a"]' <Failure: "knobs"."turns" at $[0]: Expected `int`, got `str`>
    """

    __slots__ = ("_raw", "_reading", "_value")
    _said: ClassVar[str] = "an undecoded document is a frozen value"
    _raw: bytes
    _reading: _Reader | None
    _value: T_co | None

    def __init__(self, raw: bytes, reading: _Reader | None = None, value: T_co | None = None) -> None:
        fix(self, "_raw", raw)
        fix(self, "_reading", reading)
        fix(self, "_value", value)

    @property
    def raw(self) -> bytes:
        """What is stored, or is to be: JSON in UTF-8."""
        return json_bytes(self._value) if self._reading is None else self._raw

    def decode(self) -> Success[T_co] | Failure[DecodeError, T_co]:
        """What it holds, older shapes upgraded. A DecodeError says where and why it cannot be read, not its content.

        https://www.postgresql.org/docs/current/datatype-json.html
        """
        reading = self._reading
        table, column = (None, None) if reading is None else (reading.table, reading.column)
        return as_outcome(self._read, table, column, refusal)

    def _read(self) -> T_co:
        return cast("T_co", self._value if self._reading is None else self._reading.read(self._raw))

    def written(self, kind: object, judged: Convert) -> bytes:
        """What goes into a column of documents of a kind: as it came, or what `judged` makes of a new value."""
        if self._reading is None:
            made: bytes = judged(self._value)
            return made
        if self._reading.kind != kind:
            raise TypeError("it is undecoded, and of another class")
        return self._raw

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Undecoded) and self.raw == cast("Undecoded[object]", other).raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"<undecoded document of {len(self.raw)} bytes>"


def undecoded(value: T, /) -> Undecoded[T]:
    """A value for a column of undecoded documents: `new(Knob)(id=3, turns=undecoded([1, 2]))`.

    It is judged as any document is when it is sent: what could not be read back is an EncodeError.

    >>> undecoded([1, 2]).decode()
    <Success: [1, 2]>
    """
    return Undecoded(b"", None, value)
