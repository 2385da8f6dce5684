"""Locks are waited for with patience, and who has them is told; so is another runner."""

from __future__ import annotations

import threading

import pytest

from qb import Database, connect, sql
from qb.kit import migrate
from qb.kit.history.migration import Migration
from qb.kit.running.blockers import plain_words
from qb.kit.running.errors import LockNotHad, PoolerInBetween, RunnerBusy
from qb.kit.running.journal import Journal
from qb.kit.running.lock_patience import Patience
from qb.kit.running.run_progress import RunProgress
from qb.kit.running.runner_lock import take_lock
from qb.kit.running.segment_runner import SegmentRun
from qb.kit.sql_file import FileStatement
from qb.run.database.own_session import OwnSession
from tests.kit.running.histories import in_line, migration
from tests.run.bouncer import bouncer

NOTES = migration("0001_notes", "CREATE TABLE notes (text text);")
CHANGE = migration("0002_change", "CREATE TABLE first ();\nALTER TABLE notes ADD rank int;")
FULL = migration("0002_full", "VACUUM FULL notes;")
MARKED = migration("0002_marked", "-- qb: no transaction\nALTER TABLE notes ADD rank int;")
INDEX = migration("0002_index", "CREATE INDEX CONCURRENTLY notes_text ON notes (text);")


def test_a_table_that_stays_locked_is_given_up(db: Database, url: str) -> None:
    migrate(db, in_line(NOTES)).unwrap()
    said: list[RunProgress] = []
    with connect(url) as other, other.transaction() as tx:
        tx.execute(sql("UPDATE notes SET text = {secret}", secret="hunter2").command()).unwrap()
        patience = Patience(wait=2.5, lock_timeout=0.8)
        error = migrate(db, in_line(NOTES, CHANGE), patience=patience, on_progress=said.append).failure()
    assert isinstance(error, LockNotHad)
    assert error.exit_code == 5
    words = str(error)
    assert words.startswith("0002_change/up.sql:2: no lock for this statement within 2.5 s, held by session ")
    assert "idle in transaction for" in words
    assert "hunter2" not in words + str(said)
    moments = [each.moment for each in said]
    assert moments.count("tries again") >= 1
    assert any(str(each).startswith("0002_change: 1 of 1: blocked by session ") for each in said)
    assert [each.id for each in Journal().read(db).unwrap()] == ["0001_notes"]
    assert migrate(db, in_line(NOTES, CHANGE)).unwrap().applied == ("0002_change",)


@pytest.mark.parametrize("change", [CHANGE, INDEX, FULL, MARKED], ids=str)
def test_a_lock_that_is_let_go_is_had(db: Database, url: str, change: Migration) -> None:
    history = in_line(NOTES, change)
    migrate(db, in_line(NOTES)).unwrap()
    with connect(url) as other:
        block = other.transaction()
        tx = block.__enter__()
        tx.execute(sql("LOCK TABLE notes IN ACCESS EXCLUSIVE MODE").command()).unwrap()
        timer = threading.Timer(1.5, lambda: block.__exit__(None, None, None))
        timer.start()
        said: list[RunProgress] = []
        done = migrate(db, history, patience=Patience(30, 0.3), on_progress=said.append)
        timer.join()
    assert done.unwrap().applied == (history.ids[1],)
    assert any(each.moment == "blocked" for each in said)
    assert any(each.moment == "tries again" for each in said) == (change is not INDEX)


OUTSIDE = {
    "VACUUM FULL notes;": "300ms",
    "CLUSTER notes USING notes_id;": "300ms",
    "REINDEX TABLE notes;": "300ms",
    "REINDEX (VERBOSE) INDEX notes_id;": "300ms",
    "-- qb: no transaction\nALTER TABLE notes ADD rank int;": "300ms",
    "-- qb: no transaction\nDO $$ BEGIN COMMIT; END $$;": "300ms",
    "ALTER TABLE parts DETACH PARTITION part CONCURRENTLY;": "300ms",
    "REINDEX (VERBOSE, CONCURRENTLY FALSE) TABLE notes;": "300ms",
    "CREATE INDEX CONCURRENTLY ON notes (text);": "30s",
    "REINDEX (CONCURRENTLY, VERBOSE) TABLE notes;": "30s",
    "REINDEX (CONCURRENTLY FALSE) INDEX CONCURRENTLY notes_id;": "30s",
    "REINDEX INDEX CONCURRENTLY notes_id;": "30s",
    "DROP INDEX CONCURRENTLY notes_id;": "30s",
    "SET lock_timeout = '7s';\nVACUUM FULL notes;": "7s",
    "SET lock_timeout = '7s';\nDROP INDEX CONCURRENTLY notes_id;": "7s",
    "SELECT set_config('lock_timeout', '7s', false);\nVACUUM notes;\nREINDEX INDEX CONCURRENTLY notes_id;": "7s",
}


