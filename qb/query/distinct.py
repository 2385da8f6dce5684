"""DISTINCT: each row once; DISTINCT ON: the first row of each set of equal keys.

https://www.postgresql.org/docs/current/queries-select-lists.html#QUERIES-DISTINCT
"""

from __future__ import annotations

from msgspec.structs import replace

from qb.query.expr.order_by import undirected
from qb.tree.select import SelectNode


def distinct(select: SelectNode) -> SelectNode:
    """The query with each of its rows once."""
    return replace(select, distinct=True)


def distinct_on(select: SelectNode, keys: object) -> SelectNode:
    """The query with the first row of each set of equal keys; QueryError for a key with a direction."""
    return replace(select, distinct_on=undirected(keys, "distinct_on"))
