"""`@function(...)`: a function of Python that gives the body of one of the database.

https://www.postgresql.org/docs/current/xfunc.html
"""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType, NoneType
from typing import Any, Final, Generic, NamedTuple, ParamSpec, TypeVar, cast, overload

import msgspec
from typing_extensions import TypeForm

from qb.declare.arguments import Arguments, arguments_of
from qb.declare.by_names import by_names
from qb.declare.routine_options import (
    ExternalOptions,
    ExternalRoutineOptions,
    ExternalRowsOptions,
    FunctionOptions,
    RowsOptions,
    check_options,
    defined,
)
from qb.errors import DefinitionError, QueryError
from qb.model.body import SettledBody, body
from qb.model.function import DatabaseFunction
from qb.model.routine import Argument
from qb.model.rows_function import RowsForm, RowsFunction
from qb.model.type import NamedType, named_type
from qb.query.entity import NamedRow, entity_of
from qb.query.expr.expr import Expr, is_expr
from qb.query.expr.selectable import Query
from qb.query.raw import Sql
from qb.query.select import select
from qb.query.subquery import fields_of_shape
from qb.tree.expressions import NameNode, RawSql
from qb.tree.raw import RawStatement
from qb.tree.relations import TableSource
from qb.tree.shapes import EntityShape, Output
from qb.tree.slots import outputs
from qb.tree.statements import StatementNode, shape_of
from qb.types import SqlType
from qb.types.annotation import split_optional
from qb.types.array import Array
from qb.types.custom import Custom
from qb.types.identifier import comment_text, identifier, name_before
from qb.types.infer import type_of
from qb.types.text import LabelledText

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A", bound=NamedRow)


VOID: Final = Custom[None]("void", str, lambda text: None, None, "void", None)
"""What a function returns that returns nothing."""


EXTERNAL: Final = (ExternalOptions, ExternalRowsOptions, ExternalRoutineOptions)
"""What is said of what has no body here."""


class Decorated(NamedTuple):
    """What a routine is called, what it takes, and what its function of Python gave as its body."""

    what: str
    schema: str | None
    name: str
    arguments: Arguments
    given: object


def decorated(
    kind: str,
    function: Callable[..., Any],
    language: str,
    options: FunctionOptions,
    known: type[Any],
    frame: FrameType | None,
) -> Decorated:
    """A routine, its function of Python called once, unless it is somebody else's. DefinitionError for names and
    arguments that cannot be."""
    if not hasattr(function, "__code__"):  # for those who run no checker
        raise DefinitionError(f"{kind}(...) stands above a function of Python, not above {function!r}")
    name = options.get("name", function.__name__)
    what = f"the {kind} {identifier(name, f'a {kind}')!r}"
    check_options(what, cast("dict[str, object]", options), known)
    arguments = arguments_of(function, what, language, frame)
    given = None if known in EXTERNAL else function(*arguments.given)
    return Decorated(what, options.get("schema"), name, arguments, given)


def code(what: str, given: object, columns: tuple[str, ...] = ()) -> SettledBody[StatementNode]:
    """A text as a body, of a query with the names of its columns. DefinitionError for anything else."""
    if not isinstance(given, Sql):
        raise DefinitionError(f'{what} returns {given!r}: return its text, sql("BEGIN ... END")')
    return settled_body(what, RawStatement(RawSql(by_names(given.node.parts, columns), statement=True)))


def settled_body(what: str, node: StatementNode) -> SettledBody[StatementNode]:
    """A body as it is written. DefinitionError for what cannot stand in one."""
    try:
        return body(node)
    except (DefinitionError, QueryError) as error:
        raise DefinitionError(f"{what}: {error}") from None


def result_type(what: str, returns: object, type: SqlType[Any] | None) -> tuple[SqlType[Any], object, bool]:
    """The type of a result, its Python type, and whether it may be None. DefinitionError where they do not fit."""
    if returns is None and type is None:
        return VOID, NoneType, True
    python, optional = split_optional(returns)
    try:
        type_ = type_of(python) if type is None else type
    except TypeError as error:
        raise DefinitionError(f"{what}: {error}: state its type, as in type=pg.jsonb") from None
    if (reason := type_.refuses(python)) is not None:
        raise DefinitionError(f"{what}: {reason}: change what it returns, or its type")
    return type_, python, optional


