"""Migrations that somebody writes, or edits: proved as they are, or told why not."""

from __future__ import annotations

from pathlib import Path

from qb import Database, Script, connect, schema
from qb.errors.outcome import Failure, Outcome
from qb.kit import introspect, migrate, ours_of
from qb.kit.generating.custom import generate_custom
from qb.kit.generating.prove_written import ProvedFile, ProvingFiles, prove_written
from qb.kit.history.migration import OursRecord
from qb.kit.history.reading import read_history
from qb.kit.planning.fingerprint import fingerprint
from qb.kit.proving.errors import NotProved
from qb.kit.running.errors import NotAsRecorded
from qb.kit.running.rules import MigrationRules, needed
from qb.kit.running.run_progress import RunProgress
from qb.run.database.db import Db
from tables.scratch import scratch_database
from tests.kit.generating.test_generate import FIRST, NOW, made

UP = """
CREATE TABLE visits (account bigint NOT NULL REFERENCES accounts, at timestamptz NOT NULL);
INSERT INTO visits SELECT id, now() FROM accounts;
-- qb: commit
CREATE INDEX CONCURRENTLY visits_at_idx ON visits (at);
UPDATE accounts SET total = 0 WHERE total IS NULL;
"""
DOWN = "DROP TABLE visits;"


def written(folder: Path, cache: Path, up: str, down: str | None = DOWN) -> str:
    made(FIRST, folder, cache)
    custom = generate_custom(folder, "count visits", prefix="index", now=NOW).unwrap()
    where = folder / (custom.id or "")
    (where / "up.sql").write_text(up)
    (where / "down.sql").unlink() if down is None else (where / "down.sql").write_text(down)
    return custom.id or ""


def proved(folder: Path, cache: Path, name: str | None = None) -> ProvingFiles:
    return prove_written(FIRST, folder, name, cache=cache)


def refused(folder: Path, cache: Path) -> NotProved:
    found = proved(folder, cache)
    assert isinstance(found, Failure)
    error = found.failure()
    assert isinstance(error, NotProved)
    return error


def test_empty_files_follow_the_last_migration(tmp_path: Path, cache: Path) -> None:
    first = made(FIRST, tmp_path, cache)
    custom = generate_custom(tmp_path, "count visits", prefix="index", now=NOW).unwrap()
    assert [Path(each).name for each in custom.files] == ["up.sql", "down.sql", "migration.json"]
    found = read_history(tmp_path).unwrap()["0002_count_visits"]
    assert found.parents == (first.id,)
    assert not found.is_proved


def test_what_somebody_wrote_is_proved(tmp_path: Path, cache: Path) -> None:
    id = written(tmp_path, cache, UP)
    (seen,) = proved(tmp_path, cache).unwrap()
    assert (seen.id, seen.down, seen.unfilled, seen.data_steps) == (id, True, (), False)
    found = read_history(tmp_path).unwrap()[id]
    assert found.is_proved
    assert found.before == read_history(tmp_path).unwrap()["0001_add_accounts"].after
    assert found.after != found.before
    assert [(each.transactional, each.lock) for each in found.up_steps] == [
        (True, "ShareRowExclusiveLock"),
        (True, "ShareRowExclusiveLock"),
        (False, None),  # as nobody has that table yet
        (True, "RowExclusiveLock"),
    ]
    assert [each.loses for each in found.down_steps] == [("drop-table:visits",)]
    assert proved(tmp_path, cache).unwrap() == ()
    assert isinstance(proved(tmp_path, cache, "count_visits").unwrap()[0], ProvedFile)


def test_one_without_a_way_back_is_proved_one_way(tmp_path: Path, cache: Path) -> None:
    id = written(tmp_path, cache, UP, None)
    (seen,) = proved(tmp_path, cache).unwrap()
    assert not seen.down
    record = read_history(tmp_path).unwrap()[id].proved
    assert record is not None
    assert (record.up, record.down) == (True, False)


def test_a_way_back_that_leaves_something_is_not_proved(tmp_path: Path, cache: Path) -> None:
    id = written(tmp_path, cache, "CREATE TABLE a (x int); CREATE TABLE b (x int);", "DROP TABLE b;")
    error = refused(tmp_path, cache)
    assert (error.way, error.object, error.message) == ("down", "table public.a", "it is there, and should not be")
    assert not read_history(tmp_path).unwrap()[id].is_proved


def test_a_way_back_that_fails_is_not_proved(tmp_path: Path, cache: Path) -> None:
    written(tmp_path, cache, "CREATE TABLE a (x int);", "SET LOCAL lock_timeout = '1s'; DROP TABLE aa;")
    error = refused(tmp_path, cache)
    assert error.way == "down"
    assert error.object == "statement 2"
    assert '"aa" does not exist' in error.message


def test_rows_that_change_without_a_word_are_seen(tmp_path: Path, cache: Path) -> None:
    body = "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM accounts'; SELECT f();"
    written(tmp_path, cache, body, "DROP FUNCTION f();")
    error = refused(tmp_path, cache)
    assert (error.way, error.object) == ("up", "table public.accounts")
    assert error.message.endswith("rows became 0")


