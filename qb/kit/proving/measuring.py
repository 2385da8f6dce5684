"""What a statement does to tables that are there: which locks it takes, which it writes anew, which it reads.

https://www.postgresql.org/docs/current/explicit-locking.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Outcome, Success
from qb.kit.history.statement_kinds import words_of
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
KEEPS_WAITING: Final = frozenset(LOCK_MODES[LOCK_MODES.index("ShareLock") :])
"""Those that who reads or writes rows waits for."""

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
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class Measured(msgspec.Struct, frozen=True):
    """What one statement did."""

    locks: Mapping[str, str]
    """The strongest lock that it took on each table that was there before."""
    rewrites: tuple[str, ...]
    scans: tuple[str, ...]
    transactional: bool
    under: Mapping[str, str] = _NONE
    """What those before it in its transaction had locked, and held while it ran."""

    @property
    def lock(self) -> str | None:
        """The strongest of all that were held while it ran, whoever took them."""
        return max((*self.locks.values(), *self.under.values()), key=LOCK_MODES.index, default=None)

    @property
    def lasts(self) -> bool:
        """Whether it takes as long as tables are large."""
        return bool(self.rewrites or self.scans)

    @property
    def keeps_waiting(self) -> bool:
        """Whether others who read or write wait for all of that."""
        return self.lasts and not KEEPS_WAITING.isdisjoint((*self.locks.values(), *self.under.values()))

    @property
    def waited_for(self) -> Mapping[str, str]:
        """The tables that others cannot read, or write to, while it runs, though it is not itself that locks them."""
        return {name: mode for name, mode in self.under.items() if mode in KEEPS_WAITING}


class StatementRefused(Exception):
    """The server does not take one of them."""

    def __init__(self, place: int, error: DbError) -> None:
        self.place: Final = place
        self.error: Final = error


Measuring: TypeAlias = Success[Measured] | Failure[DbError, Measured]


def measured(db: Db, statement: str) -> Measuring:
    """Run a statement in a transaction of its own, and look at what it holds before that ends."""
    try:
        (found,) = measured_together(db, (statement,))
    except StatementRefused as refused:
        return Failure(refused.error)
    return Success(found)


def measured_together(
    db: Db, statements: Sequence[str], *, settings: Sequence[str] = (), known: Mapping[int, str] | None = None
) -> tuple[Measured, ...]:
    """Run statements in one transaction, and look after each at what it has got more than those before it. Of tables
    that are `known`, or without that of those that are there now. Raises `StatementRefused`."""
    done: list[Measured] = []

    def run(tx: Tx) -> Outcome[int]:
        for each in settings:
            outcome = tx.run(Script(trusted(each)))
            if isinstance(outcome, Failure):
                return outcome
        names = tables_there(tx) if known is None else known
        held: dict[str, str] = {}
        before: _State | None = None
        for each in statements:
            if words_of(each, 2) == ("SET", "TRANSACTION"):  # which nobody may have asked anything before
                done.append(Measured({}, (), (), True))
                continue
            before = before or _state(tx, names)
            outcome = tx.run(Script(trusted(each)))
            if isinstance(outcome, Failure):
                return outcome
            after = _state(tx, names)
            seen, before = _seen(names, before, after), after
            more = {name: mode for name, mode in seen.locks.items() if held.get(name) != mode}
            done.append(msgspec.structs.replace(seen, locks=more, under=MappingProxyType(dict(held))))
            held |= more
        return Success(len(done))

    try:
        outcome = db.transact(run)
    except DbError as error:
        raise StatementRefused(min(len(done), len(statements) - 1), error) from None
    if isinstance(outcome, Failure):
        raise StatementRefused(min(len(done), len(statements) - 1), outcome.failure())
    return tuple(done)


class _State(NamedTuple):
    """Of the tables that are known and there."""

    nodes: Mapping[int, int]
    read: Mapping[int, int]
    locks: Mapping[str, str]


def _state(tx: Tx, names: Mapping[int, str]) -> _State:
    locks: dict[str, str] = {}
    for oid, mode in tx.raising.all(sql(_LOCKS).rows(tuple[int, str])):
        if oid in names and mode in LOCK_MODES:
            stronger(locks, names[oid], mode)
    read = dict(tx.raising.all(sql(_SCANNED).rows(tuple[int, int])))
    return _State({oid: node for oid, (_, node) in table_files(tx).items() if oid in names}, read, locks)


def _seen(names: Mapping[int, str], before: _State, after: _State) -> Measured:
    anew = written_anew(names, before.nodes, after.nodes)
    read = {names[oid] for oid, rows in after.read.items() if oid in before.nodes and rows > before.read.get(oid, 0)}
    return Measured(dict(sorted(after.locks.items())), anew, tuple(sorted(read.difference(anew))), True)


def stronger(held: dict[str, str], name: str, mode: str) -> None:
    """Note a lock, if it is stronger than what is known of that table."""
    held[name] = max(held.get(name, mode), mode, key=LOCK_MODES.index)


def written_anew(names: Mapping[int, str], before: Mapping[int, int], after: Mapping[int, int]) -> tuple[str, ...]:
    """The tables that are in another file than before."""
    found = (names[oid] for oid, node in before.items() if node and after.get(oid, node) not in (0, node))
    return tuple(sorted(found))


def table_files(db: Db) -> dict[int, tuple[str, int]]:
    """Of each what it is called, and the number of its file."""
    rows = db.raising.all(sql(_RELATIONS).rows(tuple[int, str, str, int]))
    return {oid: (f"{schema}.{name}", node) for oid, schema, name, node in rows}


def tables_there(db: Db) -> dict[int, str]:
    """What is there to be locked, read and written, and what it is called."""
    return {oid: name for oid, (name, _) in table_files(db).items()}
