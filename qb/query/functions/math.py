"""Functions of numbers.

https://www.postgresql.org/docs/current/functions-math.html
"""
# Overloads overlap where a value may be None: the first one that matches is the exact one.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, TypeVar, overload

from qb.query.beside import check_wire
from qb.query.expr.arithmetic import check_calculated, whole_number, whole_quotient
from qb.query.expr.computed import Computed
from qb.query.expr.expr import Expr, as_expr
from qb.query.expr.operands import Exactly, ExactNumber, MaybeExactly, MaybeWhole, Whole
from qb.query.expr.pinned import NumberLabel, WholeOf
from qb.query.functions.arguments import check_expression, integer, settled_argument
from qb.query.symbol import remembering
from qb.tree.expressions import Call
from qb.tree.function import Function
from qb.types import pg
from qb.types.builtin import plain_type

A = TypeVar("A")
NN = TypeVar("NN", bound="int | float | Decimal | None")

_ABS: Final = Function("abs", typed="argument")
_ROUND: Final = Function("round")
_FLOOR: Final = Function("floor", typed="itself")
_CEIL: Final = Function("ceil", typed="itself")
_RANDOM: Final = Function("random", "never", typed="itself", volatility="volatile")


@remembering
class MathFunctions:
    """Numbers."""

    __slots__ = ()

    @overload
    def abs(self, number: Expr[NumberLabel]) -> Expr[int]: ...
    @overload
    def abs(self, number: Expr[NumberLabel | None]) -> Expr[int | None]: ...
    @overload
    def abs(self, number: Expr[WholeOf[A]]) -> Expr[A]: ...
    @overload
    def abs(self, number: Expr[WholeOf[A] | None]) -> Expr[A | None]: ...
    @overload
    def abs(self, number: Expr[NN]) -> Expr[NN]: ...
    def abs(self, number: Expr[Any]) -> Expr[Any]:
        """Without its sign."""
        check_expression("abs", number)
        check_calculated(number)
        return _same(_ABS, settled_argument(number))

    @overload
    def round(self, number: Expr[Decimal], digits: int | Expr[int] = 0) -> Expr[Decimal]: ...
    @overload
    def round(self, number: Expr[Decimal | None], digits: int | Expr[int] = 0) -> Expr[Decimal | None]: ...
    def round(self, number: Expr[Any], digits: int | Expr[int] = 0) -> Expr[Any]:
        """Rounded half away from zero to `digits` decimals."""
        check_expression("round", number)
        check_calculated(number)
        check_wire("round", number.type, number.type.wire.is_exact, "cast it to pg.numeric")
        return Expr(Call(_ROUND, (number.node, integer(digits))), pg.numeric, Decimal, number.optional)

    def floor(self, number: Expr[NN]) -> Expr[NN]:
        """The greatest whole number not above it."""
        return _whole(_FLOOR, number)

    def ceil(self, number: Expr[NN]) -> Expr[NN]:
        """The least whole number not below it."""
        return _whole(_CEIL, number)

    @overload
    def div(self, a: Expr[int], b: Whole) -> Expr[int]: ...
    @overload
    def div(self, a: Expr[int | None], b: MaybeWhole) -> Expr[int | None]: ...
    @overload
    def div(self, a: Expr[ExactNumber], b: Exactly) -> Expr[Decimal]: ...
    @overload
    def div(self, a: Expr[ExactNumber | None], b: MaybeExactly) -> Expr[Decimal | None]: ...
    def div(self, a: Expr[Any], b: Any) -> Expr[Any]:
        """The whole quotient, cut towards zero: `a == fn.div(a, b) * b + a % b`. `a // b` is the greatest one below."""
        check_expression("div", a)
        return as_expr(whole_quotient(a, b))

    def random(self) -> Computed[float]:
        """A random number from 0 to 1, 1 left out."""
        return Computed(Call(_RANDOM, ()), pg.double_precision, float, False)


def _same(function: Function, item: Expr[Any]) -> Expr[Any]:
    check_wire(function.name, item.type, item.type.wire.is_number, "give a number")
    type_ = plain_type(item.type.wire) or item.type
    python = int if whole_number(item) else item.python  # of labels it need be none
    return Expr(Call(function, (item.node,)), type_, python, item.optional)


def _whole(function: Function, number: Expr[Any]) -> Expr[Any]:
    check_expression(function.name, number)
    # PostgreSQL has floor and ceil for numeric and double precision alone: of integers they would be a float.
    if whole_number(number):
        return number
    type_ = pg.double_precision if number.type.wire.is_float else number.type
    return _same(function, Expr(number.node, type_, number.python, number.optional))
