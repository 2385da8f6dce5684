"""Enumerated types. https://www.postgresql.org/docs/current/sql-createtype.html"""

from __future__ import annotations

from collections.abc import Iterator

from qb.ddl.operation import Create, Drop
from qb.model.enum import EnumDefinition
from qb.model.target import Feature, Requirements
from qb.render.ddl.parts import dropped, unless_there
from qb.render.literals import string_literal

ADDED = Feature("a label that is added to an enum in a transaction", 12)


def create(enum: EnumDefinition, operation: Create, needs: Requirements) -> str:
    """CREATE TYPE ... AS ENUM."""
    labels = ", ".join(map(string_literal, enum.labels))
    return unless_there(f"CREATE TYPE {enum.name} AS ENUM ({labels})", operation.if_not_exists)


def alter(before: EnumDefinition, after: EnumDefinition, needs: Requirements) -> Iterator[str]:
    """ALTER TYPE ... ADD VALUE. The transaction that adds a label cannot use it yet.

    https://www.postgresql.org/docs/current/sql-altertype.html
    """
    needs.add(ADDED, after.identity.title)
    there = set(before.labels)
    for last, label in zip((None, *after.labels), after.labels, strict=False):
        if label not in there:
            first = next((f" BEFORE {string_literal(each)}" for each in before.labels), "")
            place = first if last is None else f" AFTER {string_literal(last)}"
            yield f"ALTER TYPE {after.name} ADD VALUE {string_literal(label)}{place}"


def drop(enum: EnumDefinition, operation: Drop) -> str:
    """DROP TYPE."""
    return dropped(operation, "TYPE", enum.name)


def subject(enum: EnumDefinition) -> str:
    """What COMMENT ON calls it."""
    return f"TYPE {enum.name}"
