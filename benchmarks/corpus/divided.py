"""The tables of an area that are kept in ways of their own: divided, inherited, without a log, with times."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import qb
from benchmarks.corpus.types import State, Types
from qb import Col, Range, Table, column, pg


def divided(area: str, kinds: Types) -> Iterator[Any]:
    """Ten tables: two that are divided, and their partitions."""

    class Event(Table, name="events", schema=area):
        day: Col[dt.date] = column(primary_key=True)
        number: Col[int] = column(primary_key=True, default=qb.identity())
        region: Col[str] = column(primary_key=True)
        state: Col[State] = column(kinds.state, default=State.NEW)
        body: Col[str | None] = column(default=None)

    class Reading(Table, name="readings", schema=area):
        device: Col[int] = column(primary_key=True)
        at: Col[dt.datetime] = column(primary_key=True)
        value: Col[float]

    by_day = qb.partition_by_range(Event, Event.day)
    this_year = by_day.partition("events_2026", dt.date(2026, 1, 1), dt.date(2027, 1, 1))
    by_region = qb.partition_by_list(this_year, this_year.region)
    north = by_region.partition("events_2026_north", "north", with_={"fillfactor": 80})
    by_device = qb.partition_by_hash(Reading, Reading.device)
    yield Event
    yield Reading
    yield by_day
    yield by_day.partition("events_older", qb.MINVALUE, dt.date(2026, 1, 1), unlogged=False)
    yield this_year
    yield by_day.default("events_newer")
    yield by_region
    yield north
    yield by_region.default("events_2026_other")
    yield by_device
    for remainder in range(3):
        yield by_device.partition(f"readings_{remainder}", modulus=3, remainder=remainder)
    yield qb.index("events_state_idx", Event.state, Event.day)
    yield qb.index("events_north_idx", north.body, method="hash")
    yield qb.check("events_north_body", north.body != "", not_valid=True)
    yield qb.replica_identity(Reading, "full")


def kept(area: str, kinds: Types, *, periods: bool) -> Iterator[Any]:
    """Eight tables. With `periods` two have keys of times, as PostgreSQL 18 knows them."""

    class Place(Table):
        name: Col[str] = column(primary_key=True)
        people: Col[int] = column(default=0, check=lambda people: people >= 0)

    class City(Place, name="cities", schema=area, with_={"fillfactor": 70}): ...

    class Capital(Place, name="capitals", schema=area, inherits=City):
        country: Col[str] = column(unique=True)

    class Staged(Table, name="staged", schema=area, unlogged=True):
        id: Col[int | None]
        line: Col[str | None] = column(storage="main", compression="pglz")

    class Booking(Table, name="bookings", schema=area):
        id: Col[int] = column(primary_key=True, default=qb.identity())
        days: Col[Range[dt.date]] = column(pg.daterange)
        price: Col[Range[int] | None] = column(pg.int8range, default=None)

    class Stay(Table, name="stays", schema=area):
        rooms: Col[Range[int]] = column(pg.int4range)
        nights: Col[Range[dt.date]] = column(pg.daterange)

    class Service(Table, name="services", schema=area):
        rooms: Col[Range[int]] = column(pg.int4range)
        nights: Col[Range[dt.date]] = column(pg.daterange)

    class Member(Table, name="members", schema=area):
        tenant: Col[int] = column(primary_key=True)
        id: Col[int] = column(primary_key=True)
        code: Col[str] = column(kinds.code)
        boss: Col[int | None] = column(default=None)

    class Badge(Table, name="badges", schema=area):
        tenant: Col[int]
        member: Col[int | None]
        label: Col[str]

    yield from (City, Capital, Staged, Booking, Stay, Service, Member, Badge)
    yield qb.replica_identity(Capital, using=qb.unique(Capital.country))
    yield qb.statistics("of_cities", qb.fn.lower(City.name))
    yield qb.exclude("bookings_days_excl", (Booking.days, "&&"), where=Booking.id > 0, comment="one at a time")
    if periods:
        yield qb.primary_key(Stay.rooms, Stay.nights, without_overlaps=True)
        yield qb.foreign_key((Service.rooms, Service.nights), (Stay.rooms, Stay.nights), period=True)
    yield qb.unique(Member.tenant, Member.code, nulls_not_distinct=True, include=Member.boss)
    yield qb.foreign_key((Member.tenant, Member.boss), (Member.tenant, Member.id), name="members_boss_fkey")
    yield qb.foreign_key(
        (Badge.member, Badge.tenant),
        (Member.id, Member.tenant),
        match="simple",
        on_delete=qb.set_null(Badge.member),
        on_update="cascade",
        not_valid=True,
    )
    yield qb.index("badges_label_idx", Badge.label, operator_class="text_pattern_ops", with_={"fillfactor": 60})
    yield qb.check("badges_label_check", Badge.label.in_(["gold", "it's", "a\\b"]), no_inherit=True)
