"""The columns that a shape puts into the select list, in order: what the compiler writes and the row decoder reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from qb.tree.expressions import Expression
from qb.tree.shapes import EntityShape, ItemShape, MappedShape, NestedShape, Output, RowShape, ScalarShape, TupleShape


def leaves(shape: RowShape) -> tuple[ItemShape, ...]:
    """What a shape is made of, in order: values, rows of a relation, and lists of rows."""
    match shape:
        case ScalarShape() | EntityShape() | NestedShape():
            return (shape,)
        case TupleShape(items=items) | MappedShape(items=items):
            return items
        case _:
            assert_never(shape)


def outputs(shape: RowShape) -> tuple[Output, ...]:
    """The columns of a shape in order, hidden flags and nested rows left out."""
    found: list[Output] = []
    for leaf in leaves(shape):
        match leaf:
            case ScalarShape(output=output):
                found.append(output)
            case EntityShape(outputs=columns):
                found += columns
            case NestedShape():
                pass
            case _:
                assert_never(leaf)
    return tuple(found)


def slots(shape: RowShape) -> Iterator[Expression]:
    """The expressions to select: hidden presence flags before their entity, nested rows as one column."""
    for leaf in leaves(shape):
        match leaf:
            case ScalarShape(output=output):
                yield output.node
            case EntityShape(outputs=columns, present=present):
                if present is not None:
                    yield present
                for output in columns:
                    yield output.node
            case NestedShape():
                yield leaf
            case _:
                assert_never(leaf)
