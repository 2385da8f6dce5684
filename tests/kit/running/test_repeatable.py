"""Repeatable SQL: run before and behind the migrations whenever it changes, each file in one transaction."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from qb import Database, sql, trusted
from qb.kit import migrate, rollback
from qb.kit.running.errors import LossNotNamed, StepFailed
from qb.kit.running.repeatable import RepeatableSql, read_repeatable
from qb.kit.running.repeated_run import NotRepeatable
from qb.kit.running.rules import MigrationRules
from tests.kit.running.histories import in_line, migration

NOTES = migration("0001_notes", "CREATE TABLE notes (text text DEFAULT greeting());")
BEFORE = "CREATE OR REPLACE FUNCTION greeting() RETURNS text LANGUAGE sql RETURN 'hello';"
AFTER = "CREATE OR REPLACE VIEW loud AS SELECT upper(text) AS text FROM notes;"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "greeting.sql").write_text(BEFORE)
    (tmp_path / "views.sql").write_text(AFTER)
    return tmp_path


def files(folder: Path) -> tuple[tuple[RepeatableSql, ...], tuple[RepeatableSql, ...]]:
    before = read_repeatable([folder / "sql" / "*.sql"], folder).unwrap()
    return before, read_repeatable([folder / "views.sql", folder / "*.sql"], folder).unwrap()


def value(db: Database, query: str) -> str:
    return db.scalar(sql(trusted(query)).rows(str)).unwrap()


def test_it_runs_around_the_migrations_and_again_where_it_changes(db: Database, folder: Path) -> None:
    history = in_line(NOTES)
    before, after = files(folder)
    assert ([each.name for each in before], [each.name for each in after]) == (["sql/greeting.sql"], ["views.sql"])
    plan = migrate(db, history, before=before, after=after, dry_run=True).unwrap()
    assert plan.repeated == ("sql/greeting.sql", "views.sql")
    done = migrate(db, history, before=before, after=after).unwrap()
    assert (done.applied, done.repeated) == (("0001_notes",), ("sql/greeting.sql", "views.sql"))
    assert migrate(db, history, before=before, after=after).unwrap().repeated == ()
    (folder / "sql" / "greeting.sql").write_text(BEFORE.replace("hello", "good evening"))
    before, after = files(folder)
    assert migrate(db, history, before=before, after=after).unwrap().repeated == ("sql/greeting.sql",)
    assert value(db, "SELECT greeting()") == "good evening"


def test_what_comes_behind_waits_for_all_of_the_history(db: Database, folder: Path) -> None:
    before, after = files(folder)
    first = migration("0000_first", "")
    history = in_line(first, NOTES)
    assert migrate(db, history, before=before, after=after, to="0000").unwrap().repeated == ("sql/greeting.sql",)
    assert migrate(db, history, before=before, after=after).unwrap().repeated == ("views.sql",)


TRIGGER = """CREATE OR REPLACE FUNCTION loudly() RETURNS trigger LANGUAGE plpgsql AS
  $$BEGIN NEW.text = upper(NEW.text); RETURN NEW; END$$;
