"""Conditional functions; CASE is `case`.

https://www.postgresql.org/docs/current/functions-conditional.html

The first argument says what the others are. Labels, which a Literal and an Enum are, and brands widen to the texts or
the integers that they are; integers widen to the Decimals beside them.
"""
# Overloads overlap where a value may be None: the first one that matches is the exact one.
# mypy: disable-error-code="overload-overlap, overload-cannot-match"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar, overload

from qb.query.beside import check_compared, check_order
from qb.query.expr.arithmetic import common
from qb.query.expr.expr import Expr, is_expr
from qb.query.expr.lift import lift_beside
from qb.query.expr.typed import Typed, is_own
from qb.query.functions.arguments import check_expression
from qb.query.mixed import check_labels, mixed
from qb.query.symbol import remembering
from qb.tree.expressions import Call
from qb.tree.function import COALESCE, GREATEST, LEAST, NULLIF, Function
from qb.types import SqlType, pg

if TYPE_CHECKING:
    from typing import LiteralString, TypeAlias

    from qb.query.expr.kind import OfKind
    from qb.query.expr.nothing_else import TheSameType
    from qb.query.expr.operands import (
        MaybeDecimal,
        MaybePlainExactly,
        MaybePlainWhole,
        MaybeReal,
        MaybeText,
        PlainExactly,
        PlainWhole,
        SureText,
    )
    from qb.query.expr.pinned import Pinned, ValueOf

    TextExpr: TypeAlias = Expr[str]
    MaybeTextExpr: TypeAlias = Expr[str | None]
    WholeExpr: TypeAlias = Expr[int]
    MaybeWholeExpr: TypeAlias = Expr[int | None]
    ExactExpr: TypeAlias = Expr[Decimal] | Pinned[int]
    MaybeExactExpr: TypeAlias = ExactExpr | Expr[Decimal | None] | Pinned[int | None]
    MayBe: TypeAlias = "A | Expr[A] | Expr[A | None]"

A = TypeVar("A")
IntT = TypeVar("IntT", bound="int | None")
LabelT = TypeVar("LabelT", bound="LiteralString")
TextT = TypeVar("TextT", bound="str | None")


