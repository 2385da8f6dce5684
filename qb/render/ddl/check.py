"""Checks. https://www.postgresql.org/docs/current/ddl-constraints.html"""

from __future__ import annotations

from qb.ddl.operation import Create, Drop
from qb.model.constraint import Check
from qb.model.target import Requirements
from qb.render.ddl.expression import expression
from qb.render.ddl.parts import added, constraint_on, taken
from qb.types.identifier import quoted


def line(constraint: Check, needs: Requirements) -> str:
    """CONSTRAINT ... CHECK."""
    condition = expression(constraint.condition, needs, constraint.identity.title)
    return f"CONSTRAINT {quoted(constraint.name)} CHECK ({condition})"


def create(constraint: Check, operation: Create, needs: Requirements) -> str:
    """ALTER TABLE ... ADD CONSTRAINT."""
    return added(operation, constraint.table, line(constraint, needs))


def drop(constraint: Check, operation: Drop) -> str:
    """ALTER TABLE ... DROP CONSTRAINT."""
    return taken(operation, constraint.table, "CONSTRAINT", constraint.name)


def subject(constraint: Check) -> str:
    """What COMMENT ON calls it."""
    return constraint_on(constraint.table, constraint.name)
