"""Whether a column's type is one that qb has: its own types say so themselves, those of the database by their kind."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from qb.kit.coverage.held import AS_SQL, NOT_AT_ALL, WITH_TYPES, How, Known
from qb.types import SqlType, pg
from qb.types.identifier import unquoted

_NAMES: Final = {
    "character varying": "varchar",
    "character": "bpchar",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time",
    "time with time zone": "timetz",
    "bit varying": "varbit",
}
"""What the server calls types that have a shorter name."""

_METHODS: Final = ("bit", "varbit", "vector", "halfvec", "sparsevec", "money", "geometry", "geography")
"""Types that stand in `pg` as methods: they take what they are limited by."""

KINDS: Final[dict[str, How]] = {
    "enum": WITH_TYPES,
    "range": WITH_TYPES,
    "domain": AS_SQL,
    "composite": AS_SQL,
    "base type": AS_SQL,
    "table": AS_SQL,
    "view": AS_SQL,
}
"""How a column is held whose type is of a kind that the database defines: `pg.custom` knows it by its name alone."""

_LIMITS: Final = re.compile(r"\([^)]*\)")
_QUALIFIED: Final = re.compile(r'^(?:("(?:[^"]|"")+"|[^".]+)\.)?("(?:[^"]|"")+"|[^".]+)$')


@cache
def _ours() -> frozenset[str]:
    found = {getattr(pg, name) for name in dir(pg) if not name.startswith("_") and name not in ("array", "enum")}
    plain = {each.wire.name or each.base for each in found if isinstance(each, SqlType)}
    plain |= {each.base for each in found if isinstance(each, SqlType)}
    return frozenset(plain | {name for name in _METHODS if hasattr(pg, name)})


def type_held(text: str, known: Known) -> How:
    """How a type is held, as `format_type` writes it."""
    plain = _LIMITS.sub("", text)
    while plain.endswith("[]"):
        plain = plain[:-2]
    plain = re.sub(r" +", " ", plain).strip()
    if plain.startswith("interval"):
        return WITH_TYPES if text == "interval" or text.endswith("[]") else AS_SQL
    if _NAMES.get(plain, plain) in _ours():
        return WITH_TYPES
    if (parts := _QUALIFIED.match(plain)) is None:
        return NOT_AT_ALL
    schema, name = unquoted(parts[1]) if parts[1] else "", unquoted(parts[2])
    for kind, held in KINDS.items():
        if known.has(kind, schema, name):
            return WITH_TYPES if name in _ours() else held
    return AS_SQL  # one of PostgreSQL's own: pg.custom has it by its name
