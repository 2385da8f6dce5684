"""DELETE, as a node."""

from __future__ import annotations

from qb.tree.expressions import Expression
from qb.tree.node import Branch
from qb.tree.relations import Relation
from qb.tree.shapes import RowShape


class DeleteNode(Branch, frozen=True, eq=False):
    table: Relation
    using: tuple[Relation, ...] = ()
    where: tuple[Expression, ...] = ()
    every_row: bool = False
    shape: RowShape | None = None
