"""`deliver_async`: the writes that wait, replayed in their order; `once_async`: each of them once in effect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from returns.result import Result

from qb.errors import DbError, QueryError
from qb.errors.outcome import Failure, Outcome, Success
from qb.moving.mirrors import (
    Delivery,
    Mirror,
    QueuedWrite,
    advanced,
    done,
    done_before,
    failed,
    following,
    not_delivered,
    reached_before,
)
from qb.moving.outbox import Outbox, WriteLine
from qb.run.database.async_db import AsyncDb, AsyncTx
from qb.run.talk.counts import is_failure

E = TypeVar("E")
T = TypeVar("T")
W = TypeVar("W")

LONGEST: Final = 300
"""Seconds that a write which fails again and again waits, at most."""


async def deliver_async(
    db: AsyncDb,
    mirror: Mirror[W],
    apply: Callable[[QueuedWrite[W]], Awaitable[Success[object] | Failure[object, object]]],
    /,
    *,
    line: str | None = None,
    most: int | None = None,
    on_error: Callable[[object], object] | None = None,
) -> Outcome[Delivery]:
    """Replay what is due, line by line in order, or of one line, until nothing is or `most` writes were tried.

    `apply` does a write in the other storage, and says Success, or Failure of whatever it wants. A write that fails, or
    raises, stays, and is tried in a later round: after a second, then twice as long each time, up to five minutes; its
    line waits for it, the others go on. Any number of processes may deliver at a time: no two are at one line. The
    write is taken from the outbox in a transaction around `apply`. A process that dies between the two leaves it there,
    so it is done again: `once` makes that once in effect, or `apply` is such that twice is once.

    What went wrong is a line of the logger "qb.moving": its class, where it was raised, and of a DbError what it says.
    `on_error` is given the exception, or what the Failure holds.

    Call it with the line after each transaction that queues, so that the other storage is current at once, and now and
    then without for what was left. Errors: those of the primary's database, as a Failure.

    >>> from qb.moving import Outbox, deliver_async, mirror
    >>> await db.run(create_all(schema(Outbox), if_not_exists=True))
    <Success: ...>
    >>> names = mirror("names", str)
    >>> for name in ("Ada", "Grace"):
    ...     await db.one(names.queue(name))
    <Success: ...>
    <Success: ...>
    >>> async def shown(queued: QueuedWrite[str]) -> Outcome[None]:
    ...     return Success(print(queued.write))
    >>> await deliver_async(db, names, shown)
    Ada
    Grace
    <Success: Delivery(delivered=2, failed=0)>
    """
    delivered = 0
    only = None if line is None else WriteLine(line)
    waiting: list[WriteLine] = []

    async def one(tx: AsyncTx) -> Outcome[Outbox | None]:
        match await tx.first(following(mirror.name, waiting, only)):
            case Success(Outbox() as row):
                error = await _tried(mirror, apply, row, on_error)
                if error:
                    waiting.append(row.line)
                    after = failed(row.id, error, dt.timedelta(seconds=min(LONGEST, 2**row.attempts)))
                else:
                    after = done(row.id)
                return (await tx.execute(after)).map(lambda _: row)
            case other:
                return other

    while most is None or delivered + len(waiting) < most:
        before = len(waiting)
        match await db.transact(one, retries=0):
            case Success(None):
                break
            case Success(_):
                delivered += before == len(waiting)
            case Failure(lost):
                return Failure(lost)
    return Success(Delivery(delivered, len(waiting)))


async def _tried(
    mirror: Mirror[W],
    apply: Callable[[QueuedWrite[W]], Awaitable[Success[object] | Failure[object, object]]],
    row: Outbox,
    on_error: Callable[[object], object] | None,
) -> str:
    """The class of what went wrong; "" where nothing did."""
    try:
        outcome: Any = await apply(mirror.read(row))
    except Exception as error:
        not_delivered(mirror, row, error)
        if on_error is not None:
            on_error(error)
        return type(error).__name__
    if not issubclass(type(outcome), Result):
        raise QueryError(
            f"{mirror!r}: apply gave {type(outcome).__name__}, and says Success or Failure: a return is missing"
        )
    if not is_failure(outcome):
        return ""
    not_delivered(mirror, row, outcome.failure())
    if on_error is not None:
        on_error(outcome.failure())
    return type(outcome.failure()).__name__


async def once_async(
    db: AsyncDb,
    queued: QueuedWrite[object],
    work: Callable[[AsyncTx], Awaitable[Success[T] | Failure[E, object]]],
    /,
) -> Success[T | None] | Failure[E | DbError, T | None]:
    """Do a write in another PostgreSQL, once: what `apply` of `deliver_async` gives back.

    In one transaction of that database the work is done and `Ledger`, a table of its schema, says how far the line is.
    A write that it has done before is not done again, and gives None: whatever died in between, its effect is there
    once. QueryError where the ledger is further than the write: its outbox was made anew or restored, so that numbers
    began again, or two of them share a mirror's name.

    >>> from qb.moving import Ledger, Outbox, deliver_async, mirror, once_async
    >>> await db.run(create_all(schema(Outbox, Ledger), if_not_exists=True))
    <Success: ...>
    >>> names = mirror("names", str)
    >>> await db.one(names.queue("Kurt"))
    <Success: ...>
    >>> async def add(queued: QueuedWrite[str]) -> Outcome[int | None]:
    ...     return await once_async(db.apart, queued, lambda tx: tx.execute(insert(new(User)(name=queued.write))))
    >>> await deliver_async(db, names, add)
    <Success: Delivery(delivered=1, failed=0)>
    """

    async def reached(tx: AsyncTx) -> Success[T | None] | Failure[E | DbError, object]:
        match await tx.first(advanced(queued.mirror, queued.line, queued.number, queued.queued_at)):
            case Success(None):
                return (await tx.one(reached_before(queued.mirror, queued.line))).map(
                    lambda last: done_before(queued, last)
                )
            case Success(_):
                return await work(tx)
            case Failure(error):
                return Failure(error)

    return await db.transact(reached)
