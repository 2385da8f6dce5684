"""The events' table as TimescaleDB's hypertable: `schema` is all of ours with this in the place of the partitions.

TimescaleDB takes tables that are not divided yet, so the two exclude each other. Chunks take a week each, are
compressed after a month and dropped after two years; a continuous aggregate counts the events of each day.
https://docs.tigerdata.com/api/latest/hypertable/create_hypertable/
"""

import datetime as dt

from qb import Col, Table, column, custom_object, extension, fn, pg, select, sql
from qb import schema as _schema
from tables.chronos import OURS, PARTS
from tables.chronos.analytics import Event

timescale = extension("timescaledb")

events = custom_object(
    "hypertable",
    "analytics_events",
    create=sql(
        "SELECT create_hypertable({t}::regclass, by_range({by}, {each}::interval))",
        t="analytics_events",
        by="occurred_at",
        each="7 days",
    ),
    read=sql(
        "SELECT num_dimensions, compression_enabled FROM timescaledb_information.hypertables "
        "WHERE hypertable_name = {t}",
        t="analytics_events",
    ),
    needs=[Event, timescale],
)
compressed = custom_object(
    "compression policy",
    "analytics_events",
    create=[
        sql("ALTER TABLE {t} SET (timescaledb.compress, timescaledb.compress_segmentby = 'name')", t=Event),
        sql("SELECT add_compression_policy({t}::regclass, {after}::interval)", t="analytics_events", after="30 days"),
    ],
    drop=sql("SELECT remove_compression_policy({t}::regclass)", t="analytics_events"),
    needs=[events],
)
kept = custom_object(
    "retention policy",
    "analytics_events",
    create=sql("SELECT add_retention_policy({t}::regclass, {after}::interval)", t="analytics_events", after="2 years"),
    drop=sql("SELECT remove_retention_policy({t}::regclass)", t="analytics_events"),
    needs=[events],
)


class DailyEvents(Table, name="analytics_events_daily", external=True):
    """What the continuous aggregate has: a row for each day and name."""

    day: Col[dt.datetime] = column(pg.timestamptz)
    name: Col[str] = column(pg.varchar(100))
    events: Col[int] = column(pg.bigint)


_day = sql("time_bucket('1 day', {at})", at=Event.occurred_at).as_(dt.datetime, not_null=True)

daily = custom_object(
    "continuous aggregate",
    "analytics_events_daily",
    create=sql(
        "CREATE MATERIALIZED VIEW analytics_events_daily (day, name, events) WITH (timescaledb.continuous) AS {query} "
        "WITH NO DATA",
        query=select(_day, Event.name, fn.count()).group_by(_day, Event.name),
    ),
    drop=sql("DROP MATERIALIZED VIEW analytics_events_daily"),
    needs=[events],
)

schema = _schema(*PARTS, timescale, events, compressed, kept, DailyEvents, daily, name="chronos", ours=OURS)
"""For servers with TimescaleDB."""
