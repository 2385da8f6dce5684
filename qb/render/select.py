"""SELECT.

https://www.postgresql.org/docs/current/sql-select.html
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from qb.query.expr.logic import all_of
from qb.render.builder import Builder, Clause, SourceClause
from qb.render.expressions import source
from qb.render.for_update import locking_clause
from qb.render.join import join_clause
from qb.render.limit import limit_clause
from qb.render.output_list import output_list
from qb.render.terms import Piece, joined
from qb.render.where import where
from qb.tree.from_clause import from_clause
from qb.tree.select import SelectNode


def select(node: SelectNode) -> list[Piece]:
    """The query, clause by clause."""
    builder = Builder()
    for relation in from_clause(node):
        builder.from_(SourceClause(*source(relation)))
    outputs = output_list(node.shape)
    if node.distinct_on:
        builder.select(Clause("DISTINCT ON (", *joined(", ", node.distinct_on), ") ", *outputs))
    else:
        if node.distinct:
            builder.distinct()
        builder.select(Clause(*outputs))
    for join in node.joins:
        builder.do_join(join_clause(join))
    where(builder, node.where)
    for group in node.group_by:
        builder.groupby(Clause(group))
    if (having := all_of(node.having)) is not None:
        builder.having(Clause(having))
    for order in node.order_by:
        builder.orderby(Clause(order))
    builder.pagination = Clause(*limit_clause(node))
    builder.locking = Clause(*(piece for locking in node.locking for piece in locking_clause(locking)))
    return builder.pieces()
