"""The arguments of a routine, as a function of Python says them: names, types, defaults.

https://www.postgresql.org/docs/current/xfunc-sql.html#XFUNC-SQL-FUNCTION-ARGUMENTS
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import FrameType, GenericAlias, UnionType
from typing import Annotated, Any, Final, NamedTuple, TypeAlias, Union, cast, get_args, get_origin

from typing_extensions import TypeIs

from qb.declare.lazy_annotations import Scope, resolve
from qb.errors import DefinitionError, QueryError
from qb.model.routine import Argument
from qb.model.written import written
from qb.query.expr.expr import Expr, is_expr
from qb.query.expr.lift import lift
from qb.query.ladder import A
from qb.tree.expressions import Bind, ColumnNode, RawSql
from qb.tree.visit import within
from qb.types import SqlType
from qb.types.annotation import shown, split_optional
from qb.types.array import Array
from qb.types.identifier import identifier
from qb.types.infer import type_of

Arg: TypeAlias = Expr[A] | A
"""An argument of a function of the database: an expression, or a value. Annotated so, it has the type in SQL that
follows from Python's; `Annotated[Arg[str], pg.citext]` has another one."""

NUMBERED: Final = frozenset(("sql", "plpgsql"))
"""The languages whose bodies call an argument by its number, which is the name of nothing else."""


class Arguments(NamedTuple):
    """What a routine takes, and what stands for it in its body."""

    types: tuple[SqlType[Any], ...]
    parameters: tuple[Argument, ...]
    given: tuple[Expr[Any], ...]


def arguments_of(function: Callable[..., Any], what: str, language: str, frame: FrameType | None) -> Arguments:
    """The arguments of a function of Python. DefinitionError for what PostgreSQL has no such argument for."""
    scope, hints = Scope(function.__module__, frame), _annotations(function)
    types: list[SqlType[Any]] = []
    parameters: list[Argument] = []
    given: list[Expr[Any]] = []
    for name, parameter in inspect.signature(function).parameters.items():
        where = f"{what}: its argument {identifier(name, f'an argument of {what}')}"
        if parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_KEYWORD):
            raise DefinitionError(f"{where} has no place: a function of the database takes its arguments by places")
        if name not in hints:
            raise DefinitionError(f"{where} has no type: annotate it, as in {name}: Arg[str]")
        try:
            read = resolve(cast("type", function), name, hints[name], scope, what)
        except NameError as error:
            raise DefinitionError(
                f"{where}: its annotation uses {error.name!r}, which is not there at run time: import it outside of "
                "`if TYPE_CHECKING:`, and define it first"
            ) from None
        python, optional, plain = _read(read, where, name)
        type_: SqlType[Any] = plain
        variadic = parameter.kind is parameter.VAR_POSITIONAL
        default = None
        if parameter.default is not parameter.empty:
            default = _default(parameter.default, type_, optional, where)
        elif parameters and parameters[-1].default is not None and not variadic:
            raise DefinitionError(f"{where} stands behind one with a default and has none: give it one")
        if variadic:
            type_, python = Array[Any](type_), GenericAlias(list, (python,))
            if parameters and parameters[-1].default is not None:  # then PostgreSQL wants one here, too
                default = written(Bind([], type_, where))
        number = len(types) + 1
        text = f"${number}" if language in NUMBERED else name
        types.append(type_)
        parameters.append(Argument(name, default, optional, variadic))
        given.append(Expr(RawSql((text,), not_null=not optional), type_, python, optional))
    scope.close()
    return Arguments(tuple(types), tuple(parameters), tuple(given))


def _annotations(function: Callable[..., Any]) -> dict[str, Any]:
    if sys.version_info >= (3, 14):
        import annotationlib

        return dict(annotationlib.get_annotations(function, format=annotationlib.Format.FORWARDREF))
    return dict(getattr(function, "__annotations__", {}))


def _read(annotation: object, where: str, name: str) -> tuple[object, bool, SqlType[Any]]:
    """The Python type, whether it may be None, and the type in SQL."""
    annotation, said = _said(annotation)
    members: tuple[object, ...] = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else ()
    rest = [each for each in members if get_origin(each) is not Expr]
    if not rest or len(rest) == len(members):
        raise DefinitionError(
            f"{where} is annotated with {shown(annotation)}: write {name}: Arg[{shown(annotation)}], which takes "
            "expressions, too"
        )
    joined: object = Union[tuple(rest)]  # noqa: UP007 - a run-time value, not an annotation
    python, optional = split_optional(joined)
    if said is None:
        python, said = _said(python)
    try:
        type_ = type_of(python) if said is None else said
    except TypeError as error:
        raise DefinitionError(f"{where}: {error}: state its type, as in Annotated[Arg[...], pg.jsonb]") from None
    if (reason := type_.refuses(python)) is not None:
        raise DefinitionError(f"{where}: {reason}: change its annotation, or its type")
    return python, optional, type_


def _said(annotation: object) -> tuple[object, SqlType[Any] | None]:
    """An annotation without the type in SQL that it says, and that one."""
    if get_origin(annotation) is Annotated:
        plain, *more = get_args(annotation)
        for each in more:
            if _is_type(each):
                return plain, each
    return annotation, None


def _default(value: object, type_: SqlType[Any], optional: bool, where: str) -> Any:
    if value is None and not optional:
        raise DefinitionError(f"{where} is None where it is not given, and its annotation does not admit it")
    if is_expr(value) and any(isinstance(each, ColumnNode) for each in within(value.node)):
        raise DefinitionError(f"{where} has a default that uses a column: there is no row yet")
    try:
        return written(lift(value, type_, where, none=True))
    except QueryError as error:
        raise DefinitionError(str(error)) from None


def _is_type(value: object) -> TypeIs[SqlType[Any]]:
    return isinstance(value, SqlType)
