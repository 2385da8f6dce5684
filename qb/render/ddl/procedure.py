"""Procedures. https://www.postgresql.org/docs/current/sql-createprocedure.html"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from qb.ddl.operation import Create, Drop
from qb.model.procedure import Procedure, RowProcedure
from qb.model.target import Feature, Requirements
from qb.render.ddl.equal import ANEW
from qb.render.ddl.parts import dropped, guarded
from qb.render.ddl.routine import body_text, settings, signature, signed, unchecked, unless_another
from qb.render.literals import dollar_quoted
from qb.types.identifier import quoted

PROCEDURE = Feature("a procedure", 11)
OUT_ARGUMENTS = Feature("a procedure with OUT arguments", 14)
AnyProcedure = Procedure[...] | RowProcedure[..., Any]


def create(procedure: AnyProcedure, operation: Create, needs: Requirements) -> str:
    """CREATE PROCEDURE; of a stand-in one that takes the same and does nothing."""
    statement = f"CREATE {_rest(procedure, needs)}"
    if operation.if_not_exists and not procedure.external:
        anew = replace(procedure, name=ANEW)
        return unless_another(procedure, anew, (statement, f"CREATE {_rest(anew, needs)}"), operation.unchecked)
    if operation.unchecked:
        return unchecked(f"  {statement};\n")
    return guarded(statement, "duplicate_function") if operation.if_not_exists else statement


def alter(before: AnyProcedure, after: AnyProcedure, needs: Requirements) -> Iterator[str]:
    """The same again, with another body."""
    yield f"CREATE OR REPLACE {_rest(after, needs)}"


def drop(procedure: AnyProcedure, operation: Drop) -> str:
    """DROP PROCEDURE."""
    return dropped(operation, "PROCEDURE", signature(procedure))


def subject(procedure: AnyProcedure) -> str:
    """What COMMENT ON calls it."""
    return f"PROCEDURE {signature(procedure)}"


def _rest(procedure: AnyProcedure, needs: Requirements) -> str:
    needs.add(PROCEDURE, procedure.identity.title)
    if procedure.outs:
        needs.add(OUT_ARGUMENTS, procedure.identity.title)
    made = procedure.definition
    if made is None or made.body is None:
        return f"PROCEDURE {signed(procedure, needs)} LANGUAGE plpgsql AS {dollar_quoted('BEGIN END')}"
    parts = [f"PROCEDURE {signed(procedure, needs)}", f"LANGUAGE {quoted(made.language)}"]
    if made.definer:
        parts.append("SECURITY DEFINER")
    return f"{' '.join((*parts, *settings(made)))}\nAS {body_text(procedure, made.body, needs)}"
