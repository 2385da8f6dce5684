"""CASE WHEN ... THEN ... ELSE ... END.

https://www.postgresql.org/docs/current/functions-conditional.html#FUNCTIONS-CASE
"""

# Overloads overlap, as Any and values of one's own fit several: the first one that matches is exact.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar, overload
from uuid import UUID

from qb.errors import QueryError
from qb.query.expr.expr import Expr, is_expr
from qb.query.expr.logic import condition
from qb.query.mixed import mixed
from qb.query.symbol import remembered
from qb.tree.expressions import Case

A = TypeVar("A")
B = TypeVar("B")
Plain = TypeVar("Plain", bound="str | bytes | float | Decimal | dt.date | dt.time | dt.timedelta | UUID | Enum | None")
Condition = Expr[bool] | Expr[bool | None]


@overload
def case(*branches: tuple[Condition, Expr[A]], else_: Expr[B]) -> Expr[A | B]: ...
@overload
def case(*branches: tuple[Condition, Expr[A]], else_: B) -> Expr[A | B]: ...
@overload
def case(*branches: tuple[Condition, Plain], else_: Expr[B]) -> Expr[Plain | B]: ...
@overload
def case(*branches: tuple[Condition, A | Expr[A]], else_: B | Expr[B]) -> Expr[A | B]: ...
@remembered
def case(*branches: tuple[Condition, Any], else_: Any) -> Expr[Any]:
    """The value of the first branch whose condition is true, `else_` when none is.

    Pass `else_=None` only where the type admits it. https://www.postgresql.org/docs/current/functions-conditional.html

    >>> size = case((Task.hours > 4, "long"), (Task.hours.is_null(), "unknown"), else_="short")
    >>> db.all(select(Task.title, size).order_by(Task.id))
    <Success: [('write', 'long'), ('test', 'short'), ('ship', 'unknown')]>
    """
    if not branches:
        raise QueryError("case needs at least one (condition, value) pair")
    values: list[object] = [*(value for _, value in branches), else_]
    if all(value is None for value in values):
        raise QueryError("case has no value but None: give one branch a value or an expression")
    made = mixed("case", values, none=True)
    optional = any(value is None or (is_expr(value) and value.optional) for value in values)
    pairs = tuple((condition(test), value) for (test, _), value in zip(branches, made.nodes[:-1], strict=True))
    return Expr(Case(pairs, made.nodes[-1]), made.type, made.python, optional)
