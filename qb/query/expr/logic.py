"""AND, OR and NOT, and what a condition is.

https://www.postgresql.org/docs/current/functions-logical.html
"""

from __future__ import annotations

from collections.abc import Iterable

from qb.errors import QueryError
from qb.query.expr.membership import refuse_null
from qb.query.expr.order_by import Ordering
from qb.query.expr.typed import is_typed, param_name
from qb.tree.nodes import Infix, InQuery, Node, ParamNode, Prefix
from qb.types import pg


def condition(value: object) -> Node:
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


def all_of(conditions: Iterable[Node]) -> Node | None:
    """The conditions joined with AND; None when there are none."""
    joined: Node | None = None
    for each in conditions:
        joined = each if joined is None else Infix("AND", joined, each)
    return joined


def negated(operand: Node) -> Node:
    """NOT; QueryError where one NULL among a query's rows would leave no row."""
    _refuse_null_within(operand, negated=True)
    return Prefix("NOT", operand)


def _refuse_null_within(node: Node, *, negated: bool) -> None:
    # ~x.in_(query) is NOT IN, however deep in AND and OR.
    match node:
        case InQuery(query=query, negated=inner) if negated != inner:
            refuse_null(None, query, "~in_")
        case Prefix(operator="NOT", operand=operand):
            _refuse_null_within(operand, negated=not negated)
        case Infix(operator="AND" | "OR", left=left, right=right):
            _refuse_null_within(left, negated=negated)
            _refuse_null_within(right, negated=negated)
        case _:
            pass
