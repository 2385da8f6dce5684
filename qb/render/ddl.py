"""`create_all` and `drop_all`: a schema as DDL, text that can be read, kept and run.

https://www.postgresql.org/docs/current/ddl.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qb.declare.definition import ForeignKeyInfo, TableDefinition
from qb.declare.schema import Schema
from qb.query.script import Script
from qb.tree.nodes import TableSource
from qb.types.identifier import qualified, qualified_type, quoted
from qb.types.labels import Enum


def create_all(schema: Schema, *, if_not_exists: bool = False) -> Script:
    """What creates everything in the schema: `db.execute(create_all(schema))` does it all or nothing.

    Extensions and PostgreSQL schemas are shared with others: they are created where they are missing. Of the rest,
    what is there already is an error, or with `if_not_exists` left as it is.

    With `if_not_exists` a table that stands must be the declared one: where a column is missing, or has another type or
    another NOT NULL in the catalog, running the script is a `SchemaMismatch` that names the first, and nothing has
    happened. What only the server has may stay, unless no row could be inserted without it: a column that is NOT NULL
    and has no default. Defaults, generated expressions, constraints, indexes and the labels of enums are not compared.

    >>> from qb import Col, Table, column, create_all, schema
    >>> class City(Table, name="cities"):
    ...     id: Col[int] = column(primary_key=True)
    ...     name: Col[str] = column(default="", check=lambda name: name != "?")
    >>> print(create_all(schema(City)))
    CREATE TABLE "cities" (
      "id" bigint NOT NULL,
      "name" text DEFAULT ''::text NOT NULL,
      CONSTRAINT "cities_pkey" PRIMARY KEY ("id"),
      CONSTRAINT "cities_name_check" CHECK ("name" <> '?'::text)
    );
    """
    return Script(*_created(schema, if_not_exists))


def drop_all(schema: Schema, *, if_exists: bool = False, cascade: bool = False) -> Script:
    """What drops the schema's tables and types; a PostgreSQL schema too, if nothing else is in it, but no extension.

    What is missing is an error, unless `if_exists`. So are views and foreign keys of others that depend on a table,
    unless `cascade` drops them, too. https://www.postgresql.org/docs/current/sql-droptable.html

    >>> print(drop_all(schema(User, Task)))
    DROP TABLE "tasks";
    DROP TABLE "users";
    """
    return Script(*_dropped(schema, if_exists, cascade))


def _created(schema: Schema, if_not_exists: bool) -> Iterator[str]:
    # PyPika is only imported by those who compile: `import qb` stays quick.
    from qb.render import ddl_parts as write
    from qb.render.literals import string_literal
    from qb.render.standing import unless_other

    if if_not_exists and schema.tables:
        yield unless_other(schema.tables)
    for extension in schema.extensions:
        yield f"CREATE EXTENSION IF NOT EXISTS {quoted(extension)}"
    for namespace in schema.namespaces:
        if namespace != "public":
            yield f"CREATE SCHEMA IF NOT EXISTS {quoted(namespace)}"
    for enum in schema.enums:
        labels = ", ".join(map(string_literal, enum.labels))
        yield _unless_there(f"CREATE TYPE {_type(enum)} AS ENUM ({labels})", if_not_exists)
    for table in schema.tables:
        yield _table(table, if_not_exists)
        for index in table.indexes:
            yield write.index(index, if_not_exists=if_not_exists)
        for column in table.info.columns:
            if column.comment:
                name = f"{_name(table.source)}.{quoted(column.name)}"
                yield f"COMMENT ON COLUMN {name} IS {string_literal(column.comment)}"
    for key in _late(schema):
        yield _unless_there(f"ALTER TABLE {_name(key.table)} ADD {write.foreign_key(key)}", if_not_exists)


def _table(table: TableDefinition, if_not_exists: bool) -> str:
    from qb.render import ddl_parts as write

    lines = [write.column(column) for column in table.info.columns]
    if table.primary_key is not None:
        lines.append(write.primary_key(table.primary_key))
    lines += map(write.unique, table.uniques)
    lines += map(write.check, table.checks)
    lines += [write.foreign_key(key) for key in table.foreign_keys if not key.late]
    guard = "IF NOT EXISTS " if if_not_exists else ""
    return f"CREATE TABLE {guard}{_name(table.source)} (\n  " + ",\n  ".join(lines) + "\n)"


def _dropped(schema: Schema, if_exists: bool, cascade: bool) -> Iterator[str]:
    guard, more = "IF EXISTS " if if_exists else "", " CASCADE" if cascade else ""
    for key in _late(schema):
        yield f"ALTER TABLE {guard}{_name(key.table)} DROP CONSTRAINT {guard}{quoted(key.name)}"
    for table in reversed(schema.tables):
        yield f"DROP TABLE {guard}{_name(table.source)}{more}"
    for enum in reversed(schema.enums):
        yield f"DROP TYPE {guard}{_type(enum)}{more}"
    for namespace in reversed(schema.namespaces):
        if namespace != "public":
            drop = f"DROP SCHEMA {guard}{quoted(namespace)}"
            yield _guarded(drop, "dependent_objects_still_exist")


def _late(schema: Schema) -> Iterator[ForeignKeyInfo]:
    """The foreign keys that close a circle of tables."""
    return (key for table in schema.tables for key in table.foreign_keys if key.late)


def _unless_there(statement: str, if_not_exists: bool) -> str:
    # There is no IF NOT EXISTS for types and constraints.
    return _guarded(statement, "duplicate_object") if if_not_exists else statement


def _guarded(statement: str, error: str) -> str:
    from qb.render.literals import dollar_quoted

    block = f"\nBEGIN\n  {statement};\nEXCEPTION WHEN {error} THEN\n  NULL;\nEND\n"
    return f"DO {dollar_quoted(block)}"


def _name(source: TableSource) -> str:
    return qualified(source.schema, source.name)


def _type(enum: Enum[Any]) -> str:
    return qualified_type(enum.schema, enum.type_name)
