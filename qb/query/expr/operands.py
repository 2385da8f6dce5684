"""What stands beside an operator: a value, or an expression of it; `Maybe` where it may be NULL, too.

`Bare` is no expression of a brand: the ids of two tables are both int, and nothing in common.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TypeAlias

from qb.query.expr.expr import Expr
from qb.query.expr.order_by import Ordering
from qb.query.expr.pinned import OfClass, Pinned

ExactNumber: TypeAlias = int | Decimal
Span: TypeAlias = dt.timedelta | Expr[dt.timedelta]
MaybeSpan: TypeAlias = dt.timedelta | Expr[dt.timedelta | None]
ClockTime: TypeAlias = dt.time | Expr[dt.time]
MaybeClockTime: TypeAlias = dt.time | Expr[dt.time | None]
Shift: TypeAlias = Span | ClockTime
MaybeShift: TypeAlias = MaybeSpan | MaybeClockTime
Day: TypeAlias = dt.date | Expr[dt.date]
MaybeDay: TypeAlias = dt.date | Expr[dt.date | None]
PlainDay: TypeAlias = dt.date | Pinned[dt.date]
MaybePlainDay: TypeAlias = dt.date | Pinned[dt.date] | Pinned[dt.date | None]
Moment: TypeAlias = dt.datetime | Expr[dt.datetime]
MaybeMoment: TypeAlias = dt.datetime | Expr[dt.datetime | None]
Whole: TypeAlias = int | Expr[int]
MaybeWhole: TypeAlias = int | Expr[int | None]
BareWhole: TypeAlias = int | Pinned[int]
MaybeBareWhole: TypeAlias = int | Pinned[int] | Pinned[int | None]
PlainWhole: TypeAlias = OfClass[int] | Pinned[int]
MaybePlainWhole: TypeAlias = PlainWhole | Pinned[int | None]
PlainFloat: TypeAlias = OfClass[float] | OfClass[int]
PlainReal: TypeAlias = PlainFloat | Pinned[float]
PlainExactly: TypeAlias = PlainWhole | Decimal | Expr[Decimal]
MaybePlainExactly: TypeAlias = MaybePlainWhole | Decimal | Expr[Decimal | None]
BareExactly: TypeAlias = int | Decimal | Pinned[int] | Expr[Decimal]
MaybeBareExactly: TypeAlias = int | Decimal | Pinned[int] | Pinned[int | None] | Expr[Decimal | None]
Plainly: TypeAlias = int | Decimal | Pinned[int] | Pinned[Decimal]
MaybePlainly: TypeAlias = Plainly | Pinned[int | None] | Pinned[Decimal | None]
Exactly: TypeAlias = int | Decimal | Expr[ExactNumber]
MaybeExactly: TypeAlias = int | Decimal | Expr[ExactNumber | None]
SureDecimal: TypeAlias = Decimal | Expr[Decimal]
MaybeDecimal: TypeAlias = Decimal | Expr[Decimal | None]
SureText: TypeAlias = str | Expr[str]
MaybeText: TypeAlias = str | Expr[str | None]
Real: TypeAlias = float | Expr[float]
MaybeReal: TypeAlias = float | Expr[float | None]
By: TypeAlias = Expr[object] | Ordering[object]
