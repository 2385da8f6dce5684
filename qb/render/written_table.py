"""The table that a statement writes to."""

from __future__ import annotations

from pypika.queries import Schema, Table

from qb.errors import QueryError
from qb.tree.relations import Relation, TableSource
from qb.types.identifier import schema_of


def written_table(relation: Relation) -> Table:
    """The table itself, by its name; QueryError for any other relation."""
    if not isinstance(relation, TableSource):
        raise QueryError("insert, update and delete take the table itself, not an alias or a query")
    schema = schema_of(relation.schema, relation.name)
    return Table(relation.name, schema=Schema(schema) if schema is not None else None)
