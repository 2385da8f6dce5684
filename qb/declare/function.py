"""`function`: a function of the database, with its types: one that is there, or one with a body of ours.

https://www.postgresql.org/docs/current/sql-createfunction.html
"""

from __future__ import annotations

import sys
from typing import Any, Literal, get_args, overload

from typing_extensions import TypeForm, TypeVar, Unpack

from qb.declare.arguments import Arg
from qb.declare.function_body import CodeBody, ExternalBody, ExternalRows, RowsBody, TypedBody, result_type
from qb.declare.routine_options import ExternalOptions, ExternalRowsOptions, FunctionOptions, RowsOptions
from qb.errors import DefinitionError
from qb.model.function import DatabaseFunction, Volatility
from qb.query.entity import NamedRow
from qb.query.ladder import A, B, C, D
from qb.types import SqlType
from qb.types.identifier import identifier

R = TypeVar("R", default=object)
Row = TypeVar("Row", bound=NamedRow)


@overload
def function(
    name: str,
    /,
    *,
    returns: TypeForm[R],
    type: SqlType[R] | None = None,
    schema: str | None = None,
    volatility: Volatility = "volatile",
    strict: bool = False,
    external: bool = True,
) -> DatabaseFunction[[], R]: ...


# ladder: function, made by tools/overloads.py: change that, then run `make generate`
# fmt: off
@overload
def function(
    name: str, a: SqlType[A], /,
    *, returns: TypeForm[R], type: SqlType[R] | None = None, schema: str | None = None,
    volatility: Volatility = "volatile", strict: bool = False, external: bool = True,
) -> DatabaseFunction[[Arg[A]], R]: ...
@overload
def function(
    name: str, a: SqlType[A], b: SqlType[B], /,
    *, returns: TypeForm[R], type: SqlType[R] | None = None, schema: str | None = None,
    volatility: Volatility = "volatile", strict: bool = False, external: bool = True,
) -> DatabaseFunction[[Arg[A], Arg[B]], R]: ...
@overload
def function(
    name: str, a: SqlType[A], b: SqlType[B], c: SqlType[C], /,
    *, returns: TypeForm[R], type: SqlType[R] | None = None, schema: str | None = None,
    volatility: Volatility = "volatile", strict: bool = False, external: bool = True,
) -> DatabaseFunction[[Arg[A], Arg[B], Arg[C]], R]: ...
@overload
def function(
    name: str, a: SqlType[A], b: SqlType[B], c: SqlType[C], d: SqlType[D], /,
    *, returns: TypeForm[R], type: SqlType[R] | None = None, schema: str | None = None,
    volatility: Volatility = "volatile", strict: bool = False, external: bool = True,
) -> DatabaseFunction[[Arg[A], Arg[B], Arg[C], Arg[D]], R]: ...
# fmt: on
# end of the ladder
@overload
def function(**options: Unpack[RowsOptions]) -> TypedBody: ...
@overload
def function(
    *,
    returns: TypeForm[R],
    type: SqlType[R] | None = None,
    language: str = "plpgsql",
    **options: Unpack[FunctionOptions],
) -> CodeBody[R]: ...
@overload
def function(*, rows: type[Row], language: str = "plpgsql", **options: Unpack[RowsOptions]) -> RowsBody[Row]: ...
@overload
def function(
    *,
    returns: TypeForm[R],
    type: SqlType[R] | None = None,
    external: Literal[True],
    **options: Unpack[ExternalOptions],
) -> ExternalBody[R]: ...
@overload
def function(
    *, rows: type[Row], external: Literal[True], **options: Unpack[ExternalRowsOptions]
) -> ExternalRows[Row]: ...
def function(name: Any = None, /, *arguments: Any, **options: Any) -> Any:
    """A function of the database, with the types of its arguments, to call in queries, defaults, checks, generated
    columns and indexes: `slugify = function("slugify", pg.text, returns=str, volatility="immutable")`.

    `returns` is what its values are in Python; with None in it where it may give NULL (`str | None`). `type` is its
    type in SQL where that does not follow from it. A `strict` one is not called, and gives NULL, where an argument is
    NULL. `volatility` is what CREATE FUNCTION says of it, and "volatile" where that says nothing: generated columns and
    indexes take what is "immutable" alone. One of a name is somebody else's: an extension's, or made by a script. It is
    named and never created or dropped.

    `@function(...)` makes one of ours of a function of Python, which is called once, with what stands for its arguments
    (`Arg[str]`), and returns the body: an expression or a query, in SQL; with `returns` or `rows` (a table, a Shape) a
    text in a `language`, `sql(...)`, whose `{t}` are tables, arguments and values. Called, one with rows is a relation.
    With `returns=None` it gives nothing. One that is `external` has no body here: its function says the arguments.
    `security`, `set`, `parallel`, `leakproof`, `cost` and `result_rows` are what CREATE FUNCTION knows by these names;
    `security="definer"` asks for a `search_path` in `set`, as else the caller says which tables it reads.
    Errors: DefinitionError. https://www.postgresql.org/docs/current/sql-createfunction.html

    >>> slugify = function("slugify", pg.text, returns=str, schema="app", volatility="immutable", strict=True)
    >>> class Post(Table, name="posts"):
    ...     title: Col[str] = column()
    ...     slug: Col[str] = column(generated=slugify(title))
    >>> print(create_all(schema(Post)))
    CREATE TABLE "posts" (
      "title" text NOT NULL,
      "slug" text GENERATED ALWAYS AS ("app"."slugify"("title")) STORED NOT NULL
    );
    >>> @function(volatility="immutable", strict=True)
    ... def shouted(title: Arg[str], mark: Arg[str] = "!") -> Expr[str]:
    ...     return fn.upper(title) + mark
    >>> print(create_all(schema(shouted)))
    CREATE FUNCTION "shouted"("title" text, "mark" text DEFAULT '!'::text) RETURNS text LANGUAGE "sql" IMMUTABLE STRICT
    AS $qb$SELECT upper($1) || ($2)$qb$;
    """
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage] - where names of annotations may be local
    if callable(name):
        raise DefinitionError("function stands above a function of Python with its parentheses: write @function()")
    if name is not None:
        return _named(name, arguments, **options)
    if arguments:
        raise DefinitionError("function takes the name first, and then the types of the arguments")
    said: Any = options
    if said.pop("external", False):
        if "rows" in said:
            return ExternalRows(said.pop("rows"), said, frame)
        return ExternalBody(said.pop("returns", None), said.pop("type", None), said, frame)
    language = said.pop("language", "plpgsql")
    if "rows" in said:
        return RowsBody(said.pop("rows"), language, said, frame)
    if "returns" in said:
        return CodeBody(said.pop("returns"), said.pop("type", None), language, said, frame)
    return TypedBody(said, frame)


def _named(
    name: str,
    arguments: tuple[Any, ...],
    *,
    returns: Any,
    type: SqlType[Any] | None = None,
    schema: str | None = None,
    volatility: Volatility = "volatile",
    strict: bool = False,
    external: bool = True,
) -> DatabaseFunction[..., Any]:
    what = f"the function {identifier(name, 'a function')!r}"
    if schema is not None:
        identifier(schema, f"the schema of {what}")
    for each in arguments:
        if not isinstance(each, SqlType):
            raise DefinitionError(f"{what} takes types such as pg.text for its arguments, not {each!r}")
    if volatility not in get_args(Volatility):
        raise DefinitionError(f"{what}: volatility is immutable, stable or volatile, not {volatility!r}")
    if not external:
        raise DefinitionError(f"{what} has no body, so it is somebody else's: leave external=False away")
    type_, python, optional = result_type(what, returns, type)
    return DatabaseFunction(schema, name, arguments, type_, python, optional, volatility, bool(strict), external=True)
