"""What the server has counted of its queries, asked for coroutines on asyncio or trio."""

from __future__ import annotations

from qb.errors import ServerError
from qb.errors.outcome import Failure, Outcome, unwrap
from qb.run.database.async_read_db import AsyncReadDb
from qb.run.database.slow_query import (
    SCHEMA_OF_STATISTICS,
    SlowOrder,
    SlowQuery,
    check_slow,
    not_counted,
    slowest,
    unvalued,
)


async def slow_async(db: AsyncReadDb, limit: int, by: SlowOrder) -> Outcome[list[SlowQuery]]:
    """The slowest queries. ExtensionMissing is raised where the server does not count them."""
    check_slow(limit, by)
    schema = unwrap(await db.first(SCHEMA_OF_STATISTICS))
    if schema is None:
        raise not_counted()
    outcome = await db.all(slowest(schema, limit, by))
    match outcome:
        case Failure(ServerError(sqlstate="55000")):  # it was created, and is not loaded
            raise not_counted("55000")
        case _:
            return outcome.map(unvalued)
