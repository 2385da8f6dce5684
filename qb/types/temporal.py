"""Dates and times. Exact: microseconds and offsets survive, and what Python cannot hold is refused, not bent."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, Final

from qb.errors import DefinitionError
from qb.frozen import fix
from qb.types.base import Convert, JsonForm, SqlType, is_whole
from qb.types.facts import Wire
from qb.types.scalar import Scalar
from qb.types.textual import Textual

DATE: Final = Wire(
    name="date", casts="timestamp timestamptz", oid=1082, array_oid=1182, kind="date", takes=(dt.date,), rank=1
)
TIME: Final = Wire(name="time", casts="interval timetz", oid=1083, array_oid=1183, kind="time", takes=(dt.time,))
TIMETZ: Final = Wire(
    name="timetz", casts="time", oid=1266, array_oid=1270, kind="timetz", takes=(dt.time,), texted=True
)
TIMESTAMP: Final = Wire(
    name="timestamp",
    casts="date time timestamptz",
    oid=1114,
    array_oid=1115,
    kind="moment",
    takes=(dt.datetime,),
    rank=2,
    binary=True,
)
TIMESTAMPTZ: Final = Wire(
    name="timestamptz",
    casts="date time timestamp timetz",
    oid=1184,
    array_oid=1185,
    kind="moment",
    takes=(dt.datetime,),
    rank=3,
    binary=True,
    zoned=True,
)
INTERVAL: Final = Wire(name="interval", casts="time", oid=1186, array_oid=1187, kind="span", takes=(dt.timedelta,))


class Timestamptz(Scalar[dt.datetime | None]):
    """A point in time. Values must carry their offset: a naive one would be read in the session's zone."""

    __slots__ = ("precision",)
    precision: int | None

    def __init__(self, precision: int | None = None) -> None:
        name = "timestamptz" if precision is None else f"timestamptz({precision})"
        super().__init__(name, "timestamptz", TIMESTAMPTZ, dt.datetime, check=aware, limits={"tz": True})
        fix(self, "precision", precision)

    def cannot_hold(self, value: Any) -> str | None:
        return _too_exact(value, self.precision)

    def altered(self) -> Callable[[Any], str | None] | None:
        precision = self.precision

        def why(value: dt.datetime) -> str | None:
            if not 1 < value.year < 9999 and not _in_utc(value):
                return "it is outside of the years 1 to 9999 in UTC, and could not be read back"
            return _too_exact(value, precision)

        return why

    def literal(self, value: Any) -> str:
        moment, offset = aware(value), value.utcoffset()
        if offset.microseconds or abs(offset) >= _WIDEST:  # what PostgreSQL's text form has no room for
            moment = moment.astimezone(dt.UTC)
        return str(moment)

    def in_json(self, python: object) -> JsonForm:
        return JsonForm(str, _moment_of_time)


class Timestamp(Scalar[dt.datetime | None]):
    """A date and a time of no zone."""

    __slots__ = ("precision",)
    precision: int | None

    def __init__(self, precision: int | None = None) -> None:
        name = "timestamp" if precision is None else f"timestamp({precision})"
        super().__init__(name, "timestamp", TIMESTAMP, dt.datetime, check=naive, limits={"tz": False})
        fix(self, "precision", precision)

    def cannot_hold(self, value: Any) -> str | None:
        return _too_exact(value, self.precision)

    def altered(self) -> Callable[[Any], str | None] | None:
        return None if self.precision is None else self.cannot_hold

    def literal(self, value: Any) -> str:
        return str(naive(value))

    def in_json(self, python: object) -> JsonForm:
        return JsonForm(str, _local_time)


class Date(Scalar[dt.date | None]):
    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("date", "date", DATE, dt.date, check=plain_date)

    def literal(self, value: Any) -> str:
        return str(plain_date(value))


class Time(Scalar[dt.time | None]):
    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("time", "time", TIME, dt.time, check=naive_time, limits={"tz": False})

    def literal(self, value: Any) -> str:
        return str(naive_time(value))


class Timetz(Textual[dt.time | None]):
    """A time of day with its offset. PostgreSQL tells two apart that differ by their offsets alone; Python does not."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("timetz", "timetz", TIMETZ, dt.time, "time")

    def write(self, value: Any) -> str:
        if not isinstance(value, dt.time):
            raise TypeError(f"timetz takes time, not {type(value).__name__}")
        offset = value.utcoffset()
        if offset is None:
            raise ValueError("timetz takes a time with an offset: time(..., tzinfo=UTC), or a timezone(timedelta(...))")
        if offset.microseconds or abs(offset) >= _WIDEST:
            raise ValueError("timetz takes an offset of whole seconds, less than 16 hours")
        return str(value)

    def read(self, text: str) -> dt.time:
        try:
            return dt.time.fromisoformat(text)
        except ValueError:
            raise ValueError("a time of day in Python ends before 24:00") from None


class Interval(Scalar[dt.timedelta | None]):
    """A span of days and microseconds. Months and years have no length a timedelta could hold: they are refused."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("interval", "interval", INTERVAL, dt.timedelta, check=span)

    def decoder(self, python: object) -> Convert | None:
        return timedelta_of

    def in_json(self, python: object) -> JsonForm:
        return JsonForm(str, timedelta_of)

    def literal(self, value: Any) -> str:
        return interval_text(span(value))


