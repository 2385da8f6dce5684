"""Clauses that are met row by row, before there are groups: they hold neither aggregates nor window functions.

https://www.postgresql.org/docs/current/sql-expressions.html#SYNTAX-AGGREGATES
"""

from __future__ import annotations

from qb.errors import QueryError
from qb.tree.expressions import Call
from qb.tree.visit import within


def of_single_rows(roots: object, clause: str, *, grouped: bool = False) -> None:
    """QueryError for what only a group or a window has; `grouped`, where a HAVING could take it. A query inside groups
    rows of its own."""
    for found in within(roots, queries=False):
        if not isinstance(found, Call) or not ((function := found.function).aggregate or function.window):
            continue
        if function.aggregate and grouped:
            raise QueryError(
                f"{clause} is met before rows are grouped and cannot hold {function.name}(...): use having"
            )
        instead = "use having, or a query of its own" if function.aggregate else "filter a subquery(...) by it"
        if clause == "values":
            instead = "read it from a query of its own, with select(...).as_scalar()"
        raise QueryError(f"{clause} is met row by row and cannot hold {function.name}(...): {instead}")
