"""What a statement does to tables that are there: which locks it takes, which it writes anew, which it reads.

https://www.postgresql.org/docs/current/explicit-locking.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success
from qb.kit.history.segments import transactional
from qb.query.raw import sql
from qb.query.script import Script
from qb.run.database.db import Db, Tx
from qb.types.trusted import trusted

LOCK_MODES: Final = (
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)
"""From the weakest to the strongest."""
CONCURRENT_LOCK: Final = "ShareUpdateExclusiveLock"
"""What statements take that cannot be in a transaction: CREATE and DROP INDEX CONCURRENTLY, and the like."""

_RELATIONS: Final = """
SELECT c.oid::int8, n.nspname::text, c.relname::text, c.relfilenode::int8
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'f', 'v') AND c.oid >= 16384 AND n.nspname !~ '^pg_'
"""
_LOCKS: Final = """
SELECT relation::int8, mode FROM pg_catalog.pg_locks
WHERE pid = pg_catalog.pg_backend_pid() AND relation IS NOT NULL AND relation >= 16384
"""
_SCANNED: Final = """
SELECT c.oid::int8, pg_catalog.pg_stat_get_xact_tuples_returned(c.oid) FROM pg_catalog.pg_class c
WHERE c.relkind IN ('r', 'm') AND c.oid >= 16384 AND pg_catalog.pg_stat_get_xact_tuples_returned(c.oid) > 0
"""
"""With what transactions before have read and the server has not counted yet."""


class Measured(msgspec.Struct, frozen=True):
    """What one statement did."""

    locks: Mapping[str, str]
    """The strongest lock on each table that was there before."""
    rewrites: tuple[str, ...]
    scans: tuple[str, ...]
    transactional: bool

    @property
    def lock(self) -> str | None:
        """The strongest of all."""
        return max(self.locks.values(), key=LOCK_MODES.index, default=None)


def measured(db: Db, statement: str) -> Success[Measured] | Failure[DbError, Measured]:
    """Run a statement in a transaction of its own, and look at what it holds before that ends."""
    if not transactional(statement):
        outcome = db.run(Script(trusted(statement)))
        if isinstance(outcome, Failure):
            return Failure(outcome.failure())
        return Success(Measured({}, (), (), False))

    def run(tx: Tx) -> Success[Measured] | Failure[DbError, Measured]:
        before = _relations(tx)
        read = dict(tx.raising.all(sql(_SCANNED).rows(tuple[int, int])))
        outcome = tx.run(Script(trusted(statement)))
        if isinstance(outcome, Failure):
            return Failure(outcome.failure())
        counted = tx.raising.all(sql(_SCANNED).rows(tuple[int, int]))
        scanned = {each for each, rows in counted if each in before and rows > read.get(each, 0)}
        held: dict[str, str] = {}
        for relation, mode in tx.raising.all(sql(_LOCKS).rows(tuple[int, str])):
            if relation in before and mode in LOCK_MODES:
                name = before[relation][0]
                known = held.get(name, mode)
                held[name] = max(known, mode, key=LOCK_MODES.index)
        after = _relations(tx)
        rewritten = [
            name for oid, (name, node) in before.items() if node and oid in after and after[oid][1] not in (0, node)
        ]
        scans = sorted(before[each][0] for each in scanned if before[each][0] not in rewritten)
        return Success(Measured(dict(sorted(held.items())), tuple(sorted(rewritten)), tuple(scans), True))

    try:
        return db.transact(run)
    except DbError as error:
        return Failure(error)


def _relations(tx: Tx) -> dict[int, tuple[str, int]]:
    """Of each what it is called, and the number of its file."""
    rows = tx.raising.all(sql(_RELATIONS).rows(tuple[int, str, str, int]))
    return {oid: (f"{schema}.{name}", node) for oid, schema, name, node in rows}
