"""Conditional functions; CASE is `case`.

https://www.postgresql.org/docs/current/functions-conditional.html
"""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar

from qb.query.beside import check_compared, check_order
from qb.query.expr.arithmetic import common
from qb.query.expr.expr import Expr, is_expr
from qb.query.expr.lift import lift_beside
from qb.query.expr.typed import Typed, is_own
from qb.query.mixed import check_labels, mixed
from qb.query.symbol import remembering
from qb.tree.expressions import Call
from qb.types import SqlType, pg

A = TypeVar("A")


@remembering
class ConditionalFunctions:
    """One of several values."""

    __slots__ = ()

    def coalesce(self, a: Expr[A | None], b: A | Expr[A], *more: A | Expr[A]) -> Expr[A]:
        """The first that is not NULL. https://www.postgresql.org/docs/current/functions-conditional.html"""
        rest = (b, *more)
        optional = all(isinstance(each, Expr) and each.optional for each in rest)
        made = mixed("coalesce", (a, *rest))
        return Expr(Call("coalesce", made.nodes, "all"), made.type, made.python, optional)

    def nullif(self, a: Expr[A], b: A | Expr[A]) -> Expr[A | None]:
        """NULL where the two are equal."""
        node = Call("nullif", (a.node, lift_beside(b, a)), "always")
        other: object = b
        check_compared(a.type, other.type if is_own(other) else a.type)
        if is_own(other):
            return Expr(node, *_nullified(a, other), True)
        if not is_expr(b):
            check_labels("nullif", a.type, (b,))
        return Expr(node, a.type, a.python, True)

    def greatest(self, a: Expr[A], *others: A | Expr[A]) -> Expr[A]:
        """The greatest; NULLs are passed over."""
        return _among("greatest", a, others)

    def least(self, a: Expr[A], *others: A | Expr[A]) -> Expr[A]:
        """The least; NULLs are passed over."""
        return _among("least", a, others)


def _nullified(a: Typed[Any], b: Typed[Any]) -> tuple[SqlType[Any], object]:
    # NULLIF gives its left side as the operator = takes it.
    one, other = a.type.wire, b.type.wire
    if one is not other and one.is_clock and other.is_clock:
        return pg.interval, dt.timedelta
    if one.is_float or other.is_float:
        return (a.type if one.is_float and other.is_float else pg.double_precision), float
    return common([a, b]) if one.is_numeric or other.is_numeric else (a.type, a.python)


def _among(name: str, first: Expr[Any], others: tuple[object, ...]) -> Expr[Any]:
    optional = first.optional and all(isinstance(other, Expr) and other.optional for other in others)
    check_compared(first.type, first.type)
    check_order(first.type, *(other.type for other in others if is_own(other)))
    made = mixed(name, (first, *others))
    return Expr(Call(name, made.nodes, "all"), made.type, made.python, optional)
