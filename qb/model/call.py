"""How a routine is called: arguments by their places or their names, each as its type for certain.

https://www.postgresql.org/docs/current/sql-syntax-calling-funcs.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from qb.errors import QueryError
from qb.model.routine import Argument, Routine
from qb.query.beside import check_filled
from qb.query.expr.lift import lift
from qb.query.expr.typed import is_own, label_of
from qb.tree.expressions import Bind, Call, Cast, Expression, RawSql
from qb.tree.function import Function
from qb.types import SqlType
from qb.types.array import Array
from qb.types.builtin import plain_type
from qb.types.identifier import qualified, quoted


def row_of_facts(
    routine: Routine,
    null: Literal["strict", "always", "never"],
    volatility: Literal["immutable", "stable", "volatile"],
) -> Function:
    """What has to be known of its calls."""
    return Function(
        qualified(routine.schema, routine.name),
        null,
        typed="itself",
        volatility=volatility,
        uses=(routine.kind, routine.schema or "", routine.signature),
        ours=not routine.external,
    )


def called(routine: Routine, facts: Function, arguments: tuple[object, ...], named: Mapping[str, object]) -> Call:
    """The call with its arguments. QueryError for too few or too many, and for what is not of their types."""
    made = routine.definition
    if made is None:
        return Call(facts, tuple(_by_place(routine, arguments, named)))
    return Call(facts, tuple(_by_name(routine, made.parameters, arguments, named)))


def _by_place(routine: Routine, arguments: tuple[object, ...], named: Mapping[str, object]) -> Iterator[Expression]:
    title, due = routine.identity.title, routine.arguments
    if named:
        raise QueryError(f"{title} takes its arguments by their places, not {', '.join(named)}=")
    if len(arguments) != len(due):
        raise _miscounted(title, len(due), len(arguments))
    for number, (value, type_) in enumerate(zip(arguments, due, strict=True), 1):
        yield _argument(f"argument {number} of {title}", value, type_)


def _by_name(
    routine: Routine, parameters: tuple[Argument, ...], arguments: tuple[object, ...], named: Mapping[str, object]
) -> Iterator[Expression]:
    title = routine.identity.title
    variadic = bool(parameters) and parameters[-1].variadic
    plain = parameters[:-1] if variadic else parameters
    if len(arguments) > len(plain) and not variadic:
        raise _miscounted(title, len(plain), len(arguments))
    given: dict[str, object] = dict(zip((each.name for each in plain), arguments, strict=False))
    for name in named:
        if name in given or name not in (each.name for each in plain):
            why = "is given twice" if name in given else "is none of its arguments"
            raise QueryError(f"{title}: {name} {why}: it takes {', '.join(each.name for each in plain) or 'none'}")
    given.update(named)
    by_name = False
    for each, type_ in zip(plain, routine.arguments, strict=False):
        if each.name not in given:
            if each.default is None:
                raise QueryError(f"{title} is given no {each.name}")
            by_name = True  # those behind it are called by their names
            continue
        value = given[each.name]
        if value is None and not each.optional:
            raise QueryError(f"{each.name} of {title} is never None: annotate it with Arg[... | None] where it may be")
        node = _argument(f"{each.name} of {title}", value, type_)
        yield RawSql((f"{quoted(each.name)} => ", _typed(node))) if by_name else node
    if variadic:
        values, last = arguments[len(plain) :], parameters[-1]
        if values or last.default is None:
            yield from _rest(f"{last.name} of {title}", routine.arguments[-1], values, by_name)


def _rest(what: str, type_: SqlType[Any], values: tuple[object, ...], by_name: bool) -> Iterator[Expression]:
    assert isinstance(type_, Array)
    if not values:
        yield RawSql(("VARIADIC ", Bind([], type_, what)))
        return
    if by_name:
        raise QueryError(f"{what}: all arguments before it have to be given, as it has no name in a call")
    for value in values:
        yield _argument(what, value, type_.of)


def _typed(node: Expression) -> Expression:
    return Cast(node, node.type) if isinstance(node, Bind) else node


def _miscounted(title: str, due: int, given: int) -> QueryError:
    return QueryError(f"{title} takes {due} argument{'' if due == 1 else 's'}, and is given {given}")


def _argument(what: str, value: object, due: SqlType[Any]) -> Expression:
    """An argument as one of its type for certain: functions of one name are told apart by it."""
    node = lift(value, due, what, none=True)
    if not is_own(value):
        return node
    check_filled(label_of(value) or "an expression", value.type, what, due)
    plain = plain_type(due.wire)
    return node if plain is None or value.type.wire is due.wire else Cast(node, plain)
