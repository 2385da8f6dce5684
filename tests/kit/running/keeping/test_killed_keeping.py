"""A runner that keeps is killed at any message: what is kept is whole, and the next run ends where it would have."""

from __future__ import annotations

import pytest

from qb import Failure, Script, connect, sql
from qb.kit import migrate, rollback
from qb.kit.running.rules import MigrationRules
from tests.kit.running.histories import in_line, migration
from tests.kit.running.killing import killed, place

HISTORY = in_line(
    migration(
        "0001_t", "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL); INSERT INTO t VALUES (1, 'x'), (2, 'y');"
    ),
    migration(
        "0002_t",
        "ALTER TABLE t DROP a;\n-- qb: commit\nCREATE TABLE u (x int); INSERT INTO u VALUES (1);\n"
        "-- qb: commit\nDROP TABLE u;",
        "CREATE TABLE u (x int);\n-- qb: commit\nALTER TABLE t ADD a text NOT NULL;\n-- qb: commit\nDROP TABLE u;",
    ),
)
RULES = MigrationRules(allow=("drop-table:u",))
LEFT = sql(
    "SELECT string_agg(kind || ' ' || name, ', ' ORDER BY position) || (SELECT count(*) FROM pg_class "
    "WHERE relname LIKE '\\_qb\\_kept%')::text FROM qb.kept"
).rows(str | None)
ROWS = sql("SELECT string_agg(id || a, ',' ORDER BY id) FROM t").rows(str)


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_message(qb_url: str, when: str) -> None:
    with place(qb_url) as here:
        for at in range(3, 200, 2):
            here.empty()
            here.other.run(Script("DROP SCHEMA IF EXISTS qb_kept CASCADE")).unwrap()
            with connect(here.url, max_size=2) as db:
                migrate(db, HISTORY, to="0001").unwrap()
            with connect(here.url, max_size=2) as db, killed(here.other, at, when):
                first = migrate(db, HISTORY, keep=True)
            with connect(here.url, max_size=2) as db:
                migrate(db, HISTORY, keep=True).unwrap()
                assert here.other.scalar(LEFT).unwrap() == "column t, table u1", at
            with connect(here.url, max_size=2) as db, killed(here.other, at, when):
                second = rollback(db, HISTORY, to="0001", rules=RULES)
            with connect(here.url, max_size=2) as db:
                rollback(db, HISTORY, to="0001", rules=RULES).unwrap()
            assert here.other.scalar(LEFT).unwrap() is None, at
            assert here.other.scalar(ROWS).unwrap() == "1x,2y", at
            if not isinstance(first, Failure) and not isinstance(second, Failure):
                return
        raise AssertionError("it never ends")
