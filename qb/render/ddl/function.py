"""Functions. https://www.postgresql.org/docs/current/sql-createfunction.html"""

from __future__ import annotations

from typing import Any

from qb.ddl.operation import Create, Drop
from qb.model.function import DatabaseFunction
from qb.model.target import Requirements
from qb.render.ddl.parts import dropped, guarded
from qb.render.literals import dollar_quoted
from qb.types.identifier import qualified


def create(function: DatabaseFunction[..., Any], operation: Create, needs: Requirements) -> str:
    """CREATE FUNCTION of a stand-in: what is called so, takes the same and gives NULL."""
    parts = [
        f"CREATE FUNCTION {_signature(function)} RETURNS {function.returns.base} LANGUAGE sql",
        function.volatility.upper(),
    ]
    if function.strict:
        parts.append("STRICT")
    statement = " ".join((*parts, f"AS {dollar_quoted(f'SELECT NULL::{function.returns.base}')}"))
    return guarded(statement, "duplicate_function") if operation.if_not_exists else statement


def drop(function: DatabaseFunction[..., Any], operation: Drop) -> str:
    """DROP FUNCTION."""
    return dropped(operation, "FUNCTION", _signature(function))


def subject(function: DatabaseFunction[..., Any]) -> str:
    """What COMMENT ON calls it."""
    return f"FUNCTION {_signature(function)}"


def _signature(function: DatabaseFunction[..., Any]) -> str:
    return f"{qualified(function.schema, function.name)}({', '.join(each.base for each in function.arguments)})"
