"""The CHECK that keeps a guard's keys out of a document.

https://www.postgresql.org/docs/current/functions-json.html#FUNCTIONS-SQLJSON-PATH
"""

from __future__ import annotations

from qb.tree.expressions import ColumnNode, Expression, RawSql
from qb.tree.relations import TableSource
from qb.types.guard import Guard


def refused_keys(source: TableSource, name: str, optional: bool, guard: Guard) -> Expression:
    """The condition that a document has none of them; NULL, which a CHECK lets pass, where there is no document."""
    node = ColumnNode(source, name, optional)
    # Of the letters and signs that a guard's pattern is made of, none ends a constant of SQL.
    return RawSql(("NOT jsonb_path_exists(", node, f"::jsonb, '{guard.jsonpath}'::jsonpath)"), not_null=not optional)
