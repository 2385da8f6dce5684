"""`function`: naming a function of the database, with its types.

https://www.postgresql.org/docs/current/sql-createfunction.html
"""

from __future__ import annotations

from typing import Any, TypeAlias, get_args, overload

from typing_extensions import TypeForm, TypeVar

from qb.errors import DefinitionError
from qb.model.function import DatabaseFunction, Volatility
from qb.query.expr.expr import Expr
from qb.query.ladder import A, B, C, D, E, F, G, H, J, K, M, N, P, Q, V, W
from qb.types import SqlType
from qb.types.annotation import split_optional
from qb.types.identifier import identifier
from qb.types.infer import type_of

R = TypeVar("R", default=object)
Given: TypeAlias = Expr[A] | A
"""An argument: an expression, or a value."""


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
) -> DatabaseFunction[[Given[A]], R]: ...
@overload
def function(
    name: str, a: SqlType[A], b: SqlType[B], /,
    *, returns: TypeForm[R], type: SqlType[R] | None = None, schema: str | None = None,
    volatility: Volatility = "volatile", strict: bool = False, external: bool = True,
) -> DatabaseFunction[[Given[A], Given[B]], R]: ...
@overload
def function(
    name: str, a: SqlType[A], b: SqlType[B], c: SqlType[C], /,
    *, returns: TypeForm[R], type: SqlType[R] | None = None, schema: str | None = None,
    volatility: Volatility = "volatile", strict: bool = False, external: bool = True,
) -> DatabaseFunction[[Given[A], Given[B], Given[C]], R]: ...
@overload
def function(
    name: str, a: SqlType[A], b: SqlType[B], c: SqlType[C], d: SqlType[D], /,
    *, returns: TypeForm[R], type: SqlType[R] | None = None, schema: str | None = None,
    volatility: Volatility = "volatile", strict: bool = False, external: bool = True,
) -> DatabaseFunction[[Given[A], Given[B], Given[C], Given[D]], R]: ...
@overload
def function(
    name: str, a: SqlType[A], b: SqlType[B], c: SqlType[C], d: SqlType[D], e: SqlType[E], /,
    *, returns: TypeForm[R], type: SqlType[R] | None = None, schema: str | None = None,
    volatility: Volatility = "volatile", strict: bool = False, external: bool = True,
) -> DatabaseFunction[[Given[A], Given[B], Given[C], Given[D], Given[E]], R]: ...
@overload
def function(
    name: str, a: SqlType[A], b: SqlType[B], c: SqlType[C], d: SqlType[D], e: SqlType[E], f: SqlType[F], /,
    *, returns: TypeForm[R], type: SqlType[R] | None = None, schema: str | None = None,
    volatility: Volatility = "volatile", strict: bool = False, external: bool = True,
) -> DatabaseFunction[[Given[A], Given[B], Given[C], Given[D], Given[E], Given[F]], R]: ...
@overload
def function(
    name: str, a: SqlType[A], b: SqlType[B], c: SqlType[C], d: SqlType[D], e: SqlType[E], f: SqlType[F],
    g: SqlType[G], /,
    *, returns: TypeForm[R], type: SqlType[R] | None = None, schema: str | None = None,
    volatility: Volatility = "volatile", strict: bool = False, external: bool = True,
) -> DatabaseFunction[[Given[A], Given[B], Given[C], Given[D], Given[E], Given[F], Given[G]], R]: ...
@overload
def function(
    name: str, a: SqlType[A], b: SqlType[B], c: SqlType[C], d: SqlType[D], e: SqlType[E], f: SqlType[F],
    g: SqlType[G], h: SqlType[H], /,
    *, returns: TypeForm[R], type: SqlType[R] | None = None, schema: str | None = None,
    volatility: Volatility = "volatile", strict: bool = False, external: bool = True,
) -> DatabaseFunction[[Given[A], Given[B], Given[C], Given[D], Given[E], Given[F], Given[G], Given[H]], R]: ...
@overload
def function(
    name: str, a: SqlType[A], b: SqlType[B], c: SqlType[C], d: SqlType[D], e: SqlType[E], f: SqlType[F],
    g: SqlType[G], h: SqlType[H], j: SqlType[J], /,
    *, returns: TypeForm[R], type: SqlType[R] | None = None, schema: str | None = None,
    volatility: Volatility = "volatile", strict: bool = False, external: bool = True,
) -> DatabaseFunction[[Given[A], Given[B], Given[C], Given[D], Given[E], Given[F], Given[G], Given[H],
    Given[J]], R]: ...
