"""JOIN, as a node."""

from __future__ import annotations

from qb.tree.expressions import Expression
from qb.tree.node import Branch
from qb.tree.relations import Relation


class Join(Branch, frozen=True, eq=False):
    kind: str
    relation: Relation
    on: Expression | None
