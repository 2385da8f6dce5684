"""Relations between entity types, a row for each version."""

from archetype.documents.model import RelationStorage
from archetype.ids import EntityTypeId, OrganizationId, RelationId, RelationVersionId, UserId
from archetype.labels import Cardinality, OnDelete, VersionStatus
from qb import Col, column, index, new, patch, pg, references, unique
from tables.archetype.auth.organizations import Organization, User
from tables.archetype.builder.entity_types import EntityType, version_status
from tables.archetype.shared import Timestamped, fresh

cardinality = pg.enum("cardinality", Cardinality, schema="builder")


class EntityRelation(Timestamped, name="data_model_entity_relation", schema="builder"):
    """Which entities belong to which; `relation_id` is the relation through all its versions."""

    relation_version_id: Col[RelationVersionId] = column(pg.varchar, primary_key=True, default=fresh(RelationVersionId))
    relation_id: Col[RelationId] = column(pg.varchar, default=fresh(RelationId))
    version_number: Col[int] = column(pg.integer, check=lambda number: number > 0)
    status: Col[VersionStatus] = column(version_status, default=VersionStatus.DRAFT)
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade"), index=True
    )
    from_entity_type_id: Col[EntityTypeId] = column(
        pg.varchar, references=references(EntityType.entity_type_id, on_delete="cascade"), index=True
    )
    to_entity_type_id: Col[EntityTypeId] = column(
        pg.varchar, references=references(EntityType.entity_type_id, on_delete="cascade"), index=True
    )
    from_name: Col[str] = column(pg.varchar(200), comment="what the far side is called from here")
    to_name: Col[str] = column(pg.varchar(200))
    cardinality: Col[Cardinality] = column(cardinality, default=Cardinality.ONE_TO_MANY)
    on_delete: Col[OnDelete] = column(pg.text, default="detach")
    storage: Col[RelationStorage] = column(pg.jsonb)
    created_by_user_id: Col[UserId | None] = column(
        pg.varchar, references=references(User.user_id, on_delete="set null"), default=None, index=True
    )


NewEntityRelation = new(EntityRelation)
RelationChanges = patch(EntityRelation)

relation_version_number = unique(
    EntityRelation.relation_id, EntityRelation.version_number, name="data_model_entity_relation_version_number_key"
)
relation_published_once = index(
    "data_model_entity_relation_published_key",
    EntityRelation.relation_id,
    unique=True,
    where=EntityRelation.status == VersionStatus.PUBLISHED,
)
