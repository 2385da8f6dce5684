"""WITH: the CTEs that a statement uses anywhere, each once, before those that use them.

https://www.postgresql.org/docs/current/queries-with.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from msgspec.structs import replace
from pypika.terms import Term

from qb.compile.terms import Sql
from qb.errors import QueryError
from qb.sql.nodes import Bind, Infix, Node, ParamNode, QuerySource, TableSource, fields_of
from qb.types.name import quoted


def common_tables(node: Node) -> tuple[QuerySource, ...]:
    """The CTEs of a statement, dependencies first."""
    found: dict[str, QuerySource] = {}
    tables: set[str] = set()

    def visit(item: object) -> None:
        if isinstance(item, QuerySource):
            plain = item if item.alias is None else replace(item, alias=None)
            if plain.cte and plain.name in found:
                if found[plain.name] != plain:
                    raise QueryError(
                        f'two different CTEs are called "{plain.name}": name them with cte(query, name=...)'
                    )
                return
            visit(item.query)
            if plain.cte:
                found[plain.name] = plain
        elif isinstance(item, TableSource):
            if item.schema is None:
                tables.add(item.name)
        elif isinstance(item, Infix):
            chain: list[Node] = []
            left: Node = item
            while isinstance(left, Infix):
                chain.append(left.right)
                left = left.left
            visit(left)
            for right in reversed(chain):
                visit(right)
        elif isinstance(item, Node):
            if not isinstance(item, Bind | ParamNode):
                for field in fields_of(item):
                    visit(field)
        elif isinstance(item, tuple):
            for each in cast("tuple[object, ...]", item):
                visit(each)

    visit(node)
    for name in found:
        if name in tables:  # PostgreSQL would read the CTE wherever the table is meant
            raise QueryError(f'a CTE and a table are both called "{name}": give the CTE another name')
    return tuple(found.values())


def with_clause(tables: tuple[QuerySource, ...], statement: Callable[[Node], Term]) -> Sql:
    """`WITH "name" ("a", "b") AS (...), ... ` or nothing."""
    parts: list[str | Term] = []
    for table in tables:
        hint = "" if table.materialized is None else "MATERIALIZED " if table.materialized else "NOT MATERIALIZED "
        parts.append("WITH " if not parts else ", ")
        parts.append(f"{quoted(table.name)} ({', '.join(map(quoted, table.columns))}) AS {hint}(")
        parts += [statement(table.query), ")"]
    if parts:
        parts.append(" ")
    return Sql(*parts)
