"""A step outside of transactions was begun, and its file says another by now: what the old one left is cleaned up."""

from __future__ import annotations

from typing import Final

import pytest

from qb import Database, Script, connect, sql
from qb.kit import Patience, migrate, rollback, status
from qb.kit.running.errors import HalfApplied, LockNotHad
from qb.kit.running.migrating import Migrating
from qb.kit.running.rules import MigrationRules
from qb.kit.running.run_progress import RunProgress
from qb.run.database.own_session import OwnSession
from tests.kit.running.histories import in_line, migration
from tests.kit.running.killing import killed

START = migration(
    "0001_notes",
    "CREATE SCHEMA app;\nSET search_path = app;\nCREATE TABLE notes (id int, text text);\n"
    "INSERT INTO notes VALUES (1, 'a'), (1, 'b');",
)
PATH = "SET search_path = app;\nSELECT 1;\n-- qb: commit\n"
UNIQUE = "CREATE UNIQUE INDEX CONCURRENTLY i ON notes (id);"
PLAIN = "CREATE INDEX CONCURRENTLY i ON notes (id);"
RULES = MigrationRules(allow=("unknown:p",))
CLEANED = "goes on, the step that was begun is another by now, and what it left is cleaned up"


def indexes(db: Database) -> list[tuple[str, bool, bool]]:
    query = "SELECT indexrelid::regclass::text, indisvalid, indisunique FROM pg_index WHERE indrelid = {t}::regclass"
    return sorted(db.all(sql(query, t="app.notes").rows(tuple[str, bool, bool])).unwrap())


def run(db: Database, up: str, way: str) -> object:
    """Of this file as an up, or as the down of one that is there."""
    again = migration("0002_index", up, "SELECT 1;") if way == "up" else migration("0002_index", "SELECT 1;", up)
    history = in_line(START, again)
    if way == "up":
        return migrate(db, history, rules=RULES)
    if len(db.all(sql("SELECT id FROM qb.migration").rows(str)).value_or([])) < 2:
        migrate(db, history).unwrap()
    return rollback(db, history, rules=RULES)


def stopped_behind(db: Database, url: str, up: str, way: str = "up") -> None:
    """Somebody is killed once the last statement is done, and the journal does not know."""
    last = up.splitlines()[-1].rstrip(";")
    with connect(url, max_size=2) as other, killed(other, 1, "after", frozenset((last,))) as sent:
        run(db, up, way)
    assert sent == [last]


def ended(db: Database, way: str) -> None:
    (row,) = db.all(sql("SELECT id, state FROM qb.migration OFFSET 1").rows(tuple[str, str])).unwrap() or [("", "gone")]
    assert row == (("0002_index", "applied") if way == "up" else ("", "gone"))


MENDED: Final[dict[str, tuple[str, list[tuple[str, bool, bool]]]]] = {
    "another index": ("CREATE INDEX CONCURRENTLY i ON notes (text);", [("app.i", True, False)]),
    "another kind": (PLAIN, [("app.i", True, False)]),
    "another name": ("CREATE INDEX CONCURRENTLY j ON notes (id);", [("app.j", True, False)]),
    "in a transaction": ("CREATE INDEX i ON notes (text);", [("app.i", True, False)]),
    "marked": ("-- qb: no transaction\nCREATE INDEX i ON notes (text);", [("app.i", True, False)]),
    "another step": ("VACUUM notes;", []),
    "no more there": ("", []),
}


@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize("mended", MENDED)
def test_what_a_failed_index_left_is_gone(db: Database, mended: str, way: str) -> None:
    assert "another row has the same value" in str(run(db, PATH + UNIQUE, way))
    assert indexes(db) == [("app.i", False, True)]
    text, wanted = MENDED[mended]
    assert "Success" in str(run(db, PATH + text, way))
    assert indexes(db) == wanted
    ended(db, way)


@pytest.mark.parametrize("mended", MENDED)
def test_an_index_that_was_built_and_not_noted_is_gone(db: Database, url: str, mended: str) -> None:
    stopped_behind(db, url, PATH + "CREATE INDEX CONCURRENTLY i ON notes (lower(text));")
    assert indexes(db) == [("app.i", True, False)]
    text, wanted = MENDED[mended]
    assert "Success" in str(run(db, PATH + text, "up"))
    assert indexes(db) == wanted
    ended(db, "up")


def test_the_same_index_in_other_words_is_done(db: Database, url: str) -> None:
    stopped_behind(db, url, PATH + PLAIN)
    number = sql("SELECT 'app.i'::regclass::oid::int8").rows(int)
    built = db.scalar(number).unwrap()
    assert "Success" in str(
        run(db, PATH + "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON app.notes USING btree (id);", "up")
    )
    assert db.scalar(number).unwrap() == built
    ended(db, "up")


def test_what_others_have_made_meanwhile_stays(db: Database) -> None:
    run(db, PATH + UNIQUE, "up")
    db.run(Script("CREATE INDEX other ON app.notes (id)", "CREATE UNIQUE INDEX j ON app.notes (text)")).unwrap()
    assert "Success" in str(run(db, PATH + "VACUUM notes;", "up"))
    assert indexes(db) == [("app.j", True, True), ("app.other", True, False)]


