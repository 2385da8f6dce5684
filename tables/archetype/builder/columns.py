"""The columns of an entity type's version, the groups they are shown in, and what their values have to be."""

import msgspec

from archetype.documents.model import ColumnType, ValidationRule
from archetype.ids import (
    ColumnId,
    ColumnValidationId,
    ColumnVersionId,
    EntityTypeVersionId,
    FieldGroupId,
    ValidationGroupId,
)
from archetype.labels import Severity
from qb import Col, column, fn, foreign_key, index, new, patch, pg, references, set_null, unique
from tables.archetype.builder.entity_types import EntityTypeVersion
from tables.archetype.shared import Timestamped, fresh


class FieldGroup(Timestamped, name="field_group", schema="builder"):
    """Columns that are shown together."""

    field_group_id: Col[FieldGroupId] = column(pg.varchar, primary_key=True, default=fresh(FieldGroupId))
    entity_type_version_id: Col[EntityTypeVersionId] = column(
        pg.varchar, references=references(EntityTypeVersion.entity_type_version_id, on_delete="cascade")
    )
    name: Col[str] = column(pg.varchar(200))
    position: Col[int] = column(pg.integer, default=0)
    collapsed: Col[bool] = column(pg.boolean, default=False)


class EntityTypeColumn(Timestamped, name="data_model_entity_type_column", schema="builder"):
    """A column in one version of its entity type; `column_id` is the column through all of them."""

    column_version_id: Col[ColumnVersionId] = column(pg.varchar, primary_key=True, default=fresh(ColumnVersionId))
    column_id: Col[ColumnId] = column(pg.varchar, default=fresh(ColumnId))
    entity_type_version_id: Col[EntityTypeVersionId] = column(
        pg.varchar, references=references(EntityTypeVersion.entity_type_version_id, on_delete="cascade")
    )
    field_group_id: Col[FieldGroupId | None] = column(pg.varchar, default=None)
    api_name: Col[str] = column(pg.varchar(63), check=lambda name: fn.length(name) > 0)
    name: Col[str] = column(pg.varchar(200))
    description: Col[str | None] = column(pg.text, default=None)
    type: Col[ColumnType] = column(pg.jsonb)
    required: Col[bool] = column(pg.boolean, default=False)
    is_unique: Col[bool] = column(pg.boolean, default=False)
    default_value: Col[msgspec.Raw | None] = column(
        pg.jsonb, default=None, comment="a value of the column's own type: decode it as that"
    )
    position: Col[int] = column(pg.integer, default=0)


class ValidationGroup(Timestamped, name="data_model_validation_group", schema="builder"):
    """Validations that are judged together: all of them hold, or any."""

    validation_group_id: Col[ValidationGroupId] = column(pg.varchar, primary_key=True, default=fresh(ValidationGroupId))
    entity_type_version_id: Col[EntityTypeVersionId] = column(
        pg.varchar, references=references(EntityTypeVersion.entity_type_version_id, on_delete="cascade"), index=True
    )
    name: Col[str] = column(pg.varchar(200))
    any_is_enough: Col[bool] = column(pg.boolean, default=False)
    message: Col[str | None] = column(pg.text, default=None)


class ColumnValidation(Timestamped, name="data_model_entity_type_column_validation", schema="builder"):
    """What a value has to be."""

    column_validation_id: Col[ColumnValidationId] = column(
        pg.varchar, primary_key=True, default=fresh(ColumnValidationId)
    )
    column_version_id: Col[ColumnVersionId] = column(
        pg.varchar, references=references(EntityTypeColumn.column_version_id, on_delete="cascade"), index=True
    )
    validation_group_id: Col[ValidationGroupId | None] = column(
        pg.varchar,
        references=references(ValidationGroup.validation_group_id, on_delete="set null"),
        default=None,
        index=True,
    )
    rule: Col[ValidationRule] = column(pg.jsonb)
    message: Col[str | None] = column(pg.text, default=None)
    severity: Col[Severity] = column(pg.text, default="error")


NewFieldGroup = new(FieldGroup)
NewEntityTypeColumn = new(EntityTypeColumn)
ColumnChanges = patch(EntityTypeColumn)
NewValidationGroup = new(ValidationGroup)
NewColumnValidation = new(ColumnValidation)

field_group_of_version = unique(
    FieldGroup.entity_type_version_id, FieldGroup.field_group_id, name="field_group_entity_type_version_id_key"
)
# Both columns at once: a column cannot be in a group of another version. A group that is gone leaves its columns.
column_in_its_group = foreign_key(
    (EntityTypeColumn.entity_type_version_id, EntityTypeColumn.field_group_id),
    references=(FieldGroup.entity_type_version_id, FieldGroup.field_group_id),
    on_delete=set_null(EntityTypeColumn.field_group_id),
    name="data_model_entity_type_column_field_group_fkey",
)
columns_of_a_group = index(
    "data_model_entity_type_column_field_group_idx",
    EntityTypeColumn.entity_type_version_id,
    EntityTypeColumn.field_group_id,
    EntityTypeColumn.position,
)
column_name = unique(
    EntityTypeColumn.entity_type_version_id,
    EntityTypeColumn.api_name,
    name="data_model_entity_type_column_api_name_key",
)
column_once = unique(
    EntityTypeColumn.column_id,
    EntityTypeColumn.entity_type_version_id,
    name="data_model_entity_type_column_column_id_key",
)
