"""What gives each statement a connection of its own, for coroutines on asyncio or trio: `AsyncPooledDb`."""

from __future__ import annotations

from qb.run.database.async_db import AsyncDb
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
