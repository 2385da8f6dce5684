"""The syntax tree of statements: SELECT and set operations, INSERT, UPDATE, DELETE, and what a row of a result is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeAlias

from typing_extensions import TypeIs

from qb.tree.node import Branch
from qb.tree.nodes import Expression, Present, RawSql, Relation
from qb.types import SqlType

# ---------------------------------------------------------------- what a row of the result is


class Output(Branch, frozen=True, eq=False):
    """One column of the result: its expression, how it is read, and whether the static type admits None."""

    node: Expression
    type: SqlType[Any]
    python: object
    optional: bool
    name: str
    table: str


class ScalarShape(Branch, frozen=True, eq=False):
    output: Output


class EntityShape(Branch, frozen=True, eq=False):
    """A Struct from columns, by position; with `present`, None where that flag is false."""

    target: Callable[..., Any]
    fields: tuple[str, ...]
    outputs: tuple[Output, ...]
    relation: Relation | None = None
    present: Present | None = None


class TupleShape(Branch, frozen=True, eq=False):
    items: tuple[RowShape, ...]


class MappedShape(Branch, frozen=True, eq=False):
    """A Python function applied to the row's items."""

    items: tuple[RowShape, ...]
    function: Callable[..., Any]


class NestedShape(Branch, frozen=True, eq=False):
    """A list of rows inside a row: one correlated subquery that gives a JSON array."""

    aside: ClassVar[tuple[str, ...]] = ("row",)
    query: StatementNode
    row: RowShape
    on: bool = False
    """Whether it was written with a condition that links it to the row around it."""


RowShape: TypeAlias = ScalarShape | EntityShape | TupleShape | MappedShape | NestedShape
"""What a result row becomes in Python."""


# ---------------------------------------------------------------- statements


class Join(Branch, frozen=True, eq=False):
    kind: str
    relation: Relation
    on: Expression | None
    lateral: bool = False


class Locking(Branch, frozen=True, eq=False):
    strength: str
    of: tuple[Relation, ...] = ()
    wait: str = ""


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


class ConflictNode(Branch, frozen=True, eq=False):
    columns: tuple[str | Expression, ...] = ()
    """Columns by name, and what else an index may be on."""
    constraint: str | None = None
    where: Expression | None = None
    updates: tuple[tuple[str, Expression], ...] = ()
    update_where: Expression | None = None


class ValuesBlock(Branch, frozen=True, eq=False):
    """`count` rows of parameters, written in one go: bulk inserts never render a cell through PyPika."""

    types: tuple[SqlType[Any], ...]
    columns: tuple[str, ...]
    count: int


class InsertNode(Branch, frozen=True, eq=False):
    table: Relation
    columns: tuple[str, ...]
    rows: tuple[tuple[Expression, ...], ...] | ValuesBlock | None
    query: StatementNode | None = None
    conflict: ConflictNode | None = None
    overriding: str | None = None
    shape: RowShape | None = None


class UpdateNode(Branch, frozen=True, eq=False):
    table: Relation
    assignments: tuple[tuple[str, Expression], ...] = ()
    from_: tuple[Relation, ...] = ()
    joins: tuple[Join, ...] = ()
    where: tuple[Expression, ...] = ()
    every_row: bool = False
    shape: RowShape | None = None


class DeleteNode(Branch, frozen=True, eq=False):
    table: Relation
    using: tuple[Relation, ...] = ()
    where: tuple[Expression, ...] = ()
    every_row: bool = False
    shape: RowShape | None = None


class RawStatement(Branch, frozen=True, eq=False):
    sql: RawSql
    shape: RowShape | None = None


StatementNode: TypeAlias = SelectNode | SetNode | InsertNode | UpdateNode | DeleteNode | RawStatement


def is_query(node: object) -> TypeIs[StatementNode]:
    """Whether a node is a statement of its own, with relations of its own."""
    return isinstance(node, StatementNode)


def shape_of(statement: StatementNode) -> RowShape | None:
    """What rows a statement returns; None when it returns a count."""
    return statement.shape
