"""INSERT, as a node: of rows, of many rows, of a query, or of nothing but defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qb.tree.expressions import Expression
from qb.tree.node import Branch
from qb.tree.on_conflict import ConflictNode
from qb.tree.relations import Relation
from qb.tree.shapes import RowShape
from qb.tree.values import ValuesBlock

if TYPE_CHECKING:
    from qb.tree.statements import StatementNode


class InsertNode(Branch, frozen=True, eq=False):
    table: Relation
    columns: tuple[str, ...]
    rows: tuple[tuple[Expression, ...], ...] | ValuesBlock | None
    query: StatementNode | None = None
    conflict: ConflictNode | None = None
    overriding: str | None = None
    shape: RowShape | None = None
