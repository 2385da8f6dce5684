"""Functions and procedures. https://www.postgresql.org/docs/current/sql-createfunction.html"""

from __future__ import annotations

from typing import Final

from qb.kit.facts.function import FunctionFact
from qb.kit.planning.ddl.parts import CatalogParts
from qb.kit.planning.ddl.rule import Altered, DdlRule, Lines, drop_plainly
from qb.kit.planning.ddl.sql_names import dotted, setting_value
from qb.kit.qualified import routine_parts
from qb.model.object import Identity
from qb.render.literals import dollar_quoted, string_literal
from qb.types.identifier import quoted

_PLAIN_COST: Final = {"internal": 1.0, "c": 1.0}


def _create_routine(identity: Identity, fact: FunctionFact, parts: CatalogParts) -> Lines:
    return [_statement(identity, fact)]


def _statement(identity: Identity, fact: FunctionFact, *, replace: bool = False) -> str:
    name, _ = routine_parts(identity.name)
    head = f"CREATE {'OR REPLACE ' if replace else ''}{identity.kind.upper()}"
    returns = f" RETURNS {fact.returns}" if fact.returns is not None and identity.kind == "function" else ""
    lines = [f"{head} {dotted(identity.schema, name)}({fact.arguments}){returns}"]
    lines.append(" ".join((f"LANGUAGE {quoted(fact.language)}", *_properties(identity, fact))))
    lines += [f"SET {setting_value(identity, each)}" for each in fact.settings]
    if fact.sql_body is not None:
        lines.append(fact.sql_body)
    elif fact.library is not None:
        lines.append(f"AS {string_literal(fact.library)}, {string_literal(fact.body)}")
    else:
        lines.append(f"AS {dollar_quoted(fact.body)}")
    return "\n".join(lines)


def _properties(identity: Identity, fact: FunctionFact) -> list[str]:
    if identity.kind == "procedure":
        return ["SECURITY DEFINER"] if fact.security_definer else []
    said = [f"TRANSFORM {', '.join(f'FOR TYPE {each}' for each in fact.transforms)}"] if fact.transforms else []
    said += [fact.volatility.upper()] if fact.volatility != "volatile" else []
    for word, is_said in (
        ("WINDOW", fact.window),
        ("STRICT", fact.strict),
        ("SECURITY DEFINER", fact.security_definer),
        ("LEAKPROOF", fact.leakproof),
    ):
        if is_said:
            said.append(word)
    said += [f"PARALLEL {fact.parallel.upper()}"] if fact.parallel != "unsafe" else []
    said += [f"COST {fact.cost:.15g}"] if fact.cost != _PLAIN_COST.get(fact.language, 100.0) else []
    returns_set = (fact.returns or "").startswith(("SETOF ", "TABLE("))
    said += [f"ROWS {fact.rows:.15g}"] if returns_set and fact.rows != 1000.0 else []
    return said + ([f"SUPPORT {fact.support}"] if fact.support is not None else [])


def _alter_routine(change: Altered[FunctionFact]) -> Lines | None:
    """OR REPLACE, where what goes in and what comes out stays as it is."""
    if change.fields & {"arguments", "returns", "window", "modes"}:
        return None
    return [_statement(change.identity, change.other, replace=True)]


ROUTINE_RULE: Final = DdlRule(_create_routine, _alter_routine, drop_plainly)
