"""Statements that were meant for a transaction and are no part of it: run on the database, inside its open block."""

from __future__ import annotations

import asyncio
import threading
import warnings
from collections.abc import Hashable, Mapping

import anyio

from qb.outcome import caller, shortened


class OutsideTransaction(RuntimeWarning):
    """The database was used inside its own open transaction, by the thread or task that opened it.

    The statement runs on another connection: it sees nothing of the transaction, and survives its rollback. Use `tx`;
    where it is meant, `db.apart`. An error under `-W error` and in `qb.testing`.

    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as told, db.transaction() as tx:
    ...     warnings.simplefilter("always")
    ...     count = db.scalar(select(fn.count(User.id)))
    >>> print(told[0].message)
    the database is used inside its own open transaction, ...: SELECT count("users"."id") FROM "users"
    """


class Openers:
    """The threads and tasks that have a transaction of a database open."""

    __slots__ = ("_lock", "open")

    def __init__(self) -> None:
        self.open: dict[Hashable, int] = {}
        """Each with how many."""
        self._lock = threading.Lock()  # a block may be left by another thread than the one that entered it

    def entered(self, who: Hashable) -> None:
        """A transaction was opened."""
        with self._lock:
            self.open[who] = self.open.get(who, 0) + 1

    def left(self, who: Hashable) -> None:
        """It has ended."""
        with self._lock:
            count = self.open.pop(who, 1) - 1
            if count:
                self.open[who] = count


def thread() -> Hashable:
    """Who is running: the thread, or its task where it has an event loop, as tasks share the thread."""
    return _task() or threading.get_ident()


def task() -> Hashable:
    """Who is running, on asyncio or trio."""
    return _task() or anyio.get_current_task().id


def _task() -> asyncio.Task[object] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:  # no event loop of asyncio
        return None


def outside(opened: Mapping[Hashable, int], who: Hashable, sql: str | bytes) -> None:
    """OutsideTransaction, as a warning, where `who` has a transaction open."""
    if who in opened:
        warnings.warn(
            "the database is used inside its own open transaction, so this statement is no part of it and survives its "
            f"rollback: use tx, or db.apart to mean it: {shortened(sql)}",
            OutsideTransaction,
            stacklevel=caller(),
        )
