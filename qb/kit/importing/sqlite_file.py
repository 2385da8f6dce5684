"""A SQLite file, looked at: its tables, their keys and indexes, and what their columns really hold.

https://www.sqlite.org/pragma.html
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import msgspec

from qb.kit.importing.errors import UnreadableSqlite

_MAGIC: Final = b"SQLite format 3\x00"


class SqliteColumn(msgspec.Struct, frozen=True):
    """A column, and what is in it."""

    name: str
    declared: str
    """The type that it was declared with, in capitals; "" without one."""
    not_null: bool
    default: str | None
    key: int
    """Its place in the primary key; 0 where it is in none."""
    generated: bool
    holds: tuple[tuple[str, int], ...]
    """How many values there are of each of SQLite's classes: integer, real, text, blob, null."""
    low: int | None
    high: int | None
    """Of the integers."""


class SqliteKey(msgspec.Struct, frozen=True):
    """A foreign key."""

    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    on_delete: str
    on_update: str


class SqliteIndex(msgspec.Struct, frozen=True):
    """An index on columns."""

    name: str
    columns: tuple[tuple[str, bool], ...]
    """Each, and whether it goes down."""
    unique: bool
    constraint: bool
    """Whether it is there for a UNIQUE of the table."""


class SqliteTable(msgspec.Struct, frozen=True):
    """A table of the file."""

    name: str
    columns: tuple[SqliteColumn, ...]
    keys: tuple[SqliteKey, ...]
    indexes: tuple[SqliteIndex, ...]
    rows: int
    orphans: int
    """Rows that a foreign key of theirs points to nothing."""
    left: tuple[str, ...]
    """What is not brought along: an index on an expression, a check."""

    @property
    def primary_key(self) -> tuple[str, ...]:
        """Its columns, in order."""
        keyed = sorted((each.key, each.name) for each in self.columns if each.key)
        return tuple(name for _, name in keyed)


@contextmanager
def sqlite_opened(file: Path) -> Generator[sqlite3.Connection]:
    """The file for reading, as it is at one moment. Raises `UnreadableSqlite`."""
    try:
        with file.open("rb") as stream:
            if stream.read(16) != _MAGIC:
                raise UnreadableSqlite(str(file), "it is no SQLite database")
    except OSError as error:
        raise UnreadableSqlite(str(file), error.strerror or str(error)) from None
    connection = sqlite3.connect(f"file:{quote(str(file.resolve()))}?mode=ro", uri=True, isolation_level=None)
    try:
        connection.text_factory = bytes  # which may be no UTF-8
        connection.execute("BEGIN")
        yield connection
    except sqlite3.Error as error:
        raise UnreadableSqlite(str(file), str(error)) from None
    finally:
        connection.close()


def tables_of_file(connection: sqlite3.Connection) -> tuple[SqliteTable, ...]:
    """Its tables, by their names."""
    query = """
SELECT name, sql FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name
"""
    found = _rows(connection, query)
    shadows = {str(name) for name, text in found if str(text).upper().startswith("CREATE VIRTUAL TABLE")}
    return tuple(
        _table(connection, str(name), str(text))
        for name, text in found
        if not any(name == each or str(name).startswith(f"{each}_") for each in shadows)
    )


def name_in_sqlite(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def _rows(connection: sqlite3.Connection, query: str, *values: object) -> list[tuple[Any, ...]]:
    found = connection.execute(query, values).fetchall()
    return [tuple(each.decode(errors="replace") if isinstance(each, bytes) else each for each in row) for row in found]


def _table(connection: sqlite3.Connection, name: str, text: str) -> SqliteTable:
    table = name_in_sqlite(name)
    ((count,),) = _rows(connection, f"SELECT count(*) FROM {table}")
    columns = tuple(
        _column(connection, table, *row) for row in _rows(connection, "SELECT * FROM pragma_table_xinfo(?)", name)
    )
    left: list[str] = []
    if " CHECK" in text.upper().replace("(", " ").replace("\n", " "):
        left.append("checks")
    indexes = tuple(_indexes(connection, name, left))
    try:
        orphans = len(_rows(connection, "SELECT DISTINCT rowid FROM pragma_foreign_key_check(?)", name))
    except sqlite3.Error:
        orphans = 1  # a key that points to no table, or to no key
    return SqliteTable(name, columns, tuple(_keys(connection, name)), indexes, count, orphans, tuple(left))


def _column(
    connection: sqlite3.Connection,
    table: str,
    number: int,
    name: str,
    declared: str,
    not_null: int,
    default: str | None,
    key: int,
    hidden: int,
) -> SqliteColumn:
    column = name_in_sqlite(name)
    holds = _rows(connection, f"SELECT typeof({column}), count(*) FROM {table} GROUP BY 1 ORDER BY 1")
    ((low, high),) = _rows(
        connection, f"SELECT min({column}), max({column}) FROM {table} WHERE typeof({column}) = 'integer'"
    )
    found = tuple((str(kind), int(count)) for kind, count in holds)
    return SqliteColumn(name, declared.upper().strip(), bool(not_null), default, key, hidden > 1, found, low, high)


def _keys(connection: sqlite3.Connection, name: str) -> Sequence[SqliteKey]:
    by_number: dict[int, list[tuple[Any, ...]]] = {}
    for row in _rows(connection, "SELECT * FROM pragma_foreign_key_list(?) ORDER BY id, seq", name):
        by_number.setdefault(row[0], []).append(row)
    found: list[SqliteKey] = []
    for rows in by_number.values():
        target = str(rows[0][2])
        columns = tuple(str(row[3]) for row in rows)
        theirs = tuple(str(row[4]) for row in rows if row[4] is not None)
        if not theirs:  # the primary key is meant
            info = _rows(connection, "SELECT pk, name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", target)
            theirs = tuple(str(each) for _, each in info)
        found.append(SqliteKey(columns, target, theirs, str(rows[0][6]), str(rows[0][5])))
    return found


def _indexes(connection: sqlite3.Connection, name: str, left: list[str]) -> Generator[SqliteIndex]:
    for _, index, unique, origin, partial in _rows(connection, "SELECT * FROM pragma_index_list(?)", name):
        if origin == "pk":
            continue
        parts = _rows(connection, 'SELECT cid, name, "desc" FROM pragma_index_xinfo(?) WHERE key = 1', index)
        if partial or any(number < 0 for number, _, _ in parts):
            left.append(f"the index {index}, which has {'a condition' if partial else 'an expression'}")
            continue
        columns = tuple((str(column), bool(down)) for _, column, down in parts)
        yield SqliteIndex(str(index), columns, bool(unique), origin == "u")
