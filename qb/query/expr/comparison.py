"""Comparison: =, <>, <, >, <=, >=, IS NULL, IS DISTINCT FROM, BETWEEN.

https://www.postgresql.org/docs/current/functions-comparison.html
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from qb.query.beside import check_order
from qb.query.expr.lift import lift_beside
from qb.query.expr.typed import Typed, is_own, is_param, label_of, types_of
from qb.query.expr.widened import widened
from qb.tree.expressions import Between, Bind, Expression, Infix, ParamNode

_PLAIN: Final = frozenset((str, int, bool, UUID))
"""Classes of values that stand for themselves beside a column whose type takes them."""
_MIRROR: Final = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def compared(operator: str, left: Typed[Any], right: object) -> Expression:
    """`left operator right`; QueryError where PostgreSQL has no such comparison."""
    type_ = left.type
    if right.__class__ in _PLAIN and right.__class__ in (wire := type_.wire).takes and wire.equality:  # nearly always
        if type(left.node) is not ParamNode:
            if operator not in ("=", "<>"):
                check_order(type_)
            return Infix(operator, left.node, Bind(right, widened(type_, right), label_of(left)))
    if is_param(left) and is_own(right):  # which says the parameter's type
        left, right, operator = right, left, _MIRROR[operator]
    if operator not in ("=", "<>"):
        check_order(*types_of(left, right))
    return Infix(operator, left.node, lift_beside(right, left, wide=True))


def distinguished(operator: str, left: Typed[Any], right: object) -> Expression:
    """A comparison for which NULL is a value like any other, so None may be given."""
    return Infix(operator, left.node, lift_beside(right, left, none=True, wide=True))


def between(operand: Typed[Any], low: object, high: object) -> Expression:
    """`low <= operand AND operand <= high`."""
    check_order(*types_of(operand, low, high))
    return Between(operand.node, lift_beside(low, operand, wide=True), lift_beside(high, operand, wide=True))
