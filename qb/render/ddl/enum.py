"""Enumerated types. https://www.postgresql.org/docs/current/sql-createtype.html"""

from __future__ import annotations

from qb.ddl.operation import Create, Drop
from qb.model.enum import EnumDefinition
from qb.model.target import Requirements
from qb.render.ddl.parts import dropped, unless_there
from qb.render.literals import string_literal


def create(enum: EnumDefinition, operation: Create, needs: Requirements) -> str:
    """CREATE TYPE ... AS ENUM."""
    labels = ", ".join(map(string_literal, enum.labels))
    return unless_there(f"CREATE TYPE {enum.name} AS ENUM ({labels})", operation.if_not_exists)


def drop(enum: EnumDefinition, operation: Drop) -> str:
    """DROP TYPE."""
    return dropped(operation, "TYPE", enum.name)


def subject(enum: EnumDefinition) -> str:
    """What COMMENT ON calls it."""
    return f"TYPE {enum.name}"
