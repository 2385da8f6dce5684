"""Window functions: a row beside the others of its window; `.over(...)` says which those are.

https://www.postgresql.org/docs/current/functions-window.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from qb.query.expr.expr import Expr
from qb.query.expr.order_by import Ordering
from qb.query.expr.over import windowed
from qb.query.expr.typed import Typed
from qb.query.functions.arguments import check_expression, integer
from qb.query.symbol import remembering
from qb.tree.expressions import Call
from qb.types import SqlType, pg

A = TypeVar("A")
T_co = TypeVar("T_co", covariant=True)


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
        return _window("row_number", pg.bigint, int)

    def rank(self) -> WindowCall[int]:
        """The row's rank in its window, with gaps."""
        return _window("rank", pg.bigint, int)

    def dense_rank(self) -> WindowCall[int]:
        """The row's rank in its window, without gaps."""
        return _window("dense_rank", pg.bigint, int)

    def lag(self, item: Expr[A], offset: int = 1) -> WindowCall[A | None]:
        """The value `offset` rows before."""
        return _shifted("lag", item, offset)

    def lead(self, item: Expr[A], offset: int = 1) -> WindowCall[A | None]:
        """The value `offset` rows after."""
        return _shifted("lead", item, offset)

    def first_value(self, item: Expr[A]) -> WindowCall[A | None]:
        """The window frame's first value."""
        check_expression("first_value", item)
        call = Call("first_value", (item.node,), "always", window=True)
        return WindowCall(call, item.type, item.python, True)


def _window(name: str, type: SqlType[Any], python: object) -> WindowCall[Any]:
    return WindowCall(Call(name, (), "never", window=True), type, python, False)


def _shifted(name: str, item: Expr[Any], offset: int) -> WindowCall[Any]:
    check_expression(name, item)
    return WindowCall(Call(name, (item.node, integer(offset)), "always", window=True), item.type, item.python, True)
