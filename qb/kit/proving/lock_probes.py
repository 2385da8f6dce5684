"""What a statement locks that cannot be in a transaction, where nobody could look before it ends: others hold what it
wants, one table each, and see what it waits for.

Each table is locked by a session of its own before the statement begins. Whoever keeps it waiting notes what it asks
for, makes room, and leaves an heir in the line behind it: the strongest lock beside the one that it gets now, so that a
stronger one that it asks for later is seen as well.
https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, NamedTuple

from qb.errors import DbError
from qb.errors.outcome import Failure, Success, ignore
from qb.kit.history.statement_kinds import words_of
from qb.kit.proving.measuring import (
    LOCK_MODES,
    Measured,
    Measuring,
    stronger,
    table_files,
    tables_there,
    written_anew,
)
from qb.query.raw import sql
from qb.query.script import Script
from qb.run.database.database import Database
from qb.run.database.own_session import OwnSession
from qb.tree.lexemes import lexemes
from qb.types.identifier import quoted, unquoted

MOST_SESSIONS: Final = 32
"""How many a proof has at once, at most."""
_APART: Final = 12
"""How many sessions hold tables: those that the statement names first, and of the others some together."""
_BESIDE: Final = {
    "AccessShareLock": "EXCLUSIVE",
    "RowShareLock": "SHARE ROW EXCLUSIVE",
    "RowExclusiveLock": "SHARE UPDATE EXCLUSIVE",
    "ShareUpdateExclusiveLock": "ROW EXCLUSIVE",
    "ShareLock": "SHARE",
    "ShareRowExclusiveLock": "ROW SHARE",
    "ExclusiveLock": "ACCESS SHARE",
}
"""The strongest that somebody else can hold beside each."""
_MORE_THAN_WRITERS: Final = ("EXCLUSIVE", "SHARE ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE")
_NOT_OF_TABLES: Final = ("SYSTEM", "DATABASE", "TABLESPACE", "SUBSCRIPTION")
_TABLES: Final = """
SELECT c.oid::int8, n.nspname::text, c.relname::text, c.relkind::text,
  coalesce(pg_catalog.pg_partition_root(c.oid), c.oid)::int8,
  ARRAY(SELECT i.relname::text FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
        WHERE x.indrelid = c.oid)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't' AND c.oid >= 16384 AND n.nspname !~ '^pg_'
