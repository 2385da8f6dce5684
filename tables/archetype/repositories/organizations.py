"""Organizations, who belongs to them, and where their databases are."""

from archetype.documents.auth import ClerkOrganization, DatabaseAddress
from archetype.guards import Guarded, decoded, raw
from archetype.ids import ClerkOrgId, OrganizationId, UserId
from archetype.labels import OrganizationRole
from qb import Db, New, Outcome, Patch, Success, crud
from tables.archetype.auth.members import OrganizationUser
from tables.archetype.auth.organizations import Organization, User
from tables.archetype.queries import organizations as queries


def create(db: Db, organization: New[Organization]) -> Outcome[Organization]:
    """UniqueViolation where Clerk's id or the slug is taken."""
    return db.one(queries.create(organization))


def by_id(db: Db, organization: OrganizationId) -> Outcome[Organization]:
    """NotFound where it is deleted, or never was."""
    return db.one(queries.by_id(organization))


def by_clerk_org_id(db: Db, clerk_org: ClerkOrgId) -> Outcome[Organization]:
    """The same by the id that Clerk sends."""
    return db.one(queries.by_clerk_org_id(clerk_org))


def by_slug(db: Db, slug: str) -> Outcome[Organization]:
    """The same by what stands in its address, in any case."""
    return db.one(queries.by_slug(slug))


def change(db: Db, organization: OrganizationId, changes: Patch[Organization]) -> Outcome[Organization]:
    """The fields that are given."""
    return db.one(queries.change(organization, changes))


def set_clerk_data(db: Db, said: ClerkOrganization) -> Outcome[Organization]:
    """What Clerk says of it now, found by Clerk's id."""
    return db.one(queries.set_clerk_data(ClerkOrgId(said.id), raw(said)))


def delete(db: Db, organization: OrganizationId) -> Outcome[Organization]:
    """Deleted by saying when; NotFound where it was before."""
    return db.one(crud(Organization, Organization.organization_id).delete(organization))


def database_address(db: Db, organization: OrganizationId) -> Outcome[DatabaseAddress]:
    """NotFound where there is no such organization, it is not active, or has no database yet."""
    return db.one(queries.database_address(organization))


def set_database_address(db: Db, organization: OrganizationId, address: DatabaseAddress) -> Outcome[OrganizationId]:
    """What the resolver reads from now on."""
    return db.one(queries.set_database_address(organization, address))


def with_databases(db: Db) -> Outcome[list[OrganizationId]]:
    """Those that a fan-out goes over."""
    return db.all(queries.with_databases())


def members(db: Db, organization: OrganizationId) -> Outcome[list[tuple[OrganizationUser, User]]]:
    """By email."""
    return db.all(queries.members(organization))


def add_member(
    db: Db, organization: OrganizationId, user: UserId, role: OrganizationRole = OrganizationRole.MEMBER
) -> Outcome[OrganizationUser]:
    """Who is a member already gets the role."""
    return db.one(queries.add_member(organization, user, role))


def clerk_data(organization: Organization) -> Guarded[ClerkOrganization | None]:
    """What Clerk said of it last; Refused where that has another shape."""
    if organization.clerk_data is None:
        return Success(None)
    return decoded(ClerkOrganization | None, organization.clerk_data)
