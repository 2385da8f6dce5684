"""FILTER: an aggregate over some of the rows.

https://www.postgresql.org/docs/current/sql-expressions.html#SYNTAX-AGGREGATES
"""

from __future__ import annotations

from msgspec.structs import replace

from qb.errors import QueryError
from qb.query.expr.logic import all_of, condition
from qb.tree.expressions import Call, Expression, Infix


def filtered(call: Expression, conditions: tuple[object, ...]) -> Expression:
    """`call FILTER (WHERE ...)`, with what it was filtered by before; QueryError for what is no aggregate."""
    if not isinstance(call, Call) or not call.function.aggregate:
        raise QueryError("filter(...) follows an aggregate, such as fn.count() or fn.sum(x)")
    both = all_of(condition(each) for each in conditions)
    if both is None:
        return call
    return replace(call, filter=both if call.filter is None else Infix("AND", call.filter, both))
