"""What a SELECT reads from, and which of it may be absent.

https://www.postgresql.org/docs/current/queries-table-expressions.html
"""

from __future__ import annotations

from qb.tree.relations import Relation
from qb.tree.select import SelectNode
from qb.tree.visit import relations


def from_clause(select: SelectNode) -> tuple[Relation, ...]:
    """What a SELECT reads from: as said, or the first relation of its list that no join brings in."""
    return select.from_ or _first(select)


def _first(select: SelectNode) -> tuple[Relation, ...]:
    joined = {join.relation for join in select.joins}
    return next(((relation,) for relation in relations(select.shape) if relation not in joined), ())


_BEFORE = ("RIGHT", "FULL")
"""Joins that may leave absent what stands before them."""


def outer_relations(select: SelectNode, joins: int | None = None) -> set[Relation]:
    """The relations whose rows the joins of a SELECT, or the first `joins` of them, may leave absent."""
    if not any(join.kind in _BEFORE for join in select.joins[:joins]):  # nearly always
        return {join.relation for join in select.joins[:joins] if join.kind == "LEFT"}
    seen = list(from_clause(select))
    absent: set[Relation] = set()
    for join in select.joins[:joins]:
        if join.kind in _BEFORE:
            absent.update(seen)
        if join.kind in ("LEFT", "FULL"):
            absent.add(join.relation)
        seen.append(join.relation)
    return absent