CREATE OR REPLACE TRIGGER louder BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION loudly();"""
GONE = "SELECT (to_regclass('loud') IS NULL AND to_regproc('loudly') IS NULL)::text"


@pytest.mark.parametrize(
    "up",
    [
        "DROP FUNCTION loudly CASCADE; DROP VIEW loud;",
        "-- qb: allow drop-table:notes\nDROP VIEW loud; DROP TABLE notes; CREATE TABLE notes (text text);",
        "DO $$BEGIN DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE notes (text text); END$$;",
    ],
)
def test_what_a_migration_has_dropped_is_made_again(db: Database, folder: Path, up: str) -> None:
    (folder / "trigger.sql").write_text(TRIGGER)
    after = read_repeatable([folder / "*.sql"], folder).unwrap()
    plain = migration("0001_notes", "CREATE TABLE notes (text text);")
    history = in_line(plain, migration("0002_gone", up))
    assert migrate(db, in_line(plain), after=after).unwrap().repeated == ("trigger.sql", "views.sql")
    assert migrate(db, in_line(plain), after=after).unwrap().repeated == ()
    rules = MigrationRules(allow=("unknown:do", "unknown:cascade", "drop-schema:public"))
    planned = migrate(db, history, after=after, rules=rules, dry_run=True).unwrap()
    assert planned.repeated == ("trigger.sql", "views.sql")
    assert migrate(db, history, after=after, rules=rules).unwrap().repeated == ("trigger.sql", "views.sql")
    db.execute(sql("INSERT INTO notes VALUES ('hello')").command()).unwrap()
    assert value(db, "SELECT text FROM loud") == "HELLO"
    assert migrate(db, history, after=after).unwrap().repeated == ()


def test_it_is_known_whatever_becomes_of_the_runner(db: Database, folder: Path) -> None:
    before, after = files(folder)
    gone = migration("0002_gone", "-- qb: allow drop-view:loud\nDROP VIEW loud;")
    broken = migration("0003_broken", "SELECT nothing;")
    migrate(db, in_line(NOTES), before=before, after=after).unwrap()
    assert isinstance(migrate(db, in_line(NOTES, gone, broken), before=before, after=after).failure(), StepFailed)
    assert migrate(db, in_line(NOTES, gone), before=before, after=after).unwrap().repeated == ("views.sql",)
    assert value(db, GONE) == "false"


def test_what_a_rollback_has_dropped_is_made_again(db: Database, folder: Path) -> None:
    (folder / "views.sql").write_text(TRIGGER)
    before, after = files(folder)
    history = in_line(msgspec.structs.replace(NOTES, down="-- qb: allow drop-table:notes\nDROP TABLE notes;"))
    migrate(db, history, before=before, after=after).unwrap()
    rollback(db, history).unwrap()
    repeated = ("sql/greeting.sql", "views.sql")
    assert migrate(db, history, before=before, after=after).unwrap().repeated == repeated
    db.execute(sql("INSERT INTO notes VALUES ('hello')").command()).unwrap()
    assert value(db, "SELECT text FROM notes") == "HELLO"


def test_what_it_loses_behind_migrations_has_to_be_named_too(db: Database, folder: Path) -> None:
    (folder / "views.sql").write_text("TRUNCATE notes;")
    after = files(folder)[1]
    migrate(db, in_line(NOTES), before=files(folder)[0]).unwrap()
    migrate(db, in_line(NOTES), after=after, rules=MigrationRules(allow=("truncate:notes",))).unwrap()
    history = in_line(NOTES, migration("0002_more", "CREATE TABLE more ();"))
    assert isinstance(migrate(db, history, after=after).failure(), LossNotNamed)
    assert migrate(db, in_line(NOTES), after=after).unwrap().repeated == ()


def test_one_that_fails_is_not_noted(db: Database, folder: Path) -> None:
    (folder / "views.sql").write_text("CREATE TABLE kept ();\nCREATE OR REPLACE VIEW v AS SELECT nothing;")
    before, after = files(folder)
    error = migrate(db, in_line(NOTES), before=before, after=after).failure()
    assert isinstance(error, StepFailed)
    assert str(error) == f'{folder}/views.sql:2:36: column "nothing" does not exist (42703)'
    assert value(db, "SELECT (to_regclass('kept') IS NULL)::text") == "true"
    again = migrate(db, in_line(NOTES), before=before, after=files(folder)[1]).failure()
    assert isinstance(again, StepFailed)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("CREATE VIEW loud AS SELECT 1 AS one;", 1),
        ("CREATE SCHEMA IF NOT EXISTS kept;\nSET LOCAL search_path = kept;\nCREATE TABLE twice ();", 3),
        ("CREATE SEQUENCE IF NOT EXISTS kept;\nCREATE TYPE mood AS ENUM ('good');", 2),
    ],
)
def test_what_cannot_be_run_again_is_undone(db: Database, folder: Path, text: str, line: int) -> None:
    (folder / "views.sql").write_text(text)
    before, after = files(folder)
    error = migrate(db, in_line(NOTES), before=before, after=after).failure()
    assert isinstance(error, NotRepeatable)
    assert str(error).startswith(f"{folder}/views.sql:{line}: it cannot be run a second time: ")
    assert "already exists" in str(error) or "another" in str(error)
    assert value(db, "SELECT (to_regclass('kept') IS NULL AND to_regnamespace('kept') IS NULL)::text") == "true"
    (folder / "views.sql").write_text(AFTER)
    assert migrate(db, in_line(NOTES), before=before, after=files(folder)[1]).unwrap().repeated == ("views.sql",)


def test_the_second_run_leaves_nothing(db: Database, folder: Path) -> None:
    (folder / "views.sql").write_text("-- qb: allow insert\nINSERT INTO notes VALUES ('once');")
    before, after = files(folder)
    migrate(db, in_line(NOTES), before=before, after=after).unwrap()
    assert value(db, "SELECT string_agg(text, ' ') FROM notes") == "once"


def test_what_it_loses_has_to_be_named(db: Database, folder: Path) -> None:
    (folder / "views.sql").write_text("TRUNCATE notes;")
    error = migrate(db, in_line(NOTES), after=files(folder)[1]).failure()
    assert isinstance(error, LossNotNamed)
    assert error.fix == "--allow truncate:notes"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "SELECT 1;\nVACUUM;",
            ":2:1: a file that is run again and again is one transaction: write a mig",
        ),
        ("VACUUM;", ":1:1: a file that is run again and again is one transaction"),
        ("ROLLBACK", ":1:1: ROLLBACK is not run"),
    ],
)
def test_what_is_more_than_one_transaction_is_refused(folder: Path, text: str, said: str) -> None:
    (folder / "views.sql").write_text(text)
    error = read_repeatable([folder / "views.sql"], folder).failure()
    assert str(error).startswith(f"{folder}/views.sql{said}")


def test_an_empty_file_and_one_elsewhere(db: Database, folder: Path) -> None:
    (folder / "views.sql").write_text("-- nothing yet\n")
    found = read_repeatable([folder / "views.sql"], folder / "sql").unwrap()
    assert [each.name for each in found] == [f"{folder}/views.sql"]
    assert migrate(db, in_line(), after=found).unwrap().repeated == (f"{folder}/views.sql",)
    assert migrate(db, in_line(), after=found).unwrap().repeated == ()
