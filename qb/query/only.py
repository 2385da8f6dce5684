"""ONLY: a table without the rows of those that inherit from it.

https://www.postgresql.org/docs/current/sql-select.html#SQL-FROM
"""

from __future__ import annotations

from typing import TypeVar, cast

from qb.errors import QueryError
from qb.query.entity import Entity, NamedRow, RelationView, entity_of, moved
from qb.query.from_clause import relation_of
from qb.tree.relations import AliasSource, TableSource, label

A = TypeVar("A", bound=NamedRow)


def only(table: type[A]) -> type[A]:
    """A table's own rows, without those of the tables that inherit from it, to be read, updated or deleted: ONLY.

    A divided table has no rows of its own. Each call makes a relation of its own, so keep it in a variable; beside the
    table itself it needs another name, `alias(only(Place), "own")`. Errors: QueryError for what is no table.
    https://www.postgresql.org/docs/current/ddl-inherit.html

    >>> class Place(Table, name="places"):
    ...     id: Col[int] = column(primary_key=True)
    >>> class City(Table, name="cities", inherits=Place):
    ...     id: Col[int] = column(primary_key=True)
    >>> db.run(create_all(schema(Place, City)))
    <Success: 2>
    >>> db.execute(insert(new(City)(id=1)))
    <Success: 1>
    >>> own = only(Place)
    >>> db.all(select(Place.id)), db.all(select(own.id))
    (<Success: [1]>, <Success: []>)
    """
    relation = relation_of(table, "only")
    if not isinstance(relation, TableSource | AliasSource) or relation.kind != "table":
        raise QueryError(f"only takes a table, from which others may inherit, and {label(relation)} is none")
    name = relation.alias if isinstance(relation, AliasSource) else relation.name
    own = AliasSource(relation.schema, relation.name, name, relation.kind, only=True)
    return cast("type[A]", RelationView(moved(cast("Entity", entity_of(table)), own)))
