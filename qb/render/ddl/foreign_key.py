"""Foreign keys. https://www.postgresql.org/docs/current/ddl-constraints.html"""

from __future__ import annotations

from collections.abc import Iterator

from qb.ddl.operation import Create, Drop
from qb.model.constraint import ForeignKeyDefinition
from qb.model.target import Feature, Requirements
from qb.render.ddl.parts import added, constraint_on, names, table_name, taken, when_checked
from qb.types.identifier import quoted

PERIOD = Feature("period", 18)
SET_COLUMNS = Feature("on_delete=set_null(...) of some columns", 15)


def line(constraint: ForeignKeyDefinition, needs: Requirements) -> str:
    """CONSTRAINT ... FOREIGN KEY."""
    own, theirs = names(constraint.columns), names(constraint.target_columns)
    if constraint.period:
        needs.add(PERIOD, constraint.identity.title)
        own, theirs = _period(constraint.columns), _period(constraint.target_columns)
    parts = [
        f"CONSTRAINT {quoted(constraint.name)} FOREIGN KEY {own} REFERENCES {table_name(constraint.target)} {theirs}"
    ]
    if constraint.match is not None:
        parts.append(f"MATCH {constraint.match.upper()}")
    if constraint.on_delete is not None:
        parts.append(f"ON DELETE {constraint.on_delete.upper()}")
    if constraint.on_delete_columns:
        needs.add(SET_COLUMNS, constraint.identity.title)
        parts.append(names(constraint.on_delete_columns))
    if constraint.on_update is not None:
        parts.append(f"ON UPDATE {constraint.on_update.upper()}")
    return " ".join(parts) + when_checked(constraint.deferrable) + ("" if constraint.valid else " NOT VALID")


def create(constraint: ForeignKeyDefinition, operation: Create, needs: Requirements) -> str:
    """ALTER TABLE ... ADD CONSTRAINT."""
    return added(operation, constraint.table, line(constraint, needs))


def alter(before: ForeignKeyDefinition, after: ForeignKeyDefinition, needs: Requirements) -> Iterator[str]:
    """ALTER TABLE ... ALTER CONSTRAINT."""
    if before.deferrable != after.deferrable:
        when = when_checked(after.deferrable) or " NOT DEFERRABLE"
        yield f"ALTER TABLE {table_name(after.table)} ALTER CONSTRAINT {quoted(after.name)}{when}"
    if before.valid != after.valid:
        yield f"ALTER TABLE {table_name(after.table)} VALIDATE CONSTRAINT {quoted(after.name)}"


def drop(constraint: ForeignKeyDefinition, operation: Drop) -> str:
    """ALTER TABLE ... DROP CONSTRAINT."""
    return taken(operation, constraint.table, "CONSTRAINT", constraint.name)


def subject(constraint: ForeignKeyDefinition) -> str:
    """What COMMENT ON calls it."""
    return constraint_on(constraint.table, constraint.name)


def _period(columns: tuple[str, ...]) -> str:
    return f"({', '.join(map(quoted, columns[:-1]))}, PERIOD {quoted(columns[-1])})"
