"""Foreign keys. https://www.postgresql.org/docs/current/ddl-constraints.html"""

from __future__ import annotations

from collections.abc import Iterator

from qb.ddl.operation import Create, Drop
from qb.model.constraint import ForeignKeyDefinition
from qb.model.target import Requirements
from qb.render.ddl.parts import added, constraint_on, names, table_name, taken
from qb.types.identifier import quoted


def line(constraint: ForeignKeyDefinition, needs: Requirements) -> str:
    """CONSTRAINT ... FOREIGN KEY."""
    referenced = f"{table_name(constraint.target)} {names(constraint.target_columns)}"
    parts = [f"CONSTRAINT {quoted(constraint.name)} FOREIGN KEY {names(constraint.columns)} REFERENCES {referenced}"]
    if constraint.on_delete is not None:
        parts.append(f"ON DELETE {constraint.on_delete.upper()}")
    if constraint.on_update is not None:
        parts.append(f"ON UPDATE {constraint.on_update.upper()}")
    if constraint.deferrable:
        parts.append("DEFERRABLE INITIALLY DEFERRED")
    return " ".join(parts)


def create(constraint: ForeignKeyDefinition, operation: Create, needs: Requirements) -> str:
    """ALTER TABLE ... ADD CONSTRAINT."""
    return added(operation, constraint.table, line(constraint, needs))


def alter(before: ForeignKeyDefinition, after: ForeignKeyDefinition, needs: Requirements) -> Iterator[str]:
    """ALTER TABLE ... ALTER CONSTRAINT."""
    when = "DEFERRABLE INITIALLY DEFERRED" if after.deferrable else "NOT DEFERRABLE"
    yield f"ALTER TABLE {table_name(after.table)} ALTER CONSTRAINT {quoted(after.name)} {when}"


def drop(constraint: ForeignKeyDefinition, operation: Drop) -> str:
    """ALTER TABLE ... DROP CONSTRAINT."""
    return taken(operation, constraint.table, "CONSTRAINT", constraint.name)


def subject(constraint: ForeignKeyDefinition) -> str:
    """What COMMENT ON calls it."""
    return constraint_on(constraint.table, constraint.name)
