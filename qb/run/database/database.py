# Made by tools/sync.py from async_database.py: change that one, then run `make generate`.
"""The database that a program holds, for synchronous code: a `Db` that owns its connections."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from qb.run.database.db import Db
from qb.run.pool.pools import PoolReport, SyncPool
from qb.run.session.executable import Executables
from qb.run.session.link import Link
from qb.run.session.options import Options
from qb.run.talk.held import Apart


class Database(Db):
    """A `Db` that owns its connections: what `qb.connect` gives. Close it, or use it as a context manager.

    >>> with connect() as own:
    ...     own.scalar(select(fn.count(User.id)))
    <Success: 2>
    """

    __slots__ = ("_pool",)

    def __init__(self, pool: SyncPool[Link], statements: Executables, options: Options) -> None:
        super().__init__(pool, statements, options)
        self._pool = pool

    def __repr__(self) -> str:
        return f"<Database {self._pool!r}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def apart(self) -> Db:
        """The same database for a statement that is to be no part of the open transaction: an audit, a counter.

        Inside `with db.transaction() as tx` a statement of `db` itself is a mistake, and told with
        OutsideTransaction.

        >>> with db.transaction(rollback=True) as tx:
        ...     db.apart.execute(insert(new(User)(name="Kurt")))
        <Success: 1>
        """
        return Db(Apart(self._pool), self._statements, self._options)

    @property
    def pool(self) -> PoolReport:
        """How many connections are in use, who waits for one, and how long one had to.

        Whoever waits is served in the order of arrival.

        >>> db.pool.waiting
        0
        """
        return self._pool.report()

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
