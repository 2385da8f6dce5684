"""Where each table stands."""

from __future__ import annotations

from pathlib import Path

import pytest

import qb
from qb import Col, Database, Script, Table, column, partition_by_range, pg
from qb.kit import Replays, TableTotals, migrate, table_status
from qb.kit.validating.selectable import unselectable
from qb.model.object import Identity
from tests.kit.running.histories import in_line, migration

THREE = in_line(
    migration("0001_a", 'CREATE TABLE a (id int); CREATE TABLE "B b" (id int);'),
    migration("0002_c", 'CREATE TABLE c (id int); CREATE INDEX c_id ON c (id); ALTER TABLE "B b" ADD x int;'),
    migration("0003_more", "ALTER TABLE a ADD more int;"),
)


@pytest.mark.slow
def test_each_table_is_compared_with_exactly_what_is_applied(cache: Path, db: Database) -> None:
    replays = Replays(cache=cache)
    migrate(db, THREE, to="0002").unwrap()
    found = table_status(db, THREE, replays=replays).unwrap()
    assert found.exit_code == 0
    assert [(each.table, each.state, each.last, each.pending) for each in found.tables] == [
        ("public.B b", "as migrated", "0002_c", ()),
        ("public.a", "as migrated", "0001_a", ("0003_more",)),
        ("public.c", "as migrated", "0002_c", ()),
    ]
    changes = ("DROP TABLE a", "CREATE TABLE hand (x int)", "DROP INDEX c_id", "INSERT INTO hand VALUES (1)", "ANALYZE")
    db.run(Script(*changes)).unwrap()
    found = table_status(db, THREE, replays=replays).unwrap()
    assert found.exit_code == 3
    assert {each.table: (each.state, each.differs) for each in found.tables} == {
        "public.B b": ("as migrated", ()),
        "public.a": ("missing", ()),
        "public.c": ("differs", ("index public.c.c_id",)),
        "public.hand": ("by hand", ()),
    }
    assert (found.totals, found.tables[0].declared, found.tables[0].selectable) == (TableTotals(4, 0, 0, 1), None, None)
    (hand,) = (each for each in found.tables if each.state == "by hand")
    assert (hand.rows, hand.bytes > 0, hand.last) == (1, True, None)


class A(Table, name="a"):
    id: Col[int] = column(pg.integer, primary_key=True)


class Odd(Table, name='B "b %'):
    id: Col[int] = column(primary_key=True)
    said: Col[str]


class Later(Table, name="later", schema="hall"):
    id: Col[int] = column(primary_key=True)


class Parted(Table, name="parted"):
    id: Col[int]


part = partition_by_range(Parted, Parted.id).partition("parted_1", 0, 10)


@pytest.mark.slow
def test_it_says_what_is_declared_and_can_be_read(cache: Path, db: Database, url: str) -> None:
    first = """CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE "B ""b %" (id bigint PRIMARY KEY, said int);
CREATE TABLE parted (id bigint NOT NULL) PARTITION BY RANGE (id);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10); CREATE TABLE old (x int);"""
    history = in_line(
        migration("0001_a", first), migration("0002_b", "CREATE SCHEMA hall; CREATE TABLE hall.later ();")
    )
    migrate(db, history, to="0001").unwrap()
    wanted = qb.schema(A, Odd, Later, Parted, part)
    found = table_status(db, history, schema=wanted, replays=Replays(cache=cache)).unwrap()
    assert {each.table: (each.state, each.declared, each.selectable, each.pending) for each in found.tables} == {
        'public.B "b %': ("as migrated", True, False, ()),
        "hall.later": ("to come", True, None, ("0002_b",)),
        "public.a": ("as migrated", True, True, ()),
        "public.old": ("as migrated", False, None, ()),
        "public.parted": ("as migrated", True, True, ()),
        "public.parted_1": ("as migrated", True, None, ()),
    }
    (odd,) = (each for each in found.tables if each.selectable is False)
    assert odd.unselectable is not None
    assert "said" in odd.unselectable
    assert (found.totals, found.exit_code) == (TableTotals(6, 5, 2, 5), 3)
    db.run(Script("CREATE ROLE status_reader", "GRANT SELECT ON parted TO status_reader")).unwrap()
    try:
        with db.as_role("status_reader") as tx:
            assert unselectable(qb.schema(A, Parted, part), tx) == {
                Identity("table", "public", "", "a"): "not allowed: permission denied for table a",
                Identity("table", "public", "", "parted"): None,
            }
    finally:
        db.run(Script("DROP OWNED BY status_reader", "DROP ROLE status_reader")).unwrap()