class TypedBody(msgspec.Struct, frozen=True):
    """Above a function of Python that returns an expression, or a query."""

    options: RowsOptions
    frame: FrameType | None
    """Where names of its annotations may be local."""

    @overload
    def __call__(self, function: Callable[P, Expr[R]], /) -> DatabaseFunction[P, R]: ...
    @overload
    def __call__(self, function: Callable[P, Query[A]], /) -> RowsFunction[P, A]: ...
    def __call__(self, function: Callable[..., Any], /) -> Any:
        """The function of the database."""
        found = decorated("function", function, "sql", self.options, RowsOptions, self.frame)
        given, what = found.given, found.what
        if is_expr(given):
            for said in ("out", "setof"):
                if self.options.get(said):
                    raise DefinitionError(f"{what} returns an expression, and {said}= is about rows: return a query")
            made = settled_body(what, select(given).node)
            return _scalar(found, "sql", made, (given.type, given.python, given.optional), self.options)
        if isinstance(given, Query):
            node: StatementNode = given.node
            shape = shape_of(node)
            if shape is None:
                raise DefinitionError(f"{what} returns a statement without rows: say returns=, and return sql(...)")
            fields, target = fields_of_shape(shape, "function")
            known = entity_of(target)
            if known is None:
                raise DefinitionError(
                    f"{what}: its rows are of {target!r}: name a Shape or a table, as in .map(AShape)"
                )
            made_of = tuple(
                _output(known.columns[field].node.name, each.type, each.python, each.optional)
                for field, each in zip(fields, outputs(shape), strict=True)
            )
            return _rows(
                found, "sql", settled_body(what, node), EntityShape(target, fields, made_of), None, self.options
            )
        raise DefinitionError(
            f"{what} returns {given!r}: return an expression or a query, or say returns= or rows= above a text of SQL"
        )


class CodeBody(msgspec.Struct, Generic[R], frozen=True):
    """Above a function of Python that returns a text, which gives a value."""

    returns: TypeForm[R]
    type: SqlType[R] | None
    language: str
    options: RowsOptions
    frame: FrameType | None

    def __call__(self, function: Callable[P, Sql], /) -> DatabaseFunction[P, R]:
        """The function of the database."""
        found = decorated("function", function, self.language, self.options, FunctionOptions, self.frame)
        result = result_type(found.what, self.returns, self.type)
        made = code(found.what, found.given)
        return cast("DatabaseFunction[P, R]", _scalar(found, self.language, made, result, self.options))


class RowsBody(msgspec.Struct, Generic[A], frozen=True):
    """Above a function of Python that returns a text, which gives rows."""

    rows: type[A]
    language: str
    options: RowsOptions
    frame: FrameType | None

    def __call__(self, function: Callable[P, Sql], /) -> RowsFunction[P, A]:
        """The function of the database."""
        found = decorated("function", function, self.language, self.options, RowsOptions, self.frame)
        shape, of = shape_of_rows(found.what, self.rows)
        # A table has its columns in an order that the server alone knows, and other languages name them themselves.
        named = self.language == "sql" and of is None
        columns = tuple(each.name for each in shape.outputs) if named else ()
        text = code(found.what, found.given, columns)
        if of is None and self.language != "sql" and not self.options.get("out", False):
            _check_stated(found.what, shape)
        return cast("RowsFunction[P, A]", _rows(found, self.language, text, shape, of, self.options))


class ExternalBody(msgspec.Struct, Generic[R], frozen=True):
    """Above a function of Python that says the arguments of somebody else's, which gives a value."""

    returns: TypeForm[R]
    type: SqlType[R] | None
    options: ExternalOptions
    frame: FrameType | None

    def __call__(self, function: Callable[P, None], /) -> DatabaseFunction[P, R]:
        """The function of the database. This one is never called."""
        options: Any = self.options
        found = decorated("function", function, "sql", options, ExternalOptions, self.frame)
        result = result_type(found.what, self.returns, self.type)
        return cast("DatabaseFunction[P, R]", _scalar(found, "sql", None, result, options))


class ExternalRows(msgspec.Struct, Generic[A], frozen=True):
    """Above a function of Python that says the arguments of somebody else's, which gives rows."""

    rows: type[A]
    options: ExternalRowsOptions
    frame: FrameType | None

    def __call__(self, function: Callable[P, None], /) -> RowsFunction[P, A]:
        """The function of the database. This one is never called."""
        options: Any = self.options
        found = decorated("function", function, "sql", options, ExternalRowsOptions, self.frame)
        shape, of = shape_of_rows(found.what, self.rows)
        return cast("RowsFunction[P, A]", _rows(found, "sql", None, shape, of, options))


