"""What a row of a result is, and the columns it is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from qb.tree.expressions import Expression, Present
from qb.tree.node import Branch
from qb.tree.relations import Relation
from qb.types import SqlType

if TYPE_CHECKING:
    from qb.tree.statements import StatementNode


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
    items: tuple[ItemShape, ...]


class MappedShape(Branch, frozen=True, eq=False):
    """A Python function applied to the row's items."""

    items: tuple[ItemShape, ...]
    function: Callable[..., Any]


class NestedShape(Branch, frozen=True, eq=False):
    """A list of rows inside a row: one correlated subquery that gives a JSON array."""

    aside: ClassVar[tuple[str, ...]] = ("row",)
    query: StatementNode
    row: RowShape
    on: bool = False
    """Whether it was written with a condition that links it to the row around it."""


ItemShape: TypeAlias = ScalarShape | EntityShape | NestedShape
"""What an item of a select list becomes: rows are nested in lists of rows alone, never in tuples."""
RowShape: TypeAlias = ItemShape | TupleShape | MappedShape
"""What a result row becomes in Python."""
