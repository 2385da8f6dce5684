"""`import_sqlite`: a SQLite file becomes tables of PostgreSQL, with all of its rows; or is only looked at."""

from __future__ import annotations

import hashlib
import sqlite3
import types
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import msgspec

from qb.declare.column import Col, column
from qb.declare.new import New, new
from qb.declare.table import Table
from qb.errors import DbError
from qb.errors.outcome import Failure, Success
from qb.kit.errors import KitError
from qb.kit.importing.errors import NotTheSameRows, RowsRejected
from qb.kit.importing.rejected import Rejected
from qb.kit.importing.sqlite_file import name_in_sqlite, sqlite_opened
from qb.kit.importing.sqlite_plan import PlannedImport, PlannedSqlite, planned_import
from qb.kit.importing.sqlite_types import CONVERSIONS, SqliteConversion
from qb.query.raw import sql
from qb.query.script import Script
from qb.run.database.db import Db, Tx
from qb.types.identifier import quoted
from qb.types.trusted import trusted

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_SUMS: Final = 1 << 128
_PART: Final = 5_000


class ImportedTable(msgspec.Struct, frozen=True):
    """A table that was brought here."""

    table: str
    rows: int
    checksum: str
    """Of all rows, whatever their order: the same of what was read there and of what is here."""
    rejected: int
    """Rows that were left out."""


class ImportedSqlite(msgspec.Struct, frozen=True):
    """What was brought here."""

    tables: tuple[ImportedTable, ...]
    left: tuple[str, ...]
    """What was not: `tickets: checks`."""


SqlitePlanning: TypeAlias = Success[PlannedSqlite] | Failure[KitError, PlannedSqlite]
"""What comes back of a look."""
SqliteImporting: TypeAlias = Success[ImportedSqlite] | Failure[KitError | DbError, ImportedSqlite]
"""What comes back of an import."""


def inspect_sqlite(file: Path | str, *, become: Mapping[str, str] = _NOTHING) -> SqlitePlanning:
    """What becomes of each table and column of a SQLite file, and what is left behind. Nothing is changed.

    A column becomes what all of its values are: whole numbers are `bigint`; those of a column that is declared or
    called as a time are milliseconds or seconds since 1970, and become `timestamptz`; 0 and 1 of a BOOLEAN are
    `boolean`; texts that are JSON objects or arrays are `jsonb`, unless it would keep less of them. `become` says
    otherwise, as `{"tickets.made": "timestamptz:ms"}`. `left` of what comes back, and of each table, is what is not
    brought along.
    Errors: `UnreadableSqlite`, `UnknownConversion`, `UnusableName`. https://www.sqlite.org/datatype3.html

    >>> from qb.kit import inspect_sqlite
    >>> inspect_sqlite("nowhere.db")
    <Failure: nowhere.db: No such file or directory>
    """
    try:
        with sqlite_opened(Path(file)) as connection:
            return Success(planned_import(connection, become))
    except KitError as error:
        return Failure(error)


def import_sqlite(
    file: Path | str,
    db: Db,
    *,
    become: Mapping[str, str] = _NOTHING,
    skip_rejects: bool = False,
    told: Callable[[str, int], None] = lambda table, rows: None,
) -> SqliteImporting:
    """Make the tables of a SQLite file, put all rows in by COPY, then indexes and keys: all of it, or nothing.

    What becomes of columns says `inspect_sqlite`. The rows that have arrived are read once more, and their number and
    checksum compared with what was read. A value that is not what its column becomes ends it, with the number of such
    rows of each column; with `skip_rejects` these rows are left out. Nothing of the file is changed.
    Errors: `UnreadableSqlite`, `UnknownConversion`, `UnusableName`, `RowsRejected`, `NotTheSameRows`, those
    of the world, as a table that is there already.

    >>> import sqlite3, tempfile
    >>> from pathlib import Path
    >>> from qb.kit import import_sqlite
    >>> file = Path(tempfile.mkdtemp()) / "old.db"
    >>> with sqlite3.connect(file) as old:
    ...     _ = old.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, tags TEXT, created_at INTEGER)")
    ...     _ = old.execute('INSERT INTO notes VALUES (1, \\'["a"]\\', 1700000000000)')
    >>> old.close()
    >>> [(each.table, each.rows) for each in import_sqlite(file, db).unwrap().tables]
    [('notes', 1)]
    >>> db.one(sql("SELECT tags -> 0 ->> 0, created_at::date::text FROM notes").rows(tuple[str, str]))
    <Success: ('a', '2023-11-14')>
    """

    def work(tx: Tx) -> SqliteImporting:
        try:
            with sqlite_opened(Path(file)) as connection:
                return Success(_Import(connection, tx, skip_rejects, told).run(planned_import(connection, become)))
        except (KitError, DbError) as error:
            return Failure(error)

    return db.transact(work)


