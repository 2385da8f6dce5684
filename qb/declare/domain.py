"""`domain`: a type with conditions, declared beside the tables that have it.

https://www.postgresql.org/docs/current/domains.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, cast, overload

from typing_extensions import TypeForm

from qb.declare.constraint_names import constraint_name
from qb.declare.owner import plain_expression
from qb.errors import DefinitionError, QueryError
from qb.model.domain import Domain, DomainCheck, domain_of
from qb.model.object import Identity
from qb.model.written import written
from qb.query.beside import check_filled, check_value
from qb.query.expr.expr import Expr, is_expr
from qb.query.expr.typed import python_of
from qb.tree.expressions import Bind, Call, ColumnNode, Expression
from qb.tree.function import Function
from qb.tree.visit import within
from qb.types import SqlType
from qb.types.domain import under_another_name
from qb.types.identifier import comment_text, identifier, name_before, qualified_type, writable
from qb.types.narrowed import narrowed
from qb.types.text import Words

if TYPE_CHECKING:
    from qb.types.base import HoldsBoth

T = TypeVar("T")
B = TypeVar("B")
D = TypeVar("D")
DomainChecks: TypeAlias = (
    Callable[[Expr[T]], Expr[bool | None]] | Mapping[str, Callable[[Expr[T]], Expr[bool | None]]] | None
)
"""A condition of a value, or several under their names."""

_VALUE: Final = Call(Function("VALUE", "always", keyword=True), ())
_MISSING: Final[Any] = object()


@overload
def domain(
    name: str,
    of: Words,
    /,
    *,
    brand: TypeForm[B],
    check: DomainChecks[str] = None,
    default: str | Expr[str] = ...,
    not_null: bool = False,
    collate: str | None = None,
    schema: str | None = None,
    external: bool = False,
    comment: str | None = None,
    renamed_from: str | None = None,
) -> SqlType[B | None]: ...
@overload
def domain(
    name: str,
    of: Words,
    /,
    *,
    check: DomainChecks[str] = None,
    default: str | Expr[str] = ...,
    not_null: bool = False,
    collate: str | None = None,
    schema: str | None = None,
    external: bool = False,
    comment: str | None = None,
    renamed_from: str | None = None,
) -> Words: ...
@overload
def domain(
    name: str,
    of: HoldsBoth[T, D],
    /,
    *,
    brand: TypeForm[B],
    check: DomainChecks[T] = None,
    default: D | Expr[D] = ...,
    not_null: bool = False,
    collate: str | None = None,
    schema: str | None = None,
    external: bool = False,
    comment: str | None = None,
    renamed_from: str | None = None,
) -> SqlType[B | None]: ...
@overload
def domain(
    name: str,
    of: HoldsBoth[T, D],
    /,
    *,
    check: DomainChecks[T] = None,
    default: D | Expr[D] = ...,
    not_null: bool = False,
    collate: str | None = None,
    schema: str | None = None,
    external: bool = False,
    comment: str | None = None,
    renamed_from: str | None = None,
) -> SqlType[T | None]: ...
def domain(
    name: str,
    of: Any,
    /,
    *,
    brand: object = None,
    check: DomainChecks[Any] = None,
    default: Any = _MISSING,
    not_null: bool = False,
    collate: str | None = None,
    schema: str | None = None,
    external: bool = False,
    comment: str | None = None,
    renamed_from: str | None = None,
) -> SqlType[Any]:
    """A type of one's own whose values are those of another one that meet its conditions: CREATE DOMAIN.

    It is the type of columns, of what arrays hold, and of other domains: `column(email)`, `pg.array(email)`. Its values
    are what those of the type below it are; with a `brand`, a NewType, the checkers keep them apart from others.

    - `check`: a condition as a function of the value, called `<name>_check`, or several under names of their own;
    - `default`: what a column takes that says none and that an insert in SQL leaves out;
    - `not_null`: no column of it holds NULL;
    - `collate`: what texts are compared by; `schema`: the PostgreSQL schema that it is in;
    - `external`: somebody else makes it; `comment`: what COMMENT ON says of it;
    - `renamed_from`: what it was called before, for `qb generate`.

    `schema(...)` creates it before the tables that have it, and after the functions that it calls. A value that meets a
    condition not is a `CheckViolation` with its name. Errors: DefinitionError.
    https://www.postgresql.org/docs/current/sql-createdomain.html

    >>> email = domain("email", pg.text, check=lambda value: value.like("%_@_%"))
    >>> class Account(Table, name="accounts"):
    ...     address: Col[str] = column(email, primary_key=True)
    >>> print(create_all(schema(Account)))
    CREATE DOMAIN "email" AS text CONSTRAINT "email_check" CHECK (VALUE LIKE '%_@_%'::text);
    CREATE TABLE "accounts" (
      "address" "email" NOT NULL,
      CONSTRAINT "accounts_pkey" PRIMARY KEY ("address")
    );
    """
    what = f"the domain {identifier(name, 'a domain')!r}"
    if schema is not None:
        identifier(schema, f"the schema of {what}")
    given: object = of
    if not isinstance(given, SqlType):
        raise DefinitionError(f"{what} takes a type such as pg.text, not {of!r}")
    type_: SqlType[Any] = of
    if collate is not None:
        type_ = cast("Any", type_).collate(collate)
    if brand is not None and (reason := type_.refuses(brand)) is not None:
        raise DefinitionError(f"{what}: {reason}: give a brand of what the type holds")
    below = domain_of(type_)
    while below is not None:
        if below.identity == Identity("domain", schema or "", "", name):
            raise DefinitionError(f"{what} is over itself: give it a name of its own, or another type")
        below = domain_of(below.of)
    made = Domain(
        schema,
        name,
        type_,
        None if default is _MISSING else _default(what, default, type_),
        bool(not_null),
        tuple(_checks(what, name, check, type_)),
        external=bool(external),
        comment=comment_text(comment, what),
        renamed_from=name_before(renamed_from, what),
    )
    return under_another_name(type_, qualified_type(schema, name), made)


def _checks(what: str, name: str, given: object, of: SqlType[Any]) -> list[DomainCheck]:
    named: Mapping[str, Any] = cast("Mapping[str, Any]", given) if isinstance(given, Mapping) else {}
    if given is not None and not isinstance(given, Mapping):
        named = {constraint_name(name, [], "check"): given}
    value: Expr[Any] = Expr(_VALUE, of, of.wire.takes[0] if of.wire.takes else python_of(of), False)
    found: list[DomainCheck] = []
    for each, condition in named.items():
        where = f"{what}: its check {identifier(each, f'a check of {what}')!r}"
        made: object = condition(value) if callable(condition) else condition
        if not is_expr(made) or not (made.type.wire.is_boolean or made.type.wire.is_unstated):
            raise DefinitionError(
                f"{where} takes a function of the value that gives a condition, such as lambda value: value > 0, not "
                f"{made!r}"
            )
        _only_value(where, made.node, "VALUE alone is known there")
        found.append(DomainCheck(each, written(made.node)))
    return found


def is_value(node: object) -> bool:
    """Whether a node stands for the value that a domain's check is asked of."""
    return isinstance(node, Call) and node == _VALUE


