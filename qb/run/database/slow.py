# Made by tools/sync.py from async_slow.py: change that one, then run `make generate`.
"""What the server has counted of its queries."""

from __future__ import annotations

from qb.errors import ServerError
from qb.errors.outcome import Failure, Outcome, unwrap
from qb.run.database.read_db import ReadDb
from qb.run.database.slow_query import (
    SCHEMA_OF_STATISTICS,
    SlowOrder,
    SlowQuery,
    check_slow,
    not_counted,
    slowest,
    unvalued,
)


def slow(db: ReadDb, limit: int, by: SlowOrder) -> Outcome[list[SlowQuery]]:
    """The slowest queries. ExtensionMissing is raised where the server does not count them."""
    check_slow(limit, by)
    schema = unwrap(db.first(SCHEMA_OF_STATISTICS))
    if schema is None:
        raise not_counted()
    outcome = db.all(slowest(schema, limit, by))
    match outcome:
        case Failure(ServerError(sqlstate="55000")):  # it was created, and is not loaded
            raise not_counted("55000")
        case _:
            return outcome.map(unvalued)
