"""GROUP BY: one row for each set of equal values.

https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-GROUP
"""

from __future__ import annotations

from qb.query.expr.order_by import undirected
from qb.tree.expressions import Expression


def grouped(items: object) -> tuple[Expression, ...]:
    """What rows are grouped by; QueryError for an ordering."""
    return undirected(items, "group_by")
