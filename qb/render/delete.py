"""DELETE.

https://www.postgresql.org/docs/current/sql-delete.html
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from qb.render.builder import Builder, SourceClause
from qb.render.expressions import source
from qb.render.returning import returning
from qb.render.terms import Piece
from qb.render.where import where
from qb.tree.delete import DeleteNode


def delete(node: DeleteNode) -> list[Piece]:
    """The statement, clause by clause."""
    builder = Builder()
    builder.from_(SourceClause(*source(node.table)))
    builder.delete()
    for relation in node.using:
        builder.using(SourceClause(*source(relation)))
    where(builder, node.where)
    return returning(builder, node.shape)
