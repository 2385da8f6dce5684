"""Exclusions. https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-EXCLUDE"""

from __future__ import annotations

from qb.ddl.operation import Create, Drop
from qb.model.exclusion import Exclusion
from qb.model.target import Requirements
from qb.render.ddl.expression import expression
from qb.render.ddl.index import index_key
from qb.render.ddl.parts import behind_key, constraint_on, guarded, table_name, taken, when_checked
from qb.types.identifier import quoted


def create(constraint: Exclusion, operation: Create, needs: Requirements) -> str:
    """ALTER TABLE ... ADD CONSTRAINT."""
    where = constraint.identity.title
    classes = constraint.operator_classes or (None,) * len(constraint.on)
    keys = ", ".join(
        f"{index_key(node, operator_class, needs, where)} WITH {operator}"
        for node, operator, operator_class in zip(constraint.on, constraint.operators, classes, strict=True)
    )
    line = f"CONSTRAINT {quoted(constraint.name)} EXCLUDE USING {quoted(constraint.method)} ({keys})"
    line += behind_key(constraint, needs)
    if constraint.where is not None:
        line += f" WHERE ({expression(constraint.where, needs, where)})"
    made = f"ALTER TABLE {table_name(constraint.table)} ADD {line}{when_checked(constraint.deferrable)}"
    # Its index is what stands in the way, which is a relation.
    return guarded(made, "duplicate_object OR duplicate_table") if operation.if_not_exists else made


def drop(constraint: Exclusion, operation: Drop) -> str:
    """ALTER TABLE ... DROP CONSTRAINT."""
    return taken(operation, constraint.table, "CONSTRAINT", constraint.name)


def subject(constraint: Exclusion) -> str:
    """What COMMENT ON calls it."""
    return constraint_on(constraint.table, constraint.name)
