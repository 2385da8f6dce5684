"""LIMIT, FETCH FIRST ... WITH TIES, and OFFSET.

https://www.postgresql.org/docs/current/sql-select.html#SQL-LIMIT
"""

from __future__ import annotations

from qb.model.target import Feature
from qb.render.terms import CLAUSE, Piece, Requires
from qb.tree.select import SelectNode
from qb.tree.union import SetNode

WITH_TIES = Feature("limit(with_ties=True)", 13)


def limit_clause(node: SelectNode | SetNode) -> list[Piece]:
    """How many rows, and without which ones."""
    pieces: list[Piece] = []
    if node.limit is not None and not node.ties:
        pieces += [" ", CLAUSE, "LIMIT ", node.limit]
    if node.offset is not None:
        pieces += [" ", CLAUSE, "OFFSET ", node.offset]
    if node.limit is not None and node.ties:
        pieces += [Requires(WITH_TIES), " ", CLAUSE, "FETCH FIRST (", node.limit, ") ROWS WITH TIES"]
    return pieces
