"""SELECT, as a node: its clauses are fields."""

from __future__ import annotations

from qb.tree.expressions import Expression
from qb.tree.for_update import Locking
from qb.tree.join import Join
from qb.tree.node import Branch
from qb.tree.relations import Relation
from qb.tree.shapes import RowShape


class SelectNode(Branch, frozen=True, eq=False):
    shape: RowShape
    from_: tuple[Relation, ...] = ()
    joins: tuple[Join, ...] = ()
    where: tuple[Expression, ...] = ()
    group_by: tuple[Expression, ...] = ()
    having: tuple[Expression, ...] = ()
    order_by: tuple[Expression, ...] = ()
    limit: Expression | None = None
    offset: Expression | None = None
    ties: bool = False
    """Whether the rows that are equal to the last one in the order come as well."""
    distinct: bool = False
    distinct_on: tuple[Expression, ...] = ()
    locking: tuple[Locking, ...] = ()
