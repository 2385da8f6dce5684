"""WITH: a query ahead of the statement that reads from it, a CTE (common table expression).

https://www.postgresql.org/docs/current/queries-with.html
"""

from __future__ import annotations

from typing import TypeVar

from qb.query.entity import NamedRow
from qb.query.expr.selectable import Query
from qb.query.subquery import query_under_name

A = TypeVar("A", bound=NamedRow)


def cte(query: Query[A], /, *, name: str = "", materialized: bool | None = None) -> type[A]:
    """A query under WITH, as a relation whose columns are those of the query's shape.

    Each call makes a CTE of its own, so keep it in a variable; it is named when the query is compiled, where `name` is
    left out. `materialized` True keeps PostgreSQL from folding the query into its use, False
    folds it even when it is used twice. https://www.postgresql.org/docs/current/queries-with.html

    >>> open_tasks = cte(select(Task).where(~Task.done), name="open_tasks")
    >>> db.all(select(User.name, open_tasks.title).join(open_tasks, on=open_tasks.user_id == User.id).order_by(User.id))
    <Success: [('Ada', 'test'), ('Grace', 'ship')]>
    """
    return query_under_name(query, name, "cte", materialized)
