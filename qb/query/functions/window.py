"""Window functions: a row beside the others of its window; `.over(...)` says which those are.

https://www.postgresql.org/docs/current/functions-window.html
"""

from __future__ import annotations

from typing import Any, TypeVar

from qb.query.expr.expr import Expr
from qb.query.functions.arguments import integer
from qb.query.symbol import remembering
from qb.tree.expressions import Call
from qb.types import SqlType, pg

A = TypeVar("A")


@remembering
class WindowFunctions:
    """A row beside the others of its window."""

    __slots__ = ()

    def row_number(self) -> Expr[int]:
        """The row's number in its window, from 1."""
        return _window("row_number", pg.bigint, int)

    def rank(self) -> Expr[int]:
        """The row's rank in its window, with gaps."""
        return _window("rank", pg.bigint, int)

    def dense_rank(self) -> Expr[int]:
        """The row's rank in its window, without gaps."""
        return _window("dense_rank", pg.bigint, int)

    def lag(self, item: Expr[A | None], offset: int = 1) -> Expr[A | None]:
        """The value `offset` rows before."""
        return _shifted("lag", item, offset)

    def lead(self, item: Expr[A | None], offset: int = 1) -> Expr[A | None]:
        """The value `offset` rows after."""
        return _shifted("lead", item, offset)

    def first_value(self, item: Expr[A]) -> Expr[A | None]:
        """The window frame's first value."""
        call = Call("first_value", (item.node,), "always", window=True)
        return Expr(call, item.type, item.python, True)


def _window(name: str, type: SqlType[Any], python: object) -> Expr[Any]:
    return Expr(Call(name, (), "never", window=True), type, python, False)


def _shifted(name: str, item: Expr[Any], offset: int) -> Expr[Any]:
    return Expr(Call(name, (item.node, integer(offset)), "always", window=True), item.type, item.python, True)
