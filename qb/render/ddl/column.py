"""Columns. https://www.postgresql.org/docs/current/sql-createtable.html"""

from __future__ import annotations

from qb.ddl.operation import Create, Drop
from qb.model.table import ColumnDefinition
from qb.render.ddl.expression import expression, operand
from qb.render.ddl.parts import table_name, taken
from qb.render.target import Feature, Target
from qb.tree.nodes import Constant
from qb.types.identifier import quoted

VIRTUAL = Feature("a generated column that is computed when read (stored=False)", 18)


def line(column: ColumnDefinition, target: Target) -> str:
    """A column's line in CREATE TABLE."""
    parts = [quoted(column.name), column.type.name]
    if column.generated is not None:
        if not column.stored:
            target.require(VIRTUAL, column.identity.title)
        parts.append(f"GENERATED ALWAYS AS ({expression(column.generated)}) {'STORED' if column.stored else 'VIRTUAL'}")
    elif column.as_identity:
        parts.append(f"GENERATED {column.as_identity.upper()} AS IDENTITY")
    elif column.default is not None:
        default = expression(column.default) if isinstance(column.default, Constant) else operand(column.default)
        parts.append(f"DEFAULT {default}")
    if not column.optional:
        parts.append("NOT NULL")
    return " ".join(parts)


def create(column: ColumnDefinition, operation: Create, target: Target) -> str:
    """ALTER TABLE ... ADD COLUMN."""
    guard = "IF NOT EXISTS " if operation.if_not_exists else ""
    return f"ALTER TABLE {table_name(column.table)} ADD COLUMN {guard}{line(column, target)}"


def drop(column: ColumnDefinition, operation: Drop) -> str:
    """ALTER TABLE ... DROP COLUMN."""
    return taken(operation, column.table, "COLUMN", column.name)


def subject(column: ColumnDefinition) -> str:
    """What COMMENT ON calls it."""
    return f"COLUMN {table_name(column.table)}.{quoted(column.name)}"
