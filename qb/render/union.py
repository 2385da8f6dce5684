"""UNION, INTERSECT and EXCEPT.

https://www.postgresql.org/docs/current/queries-union.html
"""

from __future__ import annotations

from qb.errors import QueryError
from qb.render.expressions import direction
from qb.render.limit import limit_clause
from qb.render.terms import CLAUSE, Piece, joined
from qb.tree.expressions import Expression, Order
from qb.tree.slots import outputs
from qb.tree.union import SetNode


def union(node: SetNode) -> list[Piece]:
    """Both sides in parentheses, and what is done to the rows of both."""
    pieces: list[Piece] = ["(", node.left, ") ", CLAUSE, f"{node.operator} (", node.right, ")"]
    if node.order_by:
        pieces += [" ", CLAUSE, "ORDER BY ", *joined(", ", [_position(order, node) for order in node.order_by])]
    pieces += limit_clause(node)
    return pieces


def _position(order: Expression, node: SetNode) -> str:
    # After a set operation PostgreSQL orders by the result's columns alone, so each is said by its number.
    wanted = order.operand if isinstance(order, Order) else order
    for number, output in enumerate(outputs(node.shape), 1):
        if output.node == wanted:
            return f"{number}{direction(order.descending, order.nulls_first) if isinstance(order, Order) else ''}"
    raise QueryError(
        f"order_by after {node.operator.lower()} takes a column that the first query selects: select it, "
        "or read from subquery(...) and order there"
    )
