"""Organizations, who belongs to them, and where their databases are."""

import msgspec

from archetype.documents.auth import DatabaseAddress
from archetype.ids import ClerkOrgId, OrganizationId, UserId
from archetype.labels import OrganizationRole
from qb import New, Patch, Rows, Select, excluded, fn, insert, live, prepare, select, sql, update
from qb.typing import Returning
from tables.archetype.auth.members import NewOrganizationUser, OrganizationUser
from tables.archetype.auth.organizations import Organization, User


def create(organization: New[Organization]) -> Rows[Organization]:
    """The organization as it was written."""
    return insert(organization).returning()


@prepare
def by_id(organization: OrganizationId) -> Select[Organization]:
    """The organization, unless it is deleted."""
    return select(Organization).where(Organization.organization_id == organization, live(Organization))


@prepare
def by_clerk_org_id(clerk_org: ClerkOrgId) -> Select[Organization]:
    """The same, by the id that Clerk sends."""
    return select(Organization).where(Organization.clerk_org_id == clerk_org, live(Organization))


@prepare
def by_slug(slug: str) -> Select[Organization]:
    """The same, by what stands in its address."""
    return select(Organization).where(Organization.slug == fn.lower(slug), live(Organization))


def change(organization: OrganizationId, changes: Patch[Organization]) -> Rows[Organization]:
    """The organization with the fields that are given."""
    changed = update(Organization).patch(changes)
    return changed.where(Organization.organization_id == organization, live(Organization)).returning()


@prepare
def set_clerk_data(clerk_org: ClerkOrgId, said: msgspec.Raw) -> Returning[Organization]:
    """The organization with what Clerk says of it now, kept as it came."""
    told = update(Organization).set(Organization.clerk_data.to(said))
    return told.where(Organization.clerk_org_id == clerk_org, live(Organization)).returning()


@prepare
def database_address(organization: OrganizationId) -> Select[DatabaseAddress]:
    """Where its database is, as a resolver reads it: no row where the organization is not there, or has none yet."""
    address = sql("{address}", address=Organization.database_address).as_(DatabaseAddress, not_null=True)
    return select(address).where(
        Organization.organization_id == organization,
        Organization.database_address.is_not_null(),
        Organization.status == "active",
        live(Organization),
    )


@prepare
def set_database_address(organization: OrganizationId, address: DatabaseAddress) -> Returning[OrganizationId]:
    """Its id; no row where there is no such organization."""
    return (
        update(Organization)
        .set(Organization.database_address.to(address))
        .where(Organization.organization_id == organization, live(Organization))
        .returning(Organization.organization_id)
    )


@prepare
def with_databases() -> Select[OrganizationId]:
    """Those that have a database, in the order of their ids: what a fan-out goes over."""
    return (
        select(Organization.organization_id)
        .where(Organization.database_address.is_not_null(), Organization.status == "active", live(Organization))
        .order_by(Organization.organization_id)
    )


@prepare
def members(organization: OrganizationId) -> Select[tuple[OrganizationUser, User]]:
    """Its members with who they are, by email."""
    return (
        select(OrganizationUser, User)
        .join(User, on=User.user_id == OrganizationUser.user_id)
        .where(OrganizationUser.organization_id == organization)
        .order_by(fn.lower(User.email), User.user_id)
    )


@prepare
def add_member(organization: OrganizationId, user: UserId, role: OrganizationRole) -> Returning[OrganizationUser]:
    """The member, who was one before or is now; the role is the given one."""
    return (
        insert(NewOrganizationUser(organization_id=organization, user_id=user, role=role))
        .on_conflict(
            OrganizationUser.organization_id,
            OrganizationUser.user_id,
            update=[OrganizationUser.role.to(excluded(OrganizationUser.role))],
        )
        .returning()
    )
