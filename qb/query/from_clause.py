"""FROM: the relation behind what a clause was given.

https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-FROM
"""

from __future__ import annotations

from typing import Final

from qb.errors import QueryError
from qb.query.entity import entity_of
from qb.query.expr.selectable import Query
from qb.tree.relations import AliasSource, Relation, TableSource, label

REFRESHED: Final = "materialized view"
"""The kind of relation that nothing writes to."""


def relation_of(item: object, clause: str) -> Relation:
    """The relation behind what a clause was given; QueryError when there is none to read from."""
    entity = entity_of(item)
    if entity is None:
        hint = ": a query needs a name first, write subquery(query)" if isinstance(item, Query) else ""
        raise QueryError(f"{clause} takes a table, an alias, a CTE or a subquery, not {item!r}{hint}")
    if entity.relation is None:
        raise QueryError(
            f"{clause} takes a relation; {getattr(item, '__name__', item)!s} is only a shape of rows without one: "
            "give its class a name= to make it a table, or make a relation with cte(...) or subquery(...)"
        )
    return entity.relation


def written_to(item: object, clause: str) -> Relation:
    """The table, or its alias, that a statement writes to; QueryError for what only a query makes."""
    relation = relation_of(item, clause)
    if not isinstance(relation, TableSource | AliasSource):
        raise QueryError(
            f"{clause} takes a table or its alias, not {label(relation)}, which is the rows of a query: write to the "
            "table, and read them with .where(column.in_(...))"
        )
    if relation.kind == REFRESHED:
        raise not_written(relation, clause)
    return relation


def not_written(relation: TableSource | AliasSource, clause: str) -> QueryError:
    """What is told to those who write to a materialized view."""
    return QueryError(
        f"{clause}: {label(relation)} is a materialized view, whose rows only refresh(...) changes: write to the "
        "tables that it reads"
    )
