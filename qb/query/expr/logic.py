"""AND, OR and NOT, and what a condition is.

https://www.postgresql.org/docs/current/functions-logical.html
"""

from __future__ import annotations

from collections.abc import Iterable

from qb.errors import QueryError
from qb.query.expr.membership import refuse_null
from qb.query.expr.order_by import Ordering
from qb.query.expr.typed import is_typed, param_name
from qb.tree.expressions import Expression, Infix, InQuery, ParamNode, Prefix
from qb.types import pg


def condition(value: object) -> Expression:
    """The node of a condition; a Python bool is a bug (it was computed before the query)."""
    if isinstance(value, Ordering):
        raise QueryError("asc() and desc() belong in order_by, not in a condition")
    if not is_typed(value):
        raise QueryError(
            f"a condition is an SQL expression such as User.id == x, not {type(value).__name__}: "
            "a Python comparison was evaluated before the query was built"
        )
    if (name := param_name(value)) is not None:
        return ParamNode(name, pg.boolean, "")
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
