"""Primary keys. https://www.postgresql.org/docs/current/ddl-constraints.html"""

from __future__ import annotations

from qb.ddl.operation import Create, Drop
from qb.model.constraint import PrimaryKeyDefinition
from qb.model.target import Requirements
from qb.render.ddl.parts import added, behind_key, columns_of_key, constraint_on, taken, when_checked
from qb.types.identifier import quoted


def line(constraint: PrimaryKeyDefinition, needs: Requirements) -> str:
    """CONSTRAINT ... PRIMARY KEY."""
    behind = behind_key(constraint, needs) + when_checked(constraint.deferrable)
    return f"CONSTRAINT {quoted(constraint.name)} PRIMARY KEY {columns_of_key(constraint, needs)}{behind}"


def create(constraint: PrimaryKeyDefinition, operation: Create, needs: Requirements) -> str:
    """ALTER TABLE ... ADD CONSTRAINT."""
    return added(operation, constraint.table, line(constraint, needs))


def drop(constraint: PrimaryKeyDefinition, operation: Drop) -> str:
    """ALTER TABLE ... DROP CONSTRAINT."""
    return taken(operation, constraint.table, "CONSTRAINT", constraint.name)


def subject(constraint: PrimaryKeyDefinition) -> str:
    """What COMMENT ON calls it."""
    return constraint_on(constraint.table, constraint.name)
