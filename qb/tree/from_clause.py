"""What a SELECT reads from, and which of it may be absent.

https://www.postgresql.org/docs/current/queries-table-expressions.html
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from qb.tree.expressions import ColumnNode
from qb.tree.join import Join
from qb.tree.relations import Relation
from qb.tree.select import SelectNode
from qb.tree.shapes import EntityShape, ScalarShape, TupleShape
from qb.tree.visit import relations


def from_clause(select: SelectNode) -> tuple[Relation, ...]:
    """What a SELECT reads from: as said, or the first relation of its list that no join brings in."""
    return select.from_ or _first(select)


def _first(select: SelectNode) -> tuple[Relation, ...]:
    joined = {join.relation for join in select.joins} if select.joins else _NONE
    shape = select.shape
    first = shape.items[0] if isinstance(shape, TupleShape) and shape.items else shape
    if isinstance(first, EntityShape) and first.relation is not None and first.relation not in joined:
        return (first.relation,)
    if isinstance(first, ScalarShape) and isinstance(node := first.output.node, ColumnNode):
        if node.relation not in joined:
            return (node.relation,)  # nearly always
    return next(((relation,) for relation in relations(select.shape) if relation not in joined), ())


_NONE: Final = frozenset[Relation]()
_BEFORE: Final = frozenset(("RIGHT", "FULL"))
"""Joins that may leave absent what stands before them."""


def outer_relations(select: SelectNode, joins: int | None = None) -> set[Relation]:
    """The relations whose rows the joins of a SELECT, or the first `joins` of them, may leave absent."""
    met = select.joins[:joins]
    if not met:
        return set()
    if _BEFORE.isdisjoint([join.kind for join in met]):  # nearly always
        return {join.relation for join in met if join.kind == "LEFT"}
    absent: set[Relation] = set()
    for _, more in islice(absent_by(select), joins):
        absent.update(more)
    return absent


def absent_by(select: SelectNode) -> Iterator[tuple[Join, list[Relation]]]:
    """Each join, and the relations whose rows it may leave absent, those that are so already left out."""
    before = list(from_clause(select))  # that none has left absent yet
    for join in select.joins:
        more: list[Relation] = []
        if join.kind in _BEFORE:
            more, before = before, more
        if join.kind == "LEFT" or join.kind == "FULL":
            more.append(join.relation)
        else:
            before.append(join.relation)
        yield join, more