def test_only_words_that_are_run_make_it_another(db: Database, url: str) -> None:
    stopped_behind(db, url, PATH + PLAIN)
    assert "Success" in str(run(db, PATH + "-- why\ncreate  INDEX concurrently i /* of */ ON notes (id);", "up"))
    ended(db, "up")


def test_a_step_is_taken_out_with_all_else(db: Database) -> None:
    assert "Failure" in str(run(db, "CREATE UNIQUE INDEX CONCURRENTLY i ON app.notes (id);", "up"))
    assert "Success" in str(run(db, "-- nothing", "up"))
    assert indexes(db) == []
    ended(db, "up")


def test_what_cannot_be_looked_up_is_asked_for_before_it_is_another(db: Database) -> None:
    body = "BEGIN COMMIT; RAISE 'x'; END"
    calls = f"CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ {body} $$;\n-- qb: commit\n-- qb: no transaction\n"
    assert "raise exception" in str(run(db, f"{calls}CALL p();", "up"))
    for other in ("VACUUM app.notes;", "SELECT 2;", ""):
        text = calls.replace("-- qb: no transaction\n", "") + other
        history = in_line(START, migration("0002_index", text, "SELECT 1;"))
        error = migrate(db, history, rules=RULES).failure()
        assert isinstance(error, HalfApplied)
        assert "what was begun here outside of transactions was another statement, and failed, perhaps half-way" in str(
            error
        )
        assert [each.state for each in status(db, history).unwrap().migrations] == ["applied", "half applied"]


def test_a_partition_that_is_being_detached_is_ended(db: Database, url: str) -> None:
    made = (
        "CREATE TABLE t (id int) PARTITION BY RANGE (id);\n"
        "CREATE TABLE a PARTITION OF t FOR VALUES FROM (0) TO (9);\n"
        "CREATE TABLE b PARTITION OF t FOR VALUES FROM (9) TO (99);"
    )
    start = migration("0001_t", made)
    said: list[RunProgress] = []

    def mended(text: str) -> Migrating:
        return migrate(
            db,
            in_line(start, migration("0002_detach", text)),
            patience=Patience(0.3, 0.1),
            on_progress=said.append,
        )

    migrate(db, in_line(start)).unwrap()
    with connect(url, max_size=2) as other, OwnSession(other) as session:
        session.run("BEGIN")
        session.rows("SELECT * FROM t")
        assert isinstance(mended("ALTER TABLE t DETACH PARTITION a CONCURRENTLY;").failure(), LockNotHad)
        pending = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhdetachpending"
        assert session.rows(pending) == [("a",)]
        again = mended("ALTER TABLE t DETACH PARTITION b CONCURRENTLY;")
        assert isinstance(again.failure(), LockNotHad), "it waits for the lock to end that, too"
        session.run("COMMIT")
    assert mended("ALTER TABLE t DETACH PARTITION b CONCURRENTLY;").unwrap().applied == ("0002_detach",)
    assert db.all(sql("SELECT count(*) FROM pg_inherits").rows(int)).unwrap() == [0]
    assert f"0002_detach: 0 of 1: {CLEANED}" in map(str, said)


def test_an_index_that_is_being_dropped_is_ended(db: Database, url: str) -> None:
    migrate(db, in_line(START)).unwrap()
    db.run(Script("CREATE INDEX i ON app.notes (id)", "CREATE INDEX j ON app.notes (id)")).unwrap()

    def mended(text: str) -> Migrating:
        history = in_line(START, migration("0002_drop", PATH + text))
        return migrate(db, history, patience=Patience(0.3, 0.1))

    with connect(url, max_size=2) as other, OwnSession(other) as session:
        session.run("BEGIN")
        session.rows("SELECT * FROM app.notes")
        assert "no lock for this statement" in str(mended("DROP INDEX CONCURRENTLY i;"))
        session.run("COMMIT")
    assert "Success" in str(mended("VACUUM notes;"))
    assert indexes(db) == [("app.j", True, False)]


def test_a_note_of_before_is_taken_for_that_of_the_statement(db: Database, url: str) -> None:
    stopped_behind(db, url, PATH + PLAIN)
    db.run(Script("UPDATE qb.migration SET note = (note::jsonb - '{seal,sql,path,marked}'::text[])::text")).unwrap()
    assert "Success" in str(run(db, PATH + PLAIN, "up"))
    assert indexes(db) == [("app.i", True, False)]
    ended(db, "up")


def test_no_password_is_noted(db: Database, url: str) -> None:
    text = "CREATE SUBSCRIPTION qb_s CONNECTION 'host=127.0.0.1 port=1 password=hunter2' PUBLICATION p;"
    run(db, PATH + text, "up")
    (note,) = db.all(sql("SELECT note FROM qb.migration WHERE note IS NOT NULL").rows(str)).unwrap()
    assert "CREATE SUBSCRIPTION" in note
    assert "hunter2" not in note
