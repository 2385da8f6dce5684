"""PostgreSQL schemas. https://www.postgresql.org/docs/current/sql-createschema.html"""

from __future__ import annotations

from qb.ddl.operation import Create, Drop
from qb.model.namespace import Namespace
from qb.model.target import Requirements
from qb.render.ddl.parts import dropped, guarded
from qb.types.identifier import quoted


def create(schema: Namespace, operation: Create, needs: Requirements) -> str:
    """CREATE SCHEMA."""
    return f"CREATE SCHEMA {'IF NOT EXISTS ' if operation.if_not_exists else ''}{quoted(schema.name)}"


def drop(schema: Namespace, operation: Drop) -> str:
    """DROP SCHEMA, where nothing is left in it."""
    return guarded(dropped(operation, "SCHEMA", quoted(schema.name)), "dependent_objects_still_exist")


def subject(schema: Namespace) -> str:
    """What COMMENT ON calls it."""
    return f"SCHEMA {quoted(schema.name)}"
