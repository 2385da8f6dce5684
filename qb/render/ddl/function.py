"""Functions. https://www.postgresql.org/docs/current/sql-createfunction.html"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from qb.ddl.operation import Create, Drop
from qb.model.function import DatabaseFunction
from qb.model.rows_function import RowsFunction
from qb.model.target import Requirements
from qb.model.trigger import TriggerFunction
from qb.model.type import in_signature
from qb.render.ddl.equal import ANEW
from qb.render.ddl.parts import dropped, guarded
from qb.render.ddl.routine import body_text, settings, signature, signed, unchecked, unless_another
from qb.render.literals import dollar_quoted
from qb.types.identifier import qualified, qualified_type, quoted

AnyFunction = DatabaseFunction[..., Any] | RowsFunction[..., Any] | TriggerFunction


def create(function: AnyFunction, operation: Create, needs: Requirements) -> str:
    """CREATE FUNCTION; of a stand-in one that is called so, takes the same and gives NULL, or no rows."""
    statement = f"CREATE {_rest(function, needs)}"
    if operation.if_not_exists and not function.external:
        anew = replace(function, name=ANEW)
        return unless_another(function, anew, (statement, f"CREATE {_rest(anew, needs)}"), operation.unchecked)
    if operation.unchecked:
        return unchecked(f"  {statement};\n")
    return guarded(statement, "duplicate_function") if operation.if_not_exists else statement


def alter(before: AnyFunction, after: AnyFunction, needs: Requirements) -> Iterator[str]:
    """CREATE OR REPLACE FUNCTION, which keeps what depends on it."""
    yield f"CREATE OR REPLACE {_rest(after, needs)}"


def drop(function: AnyFunction, operation: Drop) -> str:
    """DROP FUNCTION."""
    return dropped(operation, "FUNCTION", signature(function))


def subject(function: AnyFunction) -> str:
    """What COMMENT ON calls it."""
    return f"FUNCTION {signature(function)}"


def _rest(function: AnyFunction, needs: Requirements) -> str:
    made = function.definition
    result = "" if _is_out(function) else f" RETURNS {_result(function)}"
    head = f"FUNCTION {signed(function, needs)}{result}"
    how = "VOLATILE" if isinstance(function, TriggerFunction) else _how(function)
    if made is None or made.body is None:
        language, text = _nothing(function)
        return f"{head} LANGUAGE {language} {how} AS {dollar_quoted(text)}"
    parts = [head, f"LANGUAGE {quoted(made.language)}", how]
    if made.leakproof:
        parts.append("LEAKPROOF")
    if made.definer:
        parts.append("SECURITY DEFINER")
    if made.parallel != "unsafe":
        parts.append(f"PARALLEL {made.parallel.upper()}")
    if made.cost is not None:
        parts.append(f"COST {made.cost!r}")
    if made.result_rows is not None:
        parts.append(f"ROWS {made.result_rows!r}")
    return f"{' '.join((*parts, *settings(made)))}\nAS {body_text(function, made.body, needs)}"


def _result(function: AnyFunction) -> str:
    if isinstance(function, TriggerFunction):
        return function.returns
    if isinstance(function, DatabaseFunction):
        return in_signature(function.returns)
    if function.of is not None:
        return f"SETOF {qualified_type(function.of.schema, function.of.name)}"
    if function.form == "setof":
        return f"SETOF {in_signature(function.columns[0][1])}"
    return f"TABLE ({', '.join(f'{quoted(name)} {in_signature(type_)}' for name, type_ in function.columns)})"


def _is_out(function: AnyFunction) -> bool:
    return isinstance(function, RowsFunction) and function.form == "out"


def _how(function: DatabaseFunction[..., Any] | RowsFunction[..., Any]) -> str:
    return function.volatility.upper() + (" STRICT" if function.strict else "")


def _nothing(function: AnyFunction) -> tuple[str, str]:
    if isinstance(function, TriggerFunction):
        return "plpgsql", "BEGIN RETURN NEW; END" if function.returns == "trigger" else "BEGIN END"
    if isinstance(function, DatabaseFunction):
        return "sql", f"SELECT NULL::{in_signature(function.returns)}"
    if function.of is not None:
        return "sql", f"SELECT * FROM {qualified(function.of.schema, function.of.name)} WHERE false"
    nulls = ", ".join(f"NULL::{in_signature(type_)}" for _, type_ in function.columns)
    return "sql", f"SELECT {nulls}{'' if function.form == 'out' else ' WHERE false'}"
