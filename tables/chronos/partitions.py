"""The events' table divided by month, where TimescaleDB is not installed: `months` makes the partitions to come."""

import datetime as dt
from collections.abc import Iterator

from qb import partition_by_range
from tables.chronos.analytics import Event

by_month = partition_by_range(Event, Event.occurred_at)
elsewhen = by_month.default("analytics_events_elsewhen", comment="what no month takes yet")


def months(first: dt.date, count: int) -> Iterator[type[Event]]:
    """The partitions of so many months, from the one of a day on. Each is a relation with the rows of `Event`."""
    start = first.year * 12 + first.month - 1
    for number in range(start, start + count):
        begin, end = (dt.datetime(each // 12, each % 12 + 1, 1, tzinfo=dt.UTC) for each in (number, number + 1))
        yield by_month.partition(f"analytics_events_{begin:%Y_%m}", begin, end)


MONTHS = tuple(months(dt.date(2025, 12, 1), 13))
"""From the month of the first event to the end of the next year."""
