"""WITH: the CTEs that a statement uses anywhere, each once, before those that use them.

https://www.postgresql.org/docs/current/queries-with.html
"""

from __future__ import annotations

from qb.model.target import Feature
from qb.render.relation_names import Names
from qb.render.terms import Piece, Requires
from qb.types.identifier import quoted

MATERIALIZED = Feature("cte(materialized=...)", 12)


def with_clause(names: Names) -> list[Piece]:
    """`WITH "name" ("a", "b") AS (...), ... ` or nothing; RECURSIVE where one reads from itself."""
    pieces: list[Piece] = []
    recursive = any(table.itself is not None for table in names.tables)
    for table in names.tables:
        hint = "" if table.materialized is None else "MATERIALIZED " if table.materialized else "NOT MATERIALIZED "
        pieces.append(", " if pieces else "WITH RECURSIVE " if recursive else "WITH ")
        columns = f" ({', '.join(map(quoted, table.columns))})" if table.columns else ""
        if hint:
            pieces.append(Requires(MATERIALIZED))
        pieces += [f"{quoted(names.of_cte(table))}{columns} AS {hint}(", table.query, ")"]
    if pieces:
        pieces.append(" ")
    return pieces
