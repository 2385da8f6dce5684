"""Runners that are killed: their backend, or they themselves; and the place where that is tried.

A place is one database that is emptied between two tries: to make one anew takes longer than all the rest.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import pytest

from qb import ConnectionLost, Database, Failure, Script, connect, sql
from qb.kit import migrate, rollback
from qb.kit.history.history import History
from qb.kit.history.segments import segments
from qb.run.database.own_session import OwnSession
from tables.scratch import scratch_database
from tests.kit.alone import differences
from tests.kit.running.killing_plans import ANYTHING
from tests.kit.running.plans import seen

Talk = Callable[[OwnSession, str, Sequence[str | None]], Any]
Way = Callable[[Database, History], Any]
Moment = Callable[[int, str], bool]
"""Whether it is to be killed at a message: its number, and its text."""


def up(db: Database, history: History) -> Any:
    return migrate(db, history, rules=ANYTHING)


def down(db: Database, history: History) -> Any:
    return rollback(db, history, to=history.ids[-2], rules=ANYTHING)  # a number would be another the second time


WAYS: Final = {"up": up, "down": down}


def kill(other: Database, process: int) -> None:
    """End a backend, and wait until it is gone."""
    other.scalar(sql("SELECT pg_terminate_backend({p}::int, 5000)", p=process).rows(bool)).unwrap()


@contextmanager
def killed(other: Database, at: int, when: str, among: frozenset[str] | None = None) -> Generator[list[str]]:
    """Kill the backend of a runner before, during or after the message of a number, of those that are `among` some;
    what was sent is told."""
    talk: Talk = OwnSession._talk  # pyright: ignore[reportPrivateUsage]
    sent: list[str] = []

    def killing(session: OwnSession, text: str, values: Sequence[str | None]) -> Any:
        if among is None or text in among:
            sent.append(text)
        if (among is not None and text not in among) or len(sent) != at or not session.process:
            return talk(session, text, values)
        if when == "before":
            kill(other, session.process)
        elif when == "during":
            delay = threading.Timer(0.0005 * (at % 7), kill, (other, session.process))
            delay.start()
            try:
                return talk(session, text, values)
            finally:
                delay.join()
        found = talk(session, text, values)
        kill(other, session.process)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OwnSession, "_talk", killing)
        yield sent


def statements_of(history: History, way: str) -> tuple[str, ...]:
    """Those of the last migration, in order."""
    last = history.migrations[-1]
    text = last.up if way == "up" else last.down or ""
    return tuple(each.text for segment in segments(text) for each in segment.statements)


class Place:
    """A database, somebody who looks at it from beside, and somebody whose runs are not stopped."""

    def __init__(self, url: str, other: Database, db: Database) -> None:
        self.url: Final = url
        self.other: Final = other
        self.db: Final = db

    def empty(self) -> None:
        """Nothing is in it."""
        gone = Script(
            "DROP SCHEMA public CASCADE",
            "CREATE SCHEMA public",
            "DROP SCHEMA IF EXISTS qb CASCADE",
        )
        self.other.run(gone).unwrap()

    def before(self, history: History, way: str) -> None:
        """As it is before the last migration goes up, or down."""
        self.empty()
        migrate(self.db, history, to=history.ids[-2] if way == "up" else None, rules=ANYTHING).unwrap()

    def ended(self, history: History, way: str) -> Any:
        """What a run leaves that nobody stops."""
        self.before(history, way)
        WAYS[way](self.db, history).unwrap()
        return seen(self.other)

    def ends_so(self, history: History, way: str, wanted: Any) -> None:
        """Go on until it is done; the end is that of a run that nobody has stopped."""
        WAYS[way](self.db, history).unwrap()
        catalog, log, book = seen(self.other)
        assert differences(wanted[0], catalog) == ()
        assert (log, book) == wanted[1:]

    def kill_backend(self, history: History, way: str, at: int, when: str, among: frozenset[str] | None) -> bool:
        """Start a run whose backend is killed. Whether it was, and the run did not come to its end."""
        with connect(self.url, max_size=2) as db, killed(self.other, at, when, among):
            outcome = WAYS[way](db, history)
        if isinstance(outcome, Failure):
            assert isinstance(outcome.failure(), ConnectionLost), outcome
        return isinstance(outcome, Failure)


@contextmanager
def place(qb_url: str) -> Generator[Place]:
    """A place of one's own."""
    with scratch_database(qb_url, name="killed") as url, connect(url, max_size=2) as other, connect(url) as db:
        yield Place(url, other, db)


@contextmanager
def runners_to_kill() -> Generator[Callable[[str, str, str, int], int]]:
    """Calls of `qb` in processes of their own that kill themselves with SIGKILL once so many statements are sent; they
    are made by one that has loaded everything. What comes back is how one has ended: -9, or 0 if it was done before."""
    command = [sys.executable, "-m", "tests.kit.running.killed_runner"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as maker:
        stdin, stdout = maker.stdin, maker.stdout
        assert stdin is not None
        assert stdout is not None

        def run(url: str, plan: str, way: str, at: int) -> int:
            stdin.write(f"{plan}\t{way}\t{at}\t{url}\n")
            stdin.flush()
            return int(stdout.readline())

        yield run
        stdin.close()
