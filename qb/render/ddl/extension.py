"""Extensions. https://www.postgresql.org/docs/current/sql-createextension.html"""

from __future__ import annotations

from qb.ddl.operation import Create, Drop
from qb.model.extension import Extension
from qb.model.target import Requirements
from qb.render.ddl.parts import dropped
from qb.types.identifier import quoted


def create(extension: Extension, operation: Create, needs: Requirements) -> str:
    """CREATE EXTENSION."""
    return f"CREATE EXTENSION {'IF NOT EXISTS ' if operation.if_not_exists else ''}{quoted(extension.name)}"


def drop(extension: Extension, operation: Drop) -> str:
    """DROP EXTENSION."""
    return dropped(operation, "EXTENSION", quoted(extension.name))


def subject(extension: Extension) -> str:
    """What COMMENT ON calls it."""
    return f"EXTENSION {quoted(extension.name)}"
