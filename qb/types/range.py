"""Ranges as values: between two bounds, each of them in or out, or without an end.

https://www.postgresql.org/docs/current/rangetypes.html
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import total_ordering
from typing import Any, Generic, Literal, TypeAlias, TypeVar

import msgspec
from msgspec.structs import force_setattr

T = TypeVar("T")

Bounds: TypeAlias = Literal["[)", "[]", "(]", "()"]


@total_ordering
class Range(msgspec.Struct, Generic[T], frozen=True):
    """A range from `lower` to `upper`; None is no end. `bounds` says which of them it holds: `[` and `]` do.

    Whole numbers and days are counted, so that a range of them is written in one way alone, as PostgreSQL does: with
    its lower bound and without its upper one. `Range(1, 4, "[]")` is `Range(1, 5)`, and what holds nothing is
    `Range(empty=True)`. Ranges are ordered as PostgreSQL orders them: by their lower bounds, then by their upper ones,
    the empty one first. Errors: ValueError for bounds in the wrong order.

    >>> Range(1, 4, "[]"), 4 in Range(1, 4, "[]"), 4 in Range(1, 4)
    (Range(1, 5), True, False)
    >>> Range(1, None).overlaps(Range(None, 1)), Range(3, 3)
    (False, Range(empty=True))
    """

    lower: T | None = None
    upper: T | None = None
    bounds: Bounds = "[)"
    empty: bool = False

    def __post_init__(self) -> None:
        lower, upper, bounds = _canonical(self.lower, self.upper, self.bounds, self.empty)
        force_setattr(self, "lower", lower)
        force_setattr(self, "upper", upper)
        force_setattr(self, "bounds", bounds or "[)")
        force_setattr(self, "empty", not bounds)

    @property
    def unbounded(self) -> bool:
        """Whether it has no end on either side."""
        return self.lower is None and self.upper is None and not self.empty

    def __contains__(self, value: T) -> bool:
        if self.empty:
            return False
        start = -1 if self.lower is None else _compared(self.lower, value)
        end = 1 if self.upper is None else _compared(self.upper, value)
        return (start < 0 or (start == 0 and self.bounds[0] == "[")) and (
            end > 0 or (end == 0 and self.bounds[1] == "]")
        )

    def contains(self, other: Range[T]) -> bool:
        """Whether all of another range is in this one."""
        if self.empty or other.empty:
            return other.empty
        return _starts(self, other) <= 0 and _ends(self, other) >= 0

    def overlaps(self, other: Range[T]) -> bool:
        """Whether anything is in both."""
        if self.empty or other.empty:
            return False
        later = self if _starts(self, other) >= 0 else other
        sooner = self if _ends(self, other) <= 0 else other
        if later.lower is None or sooner.upper is None:
            return True
        order = _compared(later.lower, sooner.upper)
        return order < 0 or (order == 0 and later.bounds[0] == "[" and sooner.bounds[1] == "]")

    def adjacent(self, other: Range[T]) -> bool:
        """Whether one begins right where the other ends."""
        return not self.empty and not other.empty and (_meet(self, other) or _meet(other, self))

    def __lt__(self, other: Range[T]) -> bool:
        if self.empty or other.empty:
            return self.empty and not other.empty
        return (_starts(self, other) or _ends(self, other)) < 0

    def __repr__(self) -> str:
        if self.empty:
            return "Range(empty=True)"
        usual = ("(" if self.lower is None else "[") + ")"
        said = "" if self.bounds == usual else f", {self.bounds!r}"
        return f"Range({self.lower!r}, {self.upper!r}{said})"


@total_ordering
class Multirange(msgspec.Struct, Generic[T], frozen=True):
    """Any number of ranges that neither overlap nor touch, in their order: what is given is put together so.

    >>> Multirange((Range(5, 8), Range(1, 3), Range(2, 4)))
    Multirange((Range(1, 4), Range(5, 8)))
    >>> 6 in Multirange((Range(1, 4), Range(5, 8)))
    True
    """

    ranges: tuple[Range[T], ...] = ()

    def __post_init__(self) -> None:
        joined: list[Range[T]] = []
        for each in sorted(each for each in self.ranges if not each.empty):
            if joined and (joined[-1].overlaps(each) or joined[-1].adjacent(each)):
                joined[-1] = _hull(joined[-1], each)
            else:
                joined.append(each)
        force_setattr(self, "ranges", tuple(joined))

    def __contains__(self, value: T) -> bool:
        return any(value in each for each in self.ranges)

    def __lt__(self, other: Multirange[T]) -> bool:
        return self.ranges < other.ranges

    def __repr__(self) -> str:
        return f"Multirange(({', '.join(map(repr, self.ranges))}{',' if len(self.ranges) == 1 else ''}))"


def _canonical(lower: Any, upper: Any, bounds: Bounds, empty: bool) -> tuple[Any, Any, str]:
    """The bounds as PostgreSQL keeps them; it asks whether they are in order before it counts. "" says: empty."""
    if bounds not in ("[)", "[]", "(]", "()"):
        raise ValueError("the bounds of a range are [), [], (] or ()")
    if empty or not _in_order(lower, upper, bounds):
        return None, None, ""
    start, end = ("(" if lower is None else bounds[0]), (")" if upper is None else bounds[1])
    step = _step(upper if lower is None else lower)
    if step is None:
        return lower, upper, start + end
    try:
        lower = lower + step if lower is not None and start == "(" else lower
        upper = upper + step if upper is not None and end == "]" else upper
    except OverflowError:
        raise ValueError("a range that holds the last day of Python has no upper bound: leave it out") from None
    if lower is not None and upper is not None and lower == upper:
        return None, None, ""
    return lower, upper, ("(" if lower is None else "[") + ")"


def _in_order(lower: Any, upper: Any, bounds: Bounds) -> bool:
    """Whether there may be something between the bounds. ValueError where the lower one is above."""
    if lower is None or upper is None:
        return True
    order = _compared(lower, upper)
    if order > 0:
        raise ValueError("the lower bound of a range is above its upper one")
    return order < 0 or bounds == "[]"


def _step(value: object) -> int | dt.timedelta | None:
    """What lies between one value and the next; None where there is none."""
    if isinstance(value, int):
        return 1
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.timedelta(days=1)
    return None


def _compared(one: Any, other: Any) -> int:
    if isinstance(one, Decimal | float) and (one != one or other != other):
        raise ValueError("NaN is no bound of a range in Python")
    return 1 if one > other else -1 if one < other else 0


def _starts(one: Range[Any], other: Range[Any]) -> int:
    """Which begins first: below 0 the one, above it the other."""
    if one.lower is None or other.lower is None:
        return (one.lower is not None) - (other.lower is not None)
    return _compared(one.lower, other.lower) or (one.bounds[0] == "(") - (other.bounds[0] == "(")


def _ends(one: Range[Any], other: Range[Any]) -> int:
    if one.upper is None or other.upper is None:
        return (one.upper is None) - (other.upper is None)
    return _compared(one.upper, other.upper) or (one.bounds[1] == "]") - (other.bounds[1] == "]")


def _hull(one: Range[Any], other: Range[Any]) -> Range[Any]:
    """From where the first begins to where the last ends."""
    last = one if _ends(one, other) >= 0 else other
    bounds: Any = one.bounds[0] + last.bounds[1]
    return Range(one.lower, last.upper, bounds)


def _meet(one: Range[Any], other: Range[Any]) -> bool:
    if one.upper is None or other.lower is None:
        return False
    return _compared(one.upper, other.lower) == 0 and (one.bounds[1] == "]") is not (other.bounds[0] == "[")
