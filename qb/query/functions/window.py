"""Window functions: a row beside the others of its window; `.over(...)` says which those are.

https://www.postgresql.org/docs/current/functions-window.html
"""

# Overloads overlap where a value may be None: the first one that matches is the exact one.
# mypy: disable-error-code="overload-overlap, overload-cannot-match"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar, overload

import msgspec
from msgspec import UNSET

from qb.query.expr.expr import Expr, is_expr
from qb.query.expr.order_by import Ordering
from qb.query.expr.over import windowed
from qb.query.expr.typed import Typed
from qb.query.functions.arguments import check_expression, integer
from qb.query.mixed import mixed
from qb.query.symbol import remembering
from qb.tree.expressions import Call
from qb.tree.function import Function
from qb.types import SqlType, pg

if TYPE_CHECKING:
    from typing import LiteralString

    from qb.query.expr.kind import OfKind, OfLabels
    from qb.query.expr.operands import BareExactly, MaybeBareExactly, MaybeText, SureText
    from qb.query.expr.pinned import Pinned

A = TypeVar("A")
LabelT = TypeVar("LabelT", bound="LiteralString")
T_co = TypeVar("T_co", covariant=True)

_ROW_NUMBER: Final = Function("row_number", "never", window=True, typed="itself")
_RANK: Final = Function("rank", "never", window=True, typed="itself")
_DENSE_RANK: Final = Function("dense_rank", "never", window=True, typed="itself")
_LAG: Final = Function("lag", "always", window=True)
_LEAD: Final = Function("lead", "always", window=True)
_FIRST_VALUE: Final = Function("first_value", "always", window=True)


class WindowCall(Typed[T_co]):
    """A call of a window function, which is an expression once `.over(...)` says which rows its window holds.

    >>> newest = fn.row_number().over(partition_by=Task.user_id, order_by=Task.id.desc())
    >>> db.all(select(Task.title, newest).order_by(Task.id))
    <Success: [('write', 2), ('test', 1), ('ship', 1)]>
    """

    _said: ClassVar[str] = "a call of a window function is a frozen value"

    def over(
        self,
        *,
        partition_by: Expr[object] | Sequence[Expr[object]] = (),
        order_by: Expr[object] | Ordering[object] | Sequence[Expr[object] | Ordering[object]] = (),
    ) -> Expr[T_co]:
        """The window: the rows that are alike in `partition_by`, in the order of `order_by`.

        https://www.postgresql.org/docs/current/tutorial-window.html
        """
        return Expr(windowed(self.node, partition_by, order_by), self.type, self.python, self.optional)

    def __repr__(self) -> str:
        return f"<{self.node} without its window>"


@remembering
class WindowFunctions:
    """A row beside the others of its window."""

    __slots__ = ()

    def row_number(self) -> WindowCall[int]:
        """The row's number in its window, from 1."""
        return _window(_ROW_NUMBER, pg.bigint, int)

    def rank(self) -> WindowCall[int]:
        """The row's rank in its window, with gaps."""
        return _window(_RANK, pg.bigint, int)

    def dense_rank(self) -> WindowCall[int]:
        """The row's rank in its window, without gaps."""
        return _window(_DENSE_RANK, pg.bigint, int)

    @overload
    def lag(self, item: Expr[A], offset: int = 1) -> WindowCall[A | None]: ...
    @overload
    def lag(self, item: Pinned[A], offset: int, default: A | Expr[A]) -> WindowCall[A]: ...
    @overload
    def lag(
        self, item: OfLabels[LabelT], offset: int, default: LabelT | Expr[LabelT] | Expr[LabelT | None]
    ) -> WindowCall[LabelT | None]: ...
    @overload
    def lag(self, item: Expr[str], offset: int, default: SureText) -> WindowCall[str]: ...
    @overload
    def lag(self, item: Expr[str | None], offset: int, default: MaybeText) -> WindowCall[str | None]: ...
    @overload
    def lag(self, item: OfKind[A], offset: int, default: A | Expr[A] | Expr[A | None]) -> WindowCall[A | None]: ...
    @overload
    def lag(self, item: Expr[Decimal], offset: int, default: BareExactly) -> WindowCall[Decimal]: ...
    @overload
    def lag(self, item: Expr[Decimal | None], offset: int, default: MaybeBareExactly) -> WindowCall[Decimal | None]: ...
    def lag(self, item: Any, offset: int = 1, default: Any = UNSET) -> WindowCall[Any]:
        """The value `offset` rows before; where there is no such row, `default`, or NULL."""
        return _shifted(_LAG, item, offset, default)

    @overload
    def lead(self, item: Expr[A], offset: int = 1) -> WindowCall[A | None]: ...
    @overload
    def lead(self, item: Pinned[A], offset: int, default: A | Expr[A]) -> WindowCall[A]: ...
    @overload
    def lead(
        self, item: OfLabels[LabelT], offset: int, default: LabelT | Expr[LabelT] | Expr[LabelT | None]
    ) -> WindowCall[LabelT | None]: ...
    @overload
    def lead(self, item: Expr[str], offset: int, default: SureText) -> WindowCall[str]: ...
    @overload
    def lead(self, item: Expr[str | None], offset: int, default: MaybeText) -> WindowCall[str | None]: ...
    @overload
    def lead(self, item: OfKind[A], offset: int, default: A | Expr[A] | Expr[A | None]) -> WindowCall[A | None]: ...
    @overload
    def lead(self, item: Expr[Decimal], offset: int, default: BareExactly) -> WindowCall[Decimal]: ...
    @overload
    def lead(
        self, item: Expr[Decimal | None], offset: int, default: MaybeBareExactly
    ) -> WindowCall[Decimal | None]: ...
    def lead(self, item: Any, offset: int = 1, default: Any = UNSET) -> WindowCall[Any]:
        """The value `offset` rows after; where there is no such row, `default`, or NULL."""
        return _shifted(_LEAD, item, offset, default)

    def first_value(self, item: Expr[A]) -> WindowCall[A | None]:
        """The window frame's first value."""
        check_expression("first_value", item)
        call = Call(_FIRST_VALUE, (item.node,))
        return WindowCall(call, item.type, item.python, True)


def _window(function: Function, type: SqlType[Any], python: object) -> WindowCall[Any]:
    return WindowCall(Call(function, ()), type, python, False)


def _shifted(function: Function, item: Expr[Any], offset: int, default: Any) -> WindowCall[Any]:
    check_expression(function.name, item)
    if default is UNSET:
        return WindowCall(Call(function, (item.node, integer(offset))), item.type, item.python, True)
    made = mixed(function.name, (item, default))
    value, other = made.nodes
    optional = item.optional or (is_expr(default) and default.optional)
    # NULL is what the row holds, or what the default is.
    chosen = msgspec.structs.replace(function, null="strict")
    return WindowCall(Call(chosen, (value, integer(offset), other)), made.type, made.python, optional)
