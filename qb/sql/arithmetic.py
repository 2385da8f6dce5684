"""Arithmetic: which type stands beside which, and what comes out of the two.

https://www.postgresql.org/docs/current/functions-math.html
https://www.postgresql.org/docs/current/functions-datetime.html
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from qb.sql.expr import Expr, is_expr, is_param, lift
from qb.sql.nodes import Bind, Infix
from qb.types import SqlType, pg

_TIMES = ("timestamp", "timestamptz")
_INTEGERS = ("int2", "int4", "int8")


def arithmetic(operator: str, left: Expr[Any], right: object) -> Expr[Any]:
    """`left operator right`, where the right side may be a plain value."""
    if is_param(left) and is_expr(right) and not is_param(right):
        return reflected(operator, left, right)
    operator = _spelled(operator, left)
    type_, python, beside = _rule(operator, left, _wire(right), right)
    optional = left.optional or (is_expr(right) and right.optional)
    return Expr(Infix(operator, left.node, lift(right, beside)), type_, python, optional)


def reflected(operator: str, left: object, right: Expr[Any]) -> Expr[Any]:
    """`left operator right`, where the left side is a plain value or a parameter."""
    operator = _spelled(operator, right)
    if _wire(left) == right.type.wire or operator in ("+", "*"):  # these take their sides in any order
        type_, python, beside = _rule(operator, right, _wire(left), left)
    else:
        type_, python, beside = right.type, right.python, right
    return Expr(Infix(operator, lift(left, beside), right.node), type_, python, right.optional)


def _spelled(operator: str, beside: Expr[Any]) -> str:
    return "||" if operator == "+" and beside.type.wire == "text" else operator


def _rule(operator: str, left: Expr[Any], wire: str, right: object) -> tuple[SqlType[Any], object, Expr[Any]]:
    """The type of the result, what it is in Python, and what a plain value on the right stands beside."""
    own = left.type.wire
    if wire == "interval" and own in _TIMES:
        return left.type, left.python, _INTERVAL
    if wire == "interval" and own == "date":
        return pg.timestamp, dt.datetime, _INTERVAL
    if own == "interval" and wire in _TIMES and is_expr(right):
        return right.type, right.python, right
    if own == "interval" and operator in ("*", "/"):
        return left.type, left.python, _DOUBLE
    if operator == "-" and own in _TIMES and wire in _TIMES:
        return pg.interval, dt.timedelta, left
    if operator == "-" and own == wire == "date":
        return pg.integer, int, left
    if own in _INTEGERS and wire in _INTEGERS and is_expr(right):
        return max(left.type, right.type, key=lambda type_: _INTEGERS.index(type_.wire)), left.python, left
    return left.type, left.python, left


def _wire(value: object) -> str:
    if is_expr(value):
        return value.type.wire
    if isinstance(value, dt.timedelta):
        return "interval"
    if isinstance(value, dt.datetime):
        return "timestamp" if value.tzinfo is None else "timestamptz"
    return "date" if isinstance(value, dt.date) else ""


_INTERVAL: Expr[dt.timedelta] = Expr(Bind(dt.timedelta(), pg.interval), pg.interval, dt.timedelta, False)
_DOUBLE: Expr[float] = Expr(Bind(0.0, pg.double_precision), pg.double_precision, float, False)
