"""What migrations are called: a prefix that orders them, and a name for people."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, TypeAlias

HistoryLayout: TypeAlias = Literal["folder", "flat"]
IdPrefix: TypeAlias = Literal["timestamp", "index"]

LONGEST_ID: Final = 200
"""Letters of an id, at most: a file system takes 255 bytes."""
_NUMBER: Final = re.compile(r"\d{8}_\d{6}(?!\d)|\d{4}-\d{2}-\d{2}-\d{6}(?!\d)|\d+")
_SLUG: Final = re.compile(r"[^a-z0-9]+")
_GOOD: Final = re.compile(r"\w[\w.+@-]*")
_FORMATS: Final[dict[HistoryLayout, str]] = {"folder": "%Y%m%d_%H%M%S", "flat": "%Y%m%d%H%M%S"}


def number_of(id: str) -> str:
    """What an id begins with, which no two should share; empty where it begins with no number.

    >>> from qb.kit.history.migration_names import number_of
    >>> [number_of(each) for each in ("20261122_093000_add_slug", "0001_init", "20261122093000_x", "init")]
    ['20261122_093000', '0001', '20261122093000', '']
    """
    found = _NUMBER.match(id)
    return found[0] if found else ""


def order_of(id: str) -> tuple[int, str, str]:
    """Sorts ids as people read them: 2 before 10, times as times, and what has no number last."""
    digits = re.match(r"\d+", id)
    return (int(digits[0]) if digits else 10**30, id[digits.end() :] if digits else id, id)


def slug(name: str) -> str:
    """A name as ids have it.

    >>> from qb.kit.history.migration_names import slug
    >>> slug("Add slug to Users!")
    'add_slug_to_users'
    """
    return _SLUG.sub("_", name.lower()).strip("_")[:60].rstrip("_") or "change"


def is_good(id: str) -> bool:
    """Whether an id can be the name of a file everywhere, and be shown."""
    return len(id) <= LONGEST_ID and _GOOD.fullmatch(id) is not None


def next_id(known: Iterable[str], name: str, *, layout: HistoryLayout, prefix: IdPrefix, now: datetime) -> str:
    """The id of a new migration, behind all that are there: a time later than theirs, or the next number.

    >>> from datetime import datetime
    >>> from qb.kit.history.migration_names import next_id
    >>> next_id([], "add slug", layout="folder", prefix="timestamp", now=datetime(2026, 11, 22, 9, 30))
    '20261122_093000_add_slug'
    >>> next_id(["0001_init"], "add slug", layout="flat", prefix="index", now=datetime(2026, 11, 22))
    '0002_add_slug'
    """
    numbers = [number_of(each) for each in known]
    if prefix == "index":
        last = max((int(each) for each in numbers if each.isdecimal() and len(each) < 14), default=0)
        return f"{last + 1:04}_{slug(name)}"
    taken = {int(re.sub(r"\D", "", each)) for each in numbers if len(re.sub(r"\D", "", each)) == 14}
    when = now.replace(microsecond=0)
    if taken and (last := max(taken)) >= int(when.strftime("%Y%m%d%H%M%S")):
        when = _later(last, when)
    return f"{when.strftime(_FORMATS[layout])}_{slug(name)}"


def later_number(number: str, seconds: int) -> str:
    """The number that so many seconds, or places, come after another one: what parts of a migration are called."""
    if len(number) == 14:
        try:
            return (_time(number) + timedelta(seconds=seconds)).strftime("%Y%m%d%H%M%S")
        except ValueError:
            pass  # fourteen digits that are no time
    return str(int(number) + seconds).zfill(len(number))


def _later(last: int, now: datetime) -> datetime:
    try:
        return _time(str(last)).replace(tzinfo=now.tzinfo) + timedelta(seconds=1)
    except ValueError:
        return now


def _time(number: str) -> datetime:
    return datetime.strptime(number, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
