"""What PostgreSQL's operators make of numbers and of times.

https://www.postgresql.org/docs/current/functions-math.html
https://www.postgresql.org/docs/current/functions-datetime.html
"""

from __future__ import annotations

from typing import Final

from qb.types.facts import Wire
from qb.types.number import FLOAT4, FLOAT8, INT2, INT4, NUMERIC
from qb.types.temporal import DATE, INTERVAL, TIME, TIMESTAMP, TIMESTAMPTZ

_MOMENTS: Final = (TIMESTAMP, TIMESTAMPTZ)

_OF_TIMES: Final[dict[tuple[str, Wire, Wire], Wire]] = {
    ("+", DATE, INT4): DATE,
    ("-", DATE, INT4): DATE,
    ("+", INT4, DATE): DATE,
    ("-", DATE, DATE): INT4,
    ("+", DATE, TIME): TIMESTAMP,
    ("+", TIME, DATE): TIMESTAMP,
    ("-", TIME, TIME): INTERVAL,
    ("+", INTERVAL, INTERVAL): INTERVAL,
    ("-", INTERVAL, INTERVAL): INTERVAL,
    **{("+", of, INTERVAL): of for of in (TIME, *_MOMENTS)},
    **{("-", of, INTERVAL): of for of in (TIME, *_MOMENTS)},
    **{("+", INTERVAL, of): of for of in (TIME, *_MOMENTS)},
    **{(sign, DATE, INTERVAL): TIMESTAMP for sign in "+-"},
    ("+", INTERVAL, DATE): TIMESTAMP,
    # A time of day is taken for an interval; that it could be multiplied as one is left out.
    **{(sign, of, TIME): of for sign in "+-" for of in _MOMENTS},
    **{("+", TIME, of): of for of in _MOMENTS},
    ("-", DATE, TIME): TIMESTAMP,
    ("-", INTERVAL, TIME): INTERVAL,
    # A date beside a time is midnight, and a local time beside a point in time is in the session's zone.
    **{("-", a, b): INTERVAL for a in (*_MOMENTS, DATE) for b in (*_MOMENTS, DATE) if (a, b) != (DATE, DATE)},
}


def result_of(operator: str, a: Wire, b: Wire) -> Wire | None:
    """The type of `a operator b` for numbers and times; None where PostgreSQL has no such operator."""
    if a.is_number and b.is_number:
        return _number(operator, a, b)
    if (a.is_span and b.is_number and operator in ("*", "/")) or (a.is_number and b.is_span and operator == "*"):
        return INTERVAL
    return _OF_TIMES.get((operator, _narrowed(a, b), _narrowed(b, a)))


def _number(operator: str, a: Wire, b: Wire) -> Wire | None:
    if a.is_float or b.is_float:
        return None if operator in ("%", "//") else FLOAT4 if a is b is FLOAT4 else FLOAT8
    if operator == "/":
        return NUMERIC
    return a if a.rank >= b.rank else b


def _narrowed(wire: Wire, beside: Wire) -> Wire:
    return INT4 if wire is INT2 and beside.is_date else wire  # which PostgreSQL widens by itself
