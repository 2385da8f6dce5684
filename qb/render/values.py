"""VALUES: rows of expressions, or as many rows of parameters as bulk inserts send at once; and rows that are staged.

https://www.postgresql.org/docs/current/sql-values.html
"""

from __future__ import annotations

from qb.render.terms import Piece, joined
from qb.tree.expressions import Expression
from qb.tree.values import STAGED, StagedRows, ValuesBlock, staged_column


def values(rows: tuple[tuple[Expression, ...], ...] | ValuesBlock) -> list[Piece]:
    """`VALUES (...), (...)`."""
    if isinstance(rows, StagedRows):
        return [f"SELECT {', '.join(map(staged_column, range(len(rows.types))))} FROM {STAGED}"]
    if isinstance(rows, ValuesBlock):
        return [_block(rows)]
    tuples: list[list[Piece]] = [["(", *joined(", ", row), ")"] for row in rows]
    return ["VALUES ", *joined(", ", tuples)]


def _block(block: ValuesBlock) -> str:
    width = len(block.types)
    casts = [f"::{type_.base}" for type_ in block.types]
    return "VALUES " + ", ".join(
        "(" + ", ".join(f"${row * width + column + 1}{casts[column]}" for column in range(width)) + ")"
        for row in range(block.count)
    )
