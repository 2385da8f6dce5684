"""WHERE: conditions that rows meet before they are grouped.

https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-WHERE
"""

from __future__ import annotations

from qb.errors import QueryError
from qb.query.expr.logic import condition
from qb.query.expr.typed import is_typed
from qb.tree.expressions import Expression
from qb.tree.single_rows import of_single_rows


def row_condition(value: object, clause: str) -> Expression:
    """The node of a condition on single rows; QueryError where it holds an aggregate or a window function."""
    node = condition(value)
    of_single_rows(node, clause, grouped=True)
    return node


def check_flag(flag: object) -> None:
    """QueryError for what `when` was given, where it is no Python value."""
    if is_typed(flag):
        raise QueryError(
            "when takes a Python value, an SQL condition belongs in where; write `param is not None` for it"
        )
