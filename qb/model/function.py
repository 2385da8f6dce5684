"""Functions of a database: their signature, what they give, and how an expression calls them.

https://www.postgresql.org/docs/current/sql-createfunction.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, Literal, ParamSpec, TypeAlias, TypeVar

from qb.errors import QueryError
from qb.model.object import Identity, Standalone
from qb.model.type import named_type
from qb.query.beside import check_filled
from qb.query.expr.expr import Expr
from qb.query.expr.lift import lift
from qb.query.expr.typed import is_own, label_of
from qb.query.symbol import remembered
from qb.tree.expressions import Call, Cast, Expression
from qb.tree.function import Function
from qb.types import SqlType
from qb.types.builtin import plain_type
from qb.types.identifier import qualified

P = ParamSpec("P")
R = TypeVar("R")
Volatility: TypeAlias = Literal["immutable", "stable", "volatile"]


class DatabaseFunction(Standalone, Generic[P, R], frozen=True):
    """A function of a database, called as a function of Python is: `slugify(Post.title)` is an expression.

    >>> slugify = function("slugify", pg.text, returns=str, schema="app", volatility="immutable")
    >>> slugify
    <function app.slugify(text)>
    >>> print(compile(select(slugify(Task.title))))
    SELECT "app"."slugify"("tasks"."title")
    FROM "tasks"
    """

    kind: ClassVar[str] = "function"
    privileges: ClassVar[Mapping[str, int]] = {"execute": 1}
    unwritten: ClassVar[frozenset[str]] = frozenset(("python", "optional"))
    arguments: tuple[SqlType[Any], ...]
    returns: SqlType[Any]
    python: object
    """What its values are read as, an annotation without None."""
    optional: bool
    """Whether it may give NULL where it is given none."""
    volatility: Volatility = "volatile"
    strict: bool = False
    """Whether it is NULL where one of its arguments is, and not called."""

    @property
    def signature(self) -> str:
        """Its name, with the types that tell it from others of that name."""
        return f"{self.name}({', '.join(each.base for each in self.arguments)})"

    @property
    def identity(self) -> Identity:
        """What tells it from all others."""
        return Identity(self.kind, self.schema or "", "", self.signature)

    @property
    def types(self) -> tuple[SqlType[Any], ...]:
        """The types that it takes, and the one that it gives."""
        return (*self.arguments, self.returns)

    @property
    def needs(self) -> tuple[Identity, ...]:
        """What has to be there first: its schema, and the types that it takes and gives."""
        types = (need for each in self.types for need in named_type(each).needs)
        return tuple(dict.fromkeys((*super().needs, *types)))

    def __call__(self, *arguments: P.args, **named: P.kwargs) -> Expr[R]:
        """A call of it, in a query, a default, a check, a generated column or an index."""
        if named:
            raise QueryError(f"{self.identity.title} takes its arguments by their places, not {', '.join(named)}=")
        return _called(self, *arguments)


def _row(function: DatabaseFunction[..., Any]) -> Function:
    """What has to be known of its calls."""
    null: Literal["strict", "always", "never"] = "strict" if function.strict else "never"
    return Function(
        qualified(function.schema, function.name),
        "always" if function.optional else null,
        typed="itself",
        volatility=function.volatility,
        uses=(function.kind, function.schema or "", function.signature),
    )


@remembered
def _called(function: DatabaseFunction[..., Any], /, *arguments: object) -> Expr[Any]:
    title = function.identity.title
    if len(arguments) != len(function.arguments):
        count = len(function.arguments)
        raise QueryError(f"{title} takes {count} argument{'' if count == 1 else 's'}, and is given {len(arguments)}")
    nodes = (
        _argument(f"argument {number} of {title}", value, due)
        for number, (value, due) in enumerate(zip(arguments, function.arguments, strict=True), 1)
    )
    return Expr(Call(_row(function), tuple(nodes)), function.returns, function.python, function.optional)


def _argument(what: str, value: object, due: SqlType[Any]) -> Expression:
    """An argument as one of its type for certain: functions of one name are told apart by it."""
    node = lift(value, due, what, none=True)
    if not is_own(value):
        return node
    check_filled(label_of(value) or "an expression", value.type, what, due)
    plain = plain_type(due.wire)
    return node if plain is None or value.type.wire is due.wire else Cast(node, plain)
