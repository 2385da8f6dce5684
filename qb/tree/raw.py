"""A statement of the user's own SQL, as a node."""

from __future__ import annotations

from qb.tree.expressions import RawSql
from qb.tree.node import Branch
from qb.tree.shapes import RowShape


class RawStatement(Branch, frozen=True, eq=False):
    sql: RawSql
    shape: RowShape | None = None
    lasting: bool = False
    """Whether it asks PostgreSQL's own catalogs alone: nothing that is defined makes another statement of it."""
