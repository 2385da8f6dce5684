"""`health_async`: how a database is."""

from __future__ import annotations

from time import perf_counter

from qb.errors.outcome import Failure
from qb.run.database.async_db import AsyncDb
from qb.run.database.async_pooled_db import AsyncPooledDb
from qb.run.databases.condition import ASKED, Health, healthy


async def health_async(db: AsyncDb) -> Health:
    """How a database is: one query on a connection of its own, or on the transaction that is given.

    What keeps it from answering is in `error`; nothing is raised but ClosedError.

    >>> found = await health_async(db)
    >>> found.ok, found.latency < 60
    (True, True)
    """
    begun = perf_counter()
    outcome = await (db.apart if isinstance(db, AsyncPooledDb) else db).one(ASKED)
    latency = perf_counter() - begun
    if isinstance(outcome, Failure):
        return Health(latency=latency, error=outcome.failure())
    return healthy(outcome.unwrap(), latency)
