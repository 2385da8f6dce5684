"""Which locks statements are said to take, and which they take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import LiteralString

import pytest

from qb import Database, Script, connect
from qb.kit.history.lock_kinds import static_locks
from qb.query.raw import sql
from qb.types.trusted import trusted
from tables.scratch import scratch_database

THERE: tuple[LiteralString, ...] = (
    "CREATE TABLE notes (id int PRIMARY KEY, n int, day date)",
    "CREATE TABLE kids (id int PRIMARY KEY, note int CONSTRAINT refers REFERENCES notes)",
    "CREATE TABLE more (id int, whole int)",
    "CREATE TABLE par (id int) PARTITION BY RANGE (id)",
    "CREATE TABLE one PARTITION OF par FOR VALUES FROM (0) TO (9)",
    "CREATE TABLE free (id int)",
    "CREATE DOMAIN dom AS int",
    "CREATE TABLE doms (x dom)",
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'",
    "CREATE TRIGGER tr BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION f()",
    "CREATE POLICY po ON notes USING (true)",
    "CREATE RULE ru AS ON INSERT TO more DO NOTHING",
)
HEAVY = "AccessExclusiveLock ExclusiveLock ShareRowExclusiveLock ShareLock"
NAMES = "notes kids more par one free doms".split()  # noqa: SIM905
WORDS = {  # what a text cannot name
    "notes": ["refers", "the table of notes_pkey"],
    "par": ["is a part of"],
    "kids": ["refer to notes"],
    "doms": ["a column of dom"],
}


@pytest.fixture(scope="module")
def there(qb_url: str) -> Iterator[Database]:
    with scratch_database(qb_url, name="locked") as url, connect(url) as db:
        db.run(Script(*THERE)).unwrap()
        yield db


@pytest.mark.parametrize(
    "text",
    [
        "CREATE RULE r AS ON INSERT TO notes DO NOTHING",
        "CREATE OR REPLACE RULE r AS ON UPDATE TO notes WHERE new.n = 1 DO NOTHING",
        "DROP RULE ru ON more",
        "CREATE POLICY p ON notes USING (true)",
        "ALTER POLICY po ON notes USING (false)",
        "DROP POLICY IF EXISTS po ON notes",
        "DROP TRIGGER tr ON notes",
        "ALTER TRIGGER tr ON notes RENAME TO tr2",
        "CREATE TABLE x PARTITION OF par FOR VALUES FROM (10) TO (20)",
        "CREATE TABLE x (id int PRIMARY KEY, up int REFERENCES x, a int REFERENCES notes)",
        "CREATE TABLE x (a int, FOREIGN KEY (a) REFERENCES public.notes (id))",
        "CREATE SCHEMA s CREATE TABLE x (a int REFERENCES public.notes)",
        "CREATE TABLE x () INHERITS (free, more)",
        "ALTER TABLE kids DROP CONSTRAINT refers",
        "ALTER TABLE kids DROP note",
        "DROP TABLE kids",
        "DROP TABLE one",
        "TRUNCATE more, free",
        "TRUNCATE notes CASCADE",
        "DROP TABLE IF EXISTS more, free",
        "LOCK TABLE more, free IN SHARE MODE",
        "ALTER DOMAIN dom ADD CHECK (VALUE > 0)",
        "ALTER DOMAIN dom SET NOT NULL",
        "ALTER TABLE more ADD b int REFERENCES notes",
        "ALTER TABLE more ADD FOREIGN KEY (id) REFERENCES notes",
        "ALTER TABLE par ATTACH PARTITION free FOR VALUES FROM (10) TO (20)",
        "ALTER TABLE par DETACH PARTITION one",
        "ALTER TABLE ONLY more INHERIT free",
        "REINDEX INDEX notes_pkey",
    ],
)
def test_each_lock_that_is_taken_is_said(there: Database, text: str) -> None:
    said = " ".join(str(each).replace("public.", "") for each in static_locks(text))
    with there.transaction(rollback=True) as tx:
        tx.run(Script(trusted(text))).unwrap()
        locks = sql(
            "SELECT DISTINCT c.relname::text "
            "FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation "
            "WHERE l.pid = pg_catalog.pg_backend_pid() AND l.mode = ANY (pg_catalog.string_to_array({modes}, ' '))",
            modes=HEAVY,
        )
        before = [each for each in tx.all(locks.rows(str)).unwrap() if each in NAMES]
    for table in before:
        assert any(each in said for each in (f" on {table}", *WORDS.get(table, ()))), (table, said)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("CREATE POLICY p ON app.notes USING (true)", ["AccessExclusiveLock on app.notes, for a moment"]),
        ("CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()", []),
        (
            "ALTER DOMAIN app.d ADD CHECK (VALUE > 0)",
            ["ShareLock on each table with a column of app.d while it reads all rows"],
        ),
        ("ALTER DOMAIN d ADD CHECK (VALUE > 0) NOT VALID; ALTER DOMAIN d DROP NOT NULL", []),
        ("REFRESH MATERIALIZED VIEW CONCURRENTLY app.m", ["ExclusiveLock on app.m, for a moment"]),
        (
            "VACUUM (ANALYZE, PARALLEL 2) t (a, b), app.u",
            ["ShareUpdateExclusiveLock on t, for a moment", "ShareUpdateExclusiveLock on app.u, for a moment"],
        ),
        ("VACUUM VERBOSE ANALYZE", ["ShareUpdateExclusiveLock on each table, for a moment"]),
        ('VACUUM "full"', ["ShareUpdateExclusiveLock on full, for a moment"]),
        (
            "ALTER TABLE p DETACH PARTITION a CONCURRENTLY",
            ["ShareUpdateExclusiveLock on p, for a moment", "AccessExclusiveLock on a, for a moment"],
        ),
        ("ALTER TABLE t ADD b int UNIQUE", ["AccessExclusiveLock on t while it builds the index"]),
        ("ALTER TABLE t ADD b int PRIMARY KEY", ["AccessExclusiveLock on t while it builds the index"]),
        ("ALTER TABLE t ADD b int CHECK (b > 0)", ["AccessExclusiveLock on t while it reads all rows"]),
        ("ALTER TABLE t ADD b double precision[], ADD c pg_catalog.text", ["AccessExclusiveLock on t, for a moment"]),
        (
            "ALTER TABLE t ADD c int, ADD COLUMN IF NOT EXISTS b app.mood NOT NULL",
            ["AccessExclusiveLock on t, for a moment, unless app.mood is a domain with a check, for which all"],
        ),
        (
            "CREATE TABLE x PARTITION OF p FOR VALUES IN (1)",
            ["AccessExclusiveLock on p, for a moment, unless it has a default partition, which is read"],
        ),
        (
            "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES b, ADD FOREIGN KEY (a) REFERENCES t",
            [
                "ShareRowExclusiveLock on t while it reads all rows of both",
                "ShareRowExclusiveLock on b while it reads all rows of both",
            ],
        ),
        ("CREATE TABLE a (); CREATE TABLE b (x int REFERENCES a); DROP TABLE a; TRUNCATE b CASCADE", []),
        (
            "TRUNCATE a, b",
            ["AccessExclusiveLock on a, for a moment", "AccessExclusiveLock on b, for a moment"],
        ),
        (
            "ALTER TABLE t DROP CONSTRAINT k, ALTER g DROP EXPRESSION",
            [
                "AccessExclusiveLock on t, for a moment",
                "AccessExclusiveLock on what k of t refers to, if it is a foreign key or has one, for a moment",
            ],
        ),
    ],
)
def test_how_they_are_said(text: str, wanted: list[str]) -> None:
    found = [each.says for each in static_locks(text)]
    assert [one[: len(each)] for one, each in zip(found, wanted, strict=True)] == wanted
