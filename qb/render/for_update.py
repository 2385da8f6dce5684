"""FOR UPDATE, FOR SHARE and their kin.

https://www.postgresql.org/docs/current/sql-select.html#SQL-FOR-UPDATE-SHARE
"""

from __future__ import annotations

from qb.render.terms import CLAUSE, Named, Piece, joined
from qb.tree.for_update import Locking


def locking_clause(locking: Locking) -> list[Piece]:
    """One of them; a SELECT may have several."""
    of: list[Piece] = [" OF ", *joined(", ", map(Named, locking.of))] if locking.of else []
    return [" ", CLAUSE, f"FOR {locking.strength}", *of, f" {locking.wait}" if locking.wait else ""]
