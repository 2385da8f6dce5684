"""What visitors did, by time: a range of it is read from the partitions that have it alone."""

import datetime as dt

from msgspec import Struct

from chronos.ids import SessionId
from qb import Select, fn, many, prepare, select, sql
from tables.chronos.analytics import Event, PageView, Session


class Count(Struct, frozen=True):
    """How often something happened on a day."""

    day: dt.datetime
    name: str
    events: int


class Visit(Struct, frozen=True):
    """A session and what was seen and done in it."""

    session: Session
    views: list[PageView]
    events: list[Event]


@prepare
def by_day(first: dt.datetime, end: dt.datetime) -> Select[Count]:
    """The events of each day and name, from a moment to before another one."""
    day = sql("date_trunc('day', {at}, 'UTC')", at=Event.occurred_at).as_(dt.datetime, not_null=True)
    counts = select(day, Event.name, fn.count()).map(Count)
    within = counts.where(Event.occurred_at >= first, Event.occurred_at < end)
    return within.group_by(day, Event.name).order_by(day, Event.name)


@prepare
def visit(session: SessionId) -> Select[Visit]:
    """A session, its page views and its events, each in the order of time."""
    views = many(PageView, on=PageView.session_id == Session.id, order_by=(PageView.viewed_at, PageView.id))
    events = many(Event, on=Event.session_id == Session.id, order_by=(Event.occurred_at, Event.id))
    return select(Session, views, events).map(Visit).where(Session.id == session)


@prepare
def most_seen(first: dt.datetime, limit: int = 10) -> Select[tuple[str, int]]:
    """The paths that were looked at most often since a moment."""
    views = fn.count()
    found = select(PageView.path, views).where(PageView.viewed_at >= first)
    return found.group_by(PageView.path).order_by(views.desc(), PageView.path).limit(limit)
