"""Tables, with their columns and the constraints that are written within.

https://www.postgresql.org/docs/current/sql-createtable.html
"""

from __future__ import annotations

from qb.ddl.operation import Create, Drop
from qb.model.table import TableDefinition
from qb.model.target import Requirements
from qb.render.ddl import check, column, foreign_key, primary_key, unique
from qb.render.ddl.parts import dropped, table_name


def create(table: TableDefinition, operation: Create, needs: Requirements) -> str:
    """CREATE TABLE."""
    lines = [column.line(each, needs) for each in table.columns]
    if table.primary_key is not None:
        lines.append(primary_key.line(table.primary_key, needs))
    lines += [unique.line(each, needs) for each in table.uniques]
    lines += [check.line(each, needs) for each in table.checks if not each.late]
    lines += [foreign_key.line(each, needs) for each in table.foreign_keys if not each.late]
    guard = "IF NOT EXISTS " if operation.if_not_exists else ""
    inside = "\n  " + ",\n  ".join(lines) + "\n" if lines else ""
    return f"CREATE TABLE {guard}{table_name(table.source)} ({inside})"


def drop(table: TableDefinition, operation: Drop) -> str:
    """DROP TABLE."""
    return dropped(operation, "TABLE", table_name(table.source))


def subject(table: TableDefinition) -> str:
    """What COMMENT ON calls it."""
    return f"TABLE {table_name(table.source)}"
