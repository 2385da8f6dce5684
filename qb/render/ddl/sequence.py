"""Sequences. https://www.postgresql.org/docs/current/sql-createsequence.html"""

from __future__ import annotations

from collections.abc import Iterator

from qb.ddl.operation import Create, Drop
from qb.model.object import Identity
from qb.model.sequence import Sequence
from qb.model.target import Feature, Requirements
from qb.render.ddl.counting import in_words, recounted
from qb.render.ddl.parts import dropped
from qb.types.identifier import qualified, quoted
from qb.types.number import INT8

TYPED = Feature("a sequence of another type than bigint", 10)


def create(sequence: Sequence, operation: Create, needs: Requirements) -> str:
    """CREATE SEQUENCE."""
    guard = "IF NOT EXISTS " if operation.if_not_exists else ""
    parts = [f"CREATE SEQUENCE {guard}{qualified(sequence.schema, sequence.name)}"]
    if sequence.type.wire is not INT8:
        needs.add(TYPED, sequence.identity.title)
        parts.append(f"AS {sequence.type.name}")
    parts += in_words(sequence.counting)
    if sequence.owner is not None:
        parts.append(_owned_by(sequence.owner))
    return " ".join(parts)


def alter(before: Sequence, after: Sequence, needs: Requirements) -> Iterator[str]:
    """ALTER SEQUENCE: it goes on from where it is. https://www.postgresql.org/docs/current/sql-altersequence.html"""
    parts = [f"ALTER SEQUENCE {qualified(after.schema, after.name)}"]
    if before.type != after.type:
        needs.add(TYPED, after.identity.title)
        parts.append(f"AS {after.type.name}")
    parts += recounted(before.counting, after.counting)
    if before.owner != after.owner:
        parts.append("OWNED BY NONE" if after.owner is None else _owned_by(after.owner))
    yield " ".join(parts)


def drop(sequence: Sequence, operation: Drop) -> str:
    """DROP SEQUENCE."""
    return dropped(operation, "SEQUENCE", qualified(sequence.schema, sequence.name))


def subject(sequence: Sequence) -> str:
    """What COMMENT ON calls it."""
    return f"SEQUENCE {qualified(sequence.schema, sequence.name)}"


def _owned_by(owner: Identity) -> str:
    return f"OWNED BY {qualified(owner.schema or None, owner.table)}.{quoted(owner.name)}"
