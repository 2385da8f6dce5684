"""UNION, INTERSECT and EXCEPT, as a node."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from qb.tree.expressions import Expression
from qb.tree.node import Branch
from qb.tree.shapes import RowShape

if TYPE_CHECKING:
    from qb.tree.statements import StatementNode


class SetNode(Branch, frozen=True, eq=False):
    """UNION and its kin. The shape is the left side's, with what either side may hold."""

    aside: ClassVar[tuple[str, ...]] = ("shape",)
    operator: str
    left: StatementNode
    right: StatementNode
    shape: RowShape
    order_by: tuple[Expression, ...] = ()
    limit: Expression | None = None
    offset: Expression | None = None
    ties: bool = False
