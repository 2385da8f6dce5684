"""Sequences. https://www.postgresql.org/docs/current/sql-createsequence.html"""

from __future__ import annotations

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


def drop(sequence: Sequence, operation: Drop) -> str:
    """DROP SEQUENCE."""
    return dropped(operation, "SEQUENCE", qualified(sequence.schema, sequence.name))


def subject(sequence: Sequence) -> str:
    """What COMMENT ON calls it."""
    return f"SEQUENCE {qualified(sequence.schema, sequence.name)}"