def interval_text(value: dt.timedelta) -> str:
    """A timedelta as PostgreSQL reads it, exact to the microsecond."""
    return f"{value.days} days {value.seconds} seconds {value.microseconds} microseconds"


_INTERVAL = re.compile(
    r"(?:(?P<days>[+-]?\d+) days?)? ?(?:(?P<sign>[+-])?(?P<hours>\d+):(?P<minutes>\d\d):(?P<seconds>\d\d)"
    r"(?:\.(?P<fraction>\d{1,6}))?)?"
)


def timedelta_of(value: str | dt.timedelta) -> dt.timedelta:
    """An interval in PostgreSQL's own style as a timedelta; ValueError where it holds months or is infinite."""
    if isinstance(value, dt.timedelta):
        return value
    if not (found := _INTERVAL.fullmatch(value)):
        raise ValueError("a timedelta cannot hold months, years or infinity: use make_interval(days => ...) in SQL")
    clock = dt.timedelta(
        hours=int(found["hours"] or 0),
        minutes=int(found["minutes"] or 0),
        seconds=int(found["seconds"] or 0),
        microseconds=int((found["fraction"] or "0").ljust(6, "0")),
    )
    try:
        return dt.timedelta(days=int(found["days"] or 0)) + (-clock if found["sign"] == "-" else clock)
    except OverflowError:
        raise ValueError("an interval longer than a timedelta can hold") from None


_WIDEST = dt.timedelta(hours=16)


def _moment(value: str) -> dt.datetime:
    """A timestamp as JSON holds it. Offsets of old local times have seconds, which msgspec refuses and Python reads."""
    try:
        if "T" not in value:  # a date, or infinity
            raise ValueError
        return dt.datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("a datetime holds neither infinity nor years outside of 1 to 9999") from None


def _in_utc(value: dt.datetime) -> bool:
    try:
        value.astimezone(dt.UTC)
    except OverflowError:
        return False
    return True


def _too_exact(value: dt.datetime, precision: int | None) -> str | None:
    if precision is None or not value.microsecond % 10 ** (6 - precision):
        return None
    return f"its second has more than {precision} decimals, which PostgreSQL would round away"


def _moment_of_time(value: str) -> dt.datetime:
    moment = _moment(value)
    if moment.tzinfo is None:
        raise ValueError("a timestamp without a time zone, where the description says timestamptz")
    return moment


def _local_time(value: str) -> dt.datetime:
    moment = _moment(value)
    if moment.tzinfo is not None:
        raise ValueError("a timestamp with a time zone, where the description says timestamp")
    return moment


def span(value: object) -> dt.timedelta:
    """A timedelta, which is what an interval takes."""
    if not isinstance(value, dt.timedelta):
        raise TypeError(f"interval takes timedelta, not {type(value).__name__}")
    return value


def aware(value: object) -> dt.datetime:
    """A point in time."""
    if not isinstance(value, dt.datetime):
        raise TypeError(f"timestamptz takes datetime, not {type(value).__name__}")
    if value.utcoffset() is None:
        raise ValueError(
            "timestamptz takes a datetime with a time zone: pass one with a tzinfo, as datetime.now(UTC) has"
        )
    return value


def naive(value: object) -> dt.datetime:
    """A date and a time of no zone."""
    if not isinstance(value, dt.datetime):
        raise TypeError(f"timestamp takes datetime, not {type(value).__name__}")
    if value.tzinfo is not None:
        raise ValueError("timestamp takes a datetime without a time zone: use timestamptz for a point in time")
    return value


def plain_date(value: object) -> dt.date:
    """A date and no datetime, whose time would be lost."""
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
        raise TypeError(f"date takes date, not {type(value).__name__}")
    return value


def naive_time(value: object) -> dt.time:
    """A time of no zone."""
    if not isinstance(value, dt.time):
        raise TypeError(f"time takes time, not {type(value).__name__}")
    if value.tzinfo is not None:
        raise ValueError("time takes a time without a time zone")
    return value


class TimestampFactory(Timestamp):
    """`pg.timestamp` itself is a type; called with a precision it gives `timestamp(p)`."""

    __slots__ = ()

    def __call__(self, precision: int) -> SqlType[dt.datetime | None]:
        return Timestamp(_precision(precision))


class TimestamptzFactory(Timestamptz):
    """`pg.timestamptz` itself is a type; called with a precision it gives `timestamptz(p)`."""

    __slots__ = ()

    def __call__(self, precision: int) -> SqlType[dt.datetime | None]:
        return Timestamptz(_precision(precision))


def _precision(digits: int) -> int:
    if not is_whole(digits) or not 0 <= digits <= 6:
        raise DefinitionError(f"{digits} digits of a second: PostgreSQL keeps 0 to 6")
    return digits


class TimeTypes:
    """Dates and times in `pg`."""

    __slots__ = ()
    date: SqlType[dt.date | None] = Date()
    time: SqlType[dt.time | None] = Time()
    timetz: SqlType[dt.time | None] = Timetz()
    timestamp: TimestampFactory = TimestampFactory()
    timestamptz: TimestamptzFactory = TimestamptzFactory()
    interval: SqlType[dt.timedelta | None] = Interval()
