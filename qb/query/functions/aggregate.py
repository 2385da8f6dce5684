"""Aggregate functions: one value for several rows.

https://www.postgresql.org/docs/current/functions-aggregate.html
"""

# Overloads overlap where a value may be None: the first one that matches is the exact one.
# mypy: disable-error-code="overload-overlap, overload-cannot-match"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar, overload

from qb.errors import QueryError
from qb.query.beside import check_compared, check_ordered, check_text, check_wire
from qb.query.expr.arithmetic import check_calculated, whole_number
from qb.query.expr.expr import Expr
from qb.query.expr.lift import lift
from qb.query.expr.nothing_else import ANumber
from qb.query.expr.operands import By
from qb.query.expr.order_by import ordered
from qb.query.expr.pinned import Flag, Mismatch, NumberLabel, ValueOf, WholeOf
from qb.query.functions.arguments import Number, check_expression, settled_argument
from qb.query.symbol import remembering
from qb.tree.expressions import Call
from qb.tree.function import Function
from qb.types import SqlType, pg
from qb.types.array import Array

A = TypeVar("A")
N = TypeVar("N", bound="int | float | Decimal | dt.timedelta | None")

_COUNT: Final = Function("count", "never", aggregate=True, typed="itself")
_SUM: Final = Function("sum", "always", aggregate=True, typed="argument")
_AVG: Final = Function("avg", "always", aggregate=True, typed="itself", exact=True)
_AVG_FLOAT: Final = Function("avg", "always", aggregate=True, typed="itself")
_MIN: Final = Function("min", "always", aggregate=True)
_MAX: Final = Function("max", "always", aggregate=True)
_BOOL_AND: Final = Function("bool_and", "always", aggregate=True)
_BOOL_OR: Final = Function("bool_or", "always", aggregate=True)
_ARRAY_AGG: Final = Function("array_agg", "always", aggregate=True)
_STRING_AGG: Final = Function("string_agg", "always", aggregate=True)


@remembering
class AggregateFunctions:
    """Of no rows an aggregate is NULL, so all but `count` may be None."""

    __slots__ = ()

    def count(self, item: Expr[object] | None = None, *, distinct: bool = False) -> Expr[int]:
        """How many rows, or how many of them where `item` is not NULL."""
        if item is None:
            if distinct:
                raise QueryError("count(distinct=True) needs an expression to count the different values of")
            return Expr(Call(_COUNT, (), star=True), pg.bigint, int, False)
        check_expression("count", item)
        if distinct:
            check_compared(item.type, item.type)
        call = Call(_COUNT, (item.node,), distinct=distinct)
        return Expr(call, pg.bigint, int, False)

    @overload
    def sum(self, item: ANumber, *, distinct: bool = False) -> Expr[None]: ...
    @overload
    def sum(
        self, item: Expr[NumberLabel] | Expr[NumberLabel | None], *, distinct: bool = False
    ) -> Expr[int | None]: ...
    @overload
    def sum(self, item: Flag, *, distinct: bool = False) -> Mismatch[float, bool]: ...
    @overload
    def sum(self, item: Expr[WholeOf[A] | None], *, distinct: bool = False) -> Expr[A | None]: ...
    @overload
    def sum(self, item: Expr[N], *, distinct: bool = False) -> Expr[N | None]: ...
    @overload
    def sum(self, item: ValueOf[float], *, distinct: bool = False) -> Expr[None]: ...
    def sum(self, item: Any, *, distinct: bool = False) -> Any:
        """The sum; of integers an exact int, whatever PostgreSQL widens it to."""
        check_expression("sum", item)
        check_calculated(item)
        check_wire("sum", item.type, item.type.wire.is_number or item.type.wire.is_span, "give a number or an interval")
        type_ = _sum_of(item.type)
        return _aggregate(_SUM, settled_argument(item), type_, int if whole_number(item) else item.python, distinct)

    def avg(self, item: Number) -> Expr[Decimal | None]:
        """The mean of integers or numerics, exact as numeric is; for floats see `avg_float`."""
        check_expression("avg", item)
        check_calculated(item)
        check_wire(
            "avg", item.type, item.type.wire.is_exact, "of floats write fn.avg_float, of others cast it to a number"
        )
        return _aggregate(_AVG, item, pg.numeric, Decimal, distinct=False)

    def avg_float(self, item: Expr[float] | Expr[float | None]) -> Expr[float | None]:
        """The mean of floating-point numbers."""
        check_expression("avg_float", item)
        check_wire("avg_float", item.type, item.type.wire.is_float, "of integers and numerics write fn.avg")
        return _aggregate(_AVG_FLOAT, item, pg.double_precision, float, distinct=False)

    def min(self, item: Expr[A]) -> Expr[A | None]:
        """The smallest value."""
        check_expression("min", item)
        check_ordered("min", item.type)
        return _aggregate(_MIN, item, item.type, item.python, distinct=False)

    def max(self, item: Expr[A]) -> Expr[A | None]:
        """The greatest value."""
        check_expression("max", item)
        check_ordered("max", item.type)
        return _aggregate(_MAX, item, item.type, item.python, distinct=False)

    def bool_and(self, item: Expr[bool | None]) -> Expr[bool | None]:
        """Whether all are true."""
        check_expression("bool_and", item)
        check_wire("bool_and", item.type, item.type.wire.is_boolean, "give a condition, such as x > 0")
        return _aggregate(_BOOL_AND, item, pg.boolean, bool, distinct=False)

    def bool_or(self, item: Expr[bool | None]) -> Expr[bool | None]:
        """Whether any is true."""
        check_expression("bool_or", item)
        check_wire("bool_or", item.type, item.type.wire.is_boolean, "give a condition, such as x > 0")
        return _aggregate(_BOOL_OR, item, pg.boolean, bool, distinct=False)

    def array_agg(self, item: Expr[A], *, order_by: By | Sequence[By] | None = None) -> Expr[list[A] | None]:
        """The values as an array, in the order asked for.

        Values that may be NULL, as after an outer join, need `maybe(item)`, or a filter that leaves NULL out.
        """
        check_expression("array_agg", item)
        element: Any = item.python
        if item.optional:
            element = element | None
        order = () if order_by is None else ordered(order_by)
        call = Call(_ARRAY_AGG, (item.node,), order_by=order, elements=not item.optional)
        # Arrays become one array of a dimension more.
        return Expr(call, item.type if isinstance(item.type, Array) else Array(item.type), list[element], True)

    def string_agg(
        self,
        item: Expr[str] | Expr[str | None],
        separator: str | Expr[str],
        *,
        order_by: By | Sequence[By] | None = None,
    ) -> Expr[str | None]:
        """The texts joined, in the order asked for."""
        check_expression("string_agg", item)
        check_text("string_agg", item.type)
        order = () if order_by is None else ordered(order_by)
        call = Call(_STRING_AGG, (item.node, lift(separator, pg.text)), order_by=order)
        return Expr(call, pg.text, str, True)


def _sum_of(type_: SqlType[Any]) -> SqlType[Any]:
    """What PostgreSQL adds numbers up as."""
    if type_.wire.is_integer:
        return pg.bigint if type_.wire.rank < pg.bigint.wire.rank else pg.numeric
    return pg.numeric if type_.wire.is_numeric else type_


def _aggregate(function: Function, item: Expr[Any], type: SqlType[Any], python: object, distinct: bool) -> Expr[Any]:
    return Expr(Call(function, (item.node,), distinct=distinct), type, python, True)
