"""Clauses that are met row by row, before there are groups: they hold neither aggregates nor window functions.

https://www.postgresql.org/docs/current/sql-expressions.html#SYNTAX-AGGREGATES
"""

from __future__ import annotations

from qb.errors import QueryError
from qb.tree.expressions import Call, Over
from qb.tree.visit import within
from qb.tree.windows import name_of_call

_CALLS = (Over, Call)


def of_single_rows(roots: object, clause: str, *, grouped: bool = False) -> None:
    """QueryError for what only a group or a window has; `grouped`, where a HAVING could take it. A query inside groups
    rows of its own."""
    for found in within(roots, queries=False):
        if not isinstance(found, _CALLS):
            continue
        window = isinstance(found, Over) or found.function.window
        if not window and not (isinstance(found, Call) and found.function.aggregate):
            continue
        name = name_of_call(found)
        if grouped and not window:
            raise QueryError(f"{clause} is met before rows are grouped and cannot hold {name}(...): use having")
        instead = "filter a subquery(...) by it" if window else "use having, or a query of its own"
        if clause == "values":
            instead = "read it from a query of its own, with select(...).as_scalar()"
        raise QueryError(f"{clause} is met row by row and cannot hold {name}(...): {instead}")
