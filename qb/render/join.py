"""JOIN: as a clause of SELECT, and within the FROM of UPDATE.

https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-JOIN
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from typing import Any

from pypika.enums import JoinType
from pypika.queries import Join as PikaJoin
from pypika.queries import JoinOn as PikaJoinOn

from qb.render.builder import Clause, Hole, SourceClause, begun
from qb.render.expressions import source
from qb.render.terms import CLAUSE, Piece
from qb.tree.join import Join

_KINDS = {
    "INNER": JoinType.inner,
    "LEFT": JoinType.left,
    "RIGHT": JoinType.right,
    "FULL": JoinType.full_outer,
    "CROSS": JoinType.cross,
}


class _Join(PikaJoin):
    def get_sql(self, **kwargs: Any) -> str:
        return begun(super().get_sql(**kwargs), **kwargs)


class _JoinOn(PikaJoinOn):
    def get_sql(self, **kwargs: Any) -> str:
        return begun(super().get_sql(**kwargs), **kwargs)


def join_clause(kind: str, relation: Hole, on: Hole | None) -> PikaJoin:
    """A join of a SELECT."""
    item: Any = SourceClause(relation)  # PyPika says Term and takes any relation
    how = _KINDS[kind]
    if on is None:
        return _Join(item, how)
    condition: Any = Clause(on)  # PyPika says QueryBuilder and takes a condition
    return _JoinOn(item, how, condition, None)


def joins_within(joins: tuple[Join, ...]) -> list[Piece]:
    """Joins written behind the relation that they belong to."""
    pieces: list[Piece] = []
    for join in joins:
        pieces += [" ", CLAUSE, "JOIN ", *source(join.relation)]
        if join.on is not None:
            pieces += [" ON ", join.on]
    return pieces
