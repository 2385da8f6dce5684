"""Checks. https://www.postgresql.org/docs/current/ddl-constraints.html"""

from __future__ import annotations

from collections.abc import Iterator

from qb.ddl.operation import Create, Drop
from qb.model.constraint import Check
from qb.model.target import Requirements
from qb.render.ddl.expression import expression
from qb.render.ddl.parts import added, constraint_on, table_name, taken
from qb.types.identifier import quoted


def line(constraint: Check, needs: Requirements) -> str:
    """CONSTRAINT ... CHECK."""
    condition = expression(constraint.condition, needs, constraint.identity.title)
    more = (" NO INHERIT" if constraint.no_inherit else "") + ("" if constraint.valid else " NOT VALID")
    return f"CONSTRAINT {quoted(constraint.name)} CHECK ({condition}){more}"


def create(constraint: Check, operation: Create, needs: Requirements) -> str:
    """ALTER TABLE ... ADD CONSTRAINT."""
    return added(operation, constraint.table, line(constraint, needs))


def alter(before: Check, after: Check, needs: Requirements) -> Iterator[str]:
    """ALTER TABLE ... VALIDATE CONSTRAINT."""
    yield f"ALTER TABLE {table_name(after.table)} VALIDATE CONSTRAINT {quoted(after.name)}"


def drop(constraint: Check, operation: Drop) -> str:
    """ALTER TABLE ... DROP CONSTRAINT."""
    return taken(operation, constraint.table, "CONSTRAINT", constraint.name)


def subject(constraint: Check) -> str:
    """What COMMENT ON calls it."""
    return constraint_on(constraint.table, constraint.name)