class _Import:
    def __init__(
        self, connection: sqlite3.Connection, tx: Tx, skip_rejects: bool, told: Callable[[str, int], None]
    ) -> None:
        self.connection, self.tx, self.skip_rejects, self.told = connection, tx, skip_rejects, told
        self.rejects: Counter[tuple[str, str, str]] = Counter()

    def run(self, planned: PlannedSqlite) -> ImportedSqlite:
        found: list[ImportedTable] = []
        for plan in planned.tables:
            self.statement(plan.created)
            found.append(self.load(plan))
            self.told(plan.table, found[-1].rows)
        if self.rejects and not self.skip_rejects:
            rejects = sorted((*name, count) for name, count in self.rejects.items())
            raise RowsRejected(tuple((table, column, count, why) for table, column, why, count in rejects))
        keys = [each for plan in planned.tables for each in plan.after]
        for each in sorted(keys, key=lambda each: " REFERENCES " in each):  # which need the keys of others
            self.statement(each)
        return ImportedSqlite(tuple(found), planned.all_left)

    def statement(self, text: str) -> None:
        outcome = self.tx.run(Script(trusted(text)))
        if isinstance(outcome, Failure):
            raise outcome.failure()

    def load(self, plan: PlannedImport) -> ImportedTable:
        conversions = [CONVERSIONS[each.becomes] for each in plan.columns]
        table = _table_of(plan, conversions)
        made: Any = new(table)
        sent, total, rejected = 0, 0, 0
        part: list[New[Any]] = []
        for row in self.rows(plan):
            values = self.converted(plan, conversions, row)
            if values is None:
                rejected += 1
                continue
            said = [None if each is None else c.sent(each) for c, each in zip(conversions, row, strict=True)]
            sent, total = sent + 1, (total + _sum_of(said)) % _SUMS
            part.append(made(**{f"c{place}": value for place, value in enumerate(values)}))
            if len(part) == _PART:
                self.tx.raising.insert_many(part)
                part = []
        if part:
            self.tx.raising.insert_many(part)
        arrived, there = self.read_back(plan, conversions)
        if (sent, total) != (arrived, there):
            raise NotTheSameRows(f"table {plan.table}", sent, arrived)
        return ImportedTable(plan.table, sent, f"{total:032x}", rejected)

    def rows(self, plan: PlannedImport) -> Iterator[tuple[Any, ...]]:
        names = ", ".join(name_in_sqlite(each.name) for each in plan.columns)
        yield from self.connection.execute(f"SELECT {names} FROM {name_in_sqlite(plan.table)}")

    def converted(
        self, plan: PlannedImport, conversions: Sequence[SqliteConversion], row: tuple[Any, ...]
    ) -> list[Any] | None:
        """The values of a row; None where one is rejected."""
        found: list[Any] = []
        for column_, conversion, value in zip(plan.columns, conversions, row, strict=True):
            try:
                if value is None and column_.not_null:
                    raise Rejected("it is NULL, and the column is not")
                found.append(None if value is None else conversion.convert(value))
            except Rejected as error:
                self.rejects[plan.table, column_.name, str(error)] += 1
                return None
        return found

    def read_back(self, plan: PlannedImport, conversions: Sequence[SqliteConversion]) -> tuple[int, int]:
        """The number and the sum of the rows that are there, by what PostgreSQL says of them as text."""
        pairs = zip(plan.columns, conversions, strict=True)
        listed = ", ".join(conversion.text.format(quoted(each.name)) for each, conversion in pairs)
        text = f"SELECT ARRAY[{listed}]::text[] FROM {quoted(plan.table)}".replace("{", "{{").replace("}", "}}")
        arrived, total = 0, 0
        with self.tx.stream(sql(trusted(text)).rows(list[str | None])) as rows:
            for row in rows:
                said = [None if each is None else c.arrived(each) for c, each in zip(conversions, row, strict=True)]
                arrived, total = arrived + 1, (total + _sum_of(said)) % _SUMS
        return arrived, total


def _table_of(plan: PlannedImport, conversions: Sequence[SqliteConversion]) -> type[Any]:
    """A table to write and read rows with."""
    body: dict[str, Any] = {"__module__": __name__, "__annotations__": {}}
    for place, (each, conversion) in enumerate(zip(plan.columns, conversions, strict=True)):
        python: Any = conversion.python | None
        body["__annotations__"][f"c{place}"] = Col[python]
        body[f"c{place}"] = column(conversion.type, name=each.name)
    made: type[Any] = types.new_class("Brought", (Table,), {"name": plan.table}, lambda space: space.update(body))
    return made


def _sum_of(said: Sequence[str | None]) -> int:
    """A number of a row, which rows that say the same have alike."""
    return int.from_bytes(hashlib.blake2b(msgspec.json.encode(said), digest_size=16).digest(), "big")
