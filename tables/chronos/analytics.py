"""What visitors do. `analytics_*` has no owner in the document; its schema file is ours, so the tables are.

Events come by the million and are asked for by time: their table is divided by month (`tables.chronos.partitions`), or
a hypertable where TimescaleDB is installed (`tables.chronos.hypertables`). Either needs the time in the key.
"""

import datetime as dt

from chronos.documents import Device, DeviceV1, Properties, device_of_v1
from chronos.ids import EventId, PageViewId, SessionId, UserId
from qb import Col, Table, check, column, document, fn, identity, index, new, older, pg, references
from tables.chronos.app import User
from tables.chronos.shared import a_duration


class Session(Table, name="analytics_sessions"):
    """A visit, of a user or of somebody unknown."""

    id: Col[SessionId] = column(pg.uuid, default=fn.gen_random_uuid(), primary_key=True)
    user_id: Col[UserId | None] = column(
        pg.uuid, references=references(User.id, on_delete="set null"), default=None, index=True
    )
    started_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())
    ended_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)
    referrer: Col[str | None] = column(pg.text, default=None)
    device: Col[Device] = column(document(Device, older(DeviceV1, device_of_v1)), default=Device())


class PageView(Table, name="analytics_page_views"):
    """That a page was looked at, and for how long."""

    id: Col[PageViewId] = column(pg.bigint, primary_key=True, default=identity())
    session_id: Col[SessionId] = column(pg.uuid, references=references(Session.id, on_delete="cascade"))
    path: Col[str] = column(pg.text)
    title: Col[str | None] = column(pg.text, default=None)
    viewed_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())
    seconds: Col[float | None] = column(pg.double_precision, default=None, check=a_duration)


class Event(Table, name="analytics_events"):
    """Something that happened in a session."""

    id: Col[EventId] = column(pg.uuid, default=fn.gen_random_uuid(), primary_key=True)
    occurred_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now(), primary_key=True)
    session_id: Col[SessionId] = column(pg.uuid, references=references(Session.id, on_delete="cascade"))
    name: Col[str] = column(pg.varchar(100))
    properties: Col[Properties] = column(pg.jsonb)


NewSession = new(Session)
NewPageView = new(PageView)
NewEvent = new(Event)

session_started = index("analytics_sessions_started_at_idx", Session.started_at)
session_ends = check(
    "analytics_sessions_ends_check", Session.ended_at.is_null() | (Session.ended_at >= Session.started_at)
)
view_session = index("analytics_page_views_session_id_idx", PageView.session_id)
view_path = index("analytics_page_views_path_idx", PageView.path, PageView.viewed_at.desc())
view_time = index("analytics_page_views_viewed_at_idx", PageView.viewed_at)
event_session = index("analytics_events_session_id_idx", Event.session_id)
event_name = index("analytics_events_name_idx", Event.name, Event.occurred_at.desc())
event_time = index("analytics_events_occurred_at_idx", Event.occurred_at.desc())
