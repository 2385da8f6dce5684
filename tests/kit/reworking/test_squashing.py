"""Migrations put into one, and the databases that have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb import Database, Script, sql
from qb.kit import Replays, migrate, rollback, squash, status
from qb.kit.history.adding import add_migration
from qb.kit.history.history import History, history_of
from qb.kit.history.migration import Migration
from qb.kit.history.migration_names import HistoryLayout
from qb.kit.history.reading import read_history
from qb.kit.reworking.errors import NotSquashed
from qb.kit.reworking.plannable import plannable
from qb.kit.running.errors import HalfSquashed
from qb.kit.running.journal import Journal
from qb.kit.running.rules import MigrationRules
from tests.kit.running.histories import in_line, migration

ALL = MigrationRules(allow=("drop-table:notes", "drop-column:notes.b", "drop-table:other", "update:notes"))
FOUR = (
    migration("0001_notes", "CREATE TABLE notes (id int);", "DROP TABLE notes;"),
    migration("0002_a", "ALTER TABLE notes ADD a int;", "ALTER TABLE notes DROP a;"),
    migration("0003_b", "ALTER TABLE notes RENAME a TO b;", "ALTER TABLE notes RENAME b TO a;"),
    migration("0004_other", "CREATE TABLE other ();", "DROP TABLE other;"),
)


def written(folder: Path, *migrations: Migration, layout: HistoryLayout = "folder") -> History:
    for each in in_line(*migrations):
        add_migration(folder, each, layout).unwrap()
    return read_history(folder, layout).unwrap()


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["folder", "flat"])
def test_what_writes_no_rows_is_planned_anew(tmp_path: Path, cache: Path, db: Database, layout: HistoryLayout) -> None:
    old = written(tmp_path, *FOUR, layout=layout)
    migrate(db, old, rules=ALL).unwrap()
    done = squash(tmp_path, "0002", "0003", layout=layout, replays=Replays(cache=cache)).unwrap()
    assert (done.id, done.replaces, done.planned) == ("0003_squashed", ("0002_a", "0003_b"), True)
    assert "ADD COLUMN" in done.up.upper() or "ADD b" in done.up
    history = read_history(tmp_path, layout).unwrap()
    assert history.ids == ("0001_notes", "0003_squashed", "0004_other")
    assert history["0004_other"].parents == ("0003_squashed",)
    assert history["0003_squashed"].is_proved
    assert (done.rows, done.unproved) == (12, "")
    found = status(db, history).unwrap()
    assert found.level
    assert migrate(db, history, rules=ALL).unwrap().applied == ()
    assert rollback(db, history, 2, rules=ALL).unwrap().undone == ("0004_other", "0003_squashed")
    assert [each.id for each in Journal().read(db).unwrap()] == ["0001_notes"]
    assert migrate(db, history, rules=ALL).unwrap().applied == ("0003_squashed", "0004_other")


@pytest.mark.slow
def test_what_writes_rows_is_kept_as_text(tmp_path: Path, cache: Path, db: Database) -> None:
    fill = migration("0003_fill", "UPDATE notes SET a = 1", "UPDATE notes SET a = NULL;")
    written(tmp_path, *FOUR[:2], fill)
    done = squash(tmp_path, "0001", "0003", name="base", replays=Replays(cache=cache)).unwrap()
    assert not done.planned
    assert done.up == (
        "-- 0001_notes\nCREATE TABLE notes (id int);\n-- qb: commit\n-- 0002_a\nALTER TABLE notes ADD a int;\n"
        "-- qb: commit\n-- 0003_fill\nUPDATE notes SET a = 1\n;\n"
    )
    assert migrate(db, read_history(tmp_path).unwrap(), rules=ALL).unwrap().applied == ("0003_base",)


@pytest.mark.slow
def test_a_database_that_has_some_of_them_is_told(tmp_path: Path, cache: Path, db: Database) -> None:
    old = written(tmp_path, *FOUR)
    migrate(db, old, to="0002", rules=ALL).unwrap()
    squash(tmp_path, "0002", "0003", replays=Replays(cache=cache)).unwrap()
    error = migrate(db, read_history(tmp_path).unwrap(), rules=ALL).failure()
    assert isinstance(error, HalfSquashed)
    assert error.exit_code == 4
    assert "0003_squashed replaces 0003_b, too, which this database has not, while it has 0002_a" in str(error)
    migrate(db, old, to="0003", rules=ALL).unwrap()
    new = read_history(tmp_path).unwrap()
    assert migrate(db, new, rules=ALL).unwrap().applied == ("0004_other",)
    assert [each.id for each in Journal().read(db).unwrap()] == ["0001_notes", "0003_squashed", "0004_other"]


@pytest.mark.slow
def test_what_cannot_be_put_into_one_is_told(tmp_path: Path, cache: Path) -> None:
    replays = Replays(cache=cache)
    (tmp_path / "one").mkdir()
    steps = migration("0002_steps", "SELECT 1;", data_steps="x = 1\n")
    written(tmp_path / "one", FOUR[0], steps)
    assert "has a steps.py" in str(squash(tmp_path / "one", "0001", "0002", replays=replays).failure())
    assert "say them as they come" in str(squash(tmp_path / "one", "0002", "0001", replays=replays).failure())
    setting = migration("0002_set", "SET search_path = public; INSERT INTO notes VALUES (1);")
    written(tmp_path / "two", FOUR[0], setting)
    assert "has a SET, which would hold" in str(squash(tmp_path / "two", "0001", "0002", replays=replays).failure())
    for each in history_of(
        [
            FOUR[0],
            migration("0002_a", "SELECT 1;", parents=("0001_notes",)),
            migration("0003_b", "SELECT 1;", parents=("0001_notes",)),
        ]
    ).unwrap():
        add_migration(tmp_path / "three", each).unwrap()
    error = squash(tmp_path / "three", "0001", "0002", replays=replays).failure()
    assert isinstance(error, NotSquashed)
    assert "a branch leaves or joins between 0001_notes and 0002_a" in str(error)


ROWS_WRITTEN = (
    "DO $$BEGIN INSERT INTO settings VALUES (1); END$$;",
    "WITH x AS (SELECT 1 AS v) INSERT INTO settings SELECT v FROM x;",
    "CREATE TABLE copies AS SELECT 5 AS v;",
    "SELECT 5 AS v INTO copies;",
    "SELECT setval('s', 100);",
    "ALTER SEQUENCE s RESTART 100;",
    "CREATE FUNCTION fill() RETURNS void LANGUAGE sql AS 'INSERT INTO settings VALUES (7)'; SELECT fill();",
    "EXPLAIN ANALYZE INSERT INTO settings VALUES (1);",
    "PREPARE p AS INSERT INTO settings VALUES (1); EXECUTE p; DEALLOCATE p;",
    "COPY settings FROM '/tmp/settings';",
    "MERGE INTO settings USING (SELECT 1) x ON false WHEN NOT MATCHED THEN INSERT VALUES (1);",
    "CALL fill();",
)


@pytest.mark.parametrize("text", ROWS_WRITTEN)
def test_what_may_write_rows_is_not_planned(text: str) -> None:
    first = migration("0001_a", "CREATE TABLE settings (v int); CREATE SEQUENCE s;")
    assert plannable([first], rows=False)
    assert not plannable([first, migration("0002_b", text)], rows=False)


@pytest.mark.parametrize(
    ("text", "planned"),
    [
        ("ALTER TABLE notes ADD a int, ADD CHECK (a > 0); ALTER TABLE notes RENAME a TO b;", True),
        ("ALTER TABLE notes ADD COLUMN IF NOT EXISTS a text; CREATE INDEX CONCURRENTLY ON notes (a);", True),
        ("SET lock_timeout = '1s'; ALTER TABLE notes ALTER text SET NOT NULL, ALTER text SET DEFAULT '';", True),
        ("CREATE TABLE new (a int DEFAULT 1); ALTER TABLE new ADD b serial, ALTER a TYPE text; DROP TABLE new;", True),
        ("CREATE VIEW v AS SELECT 1; ALTER VIEW v RENAME TO w; DROP VIEW w; COMMENT ON TABLE notes IS 'x';", True),
        ("ALTER TYPE mood ADD VALUE 'glad'; ALTER TABLE notes RENAME CONSTRAINT a TO b;", True),
        ("GRANT SELECT ON notes TO ada; ALTER TABLE notes ENABLE ROW LEVEL SECURITY, OWNER TO ada;", True),
        # values of rows that are there
        ("ALTER TABLE notes RENAME text TO body;", False),
        ("ALTER TABLE notes RENAME TO papers;", False),
        ("ALTER TABLE notes SET SCHEMA app;", False),
        ("ALTER SCHEMA app RENAME TO shop;", False),
        ("ALTER TABLE notes ADD a int DEFAULT 5; ALTER TABLE notes ALTER a DROP DEFAULT;", False),
        ("ALTER TABLE notes ADD a int; ALTER TABLE notes ALTER a SET DEFAULT 5;", False),
        ("ALTER TABLE notes ADD a serial;", False),
        ("ALTER TABLE notes ADD a int GENERATED ALWAYS AS (id) STORED;", False),
        ("ALTER TABLE notes ALTER text TYPE int USING 0; ALTER TABLE notes ALTER text TYPE text;", False),
        ("ALTER TABLE notes DROP text; ALTER TABLE notes ADD text text;", False),
        ("DROP TABLE notes; CREATE TABLE notes (id int);", False),
        ("CREATE TABLE IF NOT EXISTS notes (id int); ALTER TABLE notes DROP text;", False),
        ("ALTER TYPE mood RENAME VALUE 'sad' TO 'glad';", False),
        ("ALTER TABLE parts DETACH PARTITION notes;", False),
        ("SET search_path = app; ALTER TABLE notes ADD a int;", False),
        ("ALTER SYSTEM SET work_mem = '1MB';", False),
        ("GRANT ada TO bob;", False),
        ("CREATE ROLE ada;", False),
    ],
)
def test_what_is_done_to_rows_that_are_there_is_not_planned(text: str, planned: bool) -> None:
    assert plannable([migration("0002_x", text)], rows=True) is planned


@pytest.mark.slow
def test_a_database_before_it_keeps_its_rows(tmp_path: Path, cache: Path, db: Database) -> None:
    first = migration("0001_notes", "CREATE TABLE notes (a int);", "DROP TABLE notes;")
    named = migration("0002_b", "ALTER TABLE notes RENAME a TO b;", "ALTER TABLE notes RENAME b TO a;")
    more = migration("0003_c", "ALTER TABLE notes ADD c int;", "ALTER TABLE notes DROP c;")
    migrate(db, written(tmp_path, first, named, more), to="0001").unwrap()
    db.run(Script("INSERT INTO notes VALUES (5)")).unwrap()
    assert not squash(tmp_path, "0002", "0003", replays=Replays(cache=cache)).unwrap().planned
    assert migrate(db, read_history(tmp_path).unwrap()).unwrap().applied == ("0003_squashed",)
    assert db.one(sql("SELECT b FROM notes").rows(int)).unwrap() == 5
