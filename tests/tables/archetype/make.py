"""Rows that a test needs before it can begin."""

from archetype.ids import ClerkOrgId, ClerkUserId, InboxConnectionId, OrganizationId, UserId
from qb import Db, insert, unwrap
from tables.archetype.auth.inboxes import InboxConnection, NewInboxConnection
from tables.archetype.auth.organizations import NewOrganization, NewUser, Organization, User
from tables.archetype.repositories import organizations, users

NO_ORGANIZATION, NO_USER = OrganizationId("nobody"), UserId("nobody")


def organization(db: Db, slug: str = "acme") -> Organization:
    new = NewOrganization(clerk_org_id=ClerkOrgId(f"org_{slug}"), slug=slug, name=slug.title())
    return unwrap(organizations.create(db, new))


def user(db: Db, name: str = "ada") -> User:
    return unwrap(users.from_clerk(db, NewUser(clerk_user_id=ClerkUserId(f"user_{name}"), email=f"{name}@example.org")))


def inbox(db: Db, of: Organization, owner: User) -> InboxConnectionId:
    new = NewInboxConnection(
        organization_id=of.organization_id, user_id=owner.user_id, provider="gmail", email_address=owner.email
    )
    return unwrap(db.one(insert(new).returning(InboxConnection.inbox_connection_id)))
