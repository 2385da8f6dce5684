"""Groups of applications, and the entity types in them, with their versions."""

import datetime as dt

from archetype.documents.model import Display
from archetype.ids import ApplicationGroupId, EntityTypeId, EntityTypeVersionId, OrganizationId, UserId
from archetype.labels import VersionStatus
from qb import Col, column, fn, index, new, patch, pg, references, unique
from tables.archetype.auth.organizations import Organization, User
from tables.archetype.shared import Created, Timestamped, fresh

version_status = pg.enum("version_status", VersionStatus, schema="builder")


class ApplicationGroup(Timestamped, name="application_group", schema="builder"):
    """Entity types that belong together: an application, in the menu."""

    application_group_id: Col[ApplicationGroupId] = column(
        pg.varchar, primary_key=True, default=fresh(ApplicationGroupId)
    )
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade")
    )
    name: Col[str] = column(pg.varchar(200), check=lambda name: fn.length(fn.trim(name)) > 0)
    display: Col[Display] = column(pg.jsonb, default=Display())
    position: Col[int] = column(pg.integer, default=0)


class EntityType(Timestamped, name="data_model_entity_type", schema="builder"):
    """What an organization has records of: an entity type through all its versions."""

    entity_type_id: Col[EntityTypeId] = column(pg.varchar, primary_key=True, default=fresh(EntityTypeId))
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade")
    )
    application_group_id: Col[ApplicationGroupId | None] = column(
        pg.varchar,
        references=references(ApplicationGroup.application_group_id, on_delete="set null"),
        default=None,
        index=True,
    )
    api_name: Col[str] = column(
        pg.varchar(63), check=lambda name: fn.length(name) > 0, comment="its table in the organization's database"
    )
    is_system: Col[bool] = column(pg.boolean, default=False)
    archived_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


class EntityTypeVersion(Created, name="data_model_entity_type_version", schema="builder"):
    """An entity type as it was, is, or is to be."""

    entity_type_version_id: Col[EntityTypeVersionId] = column(
        pg.varchar, primary_key=True, default=fresh(EntityTypeVersionId)
    )
    entity_type_id: Col[EntityTypeId] = column(
        pg.varchar, references=references(EntityType.entity_type_id, on_delete="cascade")
    )
    version_number: Col[int] = column(pg.integer, check=lambda number: number > 0)
    status: Col[VersionStatus] = column(version_status, default=VersionStatus.DRAFT)
    name: Col[str] = column(pg.varchar(200), check=lambda name: fn.length(fn.trim(name)) > 0)
    plural_name: Col[str] = column(pg.varchar(200))
    description: Col[str | None] = column(pg.text, default=None)
    display: Col[Display] = column(pg.jsonb, default=Display())
    created_by_user_id: Col[UserId | None] = column(
        pg.varchar, references=references(User.user_id, on_delete="set null"), default=None, index=True
    )


NewApplicationGroup = new(ApplicationGroup)
NewEntityType = new(EntityType)
EntityTypeChanges = patch(EntityType)
NewEntityTypeVersion = new(EntityTypeVersion)

application_groups_in_order = index(
    "application_group_organization_id_idx", ApplicationGroup.organization_id, ApplicationGroup.position
)
entity_type_name = unique(
    EntityType.organization_id, EntityType.api_name, name="data_model_entity_type_organization_id_api_name_key"
)
entity_type_version_number = unique(
    EntityTypeVersion.entity_type_id, EntityTypeVersion.version_number, name="data_model_entity_type_version_number_key"
)
# One version of an entity type is in use.
entity_type_published_once = index(
    "data_model_entity_type_version_published_key",
    EntityTypeVersion.entity_type_id,
    unique=True,
    where=EntityTypeVersion.status == VersionStatus.PUBLISHED,
)
