"""WITH: the CTEs that a statement uses anywhere, each once, before those that use them.

https://www.postgresql.org/docs/current/queries-with.html
"""

from __future__ import annotations

from collections.abc import Callable

from pypika.terms import Term

from qb.model.target import Feature
from qb.render.relation_names import Names
from qb.render.terms import Rendered, Requires
from qb.tree.nodes import Node
from qb.types.identifier import quoted

MATERIALIZED = Feature("cte(materialized=...)", 12)


def with_clause(names: Names, statement: Callable[[Node], Term]) -> Rendered:
    """`WITH "name" ("a", "b") AS (...), ... ` or nothing."""
    parts: list[str | Term] = []
    for table in names.tables:
        hint = "" if table.materialized is None else "MATERIALIZED " if table.materialized else "NOT MATERIALIZED "
        parts.append("WITH " if not parts else ", ")
        columns = f" ({', '.join(map(quoted, table.columns))})" if table.columns else ""
        parts.append(f"{quoted(names.of_cte(table))}{columns} AS {hint}(")
        parts += [*([Requires(MATERIALIZED)] if hint else []), statement(table.query), ")"]
    if parts:
        parts.append(" ")
    return Rendered(*parts)
