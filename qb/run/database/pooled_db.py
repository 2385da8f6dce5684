# Made by tools/sync.py from async_pooled_db.py: change that one, then run `make generate`.
"""What gives each statement a connection of its own: `PooledDb`."""

from __future__ import annotations

from qb.errors.outcome import Outcome
from qb.run.database.db import Db
from qb.run.database.slow import slow
from qb.run.database.slow_query import SlowOrder, SlowQuery
from qb.run.talk.held import Apart


class PooledDb(Db):
    """A `Db` that is no transaction: a `Database`, or one of many, `organizations.of(id)`.

    >>> def noted(db: PooledDb, what: str) -> Outcome[int]:
    ...     return db.apart.execute(insert(new(Task)(user_id=1, title=what)))
    >>> with db.transaction(rollback=True) as tx:
    ...     tx.execute(delete(Task).all_rows())
    ...     noted(db, "tried to delete everything")
    <Success: 3>
    <Success: 1>
    """

    __slots__ = ()

    @property
    def apart(self) -> Db:
        """The same database for a statement that is to be no part of the open transaction: an audit, a counter.

        Inside `with db.transaction() as tx` a statement of `db` itself is a mistake, and told with
        OutsideTransaction.

        >>> with db.transaction(rollback=True) as tx:
        ...     db.apart.execute(insert(new(User)(name="Kurt")))
        <Success: 1>
        """
        return Db(Apart(self._source), self._statements, self._options)

    def slow(self, limit: int = 20, *, by: SlowOrder = "total") -> Outcome[list[SlowQuery]]:
        """What takes the server's time, by the names of prepared queries: from its extension pg_stat_statements.

        By the `total` of all calls, by their `mean`, by how many `calls` there were, or how many `rows`; of this
        database, from all who use it. Without pg_read_all_stats the SQL and the names of other roles are not shown.

        Errors: ExtensionMissing, which says how to have it counted; QueryError (raised) for another order.
        https://www.postgresql.org/docs/current/pgstatstatements.html

        >>> db.slow(5)
        <Failure: the extension "pg_stat_statements" is not there: write shared_preload_libraries = ...>
        """
        return self._outcome("slow()", slow, self, limit, by)