@pytest.mark.parametrize("up", OUTSIDE)
def test_outside_of_transactions_others_stand_in_line_as_long_as_in_one(
    db: Database, monkeypatch: pytest.MonkeyPatch, up: str
) -> None:
    more = "CREATE INDEX notes_id ON notes (text);\nCREATE TABLE parts (x int) PARTITION BY LIST (x);\n"
    start = migration("0001_notes", f"{NOTES.up}\n{more}CREATE TABLE part PARTITION OF parts FOR VALUES IN (1);")
    migrate(db, in_line(start)).unwrap()
    seen: list[str] = []
    run = SegmentRun.statement

    def statement(segments: SegmentRun, said: FileStatement) -> int:
        if not segments.session.in_transaction and not said.text.startswith("S"):
            ((found,),) = segments.session.rows("SELECT setting::int FROM pg_settings WHERE name = 'lock_timeout'")
            seen.append({"300": "300ms", "7000": "7s"}.get(found or "", "30s" if int(found or 0) > 20_000 else ""))
        return run(segments, said)

    monkeypatch.setattr(SegmentRun, "statement", statement)
    migrate(db, in_line(start, migration("0002_outside", up)), patience=Patience(30, 0.3)).unwrap()
    assert set(seen) == {OUTSIDE[up]}


def test_an_index_that_was_left_invalid_is_built_anew(db: Database) -> None:
    start = migration("0001_notes", "CREATE TABLE notes (text text); INSERT INTO notes VALUES ('a'), ('a');")
    unique = migration("0002_unique", "CREATE UNIQUE INDEX CONCURRENTLY notes_text ON notes (text);")
    assert "(23505)" in str(migrate(db, in_line(start, unique)).failure())
    invalid = sql("SELECT count(*) FROM pg_index WHERE NOT indisvalid").rows(int)
    assert db.scalar(invalid).unwrap() == 1
    assert [(each.step, each.failed) for each in Journal().read(db).unwrap()] == [(None, False), (1, True)]
    db.execute(sql("DELETE FROM notes").command()).unwrap()
    assert migrate(db, in_line(start, unique)).unwrap().applied == ("0002_unique",)
    assert db.scalar(invalid).unwrap() == 0
    assert db.scalar(sql("SELECT count(*) FROM pg_indexes WHERE tablename = 'notes'").rows(int)).unwrap() == 1


def test_an_index_that_was_there_is_neither_taken_away_nor_taken_for_ours(db: Database) -> None:
    start = migration("0001_notes", "CREATE TABLE notes (text text); CREATE INDEX notes_text ON notes (text);")
    for _ in range(2):
        error = migrate(db, in_line(start, INDEX)).failure()
        assert 'relation "notes_text" already exists' in str(error)
    assert db.scalar(sql("SELECT count(*) FROM pg_indexes WHERE tablename = 'notes'").rows(int)).unwrap() == 1


def test_another_runner_is_named(db: Database, url: str) -> None:
    with connect(url) as other, OwnSession(other) as session:
        session.run("SET application_name = 'qb migrate'")
        take_lock(session, "qb", wait=0, on_progress=lambda _: None)
        said: list[RunProgress] = []
        error = migrate(db, in_line(NOTES), patience=Patience(wait=0.3), on_progress=said.append).failure()
        assert isinstance(error, RunnerBusy)
        assert error.exit_code == 5
        assert str(error).startswith(f"session {session.process} of ")
        assert str(error).endswith(
            " runs migrations in this database, and was not done after 0.3 s: --wait waits longer"
        )
        assert str(said[0]).startswith(f"waiting for session {session.process} of ")
        assert migrate(db, in_line(NOTES), journal="another").unwrap().applied == ("0001_notes",)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (None, ""),
        ("", ""),
        ("SELECT 'secret'", "SELECT"),
        ("/* 'secret' */ update \"A b\" . t set x = 5", 'update "A b".t set x'),
        ("select pg_sleep($1)", "select pg_sleep"),
    ],
)
def test_a_query_is_shown_without_values(query: str | None, said: str) -> None:
    assert plain_words(query) == said


def test_a_pooler_in_between_is_refused(url: str) -> None:
    with bouncer(url, "transaction") as address, connect(address) as db:
        error = migrate(db, in_line(NOTES)).failure()
    assert isinstance(error, PoolerInBetween)
    assert (error.exit_code, error.fix) == (4, 'direct_url = "env:DIRECT_URL"')
    assert str(error).startswith("a pooler stands between here and the server, and a lock that holds others off needs")
