"""Functions of dates and times.

https://www.postgresql.org/docs/current/functions-datetime.html
"""
# Overloads overlap where a value may be None: the first one that matches is the exact one.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias, TypeVar, get_args, overload

from qb.errors import QueryError
from qb.query.beside import check_text, check_wire
from qb.query.expr.computed import Computed
from qb.query.expr.expr import Expr, is_expr
from qb.query.expr.lift import lift
from qb.query.functions.arguments import check_expression
from qb.query.symbol import remembering
from qb.tree.expressions import Call, Cast, Constant, Expression, Extract
from qb.tree.function import Function
from qb.types import pg
from qb.types.facts import Wire

TimeT = TypeVar("TimeT", bound="dt.datetime | None")
SpanT = TypeVar("SpanT", bound="dt.timedelta | None")

Field: TypeAlias = Literal[
    "century", "day", "decade", "dow", "doy", "epoch", "hour", "isodow", "isoyear", "julian", "microseconds",
    "millennium", "milliseconds", "minute", "month", "quarter", "second", "timezone", "timezone_hour",
    "timezone_minute", "week", "year",
]  # fmt: skip
DayField: TypeAlias = Literal[
    "century", "day", "decade", "dow", "doy", "epoch", "isodow", "isoyear", "julian", "millennium", "month", "quarter",
    "week", "year",
]  # fmt: skip
ClockField: TypeAlias = Literal["epoch", "hour", "microseconds", "milliseconds", "minute", "second"]
SpanField: TypeAlias = Literal[
    "century", "day", "decade", "epoch", "hour", "microseconds", "millennium", "milliseconds", "minute", "month",
    "quarter", "second", "week", "year",
]  # fmt: skip
ZoneField: TypeAlias = Literal["timezone", "timezone_hour", "timezone_minute"]
Unit: TypeAlias = Literal[
    "microseconds", "milliseconds", "second", "minute", "hour", "day", "week", "month", "quarter", "year", "decade",
    "century", "millennium",
]  # fmt: skip
SpanUnit: TypeAlias = Literal[
    "microseconds", "milliseconds", "second", "minute", "hour", "day", "month", "quarter", "year", "decade", "century",
    "millennium",
]  # fmt: skip
_FIELDS: tuple[str, ...] = get_args(Field)
_OF_ZONES: tuple[str, ...] = get_args(ZoneField)
_UNITS: tuple[str, ...] = get_args(Unit)

_NOW: Final = Function("now", "never", volatility="stable")
_CLOCK_TIMESTAMP: Final = Function("clock_timestamp", "never", volatility="volatile")
_CURRENT_DATE: Final = Function("CURRENT_DATE", "never", keyword=True, volatility="stable")
_DATE_TRUNC: Final = Function("date_trunc")
_DATE_TRUNC_IN_ZONE: Final = Function("date_trunc", volatility="stable")
"""Of a point in time, which has another day in each session's zone."""
_DATE_TRUNC_IN_A_ZONE: Final = Function("date_trunc", since=12, volatility="stable")


