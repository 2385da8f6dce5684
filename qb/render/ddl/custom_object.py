"""Objects that are known by their SQL. https://www.postgresql.org/docs/current/sql-commands.html"""

from __future__ import annotations

from qb.ddl.operation import Create, Drop
from qb.errors import DefinitionError
from qb.model.custom_object import CustomObject
from qb.model.target import Requirements, Target
from qb.render.ddl.expression import query
from qb.render.literals import dollar_quoted, string_literal

_THERE = ("duplicate_object", "duplicate_table", "duplicate_function", "duplicate_schema", "unique_violation")
_GONE = ("undefined_object", "undefined_table", "undefined_function", "invalid_schema_name")


def create(item: CustomObject, operation: Create, needs: Requirements) -> tuple[str, ...]:
    """Its own SQL."""
    found = tuple(query(each.node, needs, item.identity.title) for each in item.creates)
    return tuple(_unless(_THERE, each) for each in found) if operation.if_not_exists else found


def drop(item: CustomObject, operation: Drop) -> tuple[str, ...]:
    """Its own SQL; nothing where it goes away with something else."""
    needs = Requirements(Target())
    found = tuple(query(each.node, needs, item.identity.title) for each in item.drops)
    return tuple(_unless(_GONE, each) for each in found) if operation.if_exists else found


def subject(item: CustomObject) -> str:
    """DefinitionError: what COMMENT ON would call it, nobody knows."""
    raise DefinitionError(f"{item.identity} is known by its SQL alone: write the comment into create=[...]")


def _unless(conditions: tuple[str, ...], statement: str) -> str:
    """The statement, which passes where the object is there, or is gone."""
    when = " OR ".join(conditions)
    block = f"\nBEGIN\n  EXECUTE {string_literal(statement)};\nEXCEPTION WHEN {when} THEN\n  NULL;\nEND\n"
    return f"DO {dollar_quoted(block)}"
