"""AND, OR and NOT, and what a condition is.

https://www.postgresql.org/docs/current/functions-logical.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from qb.errors import QueryError
from qb.query.expr.membership import refuse_null
from qb.query.expr.order_by import Ordering
from qb.query.expr.typed import Typed, is_typed, label_of, param_name
from qb.tree.expressions import Expression, Infix, InQuery, ParamNode, Prefix
from qb.types import pg


def condition(value: object) -> Expression:
    """The node of a condition; a Python bool is a bug (it was computed before the query)."""
    if not is_typed(value):
        if isinstance(value, Ordering):
            raise QueryError("asc() and desc() belong in order_by, not in a condition")
        raise QueryError(
            f"a condition is an SQL expression such as User.id == x, not {type(value).__name__}: "
            "a Python comparison was evaluated before the query was built"
        )
    if type(value.node) is ParamNode and (name := param_name(value)) is not None:
        return ParamNode(name, pg.boolean, "")
    return value.node if value.type is pg.boolean else truth(value)


def truth(value: Typed[Any]) -> Expression:
    """The node of what is true or false; QueryError for a value of another type."""
    if value.type is not pg.boolean and not (value.type.wire.is_boolean or value.type.wire.is_unstated):
        raise QueryError(
            f"a condition is true or false, and {label_of(value) or 'this expression'} is {value.type.name}: compare "
            "it with something, or write .is_not_null()"
        )
    return value.node


def all_of(conditions: Iterable[Expression]) -> Expression | None:
    """The conditions joined with AND; None when there are none."""
    joined: Expression | None = None
    for each in conditions:
        joined = each if joined is None else Infix("AND", joined, each)
    return joined


def negated(operand: Expression) -> Expression:
    """NOT; QueryError where one NULL among a query's rows would leave no row."""
    # ~x.in_(query) is NOT IN, however deep in AND and OR. What stands below another NOT was looked at for that one.
    stack = [operand]
    while stack:
        each = stack.pop()
        if isinstance(each, InQuery) and not each.negated:
            refuse_null(None, each.query, "~in_")
        elif isinstance(each, Infix) and each.operator in ("AND", "OR"):
            stack += (each.right, each.left)
    return Prefix("NOT", operand)
