"""Columns. https://www.postgresql.org/docs/current/sql-createtable.html"""

from __future__ import annotations

from collections.abc import Iterator

from qb.ddl.operation import Create, Drop
from qb.model.table import ColumnDefinition
from qb.model.target import Feature, Requirements
from qb.render.ddl.counting import in_words, recounted
from qb.render.ddl.expression import expression, operand
from qb.render.ddl.parts import table_name, taken
from qb.types.identifier import quoted

STORED = Feature("a generated column", 12)
IDENTITY = Feature("identity()", 10)
COMPRESSION = Feature("compression", 14)
DEFAULT_STORAGE = Feature("storage as its type says", 16)
VIRTUAL = Feature("a column that is computed when read (stored=False)", 18)


def line(column: ColumnDefinition, needs: Requirements) -> str:
    """A column's line in CREATE TABLE."""
    where = column.identity.title
    parts = [quoted(column.name), _typed(column)]
    of = column.type if column.type.of is None else column.type.of
    if of.wire.since:
        needs.add(Feature(of.wire.name, of.wire.since), where)
    if column.generated is not None:
        needs.add(STORED if column.stored else VIRTUAL, where)
        how = "STORED" if column.stored else "VIRTUAL"
        parts.append(f"GENERATED ALWAYS AS ({expression(column.generated, needs, where)}) {how}")
    elif column.as_identity:
        needs.add(IDENTITY, where)
        parts.append(f"GENERATED {column.as_identity.upper()} AS IDENTITY{_counted(column)}")
    elif column.default is not None:
        parts.append(f"DEFAULT {operand(column.default, needs, where)}")
    if not column.optional:
        parts.append("NOT NULL")
    return " ".join(parts)


def _typed(column: ColumnDefinition) -> str:
    said = column.type.collation
    return f"{column.type.name} COLLATE {said}" if said else column.type.name


def _counted(column: ColumnDefinition) -> str:
    said = "" if column.counting is None else " ".join(in_words(column.counting))
    return f" ({said})" if said else ""


def create(column: ColumnDefinition, operation: Create, needs: Requirements) -> str:
    """ALTER TABLE ... ADD COLUMN."""
    guard = "IF NOT EXISTS " if operation.if_not_exists else ""
    added = f"ADD COLUMN {guard}{line(column, needs)}"
    more = (f"ALTER COLUMN {quoted(column.name)} {each}" for each in _kept(column.as_created, column, needs))
    return f"ALTER TABLE {table_name(column.table)} {', '.join((added, *more))}"


def alter(before: ColumnDefinition, after: ColumnDefinition, needs: Requirements) -> Iterator[str]:
    """ALTER TABLE ... ALTER COLUMN. A default goes before the type does, as it may not fit the new one."""
    column, where, actions = f"ALTER COLUMN {quoted(after.name)}", after.identity.title, list[str]()
    retyped = before.type != after.type
    if before.as_identity and not after.as_identity:
        actions.append("DROP IDENTITY")
    if before.default is not None and (after.default is None or retyped):
        actions.append("DROP DEFAULT")
    if retyped:
        actions.append(f"TYPE {_typed(after)}")
    if before.optional != after.optional:
        actions.append("DROP NOT NULL" if after.optional else "SET NOT NULL")
    if after.default is not None and (retyped or before.default != after.default):
        actions.append(f"SET DEFAULT {operand(after.default, needs, where)}")
    if after.as_identity and before.as_identity != after.as_identity:
        needs.add(IDENTITY, where)
        how = f"GENERATED {after.as_identity.upper()}"
        actions.append(f"SET {how}" if before.as_identity else f"ADD {how} AS IDENTITY{_counted(after)}")
    if before.counting is not None and after.counting is not None:
        if changed := [f"SET {each}" for each in recounted(before.counting, after.counting)]:
            actions.append(" ".join(changed))
    actions += _kept(before, after, needs)
    yield f"ALTER TABLE {table_name(after.table)} " + ", ".join(f"{column} {each}" for each in actions)


def _kept(before: ColumnDefinition, after: ColumnDefinition, needs: Requirements) -> Iterator[str]:
    """How its values are kept. CREATE TABLE says little of it on older servers, and ALTER TABLE all."""
    where = after.identity.title
    if before.storage != after.storage:
        if not after.storage:
            needs.add(DEFAULT_STORAGE, where)
        yield f"SET STORAGE {after.storage.upper() or 'DEFAULT'}"
    if before.compression != after.compression:
        needs.add(COMPRESSION, where)
        yield f"SET COMPRESSION {after.compression or 'default'}"
    if before.statistics != after.statistics:
        yield f"SET STATISTICS {-1 if after.statistics is None else after.statistics}"


def granted(column: ColumnDefinition) -> tuple[str, str]:
    """What GRANT puts behind each privilege, and what it is on."""
    return f" ({quoted(column.name)})", f"TABLE {table_name(column.table)}"


def drop(column: ColumnDefinition, operation: Drop) -> str:
    """ALTER TABLE ... DROP COLUMN."""
    return taken(operation, column.table, "COLUMN", column.name)


def subject(column: ColumnDefinition) -> str:
    """What COMMENT ON calls it."""
    return f"COLUMN {table_name(column.table)}.{quoted(column.name)}"
