"""Addresses of devices: texts that come back as they went."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from qb import (
    Col,
    Database,
    DefinitionError,
    QueryError,
    SchemaMismatch,
    Success,
    Table,
    column,
    create_all,
    fn,
    insert,
    many,
    new,
    pg,
    schema,
    select,
    sql,
    update,
)
from qb.typing import SqlType

NONE: list[str | None] = []
A, B, C = "00:00:00:00:00:00", "08:00:2b:01:02:03", "ff:ff:ff:ff:ff:ff"


class Device(Table, name="devices", schema="network"):
    id: Col[int] = column(pg.bigint, primary_key=True)
    address: Col[str] = column(pg.macaddr, default=B)
    spare: Col[str | None] = column(pg.macaddr, default=None)
    others: Col[list[str | None]] = column(pg.array(pg.macaddr), default=[])


NewDevice = new(Device)
ROWS = [NewDevice(id=1, address=A, others=[C, None, B]), NewDevice(id=2, address=C, spare=A), NewDevice(id=3)]


@pytest.fixture(scope="module")
def devices(qb_db: Database) -> Iterator[Database]:
    with qb_db.transaction() as tx:
        tx.execute(sql("CREATE SCHEMA network").command()).unwrap()
        tx.run(create_all(schema(Device))).unwrap()
        tx.execute(insert(*ROWS)).unwrap()
    yield qb_db
    qb_db.execute(sql("DROP SCHEMA network CASCADE").command()).unwrap()


def test_they_come_back_as_they_went(devices: Database) -> None:
    assert devices.all(select(Device.address, Device.spare, Device.others).order_by(Device.id)) == Success(
        [(A, None, [C, None, B]), (C, A, NONE), (B, None, NONE)]
    )


def test_copy_writes_what_the_server_reads(devices: Database) -> None:
    rows = [NewDevice(id=100 + number, address=A, spare=C, others=[B]) for number in range(60)]
    with devices.transaction() as tx:
        tx.insert_many(rows).unwrap()
        columns = select(Device.address, Device.spare, Device.others).where(Device.id >= 100).distinct()
        assert tx.all(columns) == Success([(A, C, [B])])
        tx.execute(sql("DELETE FROM network.devices WHERE id >= 100").command()).unwrap()


def test_they_are_compared_and_ordered(devices: Database) -> None:
    assert devices.all(select(Device.id).where(Device.address > A).order_by(Device.address)) == Success([3, 2])
    assert devices.all(select(Device.id).where(Device.address.in_([A, C])).order_by(Device.id)) == Success([1, 2])
    assert devices.one(select(fn.coalesce(Device.spare, B)).where(Device.id == 1)) == Success(B)


def test_they_stand_in_nested_rows(devices: Database) -> None:
    mine = many(select(Device.address, Device.others).where(Device.id == 1))
    assert devices.one(select(Device.id, mine).where(Device.id == 2)) == Success((2, [(A, [C, None, B])]))


def test_returning_and_update_take_them(devices: Database) -> None:
    changed = update(Device).set(Device.spare.to(C)).where(Device.id == 1).returning(Device.spare)
    assert devices.all(changed) == Success([C])
    devices.execute(update(Device).set(Device.spare.to(None)).where(Device.id == 1)).unwrap()


@pytest.mark.parametrize(
    "value", ["08:00:2B:01:02:03", "08-00-2b-01-02-03", "08002b010203", "08:00:2b:01:02:03:04", ""]
)
def test_a_form_that_would_come_back_changed_is_refused_without_it(devices: Database, value: str) -> None:
    error = devices.all(select(Device.id).where(Device.address == value)).failure()
    assert "macaddr takes an address in the form in which it comes back: 08:00:2b:01:02:03" in str(error)
    assert not value or value not in str(error)


def test_a_default_is_judged_where_it_is_written() -> None:
    with pytest.raises(DefinitionError, match="its default does not fit macaddr: macaddr takes an address"):

        class Wrong(Table, name="wrong_devices"):
            address: Col[str] = column(pg.macaddr, default="no address")

        _ = Wrong.address


def test_what_the_server_could_only_refuse_is_refused_where_it_is_written() -> None:
    number: Any = 5
    with pytest.raises(QueryError, match=r"devices.address \(macaddr\) takes str, not int"):
        select(Device.id).where(Device.address == number)
    with pytest.raises(QueryError, match=r"PostgreSQL has no max\(macaddr\): cast it to pg.text"):
        fn.max(Device.address)
    with pytest.raises(QueryError, match=r"takes text, not macaddr: cast it to pg\.text"):
        Device.address.like("08:%")


def test_what_was_a_type_of_ones_own_stays_one(devices: Database) -> None:
    own: SqlType[str | None] = pg.custom("macaddr", encode=str, decode=str)
    assert devices.one(select(Device.address.cast(own)).where(Device.id == 1)) == Success(A)
    raw = sql("SELECT address, others FROM network.devices WHERE id = 1").rows(tuple[str, list[str | None]])
    assert devices.one(raw) == Success((A, [C, None, B]))


def test_a_column_of_another_type_is_told(devices: Database) -> None:
    class Renamed(Table, name="devices", schema="network"):
        id: Col[str] = column(pg.macaddr, primary_key=True)

    assert devices.all(select(Renamed.id)).failure() == SchemaMismatch("devices", "id", "macaddr", "bigint")


class Board(Table, name="boards", schema="network"):
    id: Col[int] = column(pg.bigint, primary_key=True)
    address: Col[str] = column(pg.macaddr8)
    short: Col[str] = column(pg.macaddr)


LONG = "08:00:2b:01:02:03:04:05"


def test_the_longer_kind_stands_for_itself(devices: Database) -> None:
    with devices.transaction() as tx:
        tx.run(create_all(schema(Board))).unwrap()
        tx.execute(insert(new(Board)(id=1, address=LONG, short=B))).unwrap()
    assert devices.one(select(Board.address, Board.short)) == Success((LONG, B))
    short = devices.all(select(Board.id).where(Board.address == B)).failure()
    assert f"macaddr8 takes an address in the form in which it comes back: {LONG}" in str(short)


def test_the_two_kinds_are_two_types() -> None:
    with pytest.raises(QueryError, match="PostgreSQL does not compare macaddr8 with macaddr: cast one of them"):
        select(Board.id).where(Board.address == Board.short)
    with pytest.raises(QueryError, match="macaddr8 and macaddr do not become one type: cast one of them to the other"):
        fn.coalesce(Board.address, Board.short)
