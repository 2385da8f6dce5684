"""UPDATE, as a node."""

from __future__ import annotations

from qb.tree.expressions import Expression
from qb.tree.join import Join
from qb.tree.node import Branch
from qb.tree.relations import Relation
from qb.tree.shapes import RowShape


class UpdateNode(Branch, frozen=True, eq=False):
    table: Relation
    assignments: tuple[tuple[str, Expression], ...] = ()
    from_: tuple[Relation, ...] = ()
    joins: tuple[Join, ...] = ()
    where: tuple[Expression, ...] = ()
    every_row: bool = False
    shape: RowShape | None = None
