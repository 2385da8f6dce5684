"""Unique constraints. https://www.postgresql.org/docs/current/ddl-constraints.html"""

from __future__ import annotations

from qb.ddl.operation import Create, Drop
from qb.model.constraint import UniqueDefinition
from qb.model.target import Feature, Requirements
from qb.render.ddl.parts import added, behind_key, columns_of_key, constraint_on, taken, when_checked
from qb.types.identifier import quoted

NULLS_NOT_DISTINCT = Feature("nulls_not_distinct", 15)


def line(constraint: UniqueDefinition, needs: Requirements) -> str:
    """CONSTRAINT ... UNIQUE."""
    nulls = ""
    if constraint.nulls_not_distinct:
        needs.add(NULLS_NOT_DISTINCT, constraint.identity.title)
        nulls = " NULLS NOT DISTINCT"
    behind = behind_key(constraint, needs) + when_checked(constraint.deferrable)
    return f"CONSTRAINT {quoted(constraint.name)} UNIQUE{nulls} {columns_of_key(constraint, needs)}{behind}"


def create(constraint: UniqueDefinition, operation: Create, needs: Requirements) -> str:
    """ALTER TABLE ... ADD CONSTRAINT."""
    return added(operation, constraint.table, line(constraint, needs))


def drop(constraint: UniqueDefinition, operation: Drop) -> str:
    """ALTER TABLE ... DROP CONSTRAINT."""
    return taken(operation, constraint.table, "CONSTRAINT", constraint.name)


def subject(constraint: UniqueDefinition) -> str:
    """What COMMENT ON calls it."""
    return constraint_on(constraint.table, constraint.name)
