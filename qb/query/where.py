"""WHERE: conditions that rows meet before they are grouped.

https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-WHERE
"""

from __future__ import annotations

from qb.query.expr.logic import condition
from qb.tree.expressions import Expression
from qb.tree.single_rows import of_single_rows


def row_condition(value: object, clause: str) -> Expression:
    """The node of a condition on single rows; QueryError where it holds an aggregate or a window function."""
    node = condition(value)
    of_single_rows(node, clause, grouped=True)
    return node
