"""HAVING: conditions that groups meet, once rows are grouped and before there are windows.

https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-GROUP
"""

from __future__ import annotations

from qb.errors import QueryError
from qb.query.expr.logic import condition
from qb.tree.expressions import Expression, Over
from qb.tree.visit import within


def group_condition(value: object) -> Expression:
    """The node of a condition on groups; QueryError where it holds a window function."""
    node = condition(value)
    if any(isinstance(found, Over) for found in within(node, queries=False)):
        raise QueryError("having is met before windows are: select the window function in a subquery(...)")
    return node
