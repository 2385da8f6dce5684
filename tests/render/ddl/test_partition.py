"""Partitioned tables on the server: created, filled in all ways, read back from the catalog, altered, dropped."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from msgspec.structs import replace

from qb import (
    MAXVALUE,
    MINVALUE,
    CheckViolation,
    Col,
    DbError,
    New,
    Success,
    Table,
    Target,
    Tx,
    UniqueViolation,
    check,
    column,
    create_all,
    delete,
    drop_all,
    fn,
    foreign_key,
    grant,
    identity,
    index,
    insert,
    many,
    new,
    partition_by_hash,
    partition_by_list,
    partition_by_range,
    pg,
    policy,
    references,
    role,
    schema,
    select,
    sql,
    unique,
    update,
)
from qb.ddl.operation import Alter
from qb.render.ddl.script import planned
from qb.types.identifier import qualified
from tests.render.ddl_objects import HOSTILE


class Kind(Enum):
    SOLD = "sold"
    BOUGHT = "bought"


class Person(Table, name="people of partitions"):
    id: Col[int] = column(primary_key=True)


class Event(Table, name="events of partitions", schema="hall"):
    id: Col[int] = column(primary_key=True, default=identity())
    day: Col[dt.date] = column(primary_key=True)
    kind: Col[Kind] = column(pg.enum("kind of partitions", Kind), primary_key=True)
    person_id: Col[int | None] = column(references=references(Person.id, on_delete="set null"), default=None)
    price: Col[Decimal] = column(pg.numeric(8, 2), default=Decimal(1), check=lambda price: price > Decimal(0))
    note: Col[str] = column(default="none", name=f"n{HOSTILE}")


by_day = partition_by_range(Event, Event.day)
y2023 = by_day.partition("events of 2023", MINVALUE, dt.date(2024, 1, 1))
y2024 = by_day.partition(f"p{HOSTILE}", dt.date(2024, 1, 1), dt.date(2025, 1, 1), schema=f"s{HOSTILE}")
later = by_day.default("later events")
by_kind = partition_by_list(y2024, y2024.kind)
sold = by_kind.partition("sold in 2024", Kind.SOLD, with_={"fillfactor": 70})
bought = by_kind.partition("bought in 2024", Kind.BOUGHT)
PARTS = (y2023, y2024, later, sold, bought)

by_price = index("events by price", Event.price.desc(), Event.day)
by_note = index("notes of 2024", y2024.note)
cheap = check("sold_cheap", sold.price < Decimal(100))
only_one = unique(bought.note)
events = schema(Person, Event, by_day, *PARTS, by_price, by_note, cheap, only_one, by_kind)


class Reading(Table, name="readings of partitions"):
    sensor: Col[int] = column(pg.integer)
    at: Col[dt.datetime] = column()
    name: Col[str | None] = column()


CATALOG = sql(
    """SELECT c.relname::text, pg_get_expr(c.relpartbound, c.oid) FROM pg_class c
    WHERE c.relispartition AND c.relkind IN ('r', 'p') AND c.relname <> ALL ({gone}) ORDER BY 1""",
    gone=[""],
).rows(tuple[str, str])


def name_of(partition: Any) -> str:
    source = partition.id.node.relation
    return qualified(source.schema, source.name)


KEY = sql("SELECT pg_get_partkeydef('hall.\"events of partitions\"'::regclass)").rows(str)


def made(day: str, kind: Kind = Kind.SOLD, **values: Any) -> New[Event]:
    return new(Event)(day=dt.date.fromisoformat(day), kind=kind, **values)


def test_it_is_read_back_from_the_catalog(qb_tx: Tx) -> None:
    assert qb_tx.run(create_all(events)).unwrap() > 0
    assert qb_tx.one(KEY) == Success("RANGE (day)")
    assert qb_tx.all(CATALOG) == Success(
        [
            ("bought in 2024", "FOR VALUES IN ('bought')"),
            ("events of 2023", "FOR VALUES FROM (MINVALUE) TO ('2024-01-01')"),
            ("later events", "DEFAULT"),
            (f"p{HOSTILE}", "FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')"),
            ("sold in 2024", "FOR VALUES IN ('sold')"),
        ]
    )
    asked = sql("SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%price DESC%'").rows(int)
    assert qb_tx.one(asked) == Success(6)  # on the table, and on each of its partitions
    assert qb_tx.run(create_all(events, if_not_exists=True)).unwrap() > 0
    qb_tx.run(drop_all(events)).unwrap()
    assert qb_tx.all(CATALOG) == Success([])
    qb_tx.run(drop_all(events, if_exists=True)).unwrap()


def test_rows_go_in_through_the_table_by_all_ways(qb_tx: Tx) -> None:
    qb_tx.run(create_all(events)).unwrap()
    assert qb_tx.execute(insert(made("2023-05-05"))) == Success(1)
    assert qb_tx.execute(insert(made("2024-05-05", note="a"), made("2026-01-01"))) == Success(2)
    rows = [made(f"2024-{month:02}-01", Kind.BOUGHT, note=str(month)) for month in range(1, 13)]
    assert qb_tx.insert_many(rows * 1 + [made("2023-12-31")] * 60) == Success(72)  # by COPY
    got = qb_tx.one(insert(made("2024-07-07", note="back")).returning()).unwrap()
    assert isinstance(got, Event)
    counted = [len(qb_tx.all(select(each.id)).unwrap()) for each in PARTS]
    assert counted == [61, 14, 1, 2, 12]
    assert len(qb_tx.all(select(Event)).unwrap()) == 76


def test_a_partition_is_queried_and_written_as_its_table(qb_tx: Tx) -> None:
    qb_tx.run(create_all(events)).unwrap()
    qb_tx.execute(insert(Person, Person.id.to(7))).unwrap()
    qb_tx.execute(insert(made("2024-05-05", note="a", person_id=7), made("2025-05-05"))).unwrap()
    (row,) = qb_tx.all(select(sold)).unwrap()
    assert isinstance(row, Event)
    assert (row.note, row.kind, row.person_id) == ("a", Kind.SOLD, 7)
    found = select(Person.id, many(select(sold.note).where(sold.person_id == Person.id)))
    assert qb_tx.all(found) == Success([(7, ["a"])])
    joined = select(sold.note, Event.note).join(Event, (Event.id == sold.id) & (Event.day == sold.day))
    assert qb_tx.all(joined) == Success([("a", "a")])
    assert qb_tx.execute(insert(sold, sold.id.to(50), sold.day.to(dt.date(2024, 2, 2)), sold.kind.to(Kind.SOLD))) == (
        Success(1)
    )
    wrong = qb_tx.execute(insert(sold, sold.id.to(1), sold.day.to(dt.date(2026, 2, 2)), sold.kind.to(Kind.SOLD)))
    assert isinstance(wrong.failure(), CheckViolation)


def test_rows_of_a_partition_are_changed(qb_tx: Tx) -> None:
    qb_tx.run(create_all(events)).unwrap()
    qb_tx.execute(insert(made("2024-05-05", note="a"), made("2025-05-05"))).unwrap()
    moved = update(Event).set(Event.day.to(dt.date(2024, 6, 6))).where(Event.day > dt.date(2025, 1, 1))
    assert qb_tx.execute(moved) == Success(1)  # into another partition
    assert qb_tx.execute(update(sold).set(sold.note.to("b")).where(sold.note == "a")) == Success(1)
    edits = [(each.id, each.day, each.kind, Decimal(5)) for each in qb_tx.all(select(Event)).unwrap()]
    assert qb_tx.update_many(edits, update(Event).by(Event.id, Event.day, Event.kind).each(Event.price)) == Success(2)
    assert qb_tx.all(select(sold.price)) == Success([Decimal(5), Decimal(5)])
    assert qb_tx.execute(delete(sold).where(sold.note == "b")) == Success(1)
    gone = [(each.id, each.day, each.kind) for each in qb_tx.all(select(Event)).unwrap()]
    assert qb_tx.delete_many(gone, delete(Event).by(Event.id, Event.day, Event.kind)) == Success(1)


def test_what_a_row_meets(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(Person, Event, y2023, cheap, sold, y2024, only_one, bought))).unwrap()

    def refused(row: New[Event]) -> DbError:
        with qb_tx.transaction(rollback=True) as inner:
            return inner.execute(insert(row)).failure()

    nowhere = refused(made("2030-01-01"))
    assert isinstance(nowhere, CheckViolation)
    assert (
        str(nowhere) == "a row is in none of the partitions, or not in this one, or not what a domain asks,"
        ' of table "hall"."events of partitions"'
    )
    dear = refused(made("2024-01-01", price=Decimal(100)))
    assert isinstance(dear, CheckViolation)
    assert dear.constraint == "sold_cheap"
    assert isinstance(refused(made("2024-01-01", price=Decimal(-1))), CheckViolation)
    qb_tx.execute(insert(made("2024-01-01", Kind.BOUGHT, note="x"))).unwrap()
    assert isinstance(refused(made("2024-01-02", Kind.BOUGHT, note="x")), UniqueViolation)


class Item(Table, name="items of partitions"):
    id: Col[int] = column(primary_key=True)
    event_id: Col[int]
    day: Col[dt.date]
    kind: Col[Kind] = column(pg.enum("kind of partitions", Kind))


def test_keys_policies_and_privileges(qb_tx: Tx) -> None:
    key = foreign_key((Item.event_id, Item.day, Item.kind), (Event.id, Event.day, Event.kind), on_delete="cascade")
    to_part = foreign_key((Item.event_id, Item.day, Item.kind), (sold.id, sold.day, sold.kind), name="to a partition")
    reader = role("reader of partitions")
    seen = policy(sold, for_="select", using=sold.price > Decimal(1))
    all_of_it = schema(Person, Event, *PARTS, Item, key, to_part, reader, grant("select", on=sold, to=reader))
    qb_tx.run(create_all(all_of_it)).unwrap()
    qb_tx.execute(insert(made("2024-05-05", id=4))).unwrap()
    item = new(Item)(id=1, event_id=4, day=dt.date(2024, 5, 5), kind=Kind.SOLD)
    assert qb_tx.execute(insert(item)) == Success(1)
    granted = sql("SELECT has_table_privilege('reader of partitions', {t}::text, 'select')", t=name_of(sold))
    assert qb_tx.one(granted.rows(bool)) == Success(True)
    qb_tx.run(drop_all(all_of_it, roles=[reader])).unwrap()
    assert seen.table.name == "sold in 2024"


def test_several_columns_hashes_and_expressions(qb_tx: Tx) -> None:
    by_both = partition_by_range(Reading, Reading.sensor, Reading.at)
    noon = dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC)
    low = by_both.partition("readings low", (MINVALUE, MINVALUE), (5, noon))
    high = by_both.partition("readings high", (5, noon), (5, MAXVALUE))
    ranges = schema(Reading, low, high)
    qb_tx.run(create_all(ranges)).unwrap()
    rows = [new(Reading)(sensor=5, at=noon - dt.timedelta(hours=hours), name=None) for hours in (1, 0, -1)]
    assert qb_tx.insert_many(rows) == Success(3)
    assert [len(qb_tx.all(select(each)).unwrap()) for each in (low, high)] == [1, 2]
    qb_tx.run(drop_all(ranges)).unwrap()

    by_name = partition_by_list(Reading, fn.lower(Reading.name).collate("C"))
    named = by_name.partition("readings named", "a", "it's", None)
    lists = schema(Reading, named, by_name.default("readings rest"))
    qb_tx.run(create_all(lists)).unwrap()
    qb_tx.insert_many([new(Reading)(sensor=1, at=noon, name=name) for name in ("A", None, "IT'S", "z")]).unwrap()
    assert len(qb_tx.all(select(named)).unwrap()) == 3
    qb_tx.run(drop_all(lists)).unwrap()

    by_hash = partition_by_hash(Reading, Reading.sensor, Reading.name)
    halves = [by_hash.partition(f"readings {number}", modulus=2, remainder=number) for number in range(2)]
    hashed = schema(Reading, *halves)
    qb_tx.run(create_all(hashed)).unwrap()
    qb_tx.insert_many([new(Reading)(sensor=number, at=noon, name="x") for number in range(100)]).unwrap()
    counts = [len(qb_tx.all(select(each)).unwrap()) for each in halves]
    assert sum(counts) == 100
    assert min(counts) > 20
    qb_tx.run(drop_all(hashed)).unwrap()


EAST = dt.timezone(dt.timedelta(hours=5))
VALUES: list[tuple[Any, list[Any]]] = [
    (pg.smallint, [-(2**15), 0, 2**15 - 1]),
    (pg.bigint, [-(2**63), 2**63 - 1]),
    (pg.numeric, [Decimal("-1e30"), Decimal("0.1"), Decimal(10) ** 30]),
    (pg.double_precision, [-1e300, 0.1, 1e300]),
    (pg.boolean, [False, True]),
    (pg.text, ["", "it's \\ $1 %s", "😀"]),
    (pg.varchar(5), ["a", "ß'"]),
    (pg.bytea, [b"\x00\xff", b"'"]),
    (pg.date, [dt.date.min, dt.date.max]),
    (pg.timestamp, [dt.datetime(1, 1, 1), dt.datetime(2024, 1, 1, microsecond=1)]),  # noqa: DTZ001
    (pg.timestamptz, [dt.datetime(1, 1, 1, tzinfo=dt.UTC), dt.datetime(2024, 1, 1, tzinfo=EAST)]),
    (pg.time, [dt.time.min, dt.time.max]),
    (pg.interval, [dt.timedelta(microseconds=-1), dt.timedelta(days=5)]),
]  # fmt: skip


def kept_of(type_: Any, python: Any) -> Any:
    class Kept(Table, name="kept of partitions"):
        key: Col[python] = column(type_)  # pyright: ignore[reportInvalidTypeForm, reportUnknownVariableType]

    return Kept


@pytest.mark.parametrize(("type_", "values"), VALUES, ids=[each.name for each, _ in VALUES])
def test_bounds_of_every_kind_of_value(qb_tx: Tx, type_: Any, values: list[Any]) -> None:
    Kept = kept_of(type_, type(values[0]))  # noqa: N806
    by_value = partition_by_list(Kept, Kept.key)
    lists = [by_value.partition(f"kept {number}", value) for number, value in enumerate(values)]
    kept = schema(Kept, *lists)
    qb_tx.run(create_all(kept)).unwrap()
    qb_tx.insert_many([new(Kept)(key=value) for value in values]).unwrap()
    assert [qb_tx.one(select(each.key)).unwrap() for each in lists] == values
    qb_tx.run(drop_all(kept)).unwrap()

    by_range = partition_by_range(Kept, Kept.key)
    first, rest = (
        by_range.partition("kept first", values[0], values[1]),
        by_range.partition("kept rest", values[1], MAXVALUE),
    )
    ranges = schema(Kept, first, rest)
    if values == sorted(values):
        qb_tx.run(create_all(ranges)).unwrap()
        qb_tx.insert_many([new(Kept)(key=value) for value in values]).unwrap()
        assert qb_tx.all(select(first.key)) == Success(values[:1])
        assert qb_tx.all(select(rest.key).order_by(rest.key)) == Success(values[1:])


def test_it_is_detached_and_attached(qb_tx: Tx) -> None:
    qb_tx.run(create_all(events)).unwrap()
    part = next(each for each in events.tables if each.source.name == "later events")
    assert part.partition_of is not None
    narrow = replace(part, partition_of=replace(part.partition_of, bounds=replace(part.partition_of.bounds)))
    alone = replace(part, partition_of=None)
    assert Alter(part, narrow).steps == ()
    off, on = Alter(part, alone), Alter(alone, part)
    assert off.steps == on.steps == ()
    assert off.inverse == on
    assert planned([off, on], Target()).statements == (
        'ALTER TABLE "hall"."events of partitions" DETACH PARTITION "hall"."later events"',
        'ALTER TABLE "hall"."events of partitions" ATTACH PARTITION "hall"."later events" DEFAULT',
    )
    qb_tx.run(planned([off], Target())).unwrap()
    assert len(qb_tx.all(CATALOG).unwrap()) == 4
    qb_tx.run(planned([on], Target())).unwrap()
    assert len(qb_tx.all(CATALOG).unwrap()) == 5


def test_a_column_of_the_table_is_one_of_its_partitions(qb_tx: Tx) -> None:
    qb_tx.run(create_all(events)).unwrap()
    whole = next(each for each in events.tables if each.source.name == "events of partitions")
    part = next(each for each in events.tables if each.source.name == "later events")
    fewer = tuple(each for each in whole.columns if each.name != f"n{HOSTILE}")
    off = Alter(whole, replace(whole, columns=fewer))
    assert [str(each.identity) for each in off.steps] == [f"column hall.events of partitions.n{HOSTILE}"]
    assert Alter(part, replace(part, columns=part.columns[:-1], inherited=part.inherited - {f"n{HOSTILE}"})).steps == ()


def test_an_older_server_lacks_it() -> None:
    by_hash = partition_by_hash(Reading, Reading.sensor)
    found = create_all(schema(Reading, by_hash), target=Target(11))
    assert found.newest is not None
    assert found.newest.name == "partition_by_hash"