ORDER BY n.nspname, c.relname
"""
_AWAITED: Final = """
SELECT b.pid, l.relation::int8, l.mode
FROM pg_catalog.pg_locks l, pg_catalog.unnest(pg_catalog.pg_blocking_pids($1::int4)) AS b (pid)
WHERE l.pid = $1::int4 AND NOT l.granted
"""
_IN_LINE: Final = "SELECT 1 FROM pg_catalog.pg_locks WHERE pid = $1::int4 AND relation = $2::oid"
_DONE_ROWS: Final = """
SELECT c.oid::int8, pg_catalog.pg_stat_get_tuples_returned(c.oid) + pg_catalog.pg_stat_get_vacuum_count(c.oid)
FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'm') AND c.oid >= 16384
"""
_COUNT: Final = "SELECT pg_catalog.pg_stat_force_next_flush()"


class _Table(NamedTuple):
    oid: int
    schema: str
    name: str
    kind: str
    root: int
    indexes: list[str]

    def lock(self, mode: str) -> str:
        """The statement that locks it. What no LOCK is for, has others that do it no harm."""
        where = f"{quoted(self.schema)}.{quoted(self.name)}"
        if self.kind != "m":
            return f"LOCK TABLE ONLY {where} IN {mode} MODE"
        if mode == "ACCESS EXCLUSIVE":
            return f"ALTER MATERIALIZED VIEW {where} OWNER TO CURRENT_USER"
        if mode in _MORE_THAN_WRITERS:
            return f"COMMENT ON MATERIALIZED VIEW {where} IS NULL"
        return f"EXPLAIN SELECT FROM {where}"


def measured_outside(
    db: Database, statement: str, *, settings: Sequence[str] = (), known: Mapping[int, str] | None = None
) -> Measuring:
    """Run a statement outside of a transaction, and see what it waits for where others hold its tables. Of tables that
    are `known`, or without that of those that are there now."""
    try:
        with _Probes(db) as probes:
            return Success(probes.watched(statement, settings, tables_there(db) if known is None else known))
    except DbError as error:
        return Failure(error)


class _Probes:
    """The sessions that hold tables, and the one that looks who waits for them."""

    def __init__(self, db: Database) -> None:
        self.db: Final = db
        self.watch: Final = OwnSession(db)
        self.runner: Final = OwnSession(db)
        self.threads: Final = ThreadPoolExecutor(MOST_SESSIONS)
        self.tables: Final = {row[0]: _Table(*row) for row in db.raising.all(_LISTED)}
        self.holding: Final[dict[int, tuple[OwnSession, tuple[_Table, ...]]]] = {}
        """By the server's process, with what each keeps others from."""
        self.coming: Final[list[Future[int]]] = []
        self.seen: Final[dict[int, str]] = {}

    def __enter__(self) -> _Probes:
        return self

    def __exit__(self, *_: object) -> None:
        """Whoever holds something lets it go first: then those in the line behind have what they asked for."""
        self.runner.close()
        for each in self.coming:
            each.exception()
        for session, _held in self.holding.values():
            session.close()
        self.watch.close()
        self.threads.shutdown()

    def watched(self, statement: str, settings: Sequence[str], names: Mapping[int, str]) -> Measured:
        """Run it, and make room wherever it waits."""
        for each in settings:
            self.runner.run(each)
        before = {oid: node for oid, node in self.nodes().items() if oid in names}
        read = self.rows_read()
        for held in self.groups(statement):
            self.hold(held)
        running = self.threads.submit(self.runner.run, statement)
        nap = 0.001
        while not running.done():
            nap = 0.001 if self.made_room() else min(nap * 1.5, 0.02)
            time.sleep(nap)
        running.result()
        locks: dict[str, str] = {}
        for oid, mode in self.seen.items():
            if oid in names:
                stronger(locks, names[oid], mode)
        anew = written_anew(names, before, self.nodes())
        counted = self.rows_read(self.runner)
        scans = {names[oid] for oid, rows in counted.items() if oid in names and rows > read.get(oid, rows)}
        return Measured(dict(sorted(locks.items())), anew, tuple(sorted(scans.difference(anew))), False)

    def groups(self, statement: str) -> Iterator[tuple[_Table, ...]]:
        """Which tables are held together."""
        if any(each in _NOT_OF_TABLES for each in words_of(statement, 2)):
            return
        said = {unquoted(each.text) if each.kind == "name" else each.text.lower() for each in lexemes(statement)}
        named = {each.root for each in self.tables.values() if not said.isdisjoint((each.name, *each.indexes))}
        first = sorted(self.tables.values(), key=lambda each: (each.root not in named, each.schema, each.name))
        most = min(_APART - 1, sum(each.root in named for each in first)) if named else _APART - 1
        yield from ((each,) for each in first[:most])
        if rest := first[most:]:
            size = -(-len(rest) // max(1, _APART - most))
            yield from (tuple(rest[place : place + size]) for place in range(0, len(rest), size))

    def hold(self, tables: tuple[_Table, ...]) -> None:
        session = OwnSession(self.db)
        self.holding[session.process] = (session, tables)
        session.run("BEGIN")
        for each in tables:
            session.run(each.lock("ACCESS EXCLUSIVE"))

    def made_room(self) -> bool:
        """Whether it waited for one of us, who now has gone."""
        gone = False
        for pid, relation, mode in self.watch.rows(_AWAITED, str(self.runner.process)):
            found = self.holding.get(int(pid or 0))
            if found is None:
                continue
            session, tables = found
            oid = int(relation or 0)
            if oid in self.tables and mode in LOCK_MODES:
                self.seen[oid] = max(self.seen.get(oid, mode), mode, key=LOCK_MODES.index)
            for each in tables:
                if (beside := _BESIDE.get(self.seen.get(each.oid, ""))) is not None:
                    self.inherit(each, beside)
            del self.holding[int(pid or 0)]
            session.close()
            gone = True
        return gone

    def inherit(self, table: _Table, mode: str) -> None:
        """Somebody stands in the line behind the statement."""
        session = OwnSession(self.db)
        self.holding[session.process] = (session, (table,))
        session.run("BEGIN")
        asked = self.threads.submit(session.run, table.lock(mode))
        self.coming.append(asked)
        while not asked.done() and not self.watch.rows(_IN_LINE, str(session.process), str(table.oid)):
            time.sleep(0.001)

    def nodes(self) -> dict[int, int]:
        return {oid: node for oid, (_, node) in table_files(self.db).items()}

    def rows_read(self, counted: OwnSession | None = None) -> dict[int, int]:
        """How much was read of each table so far, or vacuumed, as far as the server has counted."""
        if counted is None:
            ignore(self.db.run(Script(_COUNT)))
        elif counted.at_rest:
            counted.rows(_COUNT)
        return {int(oid or 0): int(rows or 0) for oid, rows in self.watch.rows(_DONE_ROWS)}


_LISTED: Final = sql(_TABLES).rows(tuple[int, str, str, str, int, list[str]])
