"""What a role, a database or a migration SETs is nothing to the runner: to its journal, or to batches of rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, LiteralString

import pytest

from qb import Database, Script, connect, sql, trusted
from qb.kit import Patience, migrate, rollback
from qb.kit.running.errors import LockNotHad
from qb.kit.running.run_progress import RunProgress
from qb.run.database.own_session import OwnSession
from tests.kit.running.histories import in_line, migration

STEPS = """
from __future__ import annotations

from qb import Outcome, Success, Tx, sql
from qb.kit import StepBatch, data_step

NAMES = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "default_transaction_isolation",
  "transaction_isolation", "TimeZone", "search_path", "application_name")


@data_step(before=sql("SELECT count(*) = 2 FROM notes").rows(bool), total=sql("SELECT count(*) FROM notes").rows(int),
  after=sql("SELECT pg_sleep(1.2) IS NOT NULL AND count(*) = 2 FROM notes").rows(bool))
def seen(tx: Tx, after: int | None) -> Outcome[StepBatch[int] | None]:
    if after:
        return Success(None)
    text = "INSERT INTO settings SELECT name, current_setting(name) FROM unnest({names}::text[]) name"
    return tx.execute(sql(text, names=list(NAMES)).command()).map(lambda count: StepBatch(1, count))
"""
MADE = migration(
    "0001_notes",
    "CREATE SCHEMA app;\nSET search_path = app;\nCREATE TABLE notes (id int);\nINSERT INTO notes VALUES (1), (2);\n"
    "CREATE TABLE settings (name text, value text);",
)
FILLS = migration("0002_fill", "SET search_path = app, public;\nSELECT 1;", data_steps=STEPS)


@pytest.fixture
def strict(url: str) -> Iterator[Database]:
    """A database that says of all its sessions what keeps them from working."""
    with connect(url, max_size=1) as db:
        (name,) = db.all(sql("SELECT current_database()").rows(str)).unwrap()
        for each in (
            "statement_timeout = '1s'",
            "default_transaction_read_only = on",
            "default_transaction_isolation = 'serializable'",
            "idle_in_transaction_session_timeout = '1s'",
            "lock_timeout = '30s'",
            "TimeZone = 'Asia/Tokyo'",
            "standard_conforming_strings = off",
            "transform_null_equals = on",
            "array_nulls = off",
            "DateStyle = 'SQL, DMY'",
        ):
            db.run(Script(trusted(f"ALTER DATABASE {name} SET {each}"))).unwrap()
    with connect(url, max_size=2) as db:
        yield db


def test_batches_run_as_the_statements_do(strict: Database) -> None:
    assert migrate(strict, in_line(MADE, FILLS)).unwrap().applied == ("0001_notes", "0002_fill")
    assert dict(strict.all(sql("SELECT name, value FROM app.settings").rows(tuple[str, str])).unwrap()) == {
        "statement_timeout": "0",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "10min",
        "default_transaction_isolation": "read committed",
        "transaction_isolation": "read committed",
        "TimeZone": "UTC",
        "search_path": "app, public",
        "application_name": "qb migrate",
    }


def test_sql_means_what_it_means_elsewhere(strict: Database) -> None:
    texts = migration(
        "0001_texts",
        r"""CREATE TABLE texts (text text, day date, names text[]);
        INSERT INTO texts VALUES ('e\z', '02/03/2026', '{NULL}'), ('', NULL, NULL);
        UPDATE texts SET text = 'none' WHERE day = NULL;""",
        allowed=("update:texts",),
    )
    migrate(strict, in_line(texts)).unwrap()
    found = sql("SELECT text, day::text, names[1] IS NULL FROM texts ORDER BY day").rows(tuple[str, str | None, bool])
    with strict.transaction() as tx:
        tx.raising.execute(sql("SET LOCAL DateStyle = 'ISO'").command())
        assert tx.raising.all(found) == [(r"e\z", "2026-02-03", True), ("", None, True)]


def test_names_mean_the_same_where_it_is_gone_on_with(db: Database) -> None:
    broken = STEPS.replace('"INSERT INTO settings', '"INSERT INTO nothing')
    error = migrate(db, in_line(MADE, migration("0002_fill", FILLS.up, data_steps=broken))).failure()
    assert "nothing" in str(error)
    assert migrate(db, in_line(MADE, FILLS)).unwrap().applied == ("0002_fill",)
    path = sql("SELECT value FROM app.settings WHERE name = 'search_path'").rows(str)
    assert db.scalar(path).unwrap() == "app, public"


def test_a_lock_of_a_batch_is_waited_for_with_patience(db: Database, url: str) -> None:
    migrate(db, in_line(MADE)).unwrap()
    said: list[RunProgress] = []
    with connect(url, max_size=2) as other, OwnSession(other) as session:
        session.run("BEGIN")
        session.run("LOCK TABLE app.settings")

        def told(progress: RunProgress) -> None:
            said.append(progress)
            if progress.moment == "tries again" and session.in_transaction:
                session.run("COMMIT")

        error = migrate(db, in_line(MADE, FILLS), patience=Patience(0.2, 0.1)).failure()
        assert isinstance(error, LockNotHad)
        assert str(error).startswith("0002_fill/steps.py:11: no lock for this statement within 0.2 s")
        assert migrate(db, in_line(MADE, FILLS), patience=Patience(9, 0.1), on_progress=told).unwrap().applied
    assert "tries again" in [each.moment for each in said]


SLOW: Final[tuple[LiteralString, ...]] = (
    """CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF new.id = '0002_set' AND new.done = 1 THEN PERFORM pg_sleep(1.2); END IF; RETURN new; END $$""",
    "CREATE TRIGGER slow BEFORE UPDATE ON qb.migration FOR EACH ROW EXECUTE FUNCTION slow()",
)
"""The line of a segment takes longer than its statements may."""


@pytest.mark.parametrize(
    "setting",
    [
        "SET statement_timeout = '1s'",
        "SET default_transaction_read_only = on",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SET ROLE qb_test_nobody_3",
    ],
)
def test_the_journal_is_written_whatever_is_set(db: Database, setting: str) -> None:
    db.run(Script("CREATE ROLE qb_test_nobody_3")).unwrap()
    try:
        rest = "VACUUM;" if "ROLE" in setting else "VACUUM app.notes;"
        up = f"{setting};\n-- qb: commit\nSELECT 2;\n{rest if 'timeout' not in setting else ''}\nSELECT 3;"
        history = in_line(MADE, migration("0002_set", up, up), migration("0003_after", "SELECT 1;", "SELECT 1;"))
        migrate(db, in_line(MADE)).unwrap()
        if "timeout" in setting:
            for each in SLOW:
                db.run(Script(each)).unwrap()
        assert migrate(db, history).unwrap().applied == ("0002_set", "0003_after")
        assert rollback(db, history, 2).unwrap().undone == ("0003_after", "0002_set")
    finally:
        db.run(Script("DROP ROLE qb_test_nobody_3")).unwrap()


def test_the_journal_is_the_runner_s_behind_data_steps(db: Database) -> None:
    """Whoever the SQL has been for."""
    db.run(Script("CREATE ROLE qb_test_nobody_4")).unwrap()
    try:
        up = "SET search_path = app;\nSET ROLE qb_test_nobody_4;\nSELECT 1;"
        broken = STEPS.replace("settings SELECT", "nothing SELECT")
        assert "nothing" in str(migrate(db, in_line(MADE, migration("0002_fill", up, data_steps=broken))).failure())
        good = in_line(MADE, migration("0002_fill", up, data_steps=STEPS))
        assert migrate(db, good).unwrap().applied == ("0002_fill",)
    finally:
        db.run(Script("DROP ROLE qb_test_nobody_4")).unwrap()
