"""CASE WHEN ... THEN ... ELSE ... END.

https://www.postgresql.org/docs/current/functions-conditional.html#FUNCTIONS-CASE
"""

from __future__ import annotations

from typing import Any, TypeVar, overload

from qb.errors import QueryError
from qb.sql.arithmetic import common
from qb.sql.expr import Expr, condition, is_expr, is_param, lift, lift_plain
from qb.sql.nodes import Case, Node
from qb.sql.symbol import remembered

A = TypeVar("A")
B = TypeVar("B")
Condition = Expr[bool] | Expr[bool | None]


@overload
def case(*branches: tuple[Condition, Expr[A]], else_: Expr[B]) -> Expr[A | B]: ...
@overload
def case(*branches: tuple[Condition, Expr[A]], else_: B) -> Expr[A | B]: ...
@overload
def case(*branches: tuple[Condition, A | Expr[A]], else_: B | Expr[B]) -> Expr[A | B]: ...
@remembered
def case(*branches: tuple[Condition, Any], else_: Any) -> Expr[Any]:
    """The value of the first branch whose condition is true, `else_` when none is.

    Pass `else_=None` only where the type admits it. https://www.postgresql.org/docs/current/functions-conditional.html

    >>> size = case((Task.hours > 4, "long"), (Task.hours.is_null(), "unknown"), else_="short")
    >>> db.all(select(Task.title, size).order_by(Task.id))
    <Success: [('write', 'long'), ('test', 'short'), ('ship', 'unknown')]>
    """
    if not branches:
        raise QueryError("case needs at least one (condition, value) pair")
    values: list[object] = [*(value for _, value in branches), else_]
    typed = [value for value in values if is_expr(value) and not is_param(value)]
    plain = [value for value in values if value is not None and not is_expr(value)]
    named = [value for value in values if is_expr(value)]
    if not named and not plain:
        raise QueryError("case has no value but None: give one branch a value or an expression")
    like: Expr[Any] = typed[0] if typed else lift_plain(plain[0]) if plain else named[0]
    lifted: list[Node] = [lift(value, like, none=True) for value in values]
    optional = any(value is None or (is_expr(value) and value.optional) for value in values)
    pairs = tuple((condition(test), value) for (test, _), value in zip(branches, lifted[:-1], strict=True))
    type_, python = common(typed) if typed else (like.type, like.python)
    return Expr(Case(pairs, lifted[-1]), type_, python, optional)
