"""The database that a program holds, for coroutines: an `AsyncDb` that owns its connections."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self, TypeVar, overload

from qb.query.channel import Channel
from qb.run.database.async_pooled_db import AsyncPooledDb
from qb.run.database.async_replica import AsyncReplica
from qb.run.pool.pools import AsyncPool, PoolReport
from qb.run.session.executable import Executables
from qb.run.session.link import Link
from qb.run.session.options import Options
from qb.run.talk.async_listening import AsyncListening
from qb.run.talk.async_replicas import AsyncReplicas
from qb.run.talk.notifications import BUFFER

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")


class AsyncDatabase(AsyncPooledDb):
    """An `AsyncDb` that owns its connections: what `qb.connect_async` gives. Close it, or use it as a context manager.

    >>> async with connect_async() as own:
    ...     await own.scalar(select(fn.count(User.id)))
    <Success: 2>
    """

    __slots__ = ("_pool", "_replicas")

    def __init__(
        self,
        pool: AsyncPool[Link],
        statements: Executables,
        options: Options,
        replicas: AsyncReplicas | None = None,
    ) -> None:
        super().__init__(pool, statements, options)
        self._pool = pool
        self._replicas: AsyncReplicas = AsyncReplicas(pool, (), 1.0) if replicas is None else replicas

    def __repr__(self) -> str:
        return f"<AsyncDatabase {self._pool!r}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def replica(self) -> AsyncReplica:
        """The replicas that `connect_async(replicas=[...])` names, for reads that may be a little late.

        Only what is asked of it goes there, and never a part of a transaction. Where no replica is near enough, or none
        was given, the primary answers.

        >>> await db.replica.all(select(User.name).order_by(User.id))
        <Success: ['Ada', 'Grace']>
        >>> await db.replica.all(delete(Task).all_rows().returning(Task.id))
        Traceback (most recent call last):
        ...
        qb.errors.QueryError: db.replica only reads, and this statement writes, ...
        """
        return AsyncReplica(self._replicas, self._statements, self._options)

    @property
    def pool(self) -> PoolReport:
        """How many connections are in use, who waits for one, and how long one had to.

        Whoever waits is served in the order of arrival.

        >>> db.pool.waiting
        0
        """
        return self._pool.report()

    @overload
    def listen(self, a: Channel[A], /, *, buffer: int = ..., patience: float | None = None) -> AsyncListening[A]: ...
    @overload
    def listen(
        self, a: Channel[A], b: Channel[B], /, *, buffer: int = ..., patience: float | None = None
    ) -> AsyncListening[A | B]: ...
    @overload
    def listen(
        self, a: Channel[A], b: Channel[B], c: Channel[C], /, *, buffer: int = ..., patience: float | None = None
    ) -> AsyncListening[A | B | C]: ...
    @overload
    def listen(
        self,
        a: Channel[A],
        b: Channel[B],
        c: Channel[C],
        d: Channel[D],
        /,
        *more: Channel[D],
        buffer: int = ...,
        patience: float | None = None,
    ) -> AsyncListening[A | B | C | D]: ...
    def listen(
        self, *channels: Channel[Any], buffer: int = BUFFER, patience: float | None = None
    ) -> AsyncListening[Any]:
        """What others tell on these channels: `async with db.listen(orders) as events: async for event in events: ...`

        An event is a `Notification` with a payload of the channel's shape, a `Garbled`, which is not of that shape,
        or a `Gap`: something may have been missed here. That is so where the connection broke; listening goes on with
        another one, which is tried for at growing intervals, and the gap comes once that listens, so that whoever reads
        anew after it misses nothing. If there is none for `patience` seconds, the loop raises the last
        ConnectionRefused; None is for ever. Entering the block raises the DbError where there is no connection.

        Each block has a connection of its own, which `max_size` does not count and `db.pool.listening` does: listen to
        several channels in one block. What nobody takes waits here, up to `buffer` events; then the oldest are thrown
        away, and a Gap counts them. `events.within(seconds)` waits for no longer than that, `events.stop()` ends the
        loop. Nothing comes through a pooler in transaction mode: that needs an address of the server itself.
        https://www.postgresql.org/docs/current/sql-listen.html

        >>> cleared = channel("cache_cleared")
        >>> async with db.listen(cleared) as events:
        ...     await db.execute(notify(cleared, "users"))
        ...     event = await events.within(5)
        <Success: 1>
        >>> event.payload
        'users'
        """
        return AsyncListening(self._pool, channels, buffer, patience)

    async def close(self) -> None:
        """Close the connections: idle ones now, the others when they are given back. Using the database then raises.

        >>> own = connect_async()
        >>> await own.close()
        >>> await own.ping()
        Traceback (most recent call last):
        ...
        qb.errors.ClosedError: the database is closed
        """
        self._pool.close()
        self._replicas.close()
