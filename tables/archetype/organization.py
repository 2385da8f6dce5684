"""What the database of every organization has, whoever made it: the least that this application counts on.

The tables of its entities are the organization's own, and found at run time. These three say which they are; they stand
in a PostgreSQL schema of their own, `archetype`, so that no table of a customer can be called like one of them.
`schema` is what a resolver verifies before it hands out a connection. It is never created there by this application.
"""

import datetime as dt

from archetype.ids import (
    EntityTypeId,
    EntityTypeVersionId,
    OrganizationId,
    RelationId,
    RelationVersionId,
    WorkspaceVersionId,
)
from qb import Col, Table, check, column, fn, index, new, pg, references
from qb import schema as _schema


class Workspace(Table, name="workspace", schema="archetype"):
    """Whose database it is, and which version of the workspace its tables were made from. One row."""

    organization_id: Col[OrganizationId] = column(pg.varchar, primary_key=True)
    workspace_version_id: Col[WorkspaceVersionId] = column(pg.varchar)
    applied_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())


class EntityTable(Table, name="entity_table", schema="archetype"):
    """The table that holds the entities of a type."""

    entity_type_id: Col[EntityTypeId] = column(pg.varchar, primary_key=True)
    entity_type_version_id: Col[EntityTypeVersionId] = column(pg.varchar)
    table_schema: Col[str] = column(pg.varchar(63), default="public")
    table_name: Col[str] = column(pg.varchar(63), check=lambda name: fn.length(name) > 0)
    key_column: Col[str] = column(pg.varchar(63), default="id")


class RelationTable(Table, name="relation_table", schema="archetype"):
    """The table that holds the pairs of a relation, or the references of one side."""

    relation_id: Col[RelationId] = column(pg.varchar, primary_key=True)
    relation_version_id: Col[RelationVersionId] = column(pg.varchar)
    from_entity_type_id: Col[EntityTypeId] = column(
        pg.varchar, references=references(EntityTable.entity_type_id, on_delete="cascade"), index=True
    )
    to_entity_type_id: Col[EntityTypeId] = column(
        pg.varchar, references=references(EntityTable.entity_type_id, on_delete="cascade"), index=True
    )
    table_schema: Col[str] = column(pg.varchar(63), default="public")
    table_name: Col[str] = column(pg.varchar(63), check=lambda name: fn.length(name) > 0)
    from_column: Col[str] = column(pg.varchar(63))
    to_column: Col[str] = column(pg.varchar(63))


NewWorkspace = new(Workspace)
NewEntityTable = new(EntityTable)
NewRelationTable = new(RelationTable)

tables_by_name = index("entity_table_name_key", EntityTable.table_schema, EntityTable.table_name, unique=True)
two_columns = check("relation_table_columns_check", RelationTable.from_column != RelationTable.to_column)

schema = _schema(Workspace, EntityTable, RelationTable, tables_by_name, two_columns, name="organization", checked=True)
