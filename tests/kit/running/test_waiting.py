"""Locks are waited for with patience, and who has them is told; so is another runner."""

from __future__ import annotations

import threading

import pytest

from qb import Database, connect, sql
from qb.kit import migrate
from qb.kit.running.blockers import plain_words
from qb.kit.running.errors import LockNotHad, RunnerBusy
from qb.kit.running.journal import Journal
from qb.kit.running.run_progress import RunProgress
from qb.kit.running.runner_lock import take_lock
from qb.kit.running.segment_runner import Patience
from qb.run.database.own_session import OwnSession
from tests.kit.running.histories import in_line, migration

NOTES = migration("0001_notes", "CREATE TABLE notes (text text);")
CHANGE = migration("0002_change", "CREATE TABLE first ();\nALTER TABLE notes ADD rank int;")
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


@pytest.mark.parametrize("change", [CHANGE, INDEX], ids=str)
def test_a_lock_that_is_let_go_is_had(db: Database, url: str, change: object) -> None:
    history = in_line(NOTES, CHANGE if change is CHANGE else INDEX)
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
