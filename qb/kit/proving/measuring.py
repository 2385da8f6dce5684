"""What a statement does to tables that are there: which locks it takes, which it writes anew, which it reads.

https://www.postgresql.org/docs/current/explicit-locking.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Outcome, Success
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


Measuring: TypeAlias = Success[Measured] | Failure[DbError, Measured]


def measured(db: Db, statement: str) -> Measuring:
    """Run a statement in a transaction of its own, and look at what it holds before that ends."""
    return measured_together(db, (statement,)).map(lambda found: found[0])


def measured_together(
    db: Db, statements: Sequence[str]
) -> Success[tuple[Measured, ...]] | Failure[DbError, tuple[Measured, ...]]:
    """Run statements in one transaction, and look after each at what it has got more than those before it."""
    if len(statements) == 1 and not transactional(statements[0]):
        outcome = db.run(Script(trusted(statements[0])))
        if isinstance(outcome, Failure):
            return Failure(outcome.failure())
        return Success((Measured({}, (), (), False),))
    done: list[Measured] = []

    def run(tx: Tx) -> Outcome[int]:
        first = _relations(tx)
        held: dict[str, str] = {}
        for each in statements:
            before, read = _relations(tx), dict(tx.raising.all(sql(_SCANNED).rows(tuple[int, int])))
            outcome = tx.run(Script(trusted(each)))
            if isinstance(outcome, Failure):
                return outcome
            seen = _seen(tx, {oid: found for oid, found in before.items() if oid in first}, read)
            more = {name: mode for name, mode in seen.locks.items() if held.get(name) != mode}
            held |= more
            done.append(msgspec.structs.replace(seen, locks=more))
        return Success(len(done))

    try:
        outcome = db.transact(run)
    except DbError as error:
        return Failure(error)
    return Failure(outcome.failure()) if isinstance(outcome, Failure) else Success(tuple(done))


def _seen(tx: Tx, before: Mapping[int, tuple[str, int]], read: Mapping[int, int]) -> Measured:
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
    return Measured(dict(sorted(held.items())), tuple(sorted(rewritten)), tuple(scans), True)


def _relations(tx: Tx) -> dict[int, tuple[str, int]]:
    """Of each what it is called, and the number of its file."""
    rows = tx.raising.all(sql(_RELATIONS).rows(tuple[int, str, str, int]))
    return {oid: (f"{schema}.{name}", node) for oid, schema, name, node in rows}
