"""EXISTS (SELECT ...).

https://www.postgresql.org/docs/current/functions-subquery.html#FUNCTIONS-SUBQUERY-EXISTS
"""

from __future__ import annotations

from qb.errors import QueryError
from qb.query.expr.expr import Expr, boolean
from qb.query.expr.selectable import Query
from qb.tree.expressions import Exists


def exists(query: Query[object]) -> Expr[bool]:
    """Whether the query has a row; it may use the columns of the query around it. `~exists(...)` is NOT EXISTS.

    https://www.postgresql.org/docs/current/functions-subquery.html#FUNCTIONS-SUBQUERY-EXISTS

    >>> idle = ~exists(select(Task.id).where(Task.user_id == User.id, ~Task.done))
    >>> db.all(select(User.name).where(idle))
    <Success: []>
    """
    if not isinstance(query, Query):  # pyright: ignore[reportUnnecessaryIsInstance] - for those who run no checker
        raise QueryError("exists takes a query: exists(select(Task).where(Task.user_id == User.id))")
    return boolean(Exists(query.node))
