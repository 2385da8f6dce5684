"""RETURNING, at the end of what writes.

https://www.postgresql.org/docs/current/dml-returning.html
"""

from __future__ import annotations

from qb.errors import QueryError
from qb.render.builder import Builder, Clause
from qb.render.output_list import output_list
from qb.render.terms import Piece
from qb.tree.shapes import RowShape


def returning(builder: Builder, shape: RowShape | None) -> list[Piece]:
    """The whole statement, with the clause where it returns rows."""
    if shape is not None:
        if not (outputs := output_list(shape)):
            raise QueryError("returning: a table without columns gives nothing back: leave returning(...) out")
        builder.returning(Clause(*outputs))
    return builder.pieces()
