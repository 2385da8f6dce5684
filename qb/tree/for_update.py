"""FOR UPDATE and its kin, as a node."""

from __future__ import annotations

from qb.tree.node import Branch
from qb.tree.relations import Relation


class Locking(Branch, frozen=True, eq=False):
    strength: str
    of: tuple[Relation, ...] = ()
    wait: str = ""
