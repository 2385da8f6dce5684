"""How a SQLite database becomes one of PostgreSQL's: tables first, keys and indexes when the rows are there."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from qb.kit.importing.errors import UnknownConversion
from qb.kit.importing.sqlite_file import SqliteColumn, SqliteKey, SqliteTable, name_in_sqlite
from qb.kit.importing.sqlite_types import CONVERSIONS, becomes
from qb.render.literals import string_literal
from qb.types.identifier import quoted

_LITERAL: Final = re.compile(r"'(?:[^']|'')*'|[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_LONGEST: Final = 63


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


def planned_import(
    connection: sqlite3.Connection, tables: Iterable[SqliteTable], said: Mapping[str, str]
) -> tuple[PlannedImport, ...]:
    """What becomes of tables. `said` is what somebody says of columns, `{"tickets.made": "timestamptz:ms"}`.

    Raises `UnknownConversion`.
    """
    known = {each.name: each for each in tables}
    types: dict[tuple[str, str], str] = {}
    for table in known.values():
        for column in table.columns:
            types[table.name, column.name] = said.get(f"{table.name}.{column.name}") or _guessed(
                connection, table, column
            )
    for name, becomes_ in said.items():
        table_name, _, column_name = name.rpartition(".")
        if (table_name, column_name) not in types:
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
    names: set[str] = set()
    return tuple(_table(table, types, known, names) for table in known.values())


def _guessed(connection: sqlite3.Connection, table: SqliteTable, column: SqliteColumn) -> str:
    name, of = name_in_sqlite(column.name), name_in_sqlite(table.name)

    def texts() -> Iterator[bytes]:
        for (each,) in connection.execute(f"SELECT {name} FROM {of} WHERE typeof({name}) = 'text'"):
            yield each if isinstance(each, bytes) else str(each).encode()

    return becomes(column, texts)


def _table(
    table: SqliteTable, types: Mapping[tuple[str, str], str], known: Mapping[str, SqliteTable], names: set[str]
) -> PlannedImport:
    left = list(table.left)
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
        return string_literal(value) if name in ("text", "jsonb") else None
    return text if name in ("bigint", "double precision", "numeric") else None


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
        if each.constraint:
            yield f"ALTER TABLE {mine} ADD UNIQUE ({columns})"
        else:
            unique = "UNIQUE " if each.unique else ""
            yield f"CREATE {unique}INDEX {quoted(_name(each.name, names))} ON {mine} ({columns})"
    if counted:
        sequence = f"pg_get_serial_sequence({string_literal(mine)}, {string_literal(key[0])})"
        highest = f"(SELECT coalesce(max({quoted(key[0])}), 0) + 1 FROM {mine})"
        yield f"SELECT setval({sequence}, greatest(1, {highest}), false)"
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
        found = f"{found[:50]}_{len(names)}"
    names.add(found)
    return found


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, names))
