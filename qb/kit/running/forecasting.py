"""`forecast`: what a migration's statements meet in a real database: the sizes of the tables, and about how long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.errors import KitError
from qb.kit.history.migration import Migration, StepRecord
from qb.kit.qualified import pieces
from qb.kit.running.cutting import cut_migration
from qb.kit.running.wanted_index import wanted_index
from qb.kit.sql_file import FileStatement
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.types.identifier import quoted
from qb.types.trusted import trusted

TableWork: TypeAlias = Literal["writes anew", "reads all of", "builds an index of", "locks"]
"""What a statement does to a table."""

_KEEP_WRITERS: Final = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock")
_MEGABYTE: Final = 1_000_000
_SIZES: Final = """
SELECT asked.name, relation.oid IS NOT NULL AS there,
  CASE WHEN bool_or(part.reltuples < 0) THEN NULL ELSE sum(part.reltuples)::int8 END AS rows,
  coalesce(sum(pg_catalog.pg_table_size(part.oid)), 0)::int8 AS bytes,
  coalesce(sum(pg_catalog.pg_indexes_size(part.oid)), 0)::int8 AS indexes
FROM unnest({names}::text[]) AS asked (name)
  LEFT JOIN LATERAL (SELECT pg_catalog.to_regclass(asked.name)::oid AS oid) relation ON true
  LEFT JOIN LATERAL (
    SELECT c.oid, c.reltuples FROM pg_catalog.pg_class c
    WHERE c.oid = relation.oid AND c.relkind <> 'p'
      OR c.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(relation.oid) WHERE isleaf)
  ) part ON true
