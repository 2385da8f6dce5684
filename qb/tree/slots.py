"""The columns that a shape puts into the select list, in order: what the compiler writes and the row decoder reads."""

from __future__ import annotations

from collections.abc import Iterator

from qb.tree.nodes import Node
from qb.tree.statements import EntityShape, MappedShape, NestedShape, RowShape, ScalarShape, TupleShape


def slots(shape: RowShape) -> Iterator[Node]:
    """The expressions to select: hidden presence flags before their entity, nested rows as one column."""
    match shape:
        case ScalarShape(output=output):
            yield output.node
        case EntityShape(outputs=columns, present=present):
            if present is not None:
                yield present
            for output in columns:
                yield output.node
        case TupleShape(items=items) | MappedShape(items=items):
            for item in items:
                yield from slots(item)
        case NestedShape() | _:
            yield shape