@remembering
class ConditionalFunctions:
    """One of several values."""

    __slots__ = ()

    @overload
    def coalesce(self, a: Expr[object], b: TheSameType, /, *more: object) -> Expr[object]: ...
    @overload
    def coalesce(
        self, a: Expr[LabelT | None], b: Expr[LabelT], /, *more: Expr[LabelT] | Expr[LabelT | None]
    ) -> Expr[LabelT]: ...
    @overload
    def coalesce(self, a: OfKind[A], b: A | Expr[A], /, *more: MayBe[A]) -> Expr[A]: ...
    @overload
    def coalesce(self, a: OfKind[A], b: Expr[A | None], c: A | Expr[A], /, *more: MayBe[A]) -> Expr[A]: ...
    @overload
    def coalesce(
        self, a: OfKind[A], b: Expr[A | None], c: Expr[A | None], d: A | Expr[A], /, *more: MayBe[A]
    ) -> Expr[A]: ...
    @overload
    def coalesce(
        self, a: Expr[LabelT | None], b: Expr[LabelT | None], /, *more: Expr[LabelT | None]
    ) -> Expr[LabelT | None]: ...
    @overload
    def coalesce(self, a: OfKind[A], b: MayBe[A], /, *more: MayBe[A]) -> Expr[A | None]: ...
    @overload
    def coalesce(self, a: MaybeTextExpr, b: SureText, /, *more: MaybeText) -> Expr[str]: ...
    @overload
    def coalesce(self, a: MaybeTextExpr, b: MaybeText, c: SureText, /, *more: MaybeText) -> Expr[str]: ...
    @overload
    def coalesce(self, a: MaybeTextExpr, b: MaybeText, /, *more: MaybeText) -> Expr[str | None]: ...
    @overload
    def coalesce(self, a: MaybeWholeExpr, b: PlainWhole, /, *more: MaybePlainWhole) -> Expr[int]: ...
    @overload
    def coalesce(
        self, a: MaybeWholeExpr, b: MaybePlainWhole, c: PlainWhole, /, *more: MaybePlainWhole
    ) -> Expr[int]: ...
    @overload
    def coalesce(self, a: MaybeWholeExpr, b: MaybePlainWhole, /, *more: MaybePlainWhole) -> Expr[int | None]: ...
    @overload
    def coalesce(self, a: MaybeExactExpr, b: PlainExactly, /, *more: MaybePlainExactly) -> Expr[Decimal]: ...
    @overload
    def coalesce(
        self, a: MaybeExactExpr, b: MaybePlainExactly, c: PlainExactly, /, *more: MaybePlainExactly
    ) -> Expr[Decimal]: ...
    @overload
    def coalesce(
        self, a: MaybeExactExpr, b: MaybePlainExactly, /, *more: MaybePlainExactly
    ) -> Expr[Decimal | None]: ...
    @overload
    def coalesce(self, a: OfKind[A], b: ValueOf[A], /, *more: ValueOf[A]) -> Expr[A]: ...
    def coalesce(self, a: Any, b: Any, /, *more: Any) -> Expr[Any]:
        """The first that is not NULL. https://www.postgresql.org/docs/current/functions-conditional.html"""
        rest = (b, *more)
        optional = all(isinstance(each, Expr) and each.optional for each in rest)
        made = mixed("coalesce", (a, *rest))
        return Expr(Call(COALESCE, made.nodes), made.type, made.python, optional)

    @overload
    def nullif(self, a: Expr[object], b: TheSameType) -> Expr[object]: ...
    @overload
    def nullif(self, a: Expr[TextT], b: MaybeText) -> Expr[TextT | None]: ...
    @overload
    def nullif(self, a: Expr[IntT], b: MaybePlainWhole) -> Expr[IntT | None]: ...
    @overload
    def nullif(self, a: Expr[int | None], b: MaybeDecimal) -> Expr[Decimal | None]: ...
    @overload
    def nullif(self, a: OfKind[int], b: OfKind[float]) -> Expr[float | None]: ...
    @overload
    def nullif(self, a: OfKind[Decimal], b: MaybePlainExactly) -> Expr[Decimal | None]: ...
    @overload
    def nullif(self, a: OfKind[float], b: MaybeReal) -> Expr[float | None]: ...
    @overload
    def nullif(self, a: OfKind[A], b: MayBe[A]) -> Expr[A | None]: ...
    @overload
    def nullif(self, a: OfKind[A], b: ValueOf[A]) -> Expr[A | None]: ...
    def nullif(self, a: Any, b: Any) -> Expr[Any]:
        """NULL where the two are equal."""
        check_expression("nullif", a)
        node = Call(NULLIF, (a.node, lift_beside(b, a)))
        other: object = b
        check_compared(a.type, other.type if is_own(other) else a.type)
        if is_own(other):
            return Expr(node, *_nullified(a, other), True)
        if not is_expr(b):
            check_labels("nullif", a.type, (b,))
        return Expr(node, a.type, a.python, True)

    @overload
    def greatest(self, a: Expr[object], /, *others: TheSameType) -> Expr[object]: ...
    @overload
    def greatest(self, a: Expr[LabelT], /, *others: Expr[LabelT] | Expr[LabelT | None]) -> Expr[LabelT]: ...
    @overload
    def greatest(
        self, a: Expr[LabelT | None], b: Expr[LabelT], /, *others: Expr[LabelT] | Expr[LabelT | None]
    ) -> Expr[LabelT]: ...
    @overload
    def greatest(self, a: OfKind[A], b: A | Expr[A], /, *others: MayBe[A]) -> Expr[A]: ...
    @overload
    def greatest(self, a: OfKind[A], b: Expr[A | None], c: A | Expr[A], /, *others: MayBe[A]) -> Expr[A]: ...
    @overload
    def greatest(self, a: Pinned[A], /, *others: Expr[A] | Expr[A | None]) -> Expr[A]: ...
    @overload
    def greatest(self, a: OfKind[A], /, *others: MayBe[A]) -> Expr[A | None]: ...
    @overload
    def greatest(self, a: TextExpr, /, *others: MaybeText) -> Expr[str]: ...
    @overload
    def greatest(self, a: MaybeTextExpr, b: SureText, /, *others: MaybeText) -> Expr[str]: ...
    @overload
    def greatest(self, a: MaybeTextExpr, /, *others: MaybeText) -> Expr[str | None]: ...
    @overload
    def greatest(self, a: WholeExpr, /, *others: MaybePlainWhole) -> Expr[int]: ...
    @overload
    def greatest(self, a: MaybeWholeExpr, b: PlainWhole, /, *others: MaybePlainWhole) -> Expr[int]: ...
    @overload
    def greatest(self, a: MaybeWholeExpr, /, *others: MaybePlainWhole) -> Expr[int | None]: ...
    @overload
    def greatest(self, a: ExactExpr, /, *others: MaybePlainExactly) -> Expr[Decimal]: ...
    @overload
    def greatest(self, a: MaybeExactExpr, b: PlainExactly, /, *others: MaybePlainExactly) -> Expr[Decimal]: ...
    @overload
    def greatest(self, a: MaybeExactExpr, /, *others: MaybePlainExactly) -> Expr[Decimal | None]: ...
    @overload
    def greatest(self, a: OfKind[A], /, *others: ValueOf[A]) -> Expr[A]: ...
    def greatest(self, a: Any, /, *others: Any) -> Expr[Any]:
        """The greatest; NULLs are passed over."""
        return _among(GREATEST, a, others)

    @overload
    def least(self, a: Expr[object], /, *others: TheSameType) -> Expr[object]: ...
    @overload
    def least(self, a: Expr[LabelT], /, *others: Expr[LabelT] | Expr[LabelT | None]) -> Expr[LabelT]: ...
    @overload
    def least(
        self, a: Expr[LabelT | None], b: Expr[LabelT], /, *others: Expr[LabelT] | Expr[LabelT | None]
    ) -> Expr[LabelT]: ...
    @overload
    def least(self, a: OfKind[A], b: A | Expr[A], /, *others: MayBe[A]) -> Expr[A]: ...
    @overload
    def least(self, a: OfKind[A], b: Expr[A | None], c: A | Expr[A], /, *others: MayBe[A]) -> Expr[A]: ...
    @overload
    def least(self, a: Pinned[A], /, *others: Expr[A] | Expr[A | None]) -> Expr[A]: ...
    @overload
    def least(self, a: OfKind[A], /, *others: MayBe[A]) -> Expr[A | None]: ...
    @overload
    def least(self, a: TextExpr, /, *others: MaybeText) -> Expr[str]: ...
    @overload
    def least(self, a: MaybeTextExpr, b: SureText, /, *others: MaybeText) -> Expr[str]: ...
    @overload
    def least(self, a: MaybeTextExpr, /, *others: MaybeText) -> Expr[str | None]: ...
    @overload
    def least(self, a: WholeExpr, /, *others: MaybePlainWhole) -> Expr[int]: ...
    @overload
    def least(self, a: MaybeWholeExpr, b: PlainWhole, /, *others: MaybePlainWhole) -> Expr[int]: ...
    @overload
    def least(self, a: MaybeWholeExpr, /, *others: MaybePlainWhole) -> Expr[int | None]: ...
    @overload
    def least(self, a: ExactExpr, /, *others: MaybePlainExactly) -> Expr[Decimal]: ...
    @overload
    def least(self, a: MaybeExactExpr, b: PlainExactly, /, *others: MaybePlainExactly) -> Expr[Decimal]: ...
    @overload
    def least(self, a: MaybeExactExpr, /, *others: MaybePlainExactly) -> Expr[Decimal | None]: ...
    @overload
    def least(self, a: OfKind[A], /, *others: ValueOf[A]) -> Expr[A]: ...
    def least(self, a: Any, /, *others: Any) -> Expr[Any]:
        """The least; NULLs are passed over."""
        return _among(LEAST, a, others)


def _nullified(a: Typed[Any], b: Typed[Any]) -> tuple[SqlType[Any], object]:
    # NULLIF gives its left side as the operator = takes it.
    one, other = a.type.wire, b.type.wire
    if one is not other and one.is_clock and other.is_clock:
        return pg.interval, dt.timedelta
    if one.is_float or other.is_float:
        return (a.type if one.is_float and other.is_float else pg.double_precision), float
    return common([a, b]) if one.is_numeric or other.is_numeric else (a.type, a.python)


def _among(function: Function, first: Expr[Any], others: tuple[object, ...]) -> Expr[Any]:
    check_expression(function.name, first)
    optional = first.optional and all(isinstance(other, Expr) and other.optional for other in others)
    check_compared(first.type, first.type)
    check_order(first.type, *(other.type for other in others if is_own(other)))
    made = mixed(function.name, (first, *others))
    return Expr(Call(function, made.nodes), made.type, made.python, optional)
