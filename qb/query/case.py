"""CASE WHEN ... THEN ... ELSE ... END.

https://www.postgresql.org/docs/current/functions-conditional.html#FUNCTIONS-CASE
"""

# Overloads overlap, as Any and values of one's own fit several: the first one that matches is exact.
# mypy: disable-error-code="overload-overlap, overload-cannot-match"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar, overload
from uuid import UUID

from qb.errors import QueryError
from qb.query.expr.expr import Condition, Expr, is_expr
from qb.query.expr.logic import condition
from qb.query.mixed import mixed
from qb.query.symbol import remembered
from qb.tree.expressions import Case

if TYPE_CHECKING:
    from typing import LiteralString

    from qb.query.expr.kind import OfKind
    from qb.query.expr.operands import (
        Exactly,
        MaybeDecimal,
        MaybeExactly,
        MaybePlainExactly,
        MaybePlainWhole,
        MaybeText,
        MaybeWhole,
        PlainExactly,
        PlainFloat,
        PlainReal,
        PlainWhole,
        SureDecimal,
        SureText,
        Whole,
    )
    from qb.query.expr.pinned import Flag, OfClass, Pinned

A = TypeVar("A")
LabelT = TypeVar("LabelT", bound="LiteralString | None")
TextT = TypeVar("TextT", bound="str | None")
IntT = TypeVar("IntT", bound="int | None")
ListT = TypeVar("ListT", bound="list[Any] | None")
Member = TypeVar("Member", bound="Enum | None")
DayT = TypeVar("DayT", bound="dt.date | None")
TimeT = TypeVar("TimeT", bound="dt.time | None")
SpanT = TypeVar("SpanT", bound="dt.timedelta | None")
UuidT = TypeVar("UuidT", bound="UUID | None")
BytesT = TypeVar("BytesT", bound="bytes | None")


# Labels alone stay what they are.
@overload
def case(*branches: tuple[Condition, Expr[LabelT]], else_: Expr[LabelT]) -> Expr[LabelT]: ...
@overload
def case(*branches: tuple[Condition, Expr[LabelT] | None], else_: Expr[LabelT] | None) -> Expr[LabelT | None]: ...
# What one expression is says what the others are.
@overload
def case(*branches: tuple[Condition, A | Expr[A]], else_: Pinned[A]) -> Expr[A]: ...
@overload
def case(*branches: tuple[Condition, Pinned[A]], else_: A | Expr[A]) -> Expr[A]: ...
# Exact numbers: an integer beside a Decimal is one.
@overload
def case(*branches: tuple[Condition, Exactly], else_: SureDecimal) -> Expr[Decimal]: ...
@overload
def case(*branches: tuple[Condition, SureDecimal], else_: Exactly) -> Expr[Decimal]: ...
@overload
def case(*branches: tuple[Condition, MaybeExactly | None], else_: MaybeDecimal) -> Expr[Decimal | None]: ...
@overload
def case(*branches: tuple[Condition, MaybeDecimal], else_: MaybeExactly | None) -> Expr[Decimal | None]: ...
# Values alone, of one class.
@overload
def case(*branches: tuple[Condition, OfClass[A]], else_: OfClass[A]) -> Expr[A]: ...
@overload
def case(*branches: tuple[Condition, OfClass[A] | None], else_: OfClass[A] | None) -> Expr[A | None]: ...
@overload
def case(*branches: tuple[Condition, ListT], else_: ListT) -> Expr[ListT]: ...
# Labels and brands widen to what they are made of; two brands of numbers have nothing in common.
@overload
def case(*branches: tuple[Condition, SureText], else_: SureText) -> Expr[str]: ...
@overload
def case(*branches: tuple[Condition, bool | Pinned[bool]], else_: bool | Pinned[bool]) -> Expr[bool]: ...
@overload
def case(*branches: tuple[Condition, bool | Flag | None], else_: bool | Flag | None) -> Expr[bool | None]: ...
@overload
def case(*branches: tuple[Condition, Whole], else_: PlainWhole) -> Expr[int]: ...
@overload
def case(*branches: tuple[Condition, PlainWhole], else_: Whole) -> Expr[int]: ...
@overload
def case(*branches: tuple[Condition, PlainExactly], else_: PlainExactly) -> Expr[Decimal]: ...
# The same where some may be None.
@overload
def case(*branches: tuple[Condition, A | Expr[A] | Expr[A | None] | None], else_: OfKind[A]) -> Expr[A | None]: ...
@overload
def case(
    *branches: tuple[Condition, OfKind[A] | None], else_: A | Expr[A] | Expr[A | None] | None
) -> Expr[A | None]: ...
@overload
def case(*branches: tuple[Condition, MaybeText | None], else_: MaybeText | None) -> Expr[str | None]: ...
@overload
def case(*branches: tuple[Condition, MaybeWhole | None], else_: MaybePlainWhole | None) -> Expr[int | None]: ...
@overload
def case(*branches: tuple[Condition, MaybePlainWhole | None], else_: MaybeWhole | None) -> Expr[int | None]: ...
@overload
def case(
    *branches: tuple[Condition, MaybePlainExactly | None], else_: MaybePlainExactly | None
) -> Expr[Decimal | None]: ...
# Values among the expressions, of which no one says what the others are.
@overload
def case(*branches: tuple[Condition, PlainReal], else_: PlainFloat) -> Expr[float]: ...
@overload
def case(
    *branches: tuple[Condition, PlainReal | Pinned[float | None] | None], else_: PlainFloat | None
) -> Expr[float | None]: ...
@overload
def case(*branches: tuple[Condition, Pinned[A] | OfClass[A]], else_: OfClass[A]) -> Expr[A]: ...
@overload
def case(*branches: tuple[Condition, OfKind[A] | OfClass[A] | None], else_: OfClass[A] | None) -> Expr[A | None]: ...
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