GROUP BY asked.name, relation.oid
"""


class WorkRates(msgspec.Struct, frozen=True):
    """How fast a server works, in megabytes of a table a second.

    Those that nobody says were measured on a machine with two busy cores, the rows in its memory. A server that reads
    its disk is slower, a larger one faster: a measurement of one's own (`qb rehearse`) beats both.
    """

    read: float = 300
    write: float = 75
    index: float = 40

    def __str__(self) -> str:
        return (
            f"at {self.read:g} MB/s read, {self.write:g} written anew and {self.index:g} put into an index, as "
            "measured on two busy cores with all rows in memory: qb rehearse measures with yours"
        )


class TableForecast(msgspec.Struct, frozen=True):
    """A table that a statement works on, as it is in the database."""

    table: str
    does: TableWork
    there: bool
    rows: int | None
    """About how many, as of its last ANALYZE; None where there was none."""
    bytes: int
    """Of its rows, and what is stored apart of them."""
    seconds: float
    """About how long."""

    def __str__(self) -> str:
        if not self.there:
            return f"{self.does} {self.table}, which is not there yet"
        rows = "rows not counted" if self.rows is None else f"{self.rows:,} row{'' if self.rows == 1 else 's'}"
        return f"{self.does} {self.table} ({rows}, {_size(self.bytes)})"


class StatementForecast(msgspec.Struct, frozen=True):
    """What is to be expected of a statement."""

    number: int
    """Its place among the statements of the file, from 1."""
    line: int
    tables: tuple[TableForecast, ...]
    lock: str | None
    """The strongest."""
    offending: int = 0
    """How many rows it fails for: they are to be mended before."""

    @property
    def seconds(self) -> float:
        """About how long it works."""
        return sum(each.seconds for each in self.tables)

    @property
    def waits(self) -> str:
        """Who waits meanwhile, of those who use the tables."""
        if self.lock == "AccessExclusiveLock":
            return "everybody waits"
        return "who writes waits" if self.lock in _KEEP_WRITERS else "nobody waits"

    def __str__(self) -> str:
        works = "; ".join(map(str, self.tables))
        said = f"{works}: {_about(self.seconds)}, {self.waits}" if works else self.waits
        return f"{_counted(self.offending)} it from being done; {said}" if self.offending else said


class Forecast(msgspec.Struct, frozen=True):
    """What is to be expected of a migration."""

    migration: str
    statements: tuple[StatementForecast, ...]
    rates: WorkRates
    known: bool = True
    """Whether it is known what its statements do: `qb prove` finds out for what somebody wrote or edited."""

    @property
    def seconds(self) -> float:
        """About how long all of it works, without what it waits for."""
        return sum(each.seconds for each in self.statements)

    def __str__(self) -> str:
        if not self.known:
            return "what its statements do is not known: qb prove finds out"
        return f"all in all {_about(self.seconds)}, {self.rates}"


Forecasting: TypeAlias = Success[Forecast] | Failure[KitError | DbError, Forecast]
"""What comes back."""


class _Size(msgspec.Struct, frozen=True):
    name: str
    there: bool
    rows: int | None
    bytes: int
    indexes: int


def forecast(db: Db, migration: Migration, *, rates: WorkRates = WorkRates()) -> Forecasting:
    """What the statements of a migration meet in a database: how large the tables are that they lock, read or write
    anew, who waits, and about how long.

    What they do was seen when the migration was made or proved. Only the catalog is read, so rows are the server's own
    guess; but rows that a narrower type does not take are counted, before anything is run that would fail on them. A
    table that is not there is said. Nothing of it is written into the migration.
    Errors: those of the world.

    >>> from qb.kit import forecast
    >>> from qb.kit.history.migration import Migration, StepRecord
    >>> seen = StepRecord(number=1, sql_sha="", lock="AccessExclusiveLock", rewrites=("public.tasks",))
    >>> made = Migration(id="0002_x", up="ALTER TABLE tasks ALTER id TYPE int8", up_steps=(seen,))
    >>> print(*forecast(db, made).unwrap().statements)
    writes anew public.tasks (rows not counted, ... kB): under a second, everybody waits
    """
    try:
        cut = cut_migration(migration)
        if migration.edited or (not migration.up_steps and any(segment.statements for segment in cut)):
            return Success(Forecast(migration.id, (), rates, known=False))
        placed = [pair for each in cut for pair in enumerate(each.statements, each.first)]
        records = {each.number: each for each in migration.up_steps}
        works = {number: list(_works(each, records.get(number))) for number, each in placed}
        names = sorted({each.sql for found in works.values() for each in found})
        sizes = {each.name: each for each in unwrap(db.all(sql(_SIZES, names=names).rows(_Size)))} if names else {}
    except (KitError, DbError) as error:
        return Failure(error)
    found: list[StatementForecast] = []
    for number, each in placed:
        tables = tuple(_table(work, sizes[work.sql], rates) for work in works[number])
        record = records.get(number)
        lock = None if record is None else record.lock
        found.append(StatementForecast(number, each.line, tables, lock, _offending(db, record)))
    return Success(Forecast(migration.id, tuple(found), rates))


def _offending(db: Db, record: StepRecord | None) -> int:
    """None that can be told of a table that is not there yet."""
    if record is None or not record.offends:
        return 0
    text = record.offends.replace("{", "{{").replace("}", "}}")
    with db.transaction(rollback=True) as tx:
        return tx.scalar(sql(trusted(text)).rows(int)).value_or(0)


def _counted(rows: int) -> str:
    return "1 row keeps" if rows == 1 else f"{rows:,} rows keep"


class _Work(NamedTuple):
    table: str
    sql: str
    does: TableWork


def _works(statement: FileStatement, record: StepRecord | None) -> Iterator[_Work]:
    if record is None:
        return
    if (index := wanted_index(statement.text)) is not None:
        yield _Work(".".join(pieces(index.table)), index.table, "builds an index of")
        return
    done = (*record.rewrites, *record.scans)
    for name in dict.fromkeys((*record.locks, *done)):
        schema, _, table = name.partition(".")
        does: TableWork = "writes anew" if name in record.rewrites else "reads all of" if name in done else "locks"
        yield _Work(name, f"{quoted(schema)}.{quoted(table)}", does)


def _table(work: _Work, size: _Size, rates: WorkRates) -> TableForecast:
    rows, indexes = size.bytes / _MEGABYTE, size.indexes / _MEGABYTE
    seconds: Mapping[TableWork, float] = {
        "writes anew": rows / rates.write + indexes / rates.index,
        "reads all of": rows / rates.read,
        "builds an index of": rows / rates.index,
        "locks": 0.0,
    }
    return TableForecast(work.table, work.does, size.there, size.rows, size.bytes, seconds[work.does])


def _about(seconds: float) -> str:
    if seconds < 1:
        return "under a second"
    if seconds < 90:
        return f"about {seconds:.0f} s"
    return f"about {seconds / 60:.0f} minutes" if seconds < 7200 else f"about {seconds / 3600:.1f} hours"


def _size(number: int) -> str:
    for unit, least in (("GB", 1e9), ("MB", 1e6)):
        if number >= least:
            return f"{number / least:.1f} {unit}"
    return f"{number / 1e3:.0f} kB"
