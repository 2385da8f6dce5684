"""What a column may become: one judge of every expression that a column is given, whichever statement gives it.

PostgreSQL casts what is assigned further than what stands in an expression, and so rounds, cuts, or takes a day from a
point in time by the session's zone. https://www.postgresql.org/docs/current/typeconv-query.html
"""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from qb.errors import QueryError
from qb.query.beside import check_filled
from qb.query.expr.column import Assignment, Column
from qb.query.expr.expr import is_expr
from qb.query.expr.lift import fitted
from qb.query.expr.typed import Typed, is_param, label_of
from qb.tree.expressions import Bind, Call, Case, Expression
from qb.tree.nullability import nullable
from qb.types import SqlType
from qb.types.annotation import bare, shown
from qb.types.fit import fits


def check_assigned(assignment: Assignment, clause: str) -> None:
    """QueryError where an expression is not what its column holds."""
    column, value = assignment.column, assignment.value
    if value is None:  # a plain value, which was judged when it was assigned, or a parameter
        return
    name = label_of(value) or "an expression"
    if not column.optional and nullable(value.node, frozenset()):  # a comparison says bool, whatever it compares
        raise QueryError(
            f"{clause}: {name} may be NULL, and {column.label} is NOT NULL: write fn.coalesce(expression, ...)"
        )
    check_becomes(f"{clause}: {name}", value, column)


def check_given(node: Expression, value: object, column: Column[Any], clause: str) -> None:
    """The same for a value of a row, which `new` or `patch` was given."""
    if node.__class__ is not Bind and is_expr(value) and not is_param(value):
        check_assigned(Assignment(column, node, value), clause)


def check_becomes(what: str, value: Typed[Any], column: Column[Any]) -> None:
    """QueryError where an expression is not of the type of the column that it fills."""
    value = fitted(value, column.type)
    if get_origin(bare(column.python)) is Literal and _of_labels(value.node, get_args(bare(column.python))):
        return
    check_fits(what, value.python, value.type, column, "give a value of that type")


def check_fits(what: str, python: object, type_: SqlType[Any], column: Column[Any], instead: str) -> None:
    """QueryError where a column is not of the type that fills it: PostgreSQL would round, cut, or take any text."""
    exact = column.type.wire.is_numeric and bare(python) is int
    said = bare(python) is not object  # which raw SQL is, and a document that says no more
    if said and not exact and not fits(python, column.python):
        raise QueryError(f"{what} is {shown(python)}, and {column.label} {shown(column.python)}: {instead}, or cast it")
    check_filled(what, type_, column.label, column.type)


def _of_labels(node: Expression, labels: tuple[object, ...]) -> bool:
    """Whether an expression is made of these labels alone: plain values are as narrow as where they stand."""
    stack = [node]
    while stack:
        each = stack.pop()
        if isinstance(each, Bind):
            if each.value is not None and each.value not in labels:
                return False
        elif isinstance(each, Case):
            stack += [value for _, value in each.branches]
            stack += [] if each.otherwise is None else [each.otherwise]
        elif isinstance(each, Call) and each.function.chooses:
            stack += each.arguments
        else:
            return False
    return True
