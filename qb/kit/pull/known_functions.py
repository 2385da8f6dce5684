"""PostgreSQL's own functions that expressions call: what each is in `fn`, what it takes and what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from qb.kit.pull.kinds import ValueKind, kind

NUMBER: Final = "number"
MOMENT: Final = "moment"
A_TEXT: Final = "text"
SAME: Final = "same"


class KnownFunction(NamedTuple):
    """A function with one signature that is certain."""

    said: str
    """Its name in `fn`."""
    takes: tuple[str, ...] = ()
    """What it takes: a type as the catalog calls it; a text, or one of varchar; `number`: numeric or an integer;
    `#text` and `#int4`: a constant."""
    gives: ValueKind | None = None
    """What it gives; else what its first argument is."""
    never_null: bool = False


_TEXT_KIND: Final = kind("text", "str")
_INTEGER: Final = kind("int4", "int")
_BOOL: Final = kind("bool", "bool")
_NOW: Final = kind("timestamptz", "dt.datetime", optional=False)
_VECTOR: Final = kind("tsvector", "TsVector")

KNOWN_FUNCTIONS: Final[Mapping[tuple[str, int], KnownFunction]] = {
    ("lower", 1): KnownFunction("lower", (A_TEXT,), _TEXT_KIND),
    ("upper", 1): KnownFunction("upper", (A_TEXT,), _TEXT_KIND),
    ("btrim", 1): KnownFunction("trim", (A_TEXT,), _TEXT_KIND),
    ("length", 1): KnownFunction("length", (A_TEXT,), _INTEGER),
    ("replace", 3): KnownFunction("replace", (A_TEXT, "#text", "#text"), _TEXT_KIND),
    ("substr", 3): KnownFunction("substring", (A_TEXT, "#int4", "#int4"), _TEXT_KIND),
    ("split_part", 3): KnownFunction("split_part", (A_TEXT, "#text", "#int4"), _TEXT_KIND),
    ("abs", 1): KnownFunction("abs", (NUMBER,)),
    ("round", 2): KnownFunction("round", ("numeric", "#int4"), kind("numeric", "Decimal")),
    ("floor", 1): KnownFunction("floor", ("numeric",)),
    ("ceil", 1): KnownFunction("ceil", ("numeric",)),
    ("now", 0): KnownFunction("now", (), _NOW, never_null=True),
    ("clock_timestamp", 0): KnownFunction("clock_timestamp", (), _NOW, never_null=True),
    ("gen_random_uuid", 0): KnownFunction("gen_random_uuid", (), kind("uuid", "UUID", optional=False), never_null=True),
    ("cardinality", 1): KnownFunction("cardinality", ("[]",), _INTEGER),
    ("to_tsvector", 2): KnownFunction("to_tsvector", ("#regconfig", A_TEXT), _VECTOR),
    ("setweight", 2): KnownFunction("setweight", ("tsvector", '#"char"'), _VECTOR),
    ("jsonb_path_exists", 2): KnownFunction("jsonb_path_exists", ("jsonb", "#jsonpath"), _BOOL),
}
"""By name and number of arguments."""
