"""Whether a column's type is one that qb has: its own types say so themselves, those of the database by their kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from qb.kit.coverage.held import AS_SQL, WITH_TYPES, How, Known
from qb.kit.facts.column import ColumnFact
from qb.types import SqlType, pg
from qb.types.identifier import unquoted

TYPE_KINDS: Final[dict[str, How]] = {
    "enum": WITH_TYPES,
    "range": WITH_TYPES,
    "domain": WITH_TYPES,
    "composite type": WITH_TYPES,
    "base type": AS_SQL,
    "table": AS_SQL,
    "view": AS_SQL,
}
"""How a column is held whose type is of a kind that the database defines: `pg.custom` knows it by its name alone."""

_QUALIFIED: Final = re.compile(r'^("(?:[^"]|"")+"|[^".]+)\.("(?:[^"]|"")+"|[^".]+)$')


@cache
def _ours() -> Mapping[str, SqlType[Any] | None]:
    """The types of `pg` by the names that the catalog has for them; None for what is called with its limits."""
    found: dict[str, SqlType[Any] | None] = {}
    for name in dir(pg):
        each: object = getattr(pg, name)
        if isinstance(each, SqlType):
            found[each.wire.name] = each
        elif not name.startswith("_"):
            found[name] = None
    return found


def type_held(column: ColumnFact, known: Known) -> How:
    """How a column's type is held."""
    if column.base in _ours():
        ours = _ours()[column.base]
        limited = ours is not None and ours.wire.kind == "span" and column.type.rstrip("[]") != column.base
        return AS_SQL if limited else WITH_TYPES  # an interval has neither fields nor digits here
    return base_held(column.base, known)


def base_held(base: str, known: Known) -> How:
    """How a type is held by its name in the catalog. What `pg` does not have, `pg.custom` has by its name."""
    parts = _QUALIFIED.match(base)
    if parts is None:
        return WITH_TYPES if base in _ours() else AS_SQL
    schema, name = unquoted(parts[1]), unquoted(parts[2])
    for kind, held in TYPE_KINDS.items():
        if known.has(kind, schema, name):
            return WITH_TYPES if name in _ours() else held
    return AS_SQL
