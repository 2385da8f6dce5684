"""Columns and relations that nobody fills in: computed by formulas, or by a model."""

import datetime as dt

import msgspec

from archetype.documents.model import AiInstructions, AiModel, Derivation, RelationPath
from archetype.documents.work import WorkError
from archetype.ids import (
    AiColumnMetadataId,
    AiRelationMetadataId,
    ColumnVersionId,
    DerivedColumnComputationId,
    DerivedColumnId,
    DerivedRelationComputationId,
    DerivedRelationId,
    EntityId,
    RelationVersionId,
)
from archetype.labels import JobStatus
from qb import Col, column, new, pg, references, unique
from tables.archetype.auth.inboxes import job_status
from tables.archetype.builder.columns import EntityTypeColumn
from tables.archetype.builder.relations import EntityRelation
from tables.archetype.shared import Timestamped, fresh


class AiColumnMetadata(Timestamped, name="data_model_ai_column_metadata", schema="builder"):
    """How a model fills a column."""

    ai_column_metadata_id: Col[AiColumnMetadataId] = column(
        pg.varchar, primary_key=True, default=fresh(AiColumnMetadataId)
    )
    column_version_id: Col[ColumnVersionId] = column(
        pg.varchar, references=references(EntityTypeColumn.column_version_id, on_delete="cascade"), unique=True
    )
    model: Col[AiModel] = column(pg.jsonb)
    instructions: Col[AiInstructions] = column(pg.jsonb)
    enabled: Col[bool] = column(pg.boolean, default=True)


class AiRelationMetadata(Timestamped, name="data_model_ai_relation_metadata", schema="builder"):
    """How a model finds what belongs together."""

    ai_relation_metadata_id: Col[AiRelationMetadataId] = column(
        pg.varchar, primary_key=True, default=fresh(AiRelationMetadataId)
    )
    relation_version_id: Col[RelationVersionId] = column(
        pg.varchar, references=references(EntityRelation.relation_version_id, on_delete="cascade"), unique=True
    )
    model: Col[AiModel] = column(pg.jsonb)
    instructions: Col[AiInstructions] = column(pg.jsonb)
    enabled: Col[bool] = column(pg.boolean, default=True)


class DerivedColumn(Timestamped, name="derived_column_metadata", schema="builder"):
    """How a column is computed."""

    derived_column_id: Col[DerivedColumnId] = column(pg.varchar, primary_key=True, default=fresh(DerivedColumnId))
    column_version_id: Col[ColumnVersionId] = column(
        pg.varchar, references=references(EntityTypeColumn.column_version_id, on_delete="cascade"), unique=True
    )
    derivation: Col[Derivation] = column(pg.jsonb)
    materialized: Col[bool] = column(pg.boolean, default=False)


class DerivedColumnComputation(Timestamped, name="derived_column_computation", schema="builder"):
    """What was computed for one entity. `value` is of the column's type, and decoded as that."""

    derived_column_computation_id: Col[DerivedColumnComputationId] = column(
        pg.varchar, primary_key=True, default=fresh(DerivedColumnComputationId)
    )
    derived_column_id: Col[DerivedColumnId] = column(
        pg.varchar, references=references(DerivedColumn.derived_column_id, on_delete="cascade")
    )
    entity_id: Col[EntityId] = column(pg.varchar)
    status: Col[JobStatus] = column(job_status, default=JobStatus.PENDING)
    value: Col[msgspec.Raw | None] = column(pg.jsonb, default=None)
    error: Col[WorkError | None] = column(pg.jsonb, default=None)
    computed_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


class DerivedRelation(Timestamped, name="derived_relation_metadata", schema="builder"):
    """How a relation follows from others."""

    derived_relation_id: Col[DerivedRelationId] = column(pg.varchar, primary_key=True, default=fresh(DerivedRelationId))
    relation_version_id: Col[RelationVersionId] = column(
        pg.varchar, references=references(EntityRelation.relation_version_id, on_delete="cascade"), unique=True
    )
    path: Col[RelationPath] = column(pg.jsonb)
    materialized: Col[bool] = column(pg.boolean, default=False)


class DerivedRelationComputation(Timestamped, name="derived_relation_computation", schema="builder"):
    """Which entities it leads to from one."""

    derived_relation_computation_id: Col[DerivedRelationComputationId] = column(
        pg.varchar, primary_key=True, default=fresh(DerivedRelationComputationId)
    )
    derived_relation_id: Col[DerivedRelationId] = column(
        pg.varchar, references=references(DerivedRelation.derived_relation_id, on_delete="cascade")
    )
    from_entity_id: Col[EntityId] = column(pg.varchar)
    to_entity_ids: Col[list[EntityId]] = column(pg.array(pg.varchar), default=[])
    status: Col[JobStatus] = column(job_status, default=JobStatus.PENDING)
    error: Col[WorkError | None] = column(pg.jsonb, default=None)
    computed_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


NewAiColumnMetadata = new(AiColumnMetadata)
NewAiRelationMetadata = new(AiRelationMetadata)
NewDerivedColumn = new(DerivedColumn)
NewDerivedColumnComputation = new(DerivedColumnComputation)
NewDerivedRelation = new(DerivedRelation)
NewDerivedRelationComputation = new(DerivedRelationComputation)

computed_once = unique(
    DerivedColumnComputation.derived_column_id,
    DerivedColumnComputation.entity_id,
    name="derived_column_computation_entity_key",
)
related_once = unique(
    DerivedRelationComputation.derived_relation_id,
    DerivedRelationComputation.from_entity_id,
    name="derived_relation_computation_entity_key",
)
