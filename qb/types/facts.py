"""One row of facts for each type: its names and numbers, what kind of a type it is, how its results travel.

A row stands once, with the type that it is of (`number`, `scalar`, `temporal`, `json`, `network`); everybody else asks
the row of a type, `type.wire`, and keeps no list of names. How values are written is `qb.run.session.forms`.
https://www.postgresql.org/docs/current/catalog-pg-type.html
"""

from __future__ import annotations

import re
import sys
from importlib import import_module
from typing import Final, Literal, TypeAlias

import msgspec

Kind: TypeAlias = Literal[
    "integer",
    "numeric",
    "float",
    "boolean",
    "text",
    "bytes",
    "uuid",
    "date",
    "moment",
    "time",
    "timetz",
    "span",
    "document",
    "network",
    "address",
    "bits",
    "money",
    "oid",
    "jsonpath",
    "xml",
    "tsvector",
    "tsquery",
    "range",
    "multirange",
    "geometric",
    "enum",
    "opaque",
    "unstated",
]


class Wire(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """What is known of one of PostgreSQL's own types. Equal to itself alone."""

    name: str
    """In the catalog; "" of what stands for many types."""
    oid: int = 0
    """Fixed for PostgreSQL's own types; 0 for one whose number is another one in each database."""
    array_oid: int = 0
    kind: Kind
    takes: tuple[type, ...] = ()
    """The classes of plain values that it takes; the first is what its values are in Python."""
    rank: int = 0
    """Where PostgreSQL makes one type of several: numbers, and days, from narrow to wide."""
    bits: int = 0
    """The size of a number; 0 for what has no fixed one."""
    binary: bool = False
    """Whether psycopg reads it faster, and exactly, from a binary result."""
    zoned: bool = False
    """Whether psycopg gives its values in the session's time zone."""
    equality: bool = True
    """Whether PostgreSQL has an = for it that means what Python's does: of two boxes it compares areas."""
    delimiter: str = ","
    """What stands between the elements of its arrays."""
    extremes: bool = True
    """Whether PostgreSQL has min and max for it."""
    casts: str = ""
    """The types that PostgreSQL converts it to, beside itself, and texts, which it converts anything to and from."""
    padded: bool = False
    """Whether PostgreSQL fills a text with spaces, and takes those at its end for nothing."""
    texted: bool = False
    """Whether its text is a value as good as any, so that a column of text may turn out to be of this type."""
    since: int = 0
    """The version of PostgreSQL that it came with, where not all have it."""
    reads: frozenset[str] = frozenset()
    """The server's types whose every value is one of this type, beside itself."""
    stores: frozenset[str] = frozenset()
    """The server's types that keep every value of this type or refuse it, beside itself."""

    def __reduce__(self) -> tuple[object, ...]:
        """What pickle keeps: the constant that it is, as a row is equal to itself alone."""
        for module in [name for name in sys.modules if name.startswith("qb.types.")]:
            for name, value in vars(sys.modules[module]).items():
                if value is self:
                    return _constant, (module, name)
        raise TypeError(f"the row of {self.name} is no constant of a module of types")

    @property
    def is_integer(self) -> bool:
        """smallint, integer, bigint."""
        return self.kind == "integer"

    @property
    def is_numeric(self) -> bool:
        """numeric, of any digits."""
        return self.kind == "numeric"

    @property
    def is_exact(self) -> bool:
        """A number that is never rounded: an integer or a numeric."""
        return self.kind == "integer" or self.kind == "numeric"

    @property
    def is_float(self) -> bool:
        """real and double precision."""
        return self.kind == "float"

    @property
    def is_number(self) -> bool:
        """Any of these."""
        return self.kind == "integer" or self.kind == "numeric" or self.kind == "float"

    @property
    def is_boolean(self) -> bool:
        """boolean."""
        return self.kind == "boolean"

    @property
    def is_text(self) -> bool:
        """text, varchar and char."""
        return self.kind == "text"

    @property
    def is_bytes(self) -> bool:
        """bytea."""
        return self.kind == "bytes"

    @property
    def is_date(self) -> bool:
        """date alone."""
        return self.kind == "date"

    @property
    def is_moment(self) -> bool:
        """timestamp, with a time zone or without."""
        return self.kind == "moment"

    @property
    def is_day(self) -> bool:
        """A date, with a time or without."""
        return self.kind == "date" or self.kind == "moment"

    @property
    def is_clock(self) -> bool:
        """A time of no day: time and interval, which PostgreSQL compares with each other."""
        return self.kind == "time" or self.kind == "span"

    @property
    def is_held_by_python(self) -> bool:
        """Python has a value for each of its values."""
        held = ("integer", "numeric", "float", "boolean", "text", "bytes", "uuid", "oid", "enum", "jsonpath", "xml")
        return self.kind in held

    @property
    def is_written_as_pythons(self) -> bool:
        """Most of its values are written as Python writes its own: dates, times, moments."""
        return self.kind in ("date", "moment", "time", "timetz")

    @property
    def is_span(self) -> bool:
        """interval."""
        return self.kind == "span"

    @property
    def is_time(self) -> bool:
        """Whatever is about time."""
        return self.is_day or self.is_clock

    @property
    def is_document(self) -> bool:
        """json and jsonb."""
        return self.kind == "document"

    @property
    def is_kept_apart(self) -> bool:
        """Compared with others of its kind, and made one of them only by changing what it is."""
        return self.kind in ("address", "bits", "oid")

    @property
    def is_address(self) -> bool:
        """inet and cidr."""
        return self.kind == "address"

    @property
    def is_bits(self) -> bool:
        """bit and varbit."""
        return self.kind == "bits"

    @property
    def is_vector_of_text(self) -> bool:
        """tsvector."""
        return self.kind == "tsvector"

    @property
    def is_query_of_text(self) -> bool:
        """tsquery."""
        return self.kind == "tsquery"

    @property
    def is_range(self) -> bool:
        """A range, of whatever subtype."""
        return self.kind == "range"

    @property
    def is_multirange(self) -> bool:
        """A multirange, of whatever subtype."""
        return self.kind == "multirange"

    @property
    def is_geometric(self) -> bool:
        """A point, and what is made of points."""
        return self.kind == "geometric"

    @property
    def is_enum(self) -> bool:
        """An enumerated type."""
        return self.kind == "enum"

    @property
    def is_opaque(self) -> bool:
        """A type that qb does not know inside: PostgreSQL may have operators for it."""
        return self.kind == "opaque"

    @property
    def is_unstated(self) -> bool:
        """In a class body, where the annotation that says the type is still to be read."""
        return self.kind == "unstated"

    @property
    def family(self) -> object:
        """What PostgreSQL compares with each other has the same; None where that is not known."""
        if self.is_opaque or self.is_unstated:
            return None
        if self.is_number:
            return "number"
        if self.is_day:
            return "day"
        if self.is_clock:
            return "clock"
        return self if self.kind in _ALONE else self.kind

    @property
    def readable(self) -> frozenset[str]:
        """The server's types that are read as this one."""
        return self.reads | {self.name}

    @property
    def storable(self) -> frozenset[str]:
        """The server's types that this one is written to."""
        return self.stores | {self.name}


_ALONE: Final = frozenset(("document", "network", "range", "multirange", "geometric"))
"""Kinds of which each type is compared with itself alone."""


def _constant(module: str, name: str) -> object:
    return getattr(import_module(module), name)


OPAQUE: Final = Wire(name="", kind="opaque")
"""What travels as the type's own text: arrays, and types of one's own."""

COLONS: Final = Wire(name="", kind="opaque", delimiter=":")
"""The same for what stands between colons in arrays, as PostGIS's types do."""

ENUM: Final = Wire(name="", kind="enum")
"""The same for enumerated types, whose labels are known."""

UNSTATED: Final = Wire(name="", kind="unstated")

CUT: Final = frozenset(("name", '"char"', "char"))
"""The server's types that cut a text to their length in silence."""

UNTEXTED: Final = frozenset(("record",))
"""The server's types that qb has none for, and that would lose by being text."""

_LIMITS = re.compile(
    r"(varchar|char|numeric|timestamp|timestamptz|bit|varbit|vector|halfvec|sparsevec)\((\d+)(?:, (-?\d+))?\)"
)


def modifier_of(sql: str) -> int | None:
    """The limits in a type's SQL as the catalog keeps them, -1 for none, and None where only the type itself knows.

    >>> modifier_of("text"), modifier_of("varchar(80)"), modifier_of("geometry(Point)")
    (-1, 84, None)
    """
    if "(" not in sql:
        return -1
    found = _LIMITS.fullmatch(sql)
    if found is None:
        return None
    number = int(found[2])
    if found[1] == "numeric":
        return ((number << 16) | (int(found[3]) & 0x7FF)) + 4
    return number + 4 if found[1] in ("varchar", "char") else number


def scale_of(modifier: int) -> int | None:
    """The digits after the point in a numeric's limits, where it has some."""
    return None if modifier < 4 else ((modifier - 4) & 0x7FF ^ 0x400) - 0x400
