"""Tables, with their columns and the constraints that are written within.

https://www.postgresql.org/docs/current/sql-createtable.html
"""

from __future__ import annotations

from collections.abc import Iterator

from qb.ddl.operation import Create, Drop
from qb.model.table import TableDefinition
from qb.model.target import Feature, Requirements
from qb.render.ddl import check, column, foreign_key, partition, primary_key, unique
from qb.render.ddl.parts import dropped, parameter, parameters, table_name
from qb.types.identifier import quoted

METHOD = Feature("the access method of a table", 12)
SET_METHOD = Feature("another access method for a table that is there", 15)
DEFAULT_METHOD = Feature("the server's access method for a table that is there", 17)


def create(table: TableDefinition, operation: Create, needs: Requirements) -> str:
    """CREATE TABLE, and CREATE TABLE ... PARTITION OF."""
    lines = [column.line(each, needs) for each in table.columns if each.name not in table.inherited]
    if table.primary_key is not None:
        lines.append(primary_key.line(table.primary_key, needs))
    lines += [unique.line(each, needs) for each in table.uniques]
    lines += [check.line(each, needs) for each in table.checks if not each.late]
    lines += [foreign_key.line(each, needs) for each in table.foreign_keys if not each.late]
    guard = "IF NOT EXISTS " if operation.if_not_exists else ""
    inside = "\n  " + ",\n  ".join(lines) + "\n" if lines else ""
    parts = [f"CREATE {'UNLOGGED ' if table.unlogged else ''}TABLE {guard}{table_name(table.source)}"]
    if table.partition_of is None:
        parts.append(f"({inside})")
    else:
        parts += [f"PARTITION OF {table_name(table.partition_of.parent)}", f"({inside})" if inside else ""]
        parts.append(partition.bounds(table.partition_of.bounds, needs, table.title))
    if table.inherits:
        parts.append(f"INHERITS ({', '.join(map(table_name, table.inherits))})")
    if table.partition_by is not None:
        parts.append(partition.by(table.partition_by, needs, table.title))
    if table.method:
        needs.add(METHOD, table.title)
        parts.append(f"USING {quoted(table.method)}")
    if table.with_:
        parts.append(f"WITH {parameters(table.with_)}")
    if table.tablespace:
        parts.append(f"TABLESPACE {quoted(table.tablespace)}")
    return " ".join(filter(None, parts))


def alter(before: TableDefinition, after: TableDefinition, needs: Requirements) -> Iterator[str]:
    """ALTER TABLE, of what is no object in it."""
    name = table_name(after.source)
    if before.partition_of != after.partition_of:
        if (old := before.partition_of) is not None:
            yield f"ALTER TABLE {table_name(old.parent)} DETACH PARTITION {name}"
        if (new := after.partition_of) is not None:
            bounds = partition.bounds(new.bounds, needs, after.title)
            yield f"ALTER TABLE {table_name(new.parent)} ATTACH PARTITION {name} {bounds}"
    yield from (f"ALTER TABLE {name} {each}" for each in _changes(before, after, needs))


def _changes(before: TableDefinition, after: TableDefinition, needs: Requirements) -> Iterator[str]:
    yield from (f"NO INHERIT {table_name(each)}" for each in before.inherits if each not in after.inherits)
    yield from (f"INHERIT {table_name(each)}" for each in after.inherits if each not in before.inherits)
    if before.unlogged != after.unlogged:
        yield f"SET {'UNLOGGED' if after.unlogged else 'LOGGED'}"
    if before.method != after.method:
        needs.add(SET_METHOD if after.method else DEFAULT_METHOD, after.title)
        yield f"SET ACCESS METHOD {quoted(after.method) if after.method else 'DEFAULT'}"
    said = dict(after.with_)
    if gone := [name for name, _ in before.with_ if name not in said]:
        yield f"RESET ({', '.join(map(parameter, gone))})"
    if changed := [each for each in after.with_ if each not in before.with_]:
        yield f"SET {parameters(changed)}"
    if before.tablespace != after.tablespace:
        yield f"SET TABLESPACE {quoted(after.tablespace or 'pg_default')}"


def drop(table: TableDefinition, operation: Drop) -> str:
    """DROP TABLE."""
    return dropped(operation, "TABLE", table_name(table.source))


def subject(table: TableDefinition) -> str:
    """What COMMENT ON calls it."""
    return f"TABLE {table_name(table.source)}"
