"""Columns, and what they are set to."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from qb.frozen import FrozenStruct
from qb.query.expr.expr import Expr, as_expr, is_expr
from qb.query.expr.lift import fitted, lift
from qb.query.expr.typed import Labelled, is_param
from qb.tree.expressions import ColumnNode, Expression
from qb.tree.relations import label
from qb.types import SqlType
from qb.types.identifier import ColumnLabel
from qb.types.narrowed import narrowed

T = TypeVar("T")


class Assignment(FrozenStruct):
    """A column and the value that SET or a shape gives it.

    >>> User.nickname.to("Countess")
    <users.nickname = ...>
    >>> db.execute(update(User).set(User.nickname.to("Countess")).where(User.id == 1))
    <Success: 1>
    """

    _said: ClassVar[str] = "an assignment is a frozen value"
    column: Column[Any]
    node: Expression
    value: Expr[Any] | None = None
    """The expression; None for a plain value."""

    def __repr__(self) -> str:
        return f"<{self.column.label} = ...>"


class Column(Expr[T], Labelled[T]):
    """A column of a table, an alias, a CTE, a subquery or a shape.

    >>> User.name, User.name.label, User.name.type
    (<column users.name>, 'users.name', <type varchar(80)>)
    """

    node: ColumnNode
    attribute: str
    """The name in Python; `node.name` is the one in SQL."""
    stored: SqlType[Any]
    """The type as values are written: of a Literal or an Enum, the members alone."""

    @property
    def label(self) -> str:
        """`table.column`, as errors say it."""
        return ColumnLabel(label(self.node.relation), self.node.name)

    def __repr__(self) -> str:
        return f"<column {self.label}>"

    def to(self, value: T | Expr[T]) -> Assignment:
        """What the column becomes, in `set`, `on_conflict(update=...)` and `into`."""
        if is_expr(value) and not is_param(value):
            expression: Expr[Any] = value
            made = fitted(expression, self.type)
            return Assignment(self, made.node, expression if made is expression else as_expr(made))
        return Assignment(self, assigned_value(value, self))


def column_of(node: ColumnNode, type: SqlType[Any], python: object, optional: bool, attribute: str) -> Column[Any]:
    """A column of a type, whose values are read as `python`."""
    return Column(node, type, python, optional, attribute, narrowed(type, python))


def assigned_value(value: object, column: Column[Any], *, judged: bool = True) -> Expression:
    """The node of what a column is to hold: as `lift`, but only the members of a Literal or an Enum are taken."""
    return lift(value, column.stored, column.label, none=True, judged=judged)
