"""JOIN: INNER, LEFT, RIGHT, FULL and CROSS.

https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-JOIN
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from qb.query.from_clause import relation_of
from qb.query.where import row_condition
from qb.tree.join import Join
from qb.tree.nullability import check_joined
from qb.tree.select import SelectNode

_BEFORE: Final = frozenset(("RIGHT", "FULL"))
"""Joins after which one more may change what the query begins with, and so what they leave absent."""


def with_join(select: SelectNode, kind: str, table: type[object], on: object) -> SelectNode:
    """The query with one relation more. QueryError where that may leave NULL what its rows say is never None."""
    relation = relation_of(table, f"{kind.lower()}_join")
    join = Join(kind, relation, None if kind == "CROSS" else row_condition(on, "on"))
    made = replace(select, joins=(*select.joins, join))
    if kind not in ("INNER", "CROSS") or not _BEFORE.isdisjoint([each.kind for each in select.joins]):
        check_joined(made, select)
    return made