def _default(what: str, given: object, of: SqlType[Any]) -> Expression:
    where = f"{what}: its default"
    if given is None:
        raise DefinitionError(f"{where} is None, as it is where none is said: leave it out")
    if is_expr(given):
        _only_value(where, given.node, "a default is computed without a row")
        if any(each is _VALUE for each in within(given.node)):
            raise DefinitionError(f"{where} uses VALUE, which only its checks know: give a value")
        try:
            check_filled(where, given.type, what, of)
        except QueryError as error:
            raise DefinitionError(str(error)) from None
        return written(given.node)
    try:
        check_value(given, of, where)
    except QueryError as error:
        raise DefinitionError(str(error)) from None
    try:
        judge = narrowed(of, type(given)).encode
        if judge is not None:
            judge(given)
        text = of.literal(given)
        reason = of.cannot_hold(given)
    except (TypeError, ValueError) as error:
        raise DefinitionError(f"{where} does not fit {of.name}: {error}") from None
    if not writable(text):
        reason = "it holds half of a surrogate pair, which no encoding can write"
    if reason is not None:
        raise DefinitionError(f"{where} does not fit {of.name}: {reason}")
    return written(Bind(given, of, what))


def _only_value(where: str, node: Expression, why: str) -> None:
    plain_expression(node, where)
    for used in within(node):
        if isinstance(used, ColumnNode):
            raise DefinitionError(f"{where} uses the column {used.name}, and {why}: drop it")
