"""ON CONFLICT.

https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT
"""

from __future__ import annotations

from qb.render.terms import CLAUSE, Piece, joined
from qb.tree.on_conflict import ConflictNode
from qb.types.identifier import quoted


def on_conflict(node: ConflictNode) -> list[Piece]:
    """What conflicts, and what is done then."""
    pieces: list[Piece] = [" ", CLAUSE, "ON CONFLICT"]
    if node.constraint is not None:
        pieces.append(f" ON CONSTRAINT {quoted(node.constraint)}")
    elif node.columns:
        targets: list[list[Piece]] = [
            [quoted(each)] if isinstance(each, str) else ["(", each, ")"] for each in node.columns
        ]
        pieces += [" (", *joined(", ", targets), ")"]
        if node.where is not None:
            pieces += [" WHERE ", node.where]
    if not node.updates:
        return [*pieces, " DO NOTHING"]
    assignments: list[list[Piece]] = [[f"{quoted(name)} = ", value] for name, value in node.updates]
    pieces += [" DO UPDATE ", CLAUSE, "SET ", *joined(", ", assignments)]
    if node.update_where is not None:
        pieces += [" ", CLAUSE, "WHERE ", node.update_where]
    return pieces
