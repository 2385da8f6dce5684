"""`baseline` and `resolve`: what the journal is told is noted, with who has said it."""

from __future__ import annotations

import pytest

from qb import Database, DefinitionError, sql
from qb.kit import baseline, migrate, resolve_migration, rollback, status
from qb.kit.running.errors import EditedMigration, HalfApplied, NotOwned
from qb.kit.running.marking_errors import BaselineNotEmpty, NothingToResolve
from qb.kit.running.rules import MigrationRules
from tests.kit.running.histories import in_line, migration

A, B, C = (migration(f"000{n}_{name}", f"CREATE TABLE {name} ();") for n, name in enumerate("abc", 1))
HISTORY = in_line(A, B, C)


def events(db: Database) -> list[tuple[str, str | None]]:
    query = sql("SELECT kind, migration FROM qb.event ORDER BY position").rows(tuple[str, str | None])
    return db.all(query).unwrap()


def test_a_baseline_is_where_a_journal_begins(db: Database) -> None:
    assert baseline(db, HISTORY, "0002").unwrap().applied == ("0001_a", "0002_b")
    assert migrate(db, HISTORY).unwrap().applied == ("0003_c",)
    error = baseline(db, HISTORY).failure()
    assert isinstance(error, BaselineNotEmpty)
    assert str(error).startswith("the journal has 0001_a, 0002_b, 0003_c already: a baseline is where it begins")
    assert events(db) == [("baseline", "0002_b")]


def test_an_edited_file_is_meant(db: Database) -> None:
    migrate(db, HISTORY).unwrap()
    edited = in_line(A, migration("0002_b", "CREATE TABLE b (); -- better"), C)
    assert [each.state for each in status(db, edited).unwrap().migrations] == ["applied", "edited", "applied"]
    assert resolve_migration(db, edited, "0002_b", applied=True).unwrap().applied == ("0002_b",)
    assert status(db, edited).unwrap().level
    assert events(db) == [("resolved as applied", "0002_b")]


def test_one_is_run_again(db: Database) -> None:
    migrate(db, HISTORY).unwrap()
    db.execute(sql("DROP TABLE c").command()).unwrap()
    error = resolve_migration(db, HISTORY, "0003", applied=False).failure()
    assert isinstance(error, NothingToResolve)
    assert str(error) == ("0003_c is applied; --forget takes it out of the journal, so that all of it is run again")
    assert resolve_migration(db, HISTORY, "0003", applied=False, forget=True).unwrap().pending == ("0003_c",)
    assert migrate(db, HISTORY).unwrap().applied == ("0003_c",)
    assert isinstance(resolve_migration(db, in_line(A), "0002_b", applied=False, forget=True).unwrap().pending, tuple)
    for forget in (True, False):
        again = resolve_migration(db, HISTORY, "0002_b", applied=False, forget=forget).failure()
        assert isinstance(again, NothingToResolve)
        assert str(again) == "the journal has nothing of 0002_b: `qb migrate` runs it"
    assert events(db) == [("forgotten", "0003_c"), ("forgotten", "0002_b")]
    with pytest.raises(DefinitionError, match="say one of applied, step_done and forget"):
        resolve_migration(db, HISTORY, "0001", applied=True, forget=True)


@pytest.mark.parametrize("applied", [True, False])
def test_a_step_that_nobody_can_look_up(db: Database, applied: bool) -> None:
    calls = migration(
        "0002_calls",
        "CREATE PROCEDURE p(x int) LANGUAGE plpgsql AS $$ BEGIN COMMIT; PERFORM 1 / x; END $$;\n"
        "-- qb: no transaction\nCALL p(0);\n-- qb: allow unknown:p",
    )
    history = in_line(A, calls)
    assert "division by zero" in str(migrate(db, history).failure())
    error = migrate(db, history).failure()
    assert isinstance(error, HalfApplied)
    assert str(error) == (
        "0002_calls/up.sql:3: statement 2 is run outside of transactions and failed, perhaps half-way: look at the "
        "database, then say with `qb resolve 0002_calls --pending` that this step is to be run again, with --step-done "
        "that it is done, or with --applied that all of the migration is there"
    )
    resolve_migration(db, history, "0002", applied=applied).unwrap()
    if applied:
        assert status(db, history).unwrap().level
    else:
        mended = in_line(A, migration("0002_calls", calls.up.replace("p(0)", "p(1)")))
        assert migrate(db, mended).unwrap().applied == ("0002_calls",)


@pytest.mark.parametrize("way", ["up", "down"])
def test_what_is_said_twice_takes_nothing_out(db: Database, way: str) -> None:
    """A pipeline that is retried says it again: what is committed must not run again."""
    fails = "INSERT INTO log VALUES (1);\n-- qb: no transaction\nCALL p();\n-- qb: allow unknown:p\n"
    made = "CREATE TABLE log (id int);\nCREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (2); "
    start = migration("0001_log", f"{made}COMMIT; RAISE 'x'; END $$;")
    calls = migration("0002_calls", fails if way == "up" else "SELECT 1;", fails)
    history = in_line(start, calls)

    def run() -> str:
        return str((migrate(db, history) if way == "up" else rollback(db, history)).failure())

    if way == "down":
        migrate(db, history).unwrap()
    assert "raise exception" in run()
    assert "perhaps half-way" in run()
    resolve_migration(db, history, "0002", applied=False).unwrap()
    for _ in range(2):
        error = resolve_migration(db, history, "0002", applied=False).failure()
        assert isinstance(error, NothingToResolve)
        half, command = ("applied", "migrate") if way == "up" else ("undone", "rollback")
        assert str(error) == (
            f"0002_calls is half {half}, and no step of it is in doubt: `qb {command}` goes on behind what is done; "
            "--forget takes it out of the journal, so that all of it is run again"
        )
    assert "raise exception" in run()
    assert db.all(sql("SELECT id FROM log").rows(int)).unwrap() == [1, 2, 2]


