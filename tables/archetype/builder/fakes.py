"""Example data, for a model that has no entities yet: computed by a model, and thrown away with the first real ones."""

import msgspec

from archetype.documents.work import FakePointer
from archetype.ids import (
    ChainRunId,
    ColumnVersionId,
    EntityId,
    EntityTypeVersionId,
    FakeRetrievalPointerId,
    RelationVersionId,
)
from qb import Col, Table, column, new, pg, references
from tables.archetype.builder.columns import EntityTypeColumn
from tables.archetype.builder.entity_types import EntityTypeVersion
from tables.archetype.builder.relations import EntityRelation
from tables.archetype.builder.runs import ChainRun
from tables.archetype.shared import Created, Timestamped, fresh


class FakeColumnValue(Created, name="fake_ai_columns_computation_table", schema="builder"):
    """A value of an example entity, of the column's own type, and decoded as that."""

    column_version_id: Col[ColumnVersionId] = column(
        pg.varchar, primary_key=True, references=references(EntityTypeColumn.column_version_id, on_delete="cascade")
    )
    entity_id: Col[EntityId] = column(pg.varchar, primary_key=True)
    value: Col[msgspec.Raw | None] = column(pg.jsonb, default=None)
    chain_run_id: Col[ChainRunId | None] = column(
        pg.varchar, references=references(ChainRun.chain_run_id, on_delete="set null"), default=None, index=True
    )


class FakeRelationValue(Created, name="fake_ai_relations_computation_table", schema="builder"):
    """Which example entities one leads to."""

    relation_version_id: Col[RelationVersionId] = column(
        pg.varchar, primary_key=True, references=references(EntityRelation.relation_version_id, on_delete="cascade")
    )
    from_entity_id: Col[EntityId] = column(pg.varchar, primary_key=True)
    to_entity_ids: Col[list[EntityId]] = column(pg.array(pg.varchar), default=[])
    chain_run_id: Col[ChainRunId | None] = column(
        pg.varchar, references=references(ChainRun.chain_run_id, on_delete="set null"), default=None, index=True
    )


class FakeRetrievalPointer(Timestamped, name="fake_data_entity_type_retrieval_pointer", schema="builder"):
    """Where making up entities of a type goes on."""

    fake_retrieval_pointer_id: Col[FakeRetrievalPointerId] = column(
        pg.varchar, primary_key=True, default=fresh(FakeRetrievalPointerId)
    )
    entity_type_version_id: Col[EntityTypeVersionId] = column(
        pg.varchar, references=references(EntityTypeVersion.entity_type_version_id, on_delete="cascade"), unique=True
    )
    pointer: Col[FakePointer] = column(pg.jsonb, default=FakePointer())


class FakePair(Table, name="fake_m2m_table", schema="builder"):
    """Two example entities that belong together."""

    relation_version_id: Col[RelationVersionId] = column(
        pg.varchar, primary_key=True, references=references(EntityRelation.relation_version_id, on_delete="cascade")
    )
    from_entity_id: Col[EntityId] = column(pg.varchar, primary_key=True)
    to_entity_id: Col[EntityId] = column(pg.varchar, primary_key=True)


NewFakeColumnValue = new(FakeColumnValue)
NewFakeRelationValue = new(FakeRelationValue)
NewFakeRetrievalPointer = new(FakeRetrievalPointer)
NewFakePair = new(FakePair)
