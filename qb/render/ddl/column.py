"""Columns. https://www.postgresql.org/docs/current/sql-createtable.html"""

from __future__ import annotations

from qb.ddl.operation import Create, Drop
from qb.model.table import ColumnDefinition
from qb.model.target import Feature, Requirements
from qb.render.ddl.expression import expression, operand
from qb.render.ddl.parts import table_name, taken
from qb.types.identifier import quoted

STORED = Feature("a generated column", 12)
IDENTITY = Feature("identity()", 10)
VIRTUAL = Feature("a column that is computed when read (stored=False)", 18)


def line(column: ColumnDefinition, needs: Requirements) -> str:
    """A column's line in CREATE TABLE."""
    where = column.identity.title
    parts = [quoted(column.name), column.type.name]
    if column.generated is not None:
        needs.add(STORED if column.stored else VIRTUAL, where)
        how = "STORED" if column.stored else "VIRTUAL"
        parts.append(f"GENERATED ALWAYS AS ({expression(column.generated, needs, where)}) {how}")
    elif column.as_identity:
        needs.add(IDENTITY, where)
        parts.append(f"GENERATED {column.as_identity.upper()} AS IDENTITY")
    elif column.default is not None:
        parts.append(f"DEFAULT {operand(column.default, needs, where)}")
    if not column.optional:
        parts.append("NOT NULL")
    return " ".join(parts)


def create(column: ColumnDefinition, operation: Create, needs: Requirements) -> str:
    """ALTER TABLE ... ADD COLUMN."""
    guard = "IF NOT EXISTS " if operation.if_not_exists else ""
    return f"ALTER TABLE {table_name(column.table)} ADD COLUMN {guard}{line(column, needs)}"


def drop(column: ColumnDefinition, operation: Drop) -> str:
    """ALTER TABLE ... DROP COLUMN."""
    return taken(operation, column.table, "COLUMN", column.name)


def subject(column: ColumnDefinition) -> str:
    """What COMMENT ON calls it."""
    return f"COLUMN {table_name(column.table)}.{quoted(column.name)}"
