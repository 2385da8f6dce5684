"""Documents of organizations, users and inboxes."""

import datetime as dt
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from archetype.ids import CustomViewId, GmailHistoryId
from archetype.labels import InboxProvider

Count = Annotated[int, Meta(ge=0)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]

# ------------------------------------------------------------------------------- where an organization's database is


class PlainAddress(Struct, frozen=True, gc=False, tag_field="kind", tag="plain"):
    """An address as it is: of a server on a developer's machine, where there is nothing to hide."""

    url: Name

    def __repr__(self) -> str:
        return "PlainAddress(url=...)"


class EncryptedAddress(Struct, frozen=True, gc=False, tag_field="kind", tag="encrypted"):
    """An address under AES-GCM: initialization vector, ciphertext and tag, one after the other; base64 in JSON."""

    secret: Annotated[bytes, Meta(min_length=1)]

    def __repr__(self) -> str:
        return "EncryptedAddress(secret=...)"


class BranchAddress(Struct, frozen=True, gc=False, tag_field="kind", tag="branch"):
    """A branch of a hosted database: the password is that of the application, not part of the address."""

    host: Name
    database: Name
    branch: Name
    user: Name | None = None
    pooled: bool = True


DatabaseAddress: TypeAlias = PlainAddress | EncryptedAddress | BranchAddress
"""A tagged union: the field `kind` of the document says which. None of them prints a secret."""

# --------------------------------------------------------------------------------------- what Clerk says of whom


class ClerkOrganization(Struct, frozen=True, gc=False):
    """The part of Clerk's organization that is read here; the rest of its document is kept and left alone."""

    id: str
    name: str
    slug: str | None = None
    image_url: str | None = None
    members_count: Count | None = None
    public_metadata: dict[str, object] = {}


class ClerkEmail(Struct, frozen=True, gc=False):
    """One of the addresses of a user."""

    id: str
    email_address: str


class ClerkUser(Struct, frozen=True, gc=False):
    """The part of Clerk's user that is read here."""

    id: str
    first_name: str | None = None
    last_name: str | None = None
    image_url: str | None = None
    email_addresses: list[ClerkEmail] = []
    primary_email_address_id: str | None = None

    def email(self) -> str | None:
        """The address that the user chose, or the first."""
        chosen = [each for each in self.email_addresses if each.id == self.primary_email_address_id]
        found = chosen or self.email_addresses
        return found[0].email_address if found else None


# ------------------------------------------------------------------------------------------ settings, in two versions


class OrganizationSettingsV1(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Settings as they were before there were versions: colours by themselves, the assistant on or off."""

    primary_color: str
    ai_enabled: bool


class Branding(Struct, frozen=True, gc=False, omit_defaults=True):
    """How an organization's workspace looks."""

    primary_color: str = "#1f6feb"
    logo_url: str | None = None


class OrganizationSettings(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What an organization chose. All of it has defaults, so any object would do: a field that is not known tells that
    a document is one of before.
    """

    branding: Branding = Branding()
    assistant: Literal["off", "suggest", "act"] = "suggest"
    locale: str = "en"
    time_zone: str = "UTC"
    allowed_email_domains: list[str] = []
    version: Literal[2] = 2


def organization_settings_of_v1(old: OrganizationSettingsV1) -> OrganizationSettings:
    """Today's settings of those of before."""
    return OrganizationSettings(Branding(old.primary_color), "suggest" if old.ai_enabled else "off")


class Preferences(Struct, frozen=True, gc=False):
    """What a user chose. Every field has a default, so a document written before a field existed can still be read."""

    theme: Literal["light", "dark", "system"] = "system"
    density: Literal["comfortable", "compact"] = "comfortable"
    start_view: CustomViewId | None = None
    pinned_views: list[CustomViewId] = []
    notify_by: list[Literal["email", "app"]] = []
    dismissed_hints: list[str] = []


# ---------------------------------------------------------------------------------------------------------- inboxes


class GmailWatch(Struct, frozen=True, gc=False, tag_field="kind", tag="gmail"):
    """Gmail's push: it ends by itself, and goes on after a history id."""

    topic: Name
    history_id: GmailHistoryId
    expires_at: Annotated[dt.datetime, Meta(tz=True)]


class OutlookSubscription(Struct, frozen=True, gc=False, tag_field="kind", tag="outlook"):
    """Outlook's push: a subscription by its own id."""

    subscription: Name
    expires_at: Annotated[dt.datetime, Meta(tz=True)]
    delta_link: str | None = None


InboxWatch: TypeAlias = GmailWatch | OutlookSubscription
"""A tagged union: the field `kind` of the document says which."""


class SyncProgress(Struct, frozen=True, gc=False):
    """How far a job has come."""

    listed: Count = 0
    fetched: Count = 0
    stored: Count = 0
    page_token: str | None = None


class JobError(Struct, frozen=True, gc=False, omit_defaults=True):
    """What went wrong with a piece of work, for whoever looks at it: never a secret, never a document."""

    code: Name
    message: str
    retryable: bool = False
    provider: InboxProvider | None = None
