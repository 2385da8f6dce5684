"""UPDATE.

https://www.postgresql.org/docs/current/sql-update.html
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from pypika.terms import Field

from qb.render.builder import Builder, Clause, SourceClause
from qb.render.expressions import source
from qb.render.join import joins_within
from qb.render.returning import returning
from qb.render.terms import Piece
from qb.render.where import where
from qb.render.written_table import written_table
from qb.tree.relations import AliasSource
from qb.tree.update import UpdateNode


def update(node: UpdateNode) -> list[Piece]:
    """The statement, clause by clause."""
    builder = Builder()
    if isinstance(node.table, AliasSource) and node.table.only:
        builder.updates(SourceClause(*source(node.table)))
    else:
        builder.update(written_table(node.table))
    for name, value in node.assignments:
        builder.set(Field(name), Clause(value))
    for number, relation in enumerate(node.from_, 1):
        # PyPika would write joins before SET, as MySQL does: they belong to what FROM names last.
        joins = joins_within(node.joins) if number == len(node.from_) else []
        builder.from_(SourceClause(*source(relation), *joins))
    where(builder, node.where)
    return returning(builder, node.shape)
