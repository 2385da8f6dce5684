"""A runner that is gone between two messages of data steps: each batch counts once, what has to be true is asked."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from qb import Database, Script, connect, sql
from qb.kit import migrate, status
from qb.kit.running.data_errors import ConditionFailed
from qb.run.database.own_session import OwnSession
from tests.kit.running.histories import in_line, migration

STEPS = """
from __future__ import annotations

from qb import Failure, Outcome, Success, Tx, sql
from qb.kit import StepBatch, data_step


def batch(tx: Tx, after: int | None, name: str) -> Outcome[StepBatch[int] | None]:
    query = "WITH next AS (SELECT id FROM notes WHERE id > {after} ORDER BY id LIMIT 2), "
    query += "done AS (UPDATE notes n SET text = n.text || {name} FROM next WHERE n.id = next.id RETURNING n.id) "
    query += "SELECT max(id), count(*) FROM done"
    outcome = tx.one(sql(query, after=after or 0, name=name).rows(tuple[int | None, int]))
    if isinstance(outcome, Failure):
        return Failure(outcome.failure())
    last, count = outcome.unwrap()
    return Success(None if last is None else StepBatch(last, count))


@data_step(before=sql("SELECT count(*) = 3 FROM notes").rows(bool))
def first(tx: Tx, after: int | None) -> Outcome[StepBatch[int] | None]:
    return batch(tx, after, "a")


@data_step(after=sql("SELECT is_good FROM state").rows(bool))
def second(tx: Tx, after: int | None) -> Outcome[StepBatch[int] | None]:
    return batch(tx, after, "b")
"""
START = (
    "CREATE TABLE notes (id int PRIMARY KEY, text text);\nINSERT INTO notes SELECT n, '' FROM generate_series(1, 3) n;"
    "\nCREATE TABLE state (is_good boolean NOT NULL);"
)
HISTORIES = {
    good: in_line(
        migration("0001_notes", START),
        migration("0002_fill", f"INSERT INTO state VALUES ({good});", data_steps=STEPS),
    )
    for good in (False, True)
}


class Stopped(BaseException):
    """As SIGKILL: nobody catches it."""


@contextmanager
def stopped(at: int, *, behind: bool) -> Generator[list[int]]:
    """Leave at a message of the runner's session or a transaction of a batch: before it, or behind it."""
    count = [0]
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in ((OwnSession, "_talk"), (Database, "transact")):
            real: Callable[..., Any] = getattr(owner, name)

            def leaving(*values: Any, real: Callable[..., Any] = real, **named: Any) -> Any:
                count[0] += 1
                if count[0] == at and not behind:
                    raise Stopped
                found = real(*values, **named)
                if count[0] == at:
                    raise Stopped
                return found

            patch.setattr(owner, name, leaving)
        yield count


def empty(url: str) -> None:
    with connect(url, max_size=1) as db:
        gone = Script(
            "DROP SCHEMA IF EXISTS qb CASCADE", "DROP SCHEMA IF EXISTS public CASCADE", "CREATE SCHEMA public"
        )
        db.run(gone).unwrap()
        migrate(db, HISTORIES[True], to="0001").unwrap()


def ends(url: str, at: int, *, behind: bool, good: bool) -> int:
    """Stop a run at a message; the next ones say what is not true, until it is, and every row has been changed once."""
    empty(url)
    history = HISTORIES[good]
    with connect(url, max_size=2) as db, stopped(at, behind=behind) as count, suppress(Stopped):
        assert (migrate(db, history).value_or(None) is not None) == good
    with connect(url, max_size=2) as db:
        for _ in () if good else (1, 2):
            error = migrate(db, history).failure()
            assert isinstance(error, ConditionFailed), (at, behind, error)
            assert status(db, history).unwrap().pending == ("0002_fill",)
        db.execute(sql("UPDATE state SET is_good = true").command()).unwrap()
        migrate(db, history).unwrap()
        assert status(db, history).unwrap().level
        assert db.all(sql("SELECT text FROM notes").rows(str)).unwrap() == ["ab", "ab", "ab"]
        assert db.scalar(sql("SELECT count(*) FROM state").rows(int)).unwrap() == 1
    return count[0]


def test_a_condition_that_is_not_true_is_asked_again(url: str) -> None:
    assert ends(url, 0, behind=False, good=False) > 15


@pytest.mark.slow
@pytest.mark.parametrize("good", [False, True])
@pytest.mark.parametrize("behind", [False, True])
def test_it_is_left_at_any_message(url: str, behind: bool, good: bool) -> None:
    messages = ends(url, 0, behind=behind, good=good)
    for at in range(1, messages + 1):
        ends(url, at, behind=behind, good=good)
