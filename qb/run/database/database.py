# Made by tools/sync.py from async_database.py: change that one, then run `make generate`.
"""The database that a program holds, for synchronous code: a `Db` that owns its connections."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self, TypeVar, overload

from qb.query.channel import Channel
from qb.run.database.pooled_db import PooledDb
from qb.run.database.replica import Replica
from qb.run.pool.pools import PoolReport, SyncPool
from qb.run.session.executable import Executables
from qb.run.session.link import Link
from qb.run.session.options import Options
from qb.run.talk.listening import Listening
from qb.run.talk.notifications import BUFFER
from qb.run.talk.replicas import Replicas

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")


class Database(PooledDb):
    """A `Db` that owns its connections: what `qb.connect` gives. Close it, or use it as a context manager.

    >>> with connect() as own:
    ...     own.scalar(select(fn.count(User.id)))
    <Success: 2>
    """

    __slots__ = ("_pool", "_replicas")

    def __init__(
        self,
        pool: SyncPool[Link],
        statements: Executables,
        options: Options,
        replicas: Replicas | None = None,
    ) -> None:
        super().__init__(pool, statements, options)
        self._pool = pool
        self._replicas: Replicas = Replicas(pool, (), 1.0) if replicas is None else replicas

    def __repr__(self) -> str:
        return f"<Database {self._pool!r}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def replica(self) -> Replica:
        """The replicas that `connect(replicas=[...])` names, for reads that may be a little late.

        Only what is asked of it goes there, and never a part of a transaction. Where no replica is near enough, or none
        was given, the primary answers.

        >>> db.replica.all(select(User.name).order_by(User.id))
        <Success: ['Ada', 'Grace']>
        >>> db.replica.all(delete(Task).all_rows().returning(Task.id))
        Traceback (most recent call last):
        ...
        qb.errors.QueryError: db.replica only reads, and this statement writes, ...
        """
        return Replica(self._replicas, self._statements, self._options)

    @property
    def pool(self) -> PoolReport:
        """How many connections are in use, who waits for one, and how long one had to.

        Whoever waits is served in the order of arrival.

        >>> db.pool.waiting
        0
        """
        return self._pool.report()

    @overload
    def listen(self, a: Channel[A], /, *, buffer: int = ..., patience: float | None = None) -> Listening[A]: ...
    @overload
    def listen(
        self, a: Channel[A], b: Channel[B], /, *, buffer: int = ..., patience: float | None = None
    ) -> Listening[A | B]: ...
    @overload
    def listen(
        self, a: Channel[A], b: Channel[B], c: Channel[C], /, *, buffer: int = ..., patience: float | None = None
    ) -> Listening[A | B | C]: ...
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
    ) -> Listening[A | B | C | D]: ...
    def listen(self, *channels: Channel[Any], buffer: int = BUFFER, patience: float | None = None) -> Listening[Any]:
        """What others tell on these channels: `with db.listen(orders) as events: for event in events: ...`

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
        >>> with db.listen(cleared) as events:
        ...     db.execute(notify(cleared, "users"))
        ...     event = events.within(5)
        <Success: 1>
        >>> event.payload
        'users'
        """
        return Listening(self._pool, channels, buffer, patience)

    def close(self) -> None:
        """Close the connections: idle ones now, the others when they are given back. Using the database then raises.

        >>> own = connect()
        >>> own.close()
        >>> own.ping()
        Traceback (most recent call last):
        ...
        qb.errors.ClosedError: the database is closed
        """
        self._pool.close()
        self._replicas.close()
