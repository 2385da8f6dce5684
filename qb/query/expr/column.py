"""Columns, and what they are set to."""
# A bool is an int to Python: the overload that takes it says so.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, overload

from msgspec.structs import force_setattr
from typing_extensions import deprecated

from qb.frozen import FrozenStruct
from qb.query.expr.expr import Expr, as_expr, is_expr
from qb.query.expr.lift import fitted, lift
from qb.query.expr.nothing_else import NothingElse
from qb.query.expr.pinned import Mismatch
from qb.query.expr.typed import Labelled, is_param
from qb.tree.expressions import Bind, Call, Case, ColumnNode, Expression, ParamNode
from qb.tree.node import Node
from qb.tree.relations import label
from qb.tree.visit import rewrite
from qb.types import SqlType
from qb.types.document import Document
from qb.types.identifier import ColumnLabel
from qb.types.narrowed import narrowed

if TYPE_CHECKING:  # aliases of expressions
    from qb.query.expr.operands import Exactly, MaybeExactly

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
    said: str
    """Its label, once that was asked for."""

    @property
    def label(self) -> str:
        """`table.column`, as errors say it."""
        if not self.said:
            struct: Any = self
            force_setattr(struct, "said", ColumnLabel(label(self.node.relation), self.node.name))
        return self.said

    def __repr__(self) -> str:
        return f"<column {self.label}>"

    @overload
    @deprecated("a bool is no number")
    def to(self: Column[Decimal], value: bool) -> Mismatch[Decimal, bool]: ...
    @overload
    @deprecated("a bool is no number")
    def to(self: Column[Decimal | None], value: bool) -> Mismatch[Decimal, bool]: ...
    @overload
    def to(self: Column[Decimal], value: Exactly | NothingElse) -> Assignment: ...
    @overload
    def to(self: Column[Decimal | None], value: MaybeExactly | NothingElse | None) -> Assignment: ...
    @overload
    def to(self, value: T | Expr[T]) -> Assignment: ...
    def to(self, value: Any) -> Any:
        """What the column becomes, in `set`, `on_conflict(update=...)` and `into`. An int is exactly a Decimal."""
        if is_expr(value) and not is_param(value):
            expression: Expr[Any] = value
            made = fitted(expression, self.type)
            stored = self.stored
            node = _as_written(made.node, stored, self.label) if isinstance(stored, Document) else made.node
            return Assignment(self, node, expression if made is expression else as_expr(made))
        return Assignment(self, assigned_value(value, self))


def column_of(
    node: ColumnNode,
    type: SqlType[Any],
    python: object,
    optional: bool,
    attribute: str,
    stored: SqlType[Any] | None = None,
) -> Column[Any]:
    """A column of a type, whose values are read as `python`; `stored` where what is written follows from more."""
    return Column(node, type, python, optional, attribute, narrowed(type, python) if stored is None else stored, "")


def assigned_value(value: object, column: Column[Any], *, judged: bool = True) -> Expression:
    """The node of what a column is to hold: as `lift`, but only the members of a Literal or an Enum are taken."""
    return lift(value, column.stored, column.label, none=True, judged=judged)


def _as_written(node: Expression, stored: Document, label: str) -> Any:
    """An expression whose values, where the column becomes one of them, are documents as the column writes them."""
    found: set[int] = set()
    stack = [node]
    while stack:
        each = stack.pop()
        if isinstance(each, Bind | ParamNode):
            if each.type == stored.of:
                found.add(id(each))
        elif isinstance(each, Case):
            stack += [value for _, value in each.branches]
            stack += [] if each.otherwise is None else [each.otherwise]
        elif isinstance(each, Call) and each.function.chooses:
            stack += each.arguments

    def written(each: Node) -> Node:
        if id(each) not in found:
            return each
        if isinstance(each, ParamNode):
            return ParamNode(each.name, stored, label)
        return Bind(each.value, stored, label) if isinstance(each, Bind) else each

    return rewrite(node, written) if found else node
