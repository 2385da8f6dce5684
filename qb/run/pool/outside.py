"""Statements that were meant for a transaction and are no part of it: run on the database, inside its open block."""

from __future__ import annotations

import asyncio
import threading
import warnings
from collections.abc import Hashable, Mapping
from weakref import ref

import anyio

from qb.errors.unseen import caller, shortened


class OutsideTransaction(RuntimeWarning):
    """The database was used inside its own open transaction, by the thread or task that opened it.

    The statement runs on another connection: it sees nothing of the transaction, and survives its rollback. Use `tx`;
    where it is meant, `db.apart`. An error under `-W error` and in `qb.testing`.

    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as told, db.transaction() as tx:
    ...     warnings.simplefilter("always")
    ...     count = db.scalar(select(fn.count(User.id)))
    >>> print(told[0].message)
    the database is used inside its own open transaction, ...: SELECT count("users"."id") FROM "users" LIMIT 2
    """


class Opened:
    """A transaction that is open. When it is let go, or got lost, it is not any more."""

    __slots__ = ("__weakref__",)


class Openers:
    """The threads and tasks that have a transaction of a database open."""

    __slots__ = ("__weakref__", "open")

    def __init__(self) -> None:
        self.open: dict[object, Hashable] = {}
        """Who, for each that is open. Known weakly: an interrupt can strike before a block notes its end."""

    def entered(self, who: Hashable) -> Opened:
        """A transaction was opened: it is, for as long as the caller keeps this."""
        opened = Opened()
        self.open[ref(opened, self.open.pop)] = who
        return opened


def thread() -> Hashable:
    """Who is running: the thread, or its task where it has an event loop, as tasks share the thread."""
    return _task() or threading.get_ident()


def task() -> Hashable:
    """Who is running, on asyncio or trio."""
    return _task() or anyio.get_current_task().id


def _task() -> asyncio.Task[object] | None:
    # Asked first, as an exception costs more than all the rest, and an interrupt while it is handled keeps it alive.
    return None if asyncio._get_running_loop() is None else asyncio.current_task()  # pyright: ignore[reportPrivateUsage]


def outside(opened: Mapping[object, Hashable], who: Hashable, sql: str | bytes) -> None:
    """OutsideTransaction, as a warning, where `who` has a transaction open."""
    if who in opened.values():
        warnings.warn(
            "the database is used inside its own open transaction, so this statement is no part of it and survives its "
            f"rollback: use tx, or db.apart to mean it: {shortened(sql)}",
            OutsideTransaction,
            stacklevel=caller(),
        )