@overload
def function(
    name: str, a: SqlType[A], b: SqlType[B], c: SqlType[C], d: SqlType[D], e: SqlType[E], f: SqlType[F],
    g: SqlType[G], h: SqlType[H], j: SqlType[J], k: SqlType[K], /,
    *, returns: TypeForm[R], type: SqlType[R] | None = None, schema: str | None = None,
    volatility: Volatility = "volatile", strict: bool = False, external: bool = True,
) -> DatabaseFunction[[Given[A], Given[B], Given[C], Given[D], Given[E], Given[F], Given[G], Given[H], Given[J],
    Given[K]], R]: ...
@overload
def function(
    name: str, a: SqlType[A], b: SqlType[B], c: SqlType[C], d: SqlType[D], e: SqlType[E], f: SqlType[F],
    g: SqlType[G], h: SqlType[H], j: SqlType[J], k: SqlType[K], m: SqlType[M], /,
    *, returns: TypeForm[R], type: SqlType[R] | None = None, schema: str | None = None,
    volatility: Volatility = "volatile", strict: bool = False, external: bool = True,
) -> DatabaseFunction[[Given[A], Given[B], Given[C], Given[D], Given[E], Given[F], Given[G], Given[H], Given[J],
    Given[K], Given[M]], R]: ...
@overload
def function(
    name: str, a: SqlType[A], b: SqlType[B], c: SqlType[C], d: SqlType[D], e: SqlType[E], f: SqlType[F],
    g: SqlType[G], h: SqlType[H], j: SqlType[J], k: SqlType[K], m: SqlType[M], n: SqlType[N], /,
    *, returns: TypeForm[R], type: SqlType[R] | None = None, schema: str | None = None,
    volatility: Volatility = "volatile", strict: bool = False, external: bool = True,
) -> DatabaseFunction[[Given[A], Given[B], Given[C], Given[D], Given[E], Given[F], Given[G], Given[H], Given[J],
    Given[K], Given[M], Given[N]], R]: ...
@overload
def function(
    name: str, a: SqlType[A], b: SqlType[B], c: SqlType[C], d: SqlType[D], e: SqlType[E], f: SqlType[F],
    g: SqlType[G], h: SqlType[H], j: SqlType[J], k: SqlType[K], m: SqlType[M], n: SqlType[N], p: SqlType[P], /,
    *, returns: TypeForm[R], type: SqlType[R] | None = None, schema: str | None = None,
    volatility: Volatility = "volatile", strict: bool = False, external: bool = True,
) -> DatabaseFunction[[Given[A], Given[B], Given[C], Given[D], Given[E], Given[F], Given[G], Given[H], Given[J],
    Given[K], Given[M], Given[N], Given[P]], R]: ...
@overload
def function(
    name: str, a: SqlType[A], b: SqlType[B], c: SqlType[C], d: SqlType[D], e: SqlType[E], f: SqlType[F],
    g: SqlType[G], h: SqlType[H], j: SqlType[J], k: SqlType[K], m: SqlType[M], n: SqlType[N], p: SqlType[P],
    q: SqlType[Q], /,
    *, returns: TypeForm[R], type: SqlType[R] | None = None, schema: str | None = None,
    volatility: Volatility = "volatile", strict: bool = False, external: bool = True,
) -> DatabaseFunction[[Given[A], Given[B], Given[C], Given[D], Given[E], Given[F], Given[G], Given[H], Given[J],
    Given[K], Given[M], Given[N], Given[P], Given[Q]], R]: ...
