"""Many rows, as a node: VALUES, or those of a temporary table."""

from __future__ import annotations

from typing import Any

from qb.tree.node import Branch
from qb.types import SqlType

STAGED = "pg_temp.qb_rows_of_a_bulk_write"
"""The temporary table that rows are copied into. Its columns are c0, c1 and so on, whatever those of the target are."""


def staged_column(number: int) -> str:
    """What a column of it is called."""
    return f"c{number}"


class ValuesBlock(Branch, frozen=True, eq=False):
    """`count` rows of parameters, written in one go: bulk inserts never render a cell through PyPika."""

    types: tuple[SqlType[Any], ...]
    columns: tuple[str, ...]
    count: int


class StagedRows(ValuesBlock, frozen=True, eq=False):
    """Rows that were copied into a temporary table, and are read from there: `count` is 0, as none is a parameter."""
