"""A SQLite file, looked at: its tables, their keys and indexes, and what their columns really hold.

https://www.sqlite.org/pragma.html
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import msgspec

from qb.kit.importing.errors import UnreadableSqlite

_MAGIC: Final = b"SQLite format 3\x00"
_CREATED: Final = re.compile(
    r"""--[^\n]*|/\*.*?(?:\*/|\Z)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|(?P<word>[^\W\d]\w*)|.""",
    re.DOTALL,
)
_CONTENT: Final = re.compile(r"""content\s*=\s*(?:'((?:[^']|'')+)'|"((?:[^"]|"")+)"|([^\s'",)]+))""", re.IGNORECASE)
"""The table that a virtual table takes its rows from, which is no table of its own."""


class SqliteText(bytes):
    """A text as the file has it, which may be no UTF-8. A blob is bytes alone."""

    __slots__ = ()


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
    last: int = 0
    """The highest number that an AUTOINCREMENT has given."""

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
        connection.text_factory = SqliteText
        connection.execute("BEGIN")
        yield connection
    except sqlite3.Error as error:
        raise UnreadableSqlite(str(file), str(error)) from None
    finally:
        connection.close()


def tables_of_file(connection: sqlite3.Connection) -> tuple[SqliteTable, ...]:
    """Its tables, by their names; not those of which `left_of_file` says that they are left behind."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name"
    virtual = _virtual(connection)
    gone = {*virtual, *(shadow for each in virtual.values() for shadow in each)}
    found = [(str(name), str(text)) for name, text in _rows(connection, query) if name not in gone]
    names = {name.casefold(): name for name, _ in found}
    return tuple(_table(connection, name, text, names) for name, text in found)


def left_of_file(connection: sqlite3.Connection) -> tuple[str, ...]:
    """What is in the file and is no table with rows of its own: virtual tables with theirs, views, triggers."""
    found: list[str] = []
    for name, shadows in _virtual(connection).items():
        held = f", with its tables {', '.join(shadows)}" if shadows else ""
        found.append(f"the virtual table {name}{held}")
    query = "SELECT type, name, tbl_name FROM sqlite_master WHERE type IN ('trigger', 'view') ORDER BY type DESC, name"
    for kind, name, table in _rows(connection, query):
        found.append(f"the {kind} {name}" + (f" of {table}" if kind == "trigger" else ""))
    return tuple(found)


def _virtual(connection: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """The virtual tables, each with those in which it keeps what it knows.

    Which these are SQLite says, as far as it knows the program behind: what it does not know is a table like others.
    """
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%' ORDER BY 1"
    found = {str(name): str(text) for name, text in _rows(connection, query)}
    listed = _rows(connection, "PRAGMA main.table_list") if found else []  # nothing before SQLite 3.37
    own = {"".join(each).replace("''", "'").casefold() for text in found.values() for each in _CONTENT.findall(text)}
    shadows = sorted(str(row[1]) for row in listed if row[2] == "shadow" and str(row[1]).casefold() not in own)
    whose = {each: [name for name in found if each.startswith(f"{name}_")] for each in shadows}
    return {name: tuple(each for each in shadows if name == max(whose[each], key=len, default=None)) for name in found}


def name_in_sqlite(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def _rows(connection: sqlite3.Connection, query: str, *values: object) -> list[tuple[Any, ...]]:
    found = connection.execute(query, values).fetchall()
    return [tuple(each.decode(errors="replace") if isinstance(each, bytes) else each for each in row) for row in found]


def _table(connection: sqlite3.Connection, name: str, text: str, names: Mapping[str, str]) -> SqliteTable:
    table = name_in_sqlite(name)
    ((count,),) = _rows(connection, f"SELECT count(*) FROM {table}")
    columns = tuple(
        _column(connection, table, *row) for row in _rows(connection, "SELECT * FROM pragma_table_xinfo(?)", name)
    )
    words = [each["word"].upper() for each in _CREATED.finditer(text) if each["word"]]
    left = [said for word, said in _LEFT_BEHIND if word in words]
    if any(pair == ("ON", "CONFLICT") for pair in pairwise(words)):
        left.append("what is done ON CONFLICT")
    indexes = tuple(_indexes(connection, name, left))
    try:
        orphans = len(_rows(connection, "SELECT DISTINCT rowid FROM pragma_foreign_key_check(?)", name))
    except sqlite3.Error:
        orphans = 1  # a key that points to no table, or to no key
    keys = tuple(_keys(connection, name, names))
    return SqliteTable(name, columns, keys, indexes, count, orphans, tuple(left), _last(connection, name, words))


_LEFT_BEHIND: Final = (
    ("CHECK", "checks"),
    ("COLLATE", "collations: texts are compared as they are"),
    ("DEFERRABLE", "that keys are DEFERRABLE"),
)
"""Words of a table that are reserved, and what they tell."""


def _last(connection: sqlite3.Connection, name: str, words: Sequence[str]) -> int:
    """The highest number that was ever given, where numbers are not given twice; else 0."""
    if "AUTOINCREMENT" not in words:
        return 0
    found = _rows(connection, "SELECT seq FROM sqlite_sequence WHERE name = ?", name)
    return found[0][0] if found and isinstance(found[0][0], int) else 0


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


def _keys(connection: sqlite3.Connection, name: str, names: Mapping[str, str]) -> Sequence[SqliteKey]:
    by_number: dict[int, list[tuple[Any, ...]]] = {}
    for row in _rows(connection, "SELECT * FROM pragma_foreign_key_list(?) ORDER BY id, seq", name):
        by_number.setdefault(row[0], []).append(row)
    found: list[SqliteKey] = []
    for rows in by_number.values():
        target = names.get(str(rows[0][2]).casefold(), str(rows[0][2]))  # names are the same in capitals
        columns = tuple(str(row[3]) for row in rows)
        info = _rows(connection, "SELECT pk, name FROM pragma_table_xinfo(?) ORDER BY pk", target)
        spelled = {str(each).casefold(): str(each) for _, each in info}
        theirs = tuple(spelled.get(str(row[4]).casefold(), str(row[4])) for row in rows if row[4] is not None)
        if not theirs:  # the primary key is meant
            theirs = tuple(str(each) for place, each in info if place)
        found.append(SqliteKey(columns, target, theirs, str(rows[0][6]), str(rows[0][5])))
    return found


def _indexes(connection: sqlite3.Connection, name: str, left: list[str]) -> Generator[SqliteIndex]:
    for _, index, unique, origin, partial in _rows(connection, "SELECT * FROM pragma_index_list(?)", name):
        if origin == "pk":
            continue
        parts = _rows(connection, 'SELECT cid, name, "desc", coll FROM pragma_index_xinfo(?) WHERE key = 1', index)
        if partial or any(number < 0 for number, _, _, _ in parts):
            left.append(f"the index {index}, which has {'a condition' if partial else 'an expression'}")
            continue
        if folded := sorted({str(each[3]) for each in parts} - {"BINARY"}):
            left.append(f"the collation {', '.join(folded)} of the index {index}: texts are compared as they are")
        columns = tuple((str(column), bool(down)) for _, column, down, _ in parts)
        yield SqliteIndex(str(index), columns, bool(unique), origin == "u")
