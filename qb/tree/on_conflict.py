"""ON CONFLICT, as a node."""

from __future__ import annotations

from qb.tree.expressions import Expression
from qb.tree.node import Branch


class ConflictNode(Branch, frozen=True, eq=False):
    columns: tuple[str | Expression, ...] = ()
    """Columns by name, and what else an index may be on."""
    constraint: str | None = None
    where: Expression | None = None
    updates: tuple[tuple[str, Expression], ...] = ()
    update_where: Expression | None = None