def test_what_is_proved_is_still_to_be_allowed(tmp_path: Path, cache: Path) -> None:
    up = """DELETE FROM accounts; DO $$BEGIN UPDATE accounts SET total = 1; END$$;
        CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT f();"""
    id = written(tmp_path, cache, up, "DROP FUNCTION f(); UPDATE accounts SET total = 2;")
    proved(tmp_path, cache).unwrap()
    made = read_history(tmp_path).unwrap()[id]
    assert made.is_proved
    lost = [(each.name, each.line, each.recorded) for each in needed(made)]
    assert lost == [("delete:accounts", 1, False), ("update:accounts", 1, False), ("unknown:f", 2, False)]
    assert [each.name for each in needed(made, down=True)] == ["update:accounts"]


def test_what_is_marked_is_proved_outside_of_a_transaction(tmp_path: Path, cache: Path) -> None:
    up = """SET search_path = public;
        CREATE PROCEDURE turns() LANGUAGE plpgsql AS $$BEGIN
          UPDATE accounts SET total = 1 WHERE total IS NULL; COMMIT; UPDATE accounts SET total = 2; COMMIT; END$$;
        -- qb: no transaction
        CALL turns();
        -- qb: no transaction
        ALTER TABLE accounts ADD seen int;"""
    id = written(
        tmp_path, cache, up + "UPDATE accounts SET total = 3;", "DROP PROCEDURE turns; ALTER TABLE accounts DROP seen;"
    )
    proved(tmp_path, cache).unwrap()
    found = read_history(tmp_path).unwrap()[id]
    assert found.is_proved
    assert [(each.transactional, each.lock) for each in found.up_steps][2:] == [
        (False, "RowExclusiveLock"),
        (False, "AccessExclusiveLock"),
        (True, "RowExclusiveLock"),
    ]


def test_what_sets_its_transaction_is_proved(tmp_path: Path, cache: Path) -> None:
    up = "BEGIN ISOLATION LEVEL REPEATABLE READ; ALTER TABLE accounts ADD seen int; COMMIT;"
    written(tmp_path, cache, up, "ALTER TABLE accounts DROP seen;")
    assert [each.down for each in proved(tmp_path, cache).unwrap()] == [True]


def test_what_is_locked_while_it_runs_is_what_is_kept(tmp_path: Path, cache: Path) -> None:
    up = "ALTER TABLE accounts ADD seen int; UPDATE accounts SET total = 1;"
    id = written(tmp_path, cache, up, "ALTER TABLE accounts DROP seen;")
    proved(tmp_path, cache).unwrap()
    _, update = read_history(tmp_path).unwrap()[id].up_steps
    assert (update.lock, update.locks, update.scans) == ("AccessExclusiveLock", {}, ("public.accounts",))


def test_one_that_was_edited_is_proved_again(tmp_path: Path, cache: Path) -> None:
    first = made(FIRST, tmp_path, cache)
    up = tmp_path / (first.id or "") / "up.sql"
    up.write_text(up.read_text().replace("CREATE TABLE", "-- by hand\nCREATE TABLE"))
    assert not read_history(tmp_path).unwrap()[first.id or ""].is_proved
    assert [each.id for each in proved(tmp_path, cache).unwrap()] == [first.id]
    assert read_history(tmp_path).unwrap()[first.id or ""].is_proved


def test_sql_that_cannot_be_cut_is_told_with_its_place(tmp_path: Path, cache: Path) -> None:
    written(tmp_path, cache, "CREATE TABLE a (x int);\nROLLBACK;")
    found = proved(tmp_path, cache)
    assert isinstance(found, Failure)
    assert "up.sql:2:1" in str(found.failure())


def test_nothing_is_there_to_be_proved(tmp_path: Path, cache: Path) -> None:
    assert prove_written(schema(), tmp_path, cache=cache).unwrap() == ()


def look(db: Db, record: OursRecord | None = None) -> Outcome[str]:
    return introspect(db).map(lambda found: fingerprint(found, ours_of(FIRST).as_of(record)))


def test_what_is_there_behind_a_step_outside_of_transactions_is_known(tmp_path: Path, cache: Path, qb_url: str) -> None:
    up = UP.replace("UPDATE", "ALTER TABLE visits ADD more int;\nUPDATE")
    id = written(tmp_path, cache, "SET statement_timeout = '1min';\n" + up)
    proved(tmp_path, cache).unwrap()
    history = read_history(tmp_path).unwrap()
    assert list(history[id].between) == ["2"]
    rules = MigrationRules(allow=("update:accounts",))
    for meddles in (False, True):
        with scratch_database(qb_url) as url, connect(url, max_size=3) as db:

            def meddle(progress: RunProgress, db: Database = db, meddles: bool = meddles) -> None:
                if meddles and progress.moment == "begins" and progress.migration == id:
                    db.run(Script("CREATE TABLE accounts_more ()")).unwrap()

            migrate(db, history, to="0001", look=look).unwrap()
            found = migrate(db, history, rules=rules, look=look, on_progress=meddle)
            if meddles:
                error = found.failure()
                assert isinstance(error, NotAsRecorded)
                assert error.segment == 2
            else:
                assert found.unwrap().applied == (id,)
