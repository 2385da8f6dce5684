# Made by tools/sync.py from async_health.py: change that one, then run `make generate`.
"""`health`: how a database is."""

from __future__ import annotations

from time import perf_counter

from qb.errors.outcome import Failure
from qb.run.database.db import Db
from qb.run.database.pooled_db import PooledDb
from qb.run.databases.condition import ASKED, Health, healthy


def health(db: Db) -> Health:
    """How a database is: one query on a connection of its own, or on the transaction that is given.

    What keeps it from answering is in `error`; nothing is raised but ClosedError.

    >>> found = health(db)
    >>> found.ok, found.latency < 60
    (True, True)
    """
    begun = perf_counter()
    outcome = (db.apart if isinstance(db, PooledDb) else db).one(ASKED)
    latency = perf_counter() - begun
    if isinstance(outcome, Failure):
        return Health(latency=latency, error=outcome.failure())
    return healthy(outcome.unwrap(), latency)
