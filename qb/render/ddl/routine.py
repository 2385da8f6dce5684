"""What CREATE FUNCTION and CREATE PROCEDURE share: the signature, the settings and the body.

https://www.postgresql.org/docs/current/sql-createfunction.html
"""

from __future__ import annotations

from collections.abc import Iterator

from qb.model.body import SettledBody
from qb.model.routine import Routine, RoutineDefinition
from qb.model.target import Requirements
from qb.model.type import in_signature
from qb.render.ddl.equal import inner
from qb.render.ddl.expression import expression, query
from qb.render.literals import dollar_quoted, string_literal
from qb.tree.statements import StatementNode
from qb.types.identifier import qualified, quoted


def signature(routine: Routine) -> str:
    """Its name, with the types that tell it from others: what DROP and COMMENT call it."""
    return f"{qualified(routine.schema, routine.name)}({', '.join(in_signature(each) for each in routine.arguments)})"


def signed(routine: Routine, needs: Requirements) -> str:
    """The same with the names of the arguments, and their defaults."""
    made = routine.definition
    if made is None:
        return signature(routine)
    found: list[str] = []
    for type_, each in zip(routine.arguments, made.parameters, strict=True):
        default = "" if each.default is None else f" DEFAULT {expression(each.default, needs, routine.identity.title)}"
        mode = "VARIADIC " if each.variadic else "INOUT " if each.given_back else ""
        found.append(f"{mode}{quoted(each.name)} {in_signature(type_)}{default}")
    found += (f"OUT {quoted(name)} {in_signature(type_)}" for name, type_ in routine.outs)
    return f"{qualified(routine.schema, routine.name)}({', '.join(found)})"


def settings(made: RoutineDefinition) -> Iterator[str]:
    """`SET "search_path" TO 'app', 'pg_temp'`."""
    for name, values in made.settings:
        said = ", ".join(map(string_literal, values)) or "''"
        yield f"SET {'.'.join(map(quoted, name.split('.')))} TO {said}"


def body_text(routine: Routine, body: SettledBody[StatementNode], needs: Requirements) -> str:
    """The body, in dollars that it does not hold."""
    return dollar_quoted(query(body.node, needs, routine.identity.title))


def unless_another(routine: Routine, anew: Routine, made: tuple[str, str], loose: bool) -> str:
    """The statement that creates it, which fails where another one of its signature stands; `made` has that, and the
    same under the name of `anew`."""
    statement, compared = made
    what = routine.kind, routine.identity.title
    block = inner(statement, "duplicate_function", compared, (_facts(routine), _facts(anew)), what)
    return unchecked(block) if loose else f"DO {dollar_quoted(f'{chr(10)}BEGIN{chr(10)}{block}END{chr(10)}')}"


def _facts(routine: Routine) -> str:
    """What the catalog says of it, but its name. https://www.postgresql.org/docs/current/catalog-pg-proc.html"""
    called = string_literal(signature(routine))
    if routine.schema is None:  # not the first of the path, but the one that is in the way
        called = f"pg_catalog.quote_ident(pg_catalog.current_schema()) || '.' || {called}"
    return (
        "SELECT pg_catalog.jsonb_build_object("
        "'arguments', pg_catalog.pg_get_function_arguments(p.oid), "
        "'result', pg_catalog.pg_get_function_result(p.oid), "
        "'language', l.lanname, 'body', p.prosrc, 'volatility', p.provolatile, 'strict', p.proisstrict, "
        "'security definer', p.prosecdef, 'leakproof', p.proleakproof, 'parallel', p.proparallel, 'set', p.proconfig) "
        "FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang "
        f"WHERE p.oid = pg_catalog.to_regprocedure({called})"
    )


def unchecked(statements: str) -> str:
    """Statements in a block that has no body looked at, as what it names is still to come."""
    return "DO " + dollar_quoted(
        "\nDECLARE\n  checked text := current_setting('check_function_bodies');\nBEGIN\n"
        "  PERFORM set_config('check_function_bodies', 'off', true);\n"
        f"{statements}"
        "  PERFORM set_config('check_function_bodies', checked, true);\nEND\n"
    )
