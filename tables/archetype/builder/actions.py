"""Actions, a row for each version, and who may do what."""

from archetype.documents.conditions import Condition
from archetype.documents.model import (
    ActionDefinition,
    ActionDefinitionV1,
    ActionInput,
    action_definition_of_v1,
)
from archetype.ids import (
    ActionId,
    ActionVersionId,
    AuthorizationId,
    EntityTypeId,
    OrganizationId,
    OrganizationUserId,
    UserId,
)
from archetype.labels import ActionKind, Effect, Operation, OrganizationRole, VersionStatus
from qb import Col, Undecodable, check, column, document, fn, index, new, older, patch, pg, references, unique
from tables.archetype.auth.members import OrganizationUser, organization_role
from tables.archetype.auth.organizations import Organization, User
from tables.archetype.builder.entity_types import EntityType, version_status
from tables.archetype.shared import Timestamped, fresh


class Action(Timestamped, name="data_model_action", schema="builder"):
    """What users do with entities; `action_id` is the action through all its versions."""

    action_version_id: Col[ActionVersionId] = column(pg.varchar, primary_key=True, default=fresh(ActionVersionId))
    action_id: Col[ActionId] = column(pg.varchar, default=fresh(ActionId))
    version_number: Col[int] = column(pg.integer, check=lambda number: number > 0)
    status: Col[VersionStatus] = column(version_status, default=VersionStatus.DRAFT)
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade"), index=True
    )
    entity_type_id: Col[EntityTypeId | None] = column(
        pg.varchar, references=references(EntityType.entity_type_id, on_delete="cascade"), default=None, index=True
    )
    kind: Col[ActionKind] = column(pg.text)
    api_name: Col[str] = column(pg.varchar(63), check=lambda name: fn.length(name) > 0)
    name: Col[str] = column(pg.varchar(200))
    description: Col[str | None] = column(pg.text, default=None)
    inputs: Col[list[ActionInput]] = column(pg.jsonb, default=[])
    definition: Col[ActionDefinition | Undecodable] = column(
        document(ActionDefinition, older(ActionDefinitionV1, action_definition_of_v1), undecodable=True)
    )
    created_by_user_id: Col[UserId | None] = column(
        pg.varchar, references=references(User.user_id, on_delete="set null"), default=None, index=True
    )


class Authorization(Timestamped, name="data_model_authorization", schema="builder"):
    """Who may do what: a role or a member, with an entity type or an action, under a condition."""

    authorization_id: Col[AuthorizationId] = column(pg.varchar, primary_key=True, default=fresh(AuthorizationId))
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade"), index=True
    )
    role: Col[OrganizationRole | None] = column(organization_role, default=None)
    organization_user_id: Col[OrganizationUserId | None] = column(
        pg.varchar,
        references=references(OrganizationUser.organization_user_id, on_delete="cascade"),
        default=None,
        index=True,
    )
    entity_type_id: Col[EntityTypeId | None] = column(
        pg.varchar, references=references(EntityType.entity_type_id, on_delete="cascade"), default=None, index=True
    )
    action_id: Col[ActionId | None] = column(pg.varchar, default=None, index=True)
    effect: Col[Effect] = column(pg.text, default="allow")
    operations: Col[list[Operation]] = column(pg.array(pg.text))
    condition: Col[Condition | None] = column(pg.jsonb, default=None)


NewAction = new(Action)
ActionChanges = patch(Action)
NewAuthorization = new(Authorization)

action_version_number = unique(Action.action_id, Action.version_number, name="data_model_action_version_number_key")
action_published_once = index(
    "data_model_action_published_key", Action.action_id, unique=True, where=Action.status == VersionStatus.PUBLISHED
)
one_subject = check(
    "data_model_authorization_subject_check",
    Authorization.role.is_null() != Authorization.organization_user_id.is_null(),
)
one_object = check(
    "data_model_authorization_object_check",
    Authorization.entity_type_id.is_null() != Authorization.action_id.is_null(),
)
