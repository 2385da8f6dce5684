"""SELECT.

https://www.postgresql.org/docs/current/sql-select.html
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from functools import lru_cache
from itertools import count

from qb.query.expr.logic import all_of
from qb.render.builder import Builder, Clause, Hole, SourceClause
from qb.render.expressions import source
from qb.render.for_update import locking_clause
from qb.render.join import join_clause
from qb.render.limit import limit_clause
from qb.render.output_list import output_list
from qb.render.terms import Piece, joined
from qb.tree.from_clause import from_clause
from qb.tree.select import SelectNode


def select(node: SelectNode) -> list[Piece]:
    """The query, clause by clause."""
    contents = [source(relation) for relation in from_clause(node)]
    froms = len(contents)
    outputs = output_list(node.shape)
    if node.distinct_on:
        outputs = ["DISTINCT ON (", *joined(", ", node.distinct_on), ") ", *outputs]
    contents.append(outputs)
    for join in node.joins:
        contents.append(source(join.relation))
        if join.on is not None:
            contents.append([join.on])
    contents += [[both] for each in (node.where, node.having) if (both := all_of(each)) is not None]
    contents += [[each] for each in node.group_by + node.order_by]
    contents.append([*limit_clause(node), *[piece for each in node.locking for piece in locking_clause(each)]])
    found: list[Piece] = []
    for piece in _laid_out(
        froms,
        node.distinct and not node.distinct_on,
        tuple([(join.kind, join.on is not None) for join in node.joins]),
        bool(node.where),
        bool(node.having),
        len(node.group_by),
        len(node.order_by),
    ):
        if isinstance(piece, Hole):
            found += contents[piece.number]
        else:
            found.append(piece)
    return found


@lru_cache(maxsize=256)
def _laid_out(
    froms: int, distinct: bool, joins: tuple[tuple[str, bool], ...], where: bool, having: bool, groups: int, orders: int
) -> tuple[Piece | Hole, ...]:
    """A query of such clauses, with a hole for what stands in each: PyPika lays out so many that are alike once."""
    numbers = count()

    def hole() -> Hole:
        return Hole(next(numbers))

    builder = Builder()
    for _ in range(froms):
        builder.from_(SourceClause(hole()))
    if distinct:
        builder.distinct()
    builder.select(Clause(hole()))
    for kind, conditional in joins:
        builder.do_join(join_clause(kind, hole(), hole() if conditional else None))
    if where:
        builder.where(Clause(hole()))
    if having:
        builder.having(Clause(hole()))
    for _ in range(groups):
        builder.groupby(Clause(hole()))
    for _ in range(orders):
        builder.orderby(Clause(hole()))
    builder.pagination = Clause(hole())
    return tuple(builder.pieces())
