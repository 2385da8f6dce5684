"""INSERT: of rows, of a query, of nothing but defaults.

https://www.postgresql.org/docs/current/sql-insert.html
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from pypika.terms import Field

from qb.render.builder import Builder, Clause
from qb.render.on_conflict import on_conflict
from qb.render.returning import returning
from qb.render.terms import CLAUSE, Piece
from qb.render.values import values
from qb.render.written_table import written_table
from qb.tree.insert import InsertNode


def insert(node: InsertNode, query: list[Piece]) -> list[Piece]:
    """The statement, clause by clause; `query` is the one that it inserts the rows of, taken apart."""
    builder = Builder()
    builder.into(written_table(node.table))
    if node.columns:
        builder.columns(*(Field(name) for name in node.columns))
    overriding = f"OVERRIDING {node.overriding} VALUE " if node.overriding else ""
    if node.query is not None:
        builder.insert_source = Clause(overriding, CLAUSE, *query)
    elif node.rows is None:
        builder.insert_source = Clause(CLAUSE, "DEFAULT VALUES")
    else:
        builder.insert_source = Clause(overriding, CLAUSE, *values(node.rows))
    builder.insert(Clause())  # PyPika renders nothing for an INSERT without values of its own
    if node.conflict is not None:
        builder.conflict = Clause(*on_conflict(node.conflict))
    return returning(builder, node.shape)
