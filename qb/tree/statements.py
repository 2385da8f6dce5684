"""The syntax tree of statements: SELECT and set operations, INSERT, UPDATE, DELETE, and what a row of a result is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qb.tree.nodes import Node, Relation
from qb.types import SqlType

# ---------------------------------------------------------------- what a row of the result is


class Output(Node, frozen=True, cache_hash=True):
    """One column of the result: its expression, how it is read, and whether the static type admits None."""

    node: Node
    type: SqlType[Any]
    python: object
    optional: bool
    name: str
    table: str


class RowShape(Node, frozen=True, cache_hash=True):
    """What a result row becomes in Python."""


class ScalarShape(RowShape, frozen=True, cache_hash=True):
    output: Output


class EntityShape(RowShape, frozen=True, cache_hash=True):
    """A Struct from columns, by position; with `present`, None where that flag is false."""

    target: Callable[..., Any]
    fields: tuple[str, ...]
    outputs: tuple[Output, ...]
    relation: Relation | None = None
    present: Node | None = None


class TupleShape(RowShape, frozen=True, cache_hash=True):
    items: tuple[RowShape, ...]


class MappedShape(RowShape, frozen=True, cache_hash=True):
    """A Python function applied to the row's items."""

    items: tuple[RowShape, ...]
    function: Callable[..., Any]


class NestedShape(RowShape, frozen=True, cache_hash=True):
    """A list of rows inside a row: one correlated subquery that gives a JSON array."""

    query: Node
    row: RowShape
    lateral: Node | None = None
    on: bool = False
    """Whether it was written with a condition that links it to the row around it."""


def outputs(shape: RowShape) -> tuple[Output, ...]:
    """The columns of a shape in order, hidden flags and nested rows left out."""
    match shape:
        case ScalarShape(output=output):
            return (output,)
        case EntityShape(outputs=columns):
            return columns
        case TupleShape(items=items) | MappedShape(items=items):
            return tuple(output for item in items for output in outputs(item))
        case _:
            return ()


# ---------------------------------------------------------------- statements


class Join(Node, frozen=True, cache_hash=True):
    kind: str
    relation: Relation
    on: Node | None
    lateral: bool = False


class Locking(Node, frozen=True, cache_hash=True):
    strength: str
    of: tuple[Relation, ...] = ()
    wait: str = ""


class SelectNode(Node, frozen=True, cache_hash=True):
    shape: RowShape
    from_: tuple[Relation, ...] = ()
    joins: tuple[Join, ...] = ()
    where: tuple[Node, ...] = ()
    group_by: tuple[Node, ...] = ()
    having: tuple[Node, ...] = ()
    order_by: tuple[Node, ...] = ()
    limit: Node | None = None
    offset: Node | None = None
    distinct: bool = False
    distinct_on: tuple[Node, ...] = ()
    locking: tuple[Locking, ...] = ()


class SetNode(Node, frozen=True, cache_hash=True):
    """UNION and its kin. The shape is the left side's, with what either side may hold."""

    operator: str
    left: Node
    right: Node
    shape: RowShape
    order_by: tuple[Node, ...] = ()
    limit: Node | None = None
    offset: Node | None = None


class ConflictNode(Node, frozen=True, cache_hash=True):
    columns: tuple[str | Node, ...] = ()
    """Columns by name, and what else an index may be on."""
    constraint: str | None = None
    where: Node | None = None
    updates: tuple[tuple[str, Node], ...] = ()
    update_where: Node | None = None


class ValuesBlock(Node, frozen=True, cache_hash=True):
    """`count` rows of parameters, written in one go: bulk inserts never render a cell through PyPika."""

    types: tuple[SqlType[Any], ...]
    columns: tuple[str, ...]
    count: int


class InsertNode(Node, frozen=True, cache_hash=True):
    table: Relation
    columns: tuple[str, ...]
    rows: tuple[tuple[Node, ...], ...] | ValuesBlock | None
    query: Node | None = None
    conflict: ConflictNode | None = None
    overriding: str | None = None
    shape: RowShape | None = None


class UpdateNode(Node, frozen=True, cache_hash=True):
    table: Relation
    assignments: tuple[tuple[str, Node], ...] = ()
    from_: tuple[Relation, ...] = ()
    joins: tuple[Join, ...] = ()
    where: tuple[Node, ...] = ()
    every_row: bool = False
    shape: RowShape | None = None


class DeleteNode(Node, frozen=True, cache_hash=True):
    table: Relation
    using: tuple[Relation, ...] = ()
    where: tuple[Node, ...] = ()
    every_row: bool = False
    shape: RowShape | None = None


class RawStatement(Node, frozen=True, cache_hash=True):
    sql: Node
    shape: RowShape | None = None


def shape_of(statement: Node) -> RowShape | None:
    """What rows a statement returns; None when it returns a count."""
    shape: RowShape | None = getattr(statement, "shape", None)
    return shape