def shape_of_rows(what: str, rows: object) -> tuple[EntityShape, TableSource | None]:
    """What rows of a table or a Shape are, and the table."""
    known = entity_of(rows)
    if known is None:
        raise DefinitionError(f"{what}: rows takes a table or a Shape, not {rows!r}")
    made = tuple(_output(each.node.name, each.type, each.python, each.optional) for each in known.columns.values())
    of = known.relation if isinstance(known.relation, TableSource) else None
    return EntityShape(known.target, tuple(known.columns), made), of


def _check_stated(what: str, shape: EntityShape) -> None:
    """DefinitionError for an Enum whose type nobody has said: SQL casts what a query gives, other languages do not."""
    for each in shape.outputs:
        of = each.type.of if isinstance(each.type, Array) else each.type
        if isinstance(of, LabelledText) and of.of is None:
            raise DefinitionError(
                f"{what}: its column {each.name} is of the Enum {of.labels.__name__} and says no type, and its rows "
                f"must have that very one: write column(...) with the enum's type, or with pg.{of.name}"
            )


def _output(name: str, type_: SqlType[Any], python: object, optional: bool) -> Output:
    return Output(NameNode(None, name), type_, python, optional, name, "")


def _scalar(
    found: Decorated,
    language: str,
    made: SettledBody[StatementNode] | None,
    result: tuple[SqlType[Any], object, bool],
    options: RowsOptions,
) -> DatabaseFunction[..., Any]:
    return DatabaseFunction(
        found.schema,
        found.name,
        found.arguments.types,
        *result,
        options.get("volatility", "volatile"),
        bool(options.get("strict", False)),
        defined(found.what, language, made, found.arguments.parameters, options),
        external=made is None,
        comment=comment_text(options.get("comment"), found.what),
        renamed_from=name_before(options.get("renamed_from"), found.what),
    )


def _rows(
    found: Decorated,
    language: str,
    made: SettledBody[StatementNode] | None,
    shape: EntityShape,
    of: TableSource | None,
    options: RowsOptions,
) -> RowsFunction[..., Any]:
    columns: tuple[tuple[str, NamedType], ...] = ()
    if of is None:
        columns = tuple((each.name, named_type(each.type)) for each in shape.outputs)
    form = _form(found.what, of, columns, options)
    parameters = tuple(
        as_inout(found.what, each, type_, columns, form)
        for each, type_ in zip(found.arguments.parameters, found.arguments.types, strict=True)
    )
    return RowsFunction(
        found.schema,
        found.name,
        found.arguments.types,
        columns,
        of,
        shape,
        options.get("volatility", "volatile"),
        bool(options.get("strict", False)),
        defined(found.what, language, made, parameters, options),
        form,
        external=made is None,
        comment=comment_text(options.get("comment"), found.what),
        renamed_from=name_before(options.get("renamed_from"), found.what),
    )


def _form(
    what: str, of: TableSource | None, columns: tuple[tuple[str, NamedType], ...], options: RowsOptions
) -> RowsForm:
    """How it says what comes back. DefinitionError where PostgreSQL has no such function."""
    out, setof = bool(options.get("out", False)), bool(options.get("setof", False))
    if not (out or setof):
        return "table"
    said = "out" if out else "setof"
    if out and setof:
        raise DefinitionError(f"{what} has out= and setof=: it gives either one row, or values: drop one of them")
    if of is not None:
        raise DefinitionError(f"{what} returns rows of {of.name} as they are: drop {said}=, or name a Shape")
    if setof and len(columns) != 1:
        raise DefinitionError(
            f"{what} has setof= and {len(columns)} columns: values of one type are a Shape of one column; drop setof="
        )
    if out and options.get("result_rows") is not None:
        raise DefinitionError(f"{what} has out= and gives one row: drop result_rows=")
    return "out" if out else "setof"


def as_inout(
    what: str, argument: Argument, type_: SqlType[Any], columns: tuple[tuple[str, NamedType], ...], form: RowsForm
) -> Argument:
    """An argument, which is INOUT where a column of OUT arguments is called so. DefinitionError where it cannot."""
    column = dict(columns).get(argument.name)
    if column is None or form == "setof":
        return argument
    if form == "table":
        raise DefinitionError(
            f"{what} has an argument and a column {argument.name}, and both are names in it: rename one"
        )
    if argument.variadic or column.name != named_type(type_).name:
        raise DefinitionError(
            f"{what} takes {argument.name} and gives it back, as {type_.name} and as {column.name}: an argument that "
            "is both has one type, and is not variadic; rename one"
        )
    return msgspec.structs.replace(argument, given_back=True)