@remembering
class DateTimeFunctions:
    """Dates, times and intervals."""

    __slots__ = ()

    def now(self) -> Computed[dt.datetime]:
        """When the transaction began."""
        return Computed(Call(_NOW, ()), pg.timestamptz, dt.datetime, False)

    def clock_timestamp(self) -> Computed[dt.datetime]:
        """The time right now, which moves on within a statement."""
        return Computed(Call(_CLOCK_TIMESTAMP, ()), pg.timestamptz, dt.datetime, False)

    def current_date(self) -> Computed[dt.date]:
        """Today, in the session's time zone."""
        return Computed(Call(_CURRENT_DATE, ()), pg.date, dt.date, False)

    @overload
    def date_trunc(self, unit: Unit, when: Expr[TimeT], zone: str | Expr[str] | None = None) -> Expr[TimeT]: ...
    @overload
    def date_trunc(self, unit: SpanUnit, when: Expr[SpanT]) -> Expr[SpanT]: ...
    @overload
    def date_trunc(self, unit: Unit, when: Expr[dt.date]) -> Expr[dt.datetime]: ...
    @overload
    def date_trunc(self, unit: Unit, when: Expr[dt.date | None]) -> Expr[dt.datetime | None]: ...
    def date_trunc(self, unit: Unit, when: Expr[Any], zone: str | Expr[str] | None = None) -> Expr[Any]:
        """A time cut to its "hour", "day", "month", ..., in the session's time zone; of a point in time in the `zone`
        that is given, too: `fn.date_trunc("day", Order.placed_at, "Europe/Berlin")`. That came with PostgreSQL 12.
        """
        check_expression("date_trunc", when)
        of = when.type.wire
        check_wire("date_trunc", when.type, of.is_day or of.is_span, "give a date, a datetime or an interval")
        if of.is_span and unit == "week":
            raise QueryError("an interval is not cut to weeks, as months hold no whole number of them")
        if zone is not None:
            check_wire("date_trunc in a zone", when.type, of.zoned, "only a point in time is in one, so leave it out")
            node = Call(_DATE_TRUNC_IN_A_ZONE, (_unit(unit), when.node, _zone(zone)))
            optional = when.optional or (is_expr(zone) and zone.optional)
            return Expr(node, when.type, when.python, optional)
        if of.is_date:  # which PostgreSQL would make a midnight of the session's time zone
            midnight = Cast(when.node, pg.timestamp)
            return Expr(Call(_DATE_TRUNC, (_unit(unit), midnight)), pg.timestamp, dt.datetime, when.optional)
        function = _DATE_TRUNC_IN_ZONE if of.zoned else _DATE_TRUNC
        return Expr(Call(function, (_unit(unit), when.node)), when.type, when.python, when.optional)

    @overload
    def extract(self, field: Field, when: Expr[dt.datetime]) -> Expr[Decimal]: ...
    @overload
    def extract(self, field: Field, when: Expr[dt.datetime | None]) -> Expr[Decimal | None]: ...
    @overload
    def extract(self, field: DayField, when: Expr[dt.date]) -> Expr[Decimal]: ...
    @overload
    def extract(self, field: DayField, when: Expr[dt.date | None]) -> Expr[Decimal | None]: ...
    @overload
    def extract(self, field: ClockField, when: Expr[dt.time]) -> Expr[Decimal]: ...
    @overload
    def extract(self, field: ClockField, when: Expr[dt.time | None]) -> Expr[Decimal | None]: ...
    @overload
    def extract(self, field: SpanField, when: Expr[dt.timedelta]) -> Expr[Decimal]: ...
    @overload
    def extract(self, field: SpanField, when: Expr[dt.timedelta | None]) -> Expr[Decimal | None]: ...
    def extract(self, field: Field, when: Expr[Any]) -> Expr[Any]:
        """A field of a date, a time or an interval: "year", "dow", "epoch", ...

        https://www.postgresql.org/docs/current/functions-datetime.html#FUNCTIONS-DATETIME-EXTRACT
        """
        if field not in _FIELDS:
            raise QueryError(f"extract knows no field {field!r}: one of {', '.join(_FIELDS)}")
        check_expression("extract", when)
        of = when.type.wire
        check_wire("extract", when.type, of.is_time or of.is_span, "give a date, a time or an interval")
        if (fields := _fields(of)) is not None and field not in fields:
            raise QueryError(f"extract: {when.type.name} has no {field}: it has {', '.join(fields)}")
        return Expr(Extract(field, when.node), pg.numeric, Decimal, when.optional)


def _fields(of: Wire) -> tuple[str, ...] | None:
    """The fields that PostgreSQL knows of a type; None for all of them."""
    if of.is_date:
        return get_args(DayField)
    if of.is_span:
        return get_args(SpanField)
    if of.is_clock:
        return get_args(ClockField)
    return tuple(each for each in _FIELDS if each not in _OF_ZONES) if of.is_moment and not of.zoned else None


def _unit(unit: Any) -> Expression:
    # Part of the SQL, as the field of extract is: written twice it is the same, for PostgreSQL as for people.
    if is_expr(unit):
        return lift(unit, pg.text)
    if unit not in _UNITS:
        raise QueryError(f"date_trunc knows no unit {unit!r}: one of {', '.join(_UNITS)}")
    return Constant(unit, pg.text.base)


def _zone(zone: object) -> Expression:
    if is_expr(zone):
        check_text("date_trunc", zone.type)
        return lift(zone, pg.text)
    if not isinstance(zone, str):
        raise QueryError(f'date_trunc takes the name of a zone, "Europe/Berlin", not {type(zone).__name__}')
    return Constant(zone, pg.text.base)
