"""From one type of a column to another: what has to be said, and what of the values stays.

https://www.postgresql.org/docs/current/sql-altertable.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from qb.frozen import FrozenStruct
from qb.render.literals import string_literal

_LIMITS: Final = re.compile(r"\(([\d,]+)\)")
_NUMBERS: Final = ("smallint", "integer", "bigint", "numeric")
_DIGITS: Final = {"smallint": 5, "integer": 10, "bigint": 19}
_WIDER: Final[Mapping[str, frozenset[str]]] = {
    "smallint": frozenset(("integer", "bigint", "numeric", "real", "double precision")),
    "integer": frozenset(("bigint", "numeric", "double precision")),
    "bigint": frozenset(("numeric",)),
    "real": frozenset(("double precision",)),
    "character varying": frozenset(("text", "character varying")),
    "text": frozenset(("character varying", "text")),
    "character": frozenset(("character",)),
    "date": frozenset(("timestamp without time zone",)),
    "cidr": frozenset(("inet",)),
    "name": frozenset(("text", "character varying")),
    "macaddr": frozenset(("macaddr8",)),
}
"""Types whose values another one holds, each as it is."""
_FAMILIES: Final = (
    frozenset((*_NUMBERS, "real", "double precision")),
    frozenset(("text", "character varying", "character", "name")),
    frozenset(("date", "timestamp without time zone", "timestamp with time zone")),
    frozenset(("timestamp without time zone", "time without time zone")),
    frozenset(("json", "jsonb")),
    frozenset(("cidr", "inet")),
    frozenset(("macaddr", "macaddr8")),
    frozenset(("bit", "bit varying")),
)
"""Types among which a column is cast without a word."""
_TOLD: Final = frozenset((*_WIDER, "macaddr8", "jsonb", "timestamp with time zone", "interval", "boolean", "uuid"))
"""Types of every server: what one of them holds can be read as another, whatever a migration does meanwhile."""
_TEXTS: Final = frozenset(("text", "character varying", "character"))
_BY_LENGTH: Final = frozenset(
    (
        *("character varying", "character", "bit varying", "interval", "time without time zone", "time with time zone"),
        *("timestamp without time zone", "timestamp with time zone"),
    )
)
"""Types of which one with a higher limit holds what another holds."""
_ZONED: Final = ("timestamp without time zone", "timestamp with time zone")


class Conversion(FrozenStruct):
    """How values come from one type to another."""

    using: str | None
    """What USING says; None where the server knows."""
    keeps: bool
    """Whether each value stays what it is."""
    says: str = ""


def conversion(column: str, one: str, other: str) -> Conversion:
    """From one type to another, of a column by its name as SQL.

    >>> conversion('"n"', "integer", "bigint")
    Conversion(using=None, keeps=True, says='')
    >>> conversion('"n"', "text", "integer").using
    '"n"::integer'
    """
    before, after = _plain(one), _plain(other)
    if {before, after} == set(_ZONED):
        keeps = _fits(_limits(one), _limits(other), is_number=False)
        says = "times are read in UTC" + ("" if keeps else f", and the conversion {_fails(other)}")
        return Conversion(f"{column} AT TIME ZONE 'UTC'", keeps, says)
    if one.endswith("[]") or other.endswith("[]"):
        inner = conversion(column, one.removesuffix("[]"), other.removesuffix("[]"))
        keeps = one.endswith("[]") and other.endswith("[]") and inner.keeps
        if one.endswith("[]") and not other.endswith("[]") and after not in _TEXTS:
            inner = conversion(f"({column})[1]", one.removesuffix("[]"), other)
            return Conversion(inner.using or f"({column})[1]::{other}", False, "of each list only the first stays")
        if one.endswith("[]") or before in _TEXTS:
            return Conversion(_through_text(column, before, other), keeps, "" if keeps else _fails(other))
        single = f"CASE WHEN {column} IS NULL THEN NULL ELSE ARRAY[{inner.using or column}]::{other} END"
        return Conversion(single, keeps, f"each value becomes a list of one, and {_fails(other)}")
    keeps = _keeps(before, one, after, other)
    says = "" if keeps else _fails(other)
    if after in _TEXTS or any(before in family and after in family for family in _FAMILIES):
        return Conversion(None, keeps, says)
    return Conversion(_through_text(column, before, other), keeps, says)


def refused_values(column: str, one: str, other: str) -> str | None:
    """Which values of a column the conversion fails for, as a condition; None where that cannot be said, or none is
    refused. The server has to know `pg_input_is_valid`, as it does since PostgreSQL 16.

    >>> print(refused_values('"n"', "text", "integer"))
    "n" IS NOT NULL AND NOT pg_catalog.pg_input_is_valid("n"::text, 'integer')
    """
    before, after = _plain(one), _plain(other)
    lists = one.endswith("[]") or other.endswith("[]")
    if conversion(column, one, other).keeps or lists or {before, after} == set(_ZONED):
        return None
    text = f"{column}::text"
    if before in _FAMILIES[0] and after in _FAMILIES[0]:
        text = f"round({column}::numeric)::text" if after in _DIGITS else text
    elif before not in _TEXTS and after not in _TEXTS:
        return None
    return f"{column} IS NOT NULL AND NOT pg_catalog.pg_input_is_valid({text}, {string_literal(other)})"


def read_as_before(column: str, one: str, other: str) -> str | None:
    """A column that was of one type and is of another, read as of the first again; None where values are not kept, or
    a type is one of the database.

    >>> read_as_before('"n"', "integer", "bigint"), read_as_before('"n"', "bigint", "integer")
    ('"n"::integer', None)
    """
    known = all(_plain(each).removesuffix("[]").strip() in _TOLD for each in (one, other))
    if not known or not conversion(column, one, other).keeps:
        return None
    return conversion(column, other, one).using or f"{column}::{one}"


def _through_text(column: str, before: str, other: str) -> str:
    """Any type is written as text and read from it; few are cast to each other."""
    after = _plain(other)
    if before in _TEXTS or {before, after} == {"integer", "boolean"}:
        return f"{column}::{other}"
    if before == "boolean" and after in _FAMILIES[0]:
        return f"{column}::integer::{other}"
    if before in _FAMILIES[0] and after == "boolean":
        return f"({column} <> 0)"
    return f"{column}::text::{other}"


def _fails(other: str) -> str:
    return f"fails where a value is no {other}, or makes another value of it"


def _keeps(before: str, one: str, after: str, other: str) -> bool:
    if after == "text":
        return before != "character"
    if before == after:
        if before not in _BY_LENGTH and before != "numeric":
            return _limits(other) in ((), _limits(one))
        return _fits(_limits(one), _limits(other), is_number=before == "numeric")
    if after not in _WIDER.get(before, ()):
        return False
    limits = _limits(other)
    if after == "numeric" and before in _DIGITS:
        return not limits or limits[0] - (limits[1] if len(limits) > 1 else 0) >= _DIGITS[before]
    return not limits if before != "character varying" else not limits or _fits(_limits(one), limits, is_number=False)


def _fits(one: tuple[int, ...], other: tuple[int, ...], *, is_number: bool) -> bool:
    if not other:
        return True
    if not one:
        return False
    if not is_number:
        return one[0] <= other[0]
    scale_before, scale_after = (each[1] if len(each) > 1 else 0 for each in (one, other))
    return scale_before <= scale_after and one[0] - scale_before <= other[0] - scale_after


def _plain(type_: str) -> str:
    return " ".join(_LIMITS.sub(" ", type_).split())


def _limits(type_: str) -> tuple[int, ...]:
    found = _LIMITS.search(type_)
    return tuple(map(int, found[1].split(","))) if found else ()
