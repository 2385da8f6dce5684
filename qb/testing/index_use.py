# Made by tools/sync.py from async_index_use.py: change that one, then run `make generate`.
"""Whether a query can use an index, asked of the server by a test."""

from __future__ import annotations

from qb.errors.outcome import unwrap
from qb.model.index import Index
from qb.query.statement import Command, Rows
from qb.run.database.db import Db
from qb.testing.explained import DEAR, FORGET, check_query, complaint, explain, indexes_called, prepare_explained


def assert_uses(db: Db, query: Rows[object] | Command, index: Index | str) -> None:
    """Fail a test where the plan of a query does not use an index: `index` is what `index(...)` made, or its name.

    The plan is the one that knows no values, and reading whole tables is made dear, so it does not matter how few rows
    a test has. An index of a partitioned table is used where one of its partitions' is. The query is not run, and
    nothing is left of it: in a transaction it is asked for in a savepoint.

    An index whose condition compares with a value (`where=Task.hours > 3`) is not used by a plan that does not know the
    query's: write the query's condition with SQL of its own, or make the index's one of a column alone (`~Task.done`).

    Errors: AssertionError, which names what the plan reads, or says that there is no such index; QueryError for what
    has no plan; the DbError is raised where the server refuses the query.
    https://www.postgresql.org/docs/current/using-explain.html

    >>> from qb.testing import assert_uses
    >>> assert_uses(db, select(User).where(User.name == "Ada"), "users_name_key")
    >>> assert_uses(db, select(User).where(User.nickname == "x"), "users_name_key")
    Traceback (most recent call last):
    ...
    AssertionError: the query does not use the index "users_name_key". Its plan reads
      Seq Scan on "public"."users"
    The query is
      SELECT ... FROM "users" WHERE "users"."nickname" = $1::text
    """
    __tracebackhide__ = True  # of pytest: what is of interest is the line that called
    check_query(query)
    known, asked = indexes_called(index), explain(query)
    with db.raising.transaction(rollback=True) as tx:
        family = tx.all(known)
        tx.scalar(DEAR)
        tx.execute(prepare_explained(query))
        with tx.outcomes.transaction(rollback=True) as inner:  # so that what is prepared can be taken back
            plans = inner.scalar(asked)
        tx.execute(FORGET)
    if (wrong := complaint(query, index, family, unwrap(plans))) is not None:
        raise AssertionError(wrong)
