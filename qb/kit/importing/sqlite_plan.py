"""How a SQLite database becomes one of PostgreSQL's: tables first, keys and indexes when the rows are there."""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import msgspec

from qb.kit.importing.errors import UnknownConversion, UnusableName
from qb.kit.importing.sqlite_file import (
    SqliteColumn,
    SqliteKey,
    SqliteTable,
    SqliteText,
    left_of_file,
    name_in_sqlite,
    tables_of_file,
)
from qb.kit.importing.sqlite_types import CONVERSIONS, becomes, has_offset, is_converted
from qb.render.literals import string_literal
from qb.types.identifier import quoted

_LITERAL: Final = re.compile(r"'(?:[^']|'')*'|[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_LONGEST: Final = 63
_SYSTEM: Final = ("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid")
"""Columns that every table of PostgreSQL has already."""


class PlannedColumn(msgspec.Struct, frozen=True):
    """A column, and what becomes of it."""

    name: str
    becomes: str
    """As `--as` calls it: `timestamptz:ms`."""
    type: str
    not_null: bool
    default: str | None
    identity: bool


class PlannedImport(msgspec.Struct, frozen=True):
    """A table, and what becomes of it."""

    table: str
    rows: int
    columns: tuple[PlannedColumn, ...]
    primary_key: tuple[str, ...]
    after: tuple[str, ...]
    """What is done when all rows are there: keys, indexes."""
    left: tuple[str, ...]
    """What is not brought along."""

    @property
    def created(self) -> str:
        """The table without keys and indexes."""
        return f"CREATE TABLE {quoted(self.table)} ({', '.join(map(_column_sql, self.columns))})"


class PlannedSqlite(msgspec.Struct, frozen=True):
    """A file, and what becomes of it."""

    tables: tuple[PlannedImport, ...]
    left: tuple[str, ...]
    """What is not brought along and of no table: virtual tables with what they keep, views, triggers."""

    @property
    def all_left(self) -> tuple[str, ...]:
        """All that is not brought along, with its table."""
        return (*self.left, *(f"{table.table}: {each}" for table in self.tables for each in table.left))


def planned_import(connection: sqlite3.Connection, said: Mapping[str, str]) -> PlannedSqlite:
    """What becomes of a file. `said` is what somebody says of columns, `{"tickets.made": "timestamptz:ms"}`.

    Raises `UnknownConversion`, `UnusableName`.
    """
    known = {each.name: each for each in tables_of_file(connection)}
    types: dict[tuple[str, str], str] = {}
    for table in known.values():
        _check_name(f"the table {table.name}", table.name)
        for column in table.columns:
            _check_name(f"the column {table.name}.{column.name}", column.name, reserved=_SYSTEM)
            types[table.name, column.name] = said.get(f"{table.name}.{column.name}") or becomes(
                column, _texts(connection, table, column)
            )
    for name, becomes_ in said.items():
        if not any(name == f"{table_name}.{column_name}" for table_name, column_name in types):
            raise UnknownConversion(f"{name}={becomes_}", "the file has no such column")
        if becomes_ not in CONVERSIONS:
            raise UnknownConversion(f"{name}={becomes_}", f"a column becomes one of {', '.join(CONVERSIONS)}")
    for _ in known:  # a key is of the type of what it points to, at any distance
        for table in known.values():
            for key in table.keys:
                for mine, theirs in zip(key.columns, key.target_columns, strict=False):
                    target = types.get((key.target, theirs))
                    if target is not None and f"{table.name}.{mine}" not in said:
                        types[table.name, mine] = target
    names = set(known)
    tables = tuple(_table(table, types, known, names, _changed(connection, table, types)) for table in known.values())
    return PlannedSqlite(tables, left_of_file(connection))


def _check_name(what: str, name: str, reserved: tuple[str, ...] = ()) -> None:
    if not name:
        raise UnusableName(what, "it has no name at all, which PostgreSQL wants")
    if len(name.encode()) > _LONGEST:
        raise UnusableName(what, f"PostgreSQL keeps {_LONGEST} bytes of a name, and this one has {len(name.encode())}")
    if name in reserved:
        raise UnusableName(what, "every table of PostgreSQL has a column of that name already")


def _texts(connection: sqlite3.Connection, table: SqliteTable, column: SqliteColumn) -> Callable[[], Iterator[bytes]]:
    name, of = name_in_sqlite(column.name), name_in_sqlite(table.name)

    def texts() -> Iterator[bytes]:
        for (each,) in connection.execute(f"SELECT {name} FROM {of} WHERE typeof({name}) = 'text'"):
            yield each

    return texts


def _changed(connection: sqlite3.Connection, table: SqliteTable, types: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """What values are no longer, in words."""
    for column in table.columns:
        name = types[table.name, column.name]
        kept = {*CONVERSIONS[name].classes, "null"}
        for kind, count in column.holds:
            if kind not in kept:
                some = f"{count} {kind} value becomes" if count == 1 else f"{count} {kind} values become"
                yield f"what {column.name} holds as it is: {some} {name}"
        if name == "timestamptz:iso" and any(map(has_offset, _texts(connection, table, column)())):
            yield f"the offsets of the times in {column.name}: they are the same moments, in UTC"


def _table(
    table: SqliteTable,
    types: Mapping[tuple[str, str], str],
    known: Mapping[str, SqliteTable],
    names: set[str],
    changed: Iterable[str],
) -> PlannedImport:
    left = [*table.left, *changed]
    key = table.primary_key
    nulls = {each.name for each in table.columns if dict(each.holds).get("null")}
    if nulls.intersection(key):
        left.append(f"the primary key, as {', '.join(sorted(nulls.intersection(key)))} holds NULL")
        key = ()
    counted = len(key) == 1 and types[table.name, key[0]] == "bigint"
    columns = tuple(_planned(table, each, types[table.name, each.name], key, counted, left) for each in table.columns)
    after = list(_after(table, key, counted, known, names, left))
    return PlannedImport(table.name, table.rows, columns, key, tuple(after), tuple(left))


def _planned(
    table: SqliteTable, column: SqliteColumn, name: str, key: tuple[str, ...], counted: bool, left: list[str]
) -> PlannedColumn:
    default = None
    if column.generated:
        left.append(f"that {column.name} is generated: its values are brought along")
    elif column.default is not None and (default := _default(column.default, name)) is None:
        if column.default.upper() != "NULL":
            left.append(f"the default of {column.name}")
    not_null = column.not_null or column.name in key
    identity = counted and column.name in key
    return PlannedColumn(column.name, name, CONVERSIONS[name].sql, not_null, None if identity else default, identity)


def _default(text: str, name: str) -> str | None:
    """A default as PostgreSQL has it; None where that is not known."""
    word = text.upper().strip("()")
    if word in ("CURRENT_TIMESTAMP", "CURRENT_DATE") and (name.startswith("timestamptz") or name == "date"):
        return "now()" if name.startswith("timestamptz") else "CURRENT_DATE"
    if name == "boolean" and word in ("0", "1", "TRUE", "FALSE"):
        return "true" if word in ("1", "TRUE") else "false"
    if not _LITERAL.fullmatch(text):
        return None
    if text.startswith("'"):
        value = text[1:-1].replace("''", "'")
        fitting = name in ("text", "jsonb") and is_converted(name, SqliteText(value.encode()))
        return string_literal(value) if fitting else None
    number = float(text) if re.search("[.eE]", text) else int(text)
    fitting = name in ("bigint", "double precision", "numeric") and is_converted(name, number) and math.isfinite(number)
    return text if fitting and (name != "bigint" or -(2**63) <= number < 2**63) else None


def _column_sql(column: PlannedColumn) -> str:
    default = f" DEFAULT {column.default}" if column.default is not None else ""
    identity = " GENERATED BY DEFAULT AS IDENTITY" if column.identity else ""
    return f"{quoted(column.name)} {column.type}{identity}{default}{' NOT NULL' if column.not_null else ''}"


def _after(
    table: SqliteTable,
    key: tuple[str, ...],
    counted: bool,
    known: Mapping[str, SqliteTable],
    names: set[str],
    left: list[str],
) -> Iterator[str]:
    mine = quoted(table.name)
    if key:
        yield f"ALTER TABLE {mine} ADD PRIMARY KEY ({_listed(key)})"
    for each in table.indexes:
        columns = ", ".join(f"{quoted(name)}{' DESC' if down else ''}" for name, down in each.columns)
        if each.constraint:  # which has no order
            yield f"ALTER TABLE {mine} ADD UNIQUE ({_listed(name for name, _ in each.columns)})"
        else:
            unique = "UNIQUE " if each.unique else ""
            name = _name(each.name, names)
            if name != each.name:
                left.append(f"the name of the index {each.name}: it is called {name}")
            yield f"CREATE {unique}INDEX {quoted(name)} ON {mine} ({columns})"
    if counted:
        sequence = f"pg_get_serial_sequence({string_literal(mine)}, {string_literal(key[0])})"
        yield (
            f"SELECT setval({sequence}, greatest(1, n), n > 0) FROM"
            f" (SELECT greatest({table.last}, coalesce(max({quoted(key[0])}), 0)) AS n FROM {mine}) AS given"
        )
    for foreign in table.keys:
        target = known.get(foreign.target)
        if target is None or not _is_key(target, foreign.target_columns):
            left.append(f"the key of {', '.join(foreign.columns)} to {foreign.target}, which is no key there")
            continue
        yield _foreign_key(table, foreign, left)


def _foreign_key(table: SqliteTable, key: SqliteKey, left: list[str]) -> str:
    done = "".join(
        f" ON {when} {what}"
        for when, what in (("DELETE", key.on_delete), ("UPDATE", key.on_update))
        if what not in ("NO ACTION", "")
    )
    valid = ""
    if table.orphans:
        left.append(f"that the key of {', '.join(key.columns)} holds for rows that are there: some point to nothing")
        valid = " NOT VALID"
    columns, theirs = _listed(key.columns), _listed(key.target_columns)
    refers = f"FOREIGN KEY ({columns}) REFERENCES {quoted(key.target)} ({theirs}){done}"
    return f"ALTER TABLE {quoted(table.name)} ADD {refers}{valid}"


def _is_key(table: SqliteTable, columns: tuple[str, ...]) -> bool:
    unique = [{name for name, _ in each.columns} for each in table.indexes if each.unique]
    return set(columns) in [set(table.primary_key), *unique] and bool(columns)


def _name(name: str, names: set[str]) -> str:
    """A name of an index that is free: here they are names of the schema, there of the database."""
    found = name.encode()[:_LONGEST].decode(errors="ignore")
    while found in names:
        found = f"{found.encode()[:50].decode(errors='ignore')}_{len(names)}"
    names.add(found)
    return found


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))
