"""Who belongs to an organization, and which of its entities stands for whom."""

from archetype.ids import ClerkMembershipId, EntityId, EntityTypeId, OrganizationId, OrganizationUserId, UserId
from archetype.labels import OrganizationRole
from qb import Col, column, new, pg, references, unique
from tables.archetype.auth.organizations import Organization, User
from tables.archetype.builder.entity_types import EntityType
from tables.archetype.shared import Created, Timestamped, fresh

organization_role = pg.enum("organization_role", OrganizationRole, schema="auth")


class OrganizationUser(Timestamped, name="organization_user", schema="auth"):
    """A user in an organization, with what he may do there."""

    organization_user_id: Col[OrganizationUserId] = column(
        pg.varchar, primary_key=True, default=fresh(OrganizationUserId)
    )
    organization_id: Col[OrganizationId] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="cascade")
    )
    user_id: Col[UserId] = column(pg.varchar, references=references(User.user_id, on_delete="cascade"), index=True)
    clerk_membership_id: Col[ClerkMembershipId | None] = column(pg.varchar, unique=True, default=None)
    role: Col[OrganizationRole] = column(organization_role, default=OrganizationRole.MEMBER)
    invited_by_user_id: Col[UserId | None] = column(
        pg.varchar, references=references(User.user_id, on_delete="set null"), default=None, index=True
    )


class OrganizationUserEntityId(Created, name="organization_user_entity_id", schema="auth"):
    """The entity that stands for a member, one of each entity type: the employee who is the user."""

    organization_user_id: Col[OrganizationUserId] = column(
        pg.varchar, primary_key=True, references=references(OrganizationUser.organization_user_id, on_delete="cascade")
    )
    entity_type_id: Col[EntityTypeId] = column(
        pg.varchar, primary_key=True, references=references(EntityType.entity_type_id, on_delete="cascade")
    )
    entity_id: Col[EntityId] = column(pg.varchar)


NewOrganizationUser = new(OrganizationUser)
NewOrganizationUserEntityId = new(OrganizationUserEntityId)

member_once = unique(
    OrganizationUser.organization_id, OrganizationUser.user_id, name="organization_user_organization_id_user_id_key"
)
entity_of_one_member = unique(
    OrganizationUserEntityId.entity_type_id,
    OrganizationUserEntityId.entity_id,
    name="organization_user_entity_id_entity_key",
)
