"""WHERE: conditions that rows meet before they are grouped.

https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-WHERE
"""

from __future__ import annotations

from qb.errors import QueryError
from qb.query.expr.logic import condition
from qb.tree.expressions import Call, Expression
from qb.tree.visit import within


def row_condition(value: object, clause: str) -> Expression:
    """The node of a condition on single rows; QueryError where it holds an aggregate."""
    node = condition(value)
    for found in within(node, queries=False):  # a query inside groups rows of its own
        if isinstance(found, Call) and found.aggregate:
            raise QueryError(f"{clause} is met before rows are grouped and cannot hold {found.name}(...): use having")
    return node
