"""`value`: a Python value as an expression."""

from __future__ import annotations

from typing import TypeVar, cast

from qb.query.expr.expr import Expr, as_expr, is_expr
from qb.query.expr.lift import lift_plain

A = TypeVar("A")


def value(item: A | Expr[A]) -> Expr[A]:
    """A Python value as an expression, bound as a parameter of its obvious type. Errors: QueryError where it has none.

    https://www.postgresql.org/docs/current/sql-expressions.html

    >>> db.all(select(User.name, value("person")).order_by(User.id))
    <Success: [('Ada', 'person'), ('Grace', 'person')]>
    """
    return cast("Expr[A]", item if is_expr(item) else as_expr(lift_plain(item)))
