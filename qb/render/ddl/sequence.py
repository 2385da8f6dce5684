"""Sequences. https://www.postgresql.org/docs/current/sql-createsequence.html"""

from __future__ import annotations

from collections.abc import Iterator

from qb.ddl.operation import Create, Drop
from qb.model.sequence import Sequence
from qb.model.target import Requirements
from qb.render.ddl.parts import dropped
from qb.types.identifier import qualified


def create(sequence: Sequence, operation: Create, needs: Requirements) -> str:
    """CREATE SEQUENCE."""
    guard = "IF NOT EXISTS " if operation.if_not_exists else ""
    parts = [f"CREATE SEQUENCE {guard}{qualified(sequence.schema, sequence.name)}"]
    if sequence.increment != 1:
        parts.append(f"INCREMENT BY {sequence.increment}")
    if sequence.start != (1 if sequence.increment > 0 else -1):
        parts.append(f"START WITH {sequence.start}")
    if sequence.cycle:
        parts.append("CYCLE")
    return " ".join(parts)


def alter(before: Sequence, after: Sequence, needs: Requirements) -> Iterator[str]:
    """ALTER SEQUENCE: it goes on from where it is. https://www.postgresql.org/docs/current/sql-altersequence.html"""
    parts = [f"ALTER SEQUENCE {qualified(after.schema, after.name)}"]
    if before.increment != after.increment:
        parts.append(f"INCREMENT BY {after.increment}")
    if before.start != after.start:
        parts.append(f"START WITH {after.start}")
    if before.cycle != after.cycle:
        parts.append("CYCLE" if after.cycle else "NO CYCLE")
    yield " ".join(parts)


def drop(sequence: Sequence, operation: Drop) -> str:
    """DROP SEQUENCE."""
    return dropped(operation, "SEQUENCE", qualified(sequence.schema, sequence.name))


def subject(sequence: Sequence) -> str:
    """What COMMENT ON calls it."""
    return f"SEQUENCE {qualified(sequence.schema, sequence.name)}"
