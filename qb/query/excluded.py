"""EXCLUDED: the row that an ON CONFLICT kept from being inserted.

https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT
"""

from __future__ import annotations

from typing import TypeVar

from qb.errors import QueryError
from qb.query.expr.column import Column
from qb.query.expr.expr import Expr
from qb.tree.expressions import ColumnNode
from qb.tree.relations import excluded_from

A = TypeVar("A")


def excluded(column: Column[A]) -> Expr[A]:
    """The value that the row which was not inserted has in a column, for `on_conflict(update=...)`.

    https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT

    >>> again = insert(new(User)(name="Ada", nickname="Countess"))
    >>> upsert = again.on_conflict(User.name, update=[User.nickname.to(excluded(User.nickname))])
    >>> db.one(upsert.returning(User.id, User.nickname))
    <Success: (1, 'Countess')>
    """
    row = excluded_from(column.node.relation)
    if row is None:
        raise QueryError(f"excluded takes a column of the table that is inserted into, and {column.label} is none")
    node = ColumnNode(row, column.node.name, column.node.nullable)
    return Expr(node, column.type, column.python, column.optional)
