"""What gives each statement a connection of its own, for coroutines on asyncio or trio: `AsyncPooledDb`."""

from __future__ import annotations

from qb.errors.outcome import Outcome
from qb.run.database.async_db import AsyncDb
from qb.run.database.async_slow import slow_async
from qb.run.database.slow_query import SlowOrder, SlowQuery
from qb.run.talk.async_held import AsyncApart


class AsyncPooledDb(AsyncDb):
    """An `AsyncDb` that is no transaction: an `AsyncDatabase`, or one of many, `organizations.of(id)`.

    >>> async def noted(db: AsyncPooledDb, what: str) -> Outcome[int]:
    ...     return await db.apart.execute(insert(new(Task)(user_id=1, title=what)))
    >>> async with db.transaction(rollback=True) as tx:
    ...     await tx.execute(delete(Task).all_rows())
    ...     await noted(db, "tried to delete everything")
    <Success: 3>
    <Success: 1>
    """

    __slots__ = ()

    @property
    def apart(self) -> AsyncDb:
        """The same database for a statement that is to be no part of the open transaction: an audit, a counter.

        Inside `async with db.transaction() as tx` a statement of `db` itself is a mistake, and told with
        OutsideTransaction.

        >>> async with db.transaction(rollback=True) as tx:
        ...     await db.apart.execute(insert(new(User)(name="Kurt")))
        <Success: 1>
        """
        return AsyncDb(AsyncApart(self._source), self._statements, self._options)

    async def slow(self, limit: int = 20, *, by: SlowOrder = "total") -> Outcome[list[SlowQuery]]:
        """What takes the server's time, by the names of prepared queries: from its extension pg_stat_statements.

        By the `total` of all calls, by their `mean`, by how many `calls` there were, or how many `rows`; of this
        database, from all who use it. Without pg_read_all_stats the SQL and the names of other roles are not shown.

        Errors: ExtensionMissing, which says how to have it counted; QueryError (raised) for another order.
        https://www.postgresql.org/docs/current/pgstatstatements.html

        >>> await db.slow(5)
        <Failure: the extension "pg_stat_statements" is not there: write shared_preload_libraries = ...>
        """
        return await self._outcome("slow()", slow_async, self, limit, by)