PROCEDURE = migration(
    "0001_log",
    "CREATE TABLE log (id int);\n"
    "CREATE PROCEDURE p(n int) LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (n); COMMIT; RAISE 'x'; END $$;",
)
CALLS = "INSERT INTO log VALUES (1);\n-- qb: no transaction\nCALL p(2);\n-- qb: allow unknown:p\n"


def log(db: Database) -> list[int]:
    return db.all(sql("SELECT id FROM log").rows(int)).unwrap()


@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize("rest", ["INSERT INTO log VALUES (3);", ""])
def test_a_step_that_is_done_is_gone_on_behind(db: Database, way: str, rest: str) -> None:
    text = CALLS + rest
    history = in_line(PROCEDURE, migration("0002_calls", text if way == "up" else "SELECT 1;", text))
    go_on = migrate if way == "up" else rollback
    if way == "down":
        migrate(db, history).unwrap()
    assert "raise exception" in str(go_on(db, history).failure())
    said = resolve_migration(db, history, "0002", applied=False, step_done=True).unwrap()
    seen = {"up": ("applied", said.applied), "down": ("undone", said.undone)}[way]
    assert (said.pending, seen[1]) == ((("0002_calls",), ()) if rest else ((), ("0002_calls",)))
    assert log(db) == [1, 2], "nothing is run"
    again = resolve_migration(db, history, "0002", applied=False, step_done=True).failure()
    assert isinstance(again, NothingToResolve)
    if rest:
        assert "0002_calls" in str(go_on(db, history).unwrap())
        assert log(db) == [1, 2, 3]
    assert [each.state for each in status(db, history).unwrap().migrations][1] == (
        "applied" if way == "up" else "pending"
    )
    assert ("step resolved as done", "0002_calls") in events(db)


def test_a_step_that_is_done_is_followed_by_data_steps(db: Database) -> None:
    steps = (
        "from qb import Outcome, Success, Tx, sql\nfrom qb.kit import StepBatch, data_step\n@data_step()\n"
        "def add(tx: Tx, after: int | None) -> Outcome[StepBatch[int] | None]:\n"
        "    if after:\n        return Success(None)\n"
        "    return tx.execute(sql('INSERT INTO log VALUES (3)').command()).map(lambda n: StepBatch(1, n))\n"
    )
    history = in_line(PROCEDURE, migration("0002_calls", CALLS, data_steps=steps))
    assert "raise exception" in str(migrate(db, history).failure())
    assert resolve_migration(db, history, "0002", applied=False, step_done=True).unwrap().pending == ("0002_calls",)
    assert migrate(db, history).unwrap().applied == ("0002_calls",)
    assert log(db) == [1, 2, 3]


def test_a_step_that_is_done_is_that_of_the_file(db: Database) -> None:
    history = in_line(PROCEDURE, migration("0002_calls", CALLS))
    error = resolve_migration(db, history, "0002", applied=False, step_done=True).failure()
    assert str(error) == "the journal has nothing of 0002_calls: `qb migrate` runs it"
    migrate(db, history).failure()
    for other in ("SELECT 1;\n-- qb: commit\nSELECT 2;", "INSERT INTO log VALUES (1);"):
        mended = in_line(PROCEDURE, migration("0002_calls", other))
        error = resolve_migration(db, mended, "0002", applied=False, step_done=True).failure()
        assert isinstance(error, EditedMigration)
    assert events(db) == []


def test_of_what_no_file_is_there_for_the_kept_down_goes_on(db: Database) -> None:
    history = in_line(PROCEDURE, migration("0002_calls", "SELECT 1;", CALLS + "INSERT INTO log VALUES (3);"))
    migrate(db, history).unwrap()
    assert "raise exception" in str(rollback(db, in_line(PROCEDURE), unknown=True).failure())
    assert resolve_migration(db, in_line(PROCEDURE), "0002_calls", applied=False, step_done=True).unwrap().pending
    assert rollback(db, in_line(PROCEDURE), unknown=True).unwrap().undone == ("0002_calls",)
    assert log(db) == [1, 2, 3]


def test_what_is_not_ours_is_not_marked(db: Database) -> None:
    rules = MigrationRules(owned=False, database="theirs")
    assert isinstance(baseline(db, HISTORY, rules=rules).failure(), NotOwned)
    assert str(resolve_migration(db, HISTORY, "0001", applied=True, rules=rules).failure()) == (
        "the database theirs is not ours to change: owned = true in the config says that it is"
    )
