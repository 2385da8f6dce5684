"""Extensions. https://www.postgresql.org/docs/current/sql-createextension.html"""

from __future__ import annotations

from collections.abc import Iterator

from qb.ddl.operation import Create, Drop
from qb.model.extension import Extension
from qb.model.target import Requirements
from qb.render.ddl.parts import dropped
from qb.render.literals import string_literal
from qb.types.identifier import quoted


def create(extension: Extension, operation: Create, needs: Requirements) -> str:
    """CREATE EXTENSION."""
    more = "" if extension.schema is None else f" WITH SCHEMA {quoted(extension.schema)}"
    if extension.version is not None:
        more += f"{'' if more else ' WITH'} VERSION {string_literal(extension.version)}"
    if extension.cascade:
        more += " CASCADE"
    return f"CREATE EXTENSION {'IF NOT EXISTS ' if operation.if_not_exists else ''}{quoted(extension.name)}{more}"


def alter(before: Extension, after: Extension, needs: Requirements) -> Iterator[str]:
    """ALTER EXTENSION. https://www.postgresql.org/docs/current/sql-alterextension.html"""
    if before.schema != after.schema and after.schema is not None:
        yield f"ALTER EXTENSION {quoted(after.name)} SET SCHEMA {quoted(after.schema)}"
    if before.version != after.version and after.version is not None:
        yield f"ALTER EXTENSION {quoted(after.name)} UPDATE TO {string_literal(after.version)}"


def drop(extension: Extension, operation: Drop) -> str:
    """DROP EXTENSION."""
    return dropped(operation, "EXTENSION", quoted(extension.name))


def subject(extension: Extension) -> str:
    """What COMMENT ON calls it."""
    return f"EXTENSION {quoted(extension.name)}"
