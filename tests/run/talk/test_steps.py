# Made by tools/sync.py from test_async_steps.py: change that one, then run `make generate`.
"""Which statement of a script it was that failed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, LiteralString, cast

import pytest

from qb import Database, DbError, QueryError, Script, Success, TransactionAborted, connect, ignore, sql

TABLE = "CREATE TABLE script_steps (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, n int CHECK (n > 0))"
ONE = "INSERT INTO script_steps VALUES (1, 1)"
WRONG = "INSERT INTO script_steps VALUES (2, 0)"
NAME = "SELECT no_such_thing"
CHECK = 'a row does not satisfy check "script_steps_n_check"'
NOWHERE = 'column "no_such_thing" does not exist'

FAILS: dict[str, tuple[tuple[LiteralString, ...], int | None, str, int | None]] = {
    "the first": ((NAME, "SELECT 1"), 0, NOWHERE, 8),
    "alone": ((NAME,), 0, NOWHERE, 8),
    "the last": ((TABLE, ONE, WRONG), 2, CHECK, None),
    "between others": ((TABLE, ONE, WRONG, "SELECT 1"), 2, CHECK, None),
    "behind what is empty": ((TABLE, "", "-- x", ONE, "/* ; */;", WRONG), 5, CHECK, None),
    "behind several in one": ((TABLE, f"{ONE}; SELECT ';'; SELECT 1;", WRONG), 2, CHECK, None),
    "among several in one": ((TABLE, f"{ONE}; {WRONG}; SELECT 1", "SELECT 2"), 1, CHECK, None),
    "behind a comment": (("SELECT 1 -- a; b", TABLE, WRONG), 2, CHECK, None),
    "its syntax": (("SELECT 1", "SELECT 'ä' -- c", "SELECT ((1)", "SELECT 3"), 2, "syntax error at or near", 12),
    "its end": (("SELECT 1", "SELECT 2 +"), 1, "syntax error at end of input", 11),
    "a quote": (("SELECT 1", "SELECT 'x", "SELECT 2"), 1, "unterminated quoted string", 8),
    "a name among several": (("SELECT 1", f"SELECT 2; {NAME}"), 1, NOWHERE, 18),
    "a rule that gives rows, too": (
        (TABLE, "CREATE RULE r AS ON INSERT TO script_steps DO ALSO SELECT 7", ONE, "SELECT 1", WRONG),
        4,
        CHECK,
        None,
    ),
    "its commit": ((TABLE, ONE, ONE, "SELECT 1"), 3, "another row has the same value", None),
}


@pytest.fixture
def db(qb_url: str) -> Iterator[Database]:
    with connect(qb_url, max_size=2) as db:
        yield db


@pytest.mark.parametrize(("statements", "step", "said", "position"), FAILS.values(), ids=FAILS)
def test_a_failure_of_a_script_says_which_statement_it_was(
    db: Database, statements: tuple[LiteralString, ...], step: int, said: str, position: int | None
) -> None:
    script = Script(*statements)
    error: DbError = db.run(script).failure()
    assert str(error).startswith(said)
    assert (error.step, error.statement) == (step, statements[step])
    assert getattr(error, "position", None) == position
    with pytest.raises(type(error)) as raised:
        db.raising.run(script)
    assert (raised.value.step, raised.value.statement) == (step, statements[step])
    assert db.scalar(sql("SELECT to_regclass('script_steps') IS NULL").rows(bool)) == Success(True)


def test_within_a_transaction_too(db: Database) -> None:
    with pytest.raises(TransactionAborted) as aborted, db.transaction() as tx:
        ignore(tx.run(Script(TABLE, ONE, WRONG, ONE)))
    assert (aborted.value.cause.step, aborted.value.cause.statement) == (2, WRONG)


def test_a_connection_that_is_lost_is_one_of_the_whole(db: Database) -> None:
    script = Script("SELECT 1", "SELECT pg_terminate_backend(pg_backend_pid())")
    error = db.run(script).failure()
    assert error.statement is not None
    assert error.statement.endswith("SELECT pg_terminate_backend(pg_backend_pid())")


def test_a_script_is_of_texts() -> None:
    said = (
        r'^a script is made of SQL as text, Script\("SELECT 1"\), and this is Sql: write its text, or run it by itself'
    )
    with pytest.raises(QueryError, match=said):
        Script(cast("Any", sql("SELECT 1")))
    assert str(Script("SELECT 1 -- x", "SELECT 2")) == "SELECT 1 -- x\n;\n\nSELECT 2;"