@overload
def function(
    name: str, a: SqlType[A], b: SqlType[B], c: SqlType[C], d: SqlType[D], e: SqlType[E], f: SqlType[F],
    g: SqlType[G], h: SqlType[H], j: SqlType[J], k: SqlType[K], m: SqlType[M], n: SqlType[N], p: SqlType[P],
    q: SqlType[Q], v: SqlType[V], /,
    *, returns: TypeForm[R], type: SqlType[R] | None = None, schema: str | None = None,
    volatility: Volatility = "volatile", strict: bool = False, external: bool = True,
) -> DatabaseFunction[[Given[A], Given[B], Given[C], Given[D], Given[E], Given[F], Given[G], Given[H], Given[J],
    Given[K], Given[M], Given[N], Given[P], Given[Q], Given[V]], R]: ...
@overload
def function(
    name: str, a: SqlType[A], b: SqlType[B], c: SqlType[C], d: SqlType[D], e: SqlType[E], f: SqlType[F],
    g: SqlType[G], h: SqlType[H], j: SqlType[J], k: SqlType[K], m: SqlType[M], n: SqlType[N], p: SqlType[P],
    q: SqlType[Q], v: SqlType[V], w: SqlType[W], /,
    *, returns: TypeForm[R], type: SqlType[R] | None = None, schema: str | None = None,
    volatility: Volatility = "volatile", strict: bool = False, external: bool = True,
) -> DatabaseFunction[[Given[A], Given[B], Given[C], Given[D], Given[E], Given[F], Given[G], Given[H], Given[J],
    Given[K], Given[M], Given[N], Given[P], Given[Q], Given[V], Given[W]], R]: ...
# fmt: on
# end of the ladder
def function(
    name: str,
    /,
    *arguments: Any,
    returns: Any,
    type: SqlType[Any] | None = None,
    schema: str | None = None,
    volatility: Volatility = "volatile",
    strict: bool = False,
    external: bool = True,
) -> DatabaseFunction[..., Any]:
    """A function of the database, with the types of its arguments, to call in queries, defaults, checks, generated
    columns and indexes: `slugify = function("slugify", pg.text, returns=str, volatility="immutable")`.

    `returns` is what its values are in Python; with None in it where it may give NULL (`str | None`). `type` is its
    type in SQL where that does not follow from it. A `strict` one is not called, and gives NULL, where an argument is
    NULL. `volatility` is what CREATE FUNCTION says of it, and "volatile" where that says nothing: generated columns and
    indexes take what is "immutable" alone.

    It is somebody else's: an extension's, or made by a script. It is named and never created or dropped.
    Errors: DefinitionError. https://www.postgresql.org/docs/current/xfunc-volatility.html

    >>> slugify = function("slugify", pg.text, returns=str, schema="app", volatility="immutable", strict=True)
    >>> class Post(Table, name="posts"):
    ...     title: Col[str] = column()
    ...     slug: Col[str] = column(generated=slugify(title))
    >>> print(create_all(schema(Post)))
    CREATE TABLE "posts" (
      "title" text NOT NULL,
      "slug" text GENERATED ALWAYS AS ("app"."slugify"("title")) STORED NOT NULL
    );
    """
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
    python, optional = split_optional(returns)
    try:
        type_ = type_of(python) if type is None else type
    except TypeError as error:
        raise DefinitionError(f"{what}: {error}: state its type, as in type=pg.jsonb") from None
    if (reason := type_.refuses(python)) is not None:
        raise DefinitionError(f"{what}: {reason}: change what it returns, or its type")
    return DatabaseFunction(schema, name, arguments, type_, python, optional, volatility, bool(strict), external=True)
