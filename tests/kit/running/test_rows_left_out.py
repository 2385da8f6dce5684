"""Rows that row-level security hides from who migrates are an error, and not left as they are in silence."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qb import Database, Script, connect, sql
from qb.kit import migrate
from qb.kit.promoting.promotion import Promotion
from qb.kit.promoting.rejects import promotion_rejects
from qb.kit.running.data_errors import DataStepFailed
from qb.kit.running.errors import StepFailed
from qb.kit.running.held_rows import HeldRows
from qb.types.trusted import trusted
from tests.kit.running.histories import in_line, migration

MADE = migration(
    "0001_notes",
    """CREATE TABLE notes (id int PRIMARY KEY, text text, more text, meta jsonb);
    INSERT INTO notes SELECT n, 'x', NULL, '{}' FROM generate_series(1, 9) n;
    ALTER TABLE notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;""",
)
STEPS = """
from qb import Outcome, Success, Tx, sql
from qb.kit import StepBatch, data_step


@data_step({options})
def fill(tx: Tx, after: int | None) -> Outcome[StepBatch[int] | None]:
    if after is not None:
        return Success(None)
    return tx.execute(sql("UPDATE notes SET more = text").command()).map(lambda count: StepBatch(1, count))
"""
WHAT_TO_DO = (
    "It hides rows from this role, which would be left as they are: migrate as a role with BYPASSRLS, or put the "
    "statements between ALTER TABLE ... NO FORCE ROW LEVEL SECURITY and ALTER TABLE ... FORCE ROW LEVEL SECURITY"
)
OF_NOTES = 'query would be affected by row-level security policy for table "notes"'


@pytest.fixture
def runner(url: str, db: Database) -> Iterator[Database]:
    """Who owns the database, and is no superuser."""
    name = db.scalar(sql("SELECT current_database()").rows(str)).unwrap()
    role = f"{name}_owner"
    db.run(Script(trusted(f"CREATE ROLE {role} LOGIN"), trusted(f"ALTER DATABASE {name} OWNER TO {role}"))).unwrap()
    db.run(Script(trusted(f"ALTER SCHEMA public OWNER TO {role}"))).unwrap()
    with connect(url.replace("user=postgres", f"user={role}"), max_size=3) as own:
        yield own
    back = f"REASSIGN OWNED BY {role} TO postgres"
    db.run(Script(trusted(back), trusted(f"DROP OWNED BY {role}"), trusted(f"DROP ROLE {role}"))).unwrap()


def filled(db: Database) -> int:
    return db.scalar(sql("SELECT count(more) FROM notes").rows(int)).unwrap()


def test_a_statement_that_would_leave_rows_out_is_refused(runner: Database, db: Database) -> None:
    migrate(runner, in_line(MADE)).unwrap()
    fill = migration("0002_fill", "UPDATE notes SET more = text;", allowed=("update:notes",))
    error = migrate(runner, in_line(MADE, fill)).failure()
    assert isinstance(error, StepFailed)
    assert OF_NOTES in str(error)
    assert WHAT_TO_DO in str(error)
    around = "ALTER TABLE notes NO FORCE ROW LEVEL SECURITY; {} ALTER TABLE notes FORCE ROW LEVEL SECURITY;"
    mended = migration("0002_fill", around.format(fill.up), allowed=("update:notes",))
    migrate(runner, in_line(MADE, mended)).unwrap()
    assert filled(db) == 9


@pytest.mark.parametrize(
    "options",
    [
        "",
        'total=sql("SELECT count(*) FROM notes").rows(int)',
        'before=sql("SELECT count(*) > 0 FROM notes").rows(bool)',
    ],
)
def test_a_batch_that_would_leave_rows_out_is_refused(runner: Database, db: Database, options: str) -> None:
    history = in_line(MADE, migration("0002_fill", "", data_steps=STEPS.format(options=options)))
    error = migrate(runner, history).failure()
    assert isinstance(error, DataStepFailed)
    assert OF_NOTES in str(error)
    assert str(error).endswith(WHAT_TO_DO)
    assert filled(db) == 0
    migrate(db, history).unwrap()  # who sees all rows goes on
    assert filled(db) == 9


def test_rows_that_are_hidden_are_rows(runner: Database, db: Database) -> None:
    migrate(runner, in_line(MADE)).unwrap()
    assert HeldRows(runner, ["ALTER TABLE notes DROP text;"]).holds("drop-column:notes.text")
    promotion = Promotion(
        schema="public", table="notes", document="meta", path=("n",), column="more", type="text", keys=(("id", "int"),)
    )
    assert WHAT_TO_DO in str(promotion_rejects(runner, promotion).failure())
    assert promotion_rejects(db, promotion).unwrap() == ()
