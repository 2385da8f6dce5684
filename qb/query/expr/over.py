"""OVER and FILTER: a function over a window, an aggregate over some of the rows.

https://www.postgresql.org/docs/current/sql-expressions.html#SYNTAX-WINDOW-FUNCTIONS
"""

from __future__ import annotations

from msgspec.structs import replace

from qb.errors import QueryError
from qb.query.expr.logic import all_of, condition
from qb.query.expr.order_by import nodes, ordered
from qb.tree.nodes import Call, Expression, Infix, Order, Over


def windowed(call: Expression, partition_by: object, order_by: object) -> Expression:
    """`call OVER (PARTITION BY ... ORDER BY ...)`; QueryError for what is no window function or aggregate."""
    if not isinstance(call, Call) or not (call.aggregate or call.window):
        raise QueryError("over(...) follows a window function or an aggregate, such as fn.row_number() or fn.sum(x)")
    window = Over(call, nodes(partition_by), ordered(order_by))
    if any(isinstance(node, Order) for node in window.partition_by):
        raise QueryError("asc() and desc() belong in order_by, not in partition_by")
    return window


def filtered(call: Expression, conditions: tuple[object, ...]) -> Expression:
    """`call FILTER (WHERE ...)`, with what it was filtered by before; QueryError for what is no aggregate."""
    if not isinstance(call, Call) or not call.aggregate:
        raise QueryError("filter(...) follows an aggregate, such as fn.count() or fn.sum(x)")
    both = all_of(condition(each) for each in conditions)
    if both is None:
        return call
    return replace(call, filter=both if call.filter is None else Infix("AND", call.filter, both))
