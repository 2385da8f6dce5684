"""An alias: FROM a relation AS another name.

https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-TABLE-ALIASES
"""

from __future__ import annotations

from typing import TypeVar, cast

from msgspec.structs import replace

from qb.errors import QueryError
from qb.query.entity import Entity, NamedRow, RelationView, entity_of, moved
from qb.query.from_clause import relation_of
from qb.tree.relations import AliasSource, QuerySource, RecursiveSource, Relation, TableSource, label
from qb.types.identifier import identifier

A = TypeVar("A", bound=NamedRow)


def alias(table: type[A], name: str) -> type[A]:
    """The same table or relation once more, under another name, for self joins.

    Each call makes a relation of its own, so keep it in a variable. Where a query around it has a relation of the same
    name, the compiler calls the inner one something else: a column always is that of the relation it was taken from.
    https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-TABLE-ALIASES

    >>> other = alias(User, "other")
    >>> db.all(select(User.name, other.name).join(other, on=User.id < other.id))
    <Success: [('Ada', 'Grace')]>
    """
    relation = relation_of(table, "alias")
    identifier(name, f"the alias of {label(relation)}")
    if isinstance(relation, TableSource | AliasSource):
        own = isinstance(relation, AliasSource) and relation.only
        renamed: Relation = AliasSource(relation.schema, relation.name, name, relation.kind, own)
    elif isinstance(relation, QuerySource):
        renamed = replace(relation, alias=name, origin=relation.origin or relation)
    elif isinstance(relation, RecursiveSource):
        raise QueryError(
            f"{label(relation)} is read once inside of its own query, and so needs no alias there: give the other "
            "relation one"
        )
    else:
        raise QueryError("excluded has no alias")
    entity = cast("Entity", entity_of(table))
    return cast("type[A]", RelationView(moved(entity, renamed)))
