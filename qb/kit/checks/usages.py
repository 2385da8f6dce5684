# Made by tools/sync.py from async_usages.py: change that one, then run `make generate`.
"""`usage`: what a database has counted, read from its server."""

from __future__ import annotations

from qb.errors import DbError
from qb.errors.outcome import Failure, Outcome, Success
from qb.kit.checks.usage import BEGUN, INDEX_SCANS, SEQUENCE_PLACES, Usage, used
from qb.run.database.db import Db


def usage(db: Db) -> Outcome[Usage]:
    """How often indexes were used, and how far sequences are: for the lints of `check` that ask it.

    It changes nothing. What replicas read is counted on them alone.
    https://www.postgresql.org/docs/current/monitoring-stats.html

    >>> from qb.kit import usage
    >>> len((usage(db)).unwrap().indexes)
    3
    """
    values = db.raising
    try:
        return Success(used(values.one(BEGUN), values.all(INDEX_SCANS), values.all(SEQUENCE_PLACES)))
    except DbError as error:
        return Failure(error)
