"""Where each table stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb import Database, Script
from qb.kit import Replays, migrate, table_status
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
    (hand,) = (each for each in found.tables if each.state == "by hand")
    assert (hand.rows, hand.bytes > 0, hand.last) == (1, True, None)
