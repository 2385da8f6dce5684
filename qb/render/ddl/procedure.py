"""Procedures. https://www.postgresql.org/docs/current/sql-createprocedure.html"""

from __future__ import annotations

from collections.abc import Iterator

from qb.ddl.operation import Create, Drop
from qb.model.procedure import Procedure
from qb.model.target import Feature, Requirements
from qb.render.ddl.parts import dropped, guarded
from qb.render.ddl.routine import body_text, settings, signature, signed, unchecked
from qb.types.identifier import quoted

PROCEDURE = Feature("a procedure", 11)


def create(procedure: Procedure[...], operation: Create, needs: Requirements) -> str:
    """CREATE PROCEDURE."""
    statement = f"CREATE {_rest(procedure, needs)}"
    if operation.unchecked:
        return unchecked(statement, operation.if_not_exists)
    return guarded(statement, "duplicate_function") if operation.if_not_exists else statement


def alter(before: Procedure[...], after: Procedure[...], needs: Requirements) -> Iterator[str]:
    """The same again, with another body."""
    yield f"CREATE OR REPLACE {_rest(after, needs)}"


def drop(procedure: Procedure[...], operation: Drop) -> str:
    """DROP PROCEDURE."""
    return dropped(operation, "PROCEDURE", signature(procedure))


def subject(procedure: Procedure[...]) -> str:
    """What COMMENT ON calls it."""
    return f"PROCEDURE {signature(procedure)}"


def _rest(procedure: Procedure[...], needs: Requirements) -> str:
    needs.add(PROCEDURE, procedure.identity.title)
    made = procedure.definition
    assert made is not None
    assert made.body is not None
    parts = [f"PROCEDURE {signed(procedure, needs)}", f"LANGUAGE {quoted(made.language)}"]
    if made.definer:
        parts.append("SECURITY DEFINER")
    return f"{' '.join((*parts, *settings(made)))}\nAS {body_text(procedure, made.body, needs)}"
