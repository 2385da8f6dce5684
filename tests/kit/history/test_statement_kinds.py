"""Which statements may be in a transaction: the server is asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qb import Database, Script, connect, trusted
from qb.kit.history.statement_kinds import adds_value, sets_session, transactional
from tables.scratch import scratch_database

MADE = (
    "CREATE TABLE t (x int)",
    "CREATE INDEX i ON t (x)",
    'CREATE TABLE "p""q" (x int) PARTITION BY LIST (x)',
    'CREATE TABLE "CONCURRENTLY" PARTITION OF "p""q" FOR VALUES IN (1)',
    "CREATE MATERIALIZED VIEW m AS SELECT 1 AS x",
    "CREATE UNIQUE INDEX u ON m (x)",
)

OUTSIDE = (
    "CREATE INDEX CONCURRENTLY j ON t (x)",
    "create unique /* x */ index concurrently if not exists k on t (x)",
    "DROP INDEX CONCURRENTLY i",
    "REINDEX TABLE CONCURRENTLY t",
    "REINDEX (CONCURRENTLY) TABLE t",
    'REINDEX TABLE "p""q"',
    "REINDEX SCHEMA public",
    "VACUUM t",
    "VACUUM (ANALYZE) t",
    "CLUSTER",
    'ALTER TABLE "p""q" DETACH PARTITION "CONCURRENTLY" CONCURRENTLY',
    "ALTER SYSTEM RESET work_mem",
    "CREATE DATABASE never",
    "DROP DATABASE IF EXISTS never",
    "ALTER DATABASE template1 SET TABLESPACE pg_default",
    "CREATE TABLESPACE never LOCATION '/nowhere'",
    "DROP TABLESPACE IF EXISTS never",
)
WITHIN = (
    'CREATE INDEX "concurrently" ON t (x)',
    "CREATE INDEX ON t (x)",
    "DROP INDEX i",
    'ALTER TABLE "p""q" DETACH PARTITION "CONCURRENTLY"',
    'ALTER TABLE t RENAME TO "concurrently"',
    "ANALYZE t",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
    "ALTER DATABASE template1 SET work_mem = '4MB'",
    "SELECT 'VACUUM'",
    "DO $$ BEGIN END $$",
)


@pytest.fixture
def db(qb_url: str) -> Iterator[Database]:
    with scratch_database(qb_url, name="kinds") as url, connect(url) as db:
        db.run(Script(*map(trusted, MADE))).unwrap()
        yield db


def test_the_server_agrees(db: Database) -> None:
    for each in OUTSIDE:
        assert not transactional(each), each
        with db.transaction(rollback=True) as tx:
            error = tx.run(Script(trusted(each))).failure()
            assert error.sqlstate == "25001", (each, error)
    for each in WITHIN:
        assert transactional(each), each
        with db.transaction(rollback=True) as tx:
            tx.run(Script(trusted(each))).unwrap()


@pytest.mark.parametrize(
    "text", ["ALTER SUBSCRIPTION s REFRESH PUBLICATION", "CREATE SUBSCRIPTION s", "CLUSTER t USING i"]
)
def test_what_depends_is_run_outside(text: str) -> None:
    assert not transactional(text)


def test_values_of_an_enum() -> None:
    assert adds_value("alter type public.\"add value\" /* x */ add value if not exists 'x' before 'y'")
    assert not adds_value("alter type \"ADD VALUE\" rename value 'a' to 'b'")
    assert not adds_value("alter table t add value int")


def test_settings_of_the_session() -> None:
    for yes in ("SET x.y = 1", "set session x to 2", "RESET ALL", "SET ROLE ada", "select set_config('a', 'b', false)"):
        assert sets_session(yes), yes
    for no in ("SET LOCAL x = 1", "SET TRANSACTION READ WRITE", "SET CONSTRAINTS ALL DEFERRED", "SELECT 1",
               "select set_config('a', 'b', true)", "UPDATE t SET x = 1"):  # fmt: skip
        assert not sets_session(no), no
