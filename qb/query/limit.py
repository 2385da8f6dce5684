"""LIMIT, FETCH FIRST ... WITH TIES, and OFFSET.

https://www.postgresql.org/docs/current/queries-limit.html
"""

from __future__ import annotations

from qb.errors import QueryError
from qb.query.expr.lift import lift
from qb.query.expr.typed import is_typed
from qb.tree.expressions import Bind, Expression
from qb.types import pg


def row_count(number: object, clause: str) -> Expression:
    """A number of rows, for LIMIT and OFFSET: a parameter like any other."""
    if is_typed(number):
        if not number.type.wire.is_integer and not number.type.wire.is_unstated:
            raise QueryError(f"{clause} takes an int, and an expression of {number.type.name} is none")
        return lift(number, pg.bigint)
    if isinstance(number, bool) or not isinstance(number, int):
        raise QueryError(f"{clause} takes an int, not {type(number).__name__}")
    if number < 0:
        raise QueryError(f"{clause}({number}): a number of rows is not negative")
    return Bind(number, pg.bigint, clause)
