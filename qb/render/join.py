"""JOIN: as a clause of SELECT, and within the FROM of UPDATE.

https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-JOIN
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from typing import Any

from pypika.enums import JoinType
from pypika.queries import Join as PikaJoin
from pypika.queries import JoinOn

from qb.render.builder import Clause, SourceClause
from qb.render.expressions import source
from qb.render.terms import Piece
from qb.tree.join import Join

_KINDS = {
    "INNER": JoinType.inner,
    "LEFT": JoinType.left,
    "RIGHT": JoinType.right,
    "FULL": JoinType.full_outer,
    "CROSS": JoinType.cross,
}


def join_clause(join: Join) -> PikaJoin:
    """A join of a SELECT."""
    item: Any = SourceClause(*source(join.relation))  # PyPika says Term and takes any relation
    how = _KINDS[join.kind]
    if join.on is None:
        return PikaJoin(item, how)
    condition: Any = Clause(join.on)  # PyPika says QueryBuilder and takes a condition
    return JoinOn(item, how, condition, None)


def joins_within(joins: tuple[Join, ...]) -> list[Piece]:
    """Joins written behind the relation that they belong to."""
    pieces: list[Piece] = []
    for join in joins:
        pieces += [" JOIN ", *source(join.relation)]
        if join.on is not None:
            pieces += [" ON ", join.on]
    return pieces
