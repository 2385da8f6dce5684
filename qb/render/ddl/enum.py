"""Enumerated types. https://www.postgresql.org/docs/current/sql-createtype.html"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from qb.ddl.operation import Create, Drop
from qb.model.enum import EnumDefinition
from qb.model.target import Feature, Requirements
from qb.render.ddl.equal import ANEW, unless_equal
from qb.render.ddl.parts import dropped, unless_there
from qb.render.literals import string_literal

ADDED = Feature("a label that is added to an enum in a transaction", 12)


def create(enum: EnumDefinition, operation: Create, needs: Requirements) -> str:
    """CREATE TYPE ... AS ENUM. One that stands has to have these labels, in this order: others could not be read."""
    if not operation.if_not_exists or enum.external:
        return unless_there(_made(enum), operation.if_not_exists)
    anew, what = replace(enum, type_name=ANEW), (enum.kind, enum.identity.title)
    return unless_equal(_made(enum), "duplicate_object", _made(anew), (_facts(enum), _facts(anew)), what)


def _made(enum: EnumDefinition) -> str:
    return f"CREATE TYPE {enum.name} AS ENUM ({', '.join(map(string_literal, enum.labels))})"


def _facts(enum: EnumDefinition) -> str:
    """What the catalog says of its labels. https://www.postgresql.org/docs/current/catalog-pg-enum.html"""
    return (
        "SELECT pg_catalog.jsonb_build_object('labels', ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e "
        "WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder)) FROM pg_catalog.pg_type t "
        f"WHERE t.typtype = 'e' AND t.oid = pg_catalog.to_regtype({string_literal(enum.name)})"
    )


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
