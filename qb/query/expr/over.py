"""OVER: a function over a window.

https://www.postgresql.org/docs/current/sql-expressions.html#SYNTAX-WINDOW-FUNCTIONS
"""

from __future__ import annotations

from qb.errors import QueryError
from qb.query.expr.order_by import ordered, undirected
from qb.tree.expressions import Call, Expression, Over


def windowed(call: Expression, partition_by: object, order_by: object) -> Expression:
    """`call OVER (PARTITION BY ... ORDER BY ...)`; QueryError for what is no window function or aggregate."""
    if not isinstance(call, Call) or not (call.function.aggregate or call.function.window):
        raise QueryError("over(...) follows a window function or an aggregate, such as fn.row_number() or fn.sum(x)")
    if call.distinct:
        raise QueryError(
            f"{call.function.name}(..., distinct=True) has no window in PostgreSQL: select distinct rows in a "
            "subquery(...), and write it there"
        )
    if call.order_by:
        raise QueryError(
            f"{call.function.name}(..., order_by=...) takes no order in a window: write the order in over(order_by=...)"
        )
    return Over(call, undirected(partition_by, "partition_by"), ordered(order_by))
