"""Organizations, users, and what users chose."""

import datetime as dt

import msgspec

from archetype.documents.auth import (
    DatabaseAddress,
    OrganizationSettings,
    OrganizationSettingsV1,
    Preferences,
    organization_settings_of_v1,
)
from archetype.ids import ClerkOrgId, ClerkUserId, OrganizationId, UserId
from archetype.labels import OrganizationStatus
from qb import Col, Hidden, SoftDelete, column, document, fn, index, new, older, patch, pg, references
from tables.archetype.shared import Timestamped, fresh


class Organization(Timestamped, SoftDelete, name="organization", schema="auth"):
    """A customer. Its data are in a database of its own: `database_address` says where, and is read by who asks for it
    alone, so that no row, no page of rows and no log of one ever holds it.
    """

    organization_id: Col[OrganizationId] = column(pg.varchar, primary_key=True, default=fresh(OrganizationId))
    clerk_org_id: Col[ClerkOrgId] = column(pg.varchar, unique=True)
    slug: Col[str] = column(pg.varchar(63), unique=True, check=lambda slug: slug == fn.lower(fn.trim(slug)))
    name: Col[str] = column(pg.varchar(200), check=lambda name: fn.length(fn.trim(name)) > 0)
    status: Col[OrganizationStatus] = column(pg.text, default="active")
    settings: Col[OrganizationSettings] = column(
        document(OrganizationSettings, older(OrganizationSettingsV1, organization_settings_of_v1)),
        default=OrganizationSettings(),
    )
    clerk_data: Col[msgspec.Raw | None] = column(
        pg.jsonb, default=None, comment="Clerk's organization as it came: decode it as a ClerkOrganization"
    )
    database_address: Hidden[DatabaseAddress | None] = column(
        pg.jsonb, default=None, comment="where the database of this organization is; encrypted but for local ones"
    )


class User(Timestamped, name="user", schema="auth"):
    """Somebody who signs in through Clerk. The organization is the one that was last looked at, if any."""

    user_id: Col[UserId] = column(pg.varchar, primary_key=True, default=fresh(UserId))
    clerk_user_id: Col[ClerkUserId] = column(pg.varchar, unique=True)
    organization_id: Col[OrganizationId | None] = column(
        pg.varchar, references=references(Organization.organization_id, on_delete="set null"), default=None, index=True
    )
    email: Col[str] = column(pg.varchar(320))
    first_name: Col[str | None] = column(pg.varchar(200), default=None)
    last_name: Col[str | None] = column(pg.varchar(200), default=None)
    image_url: Col[str | None] = column(pg.text, default=None)
    clerk_data: Col[msgspec.Raw | None] = column(
        pg.jsonb, default=None, comment="Clerk's user as it came: decode it as a ClerkUser"
    )
    last_seen_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


class UserPreferences(Timestamped, name="user_preferences", schema="auth"):
    """One document for each user."""

    user_id: Col[UserId] = column(
        pg.varchar, primary_key=True, references=references(User.user_id, on_delete="cascade")
    )
    preferences: Col[Preferences] = column(pg.jsonb, default=Preferences())


NewOrganization = new(Organization)
OrganizationChanges = patch(Organization)
NewUser = new(User)
NewUserPreferences = new(UserPreferences)

users_by_email = index("user_email_idx", fn.lower(User.email))
