"""Virtual users: characters that a model speaks for. Nobody but the server writes them: no row security."""

import qb
from qb import Col, column, fn, grant, new, on_update_trigger, pg, references
from supabase_chat.documents import Persona, PersonaV1, upgraded
from supabase_chat.ids import OrganizationId, VirtualProfileId, VirtualUserId
from tables.supabase_chat.auth import anon, authenticated
from tables.supabase_chat.functions import cuid
from tables.supabase_chat.organizations import Organization
from tables.supabase_chat.shared import Timestamped


class VirtualUser(Timestamped, name="virtual_users"):
    """A character of an organization's."""

    id: Col[VirtualUserId] = column(pg.text, primary_key=True, default=cuid(VirtualUserId))
    organization_id: Col[OrganizationId] = column(
        pg.text, references=references(Organization.id, on_delete="cascade"), index=True
    )
    name: Col[str] = column(pg.text, check=lambda name: fn.length(fn.trim(name)) > 0)


class VirtualUserProfile(Timestamped, name="virtual_user_profiles"):
    """Who a character is, and how it talks."""

    id: Col[VirtualProfileId] = column(pg.text, primary_key=True, default=cuid(VirtualProfileId))
    virtual_user_id: Col[VirtualUserId] = column(
        pg.text, references=references(VirtualUser.id, on_delete="cascade"), unique=True
    )
    backstory: Col[str] = column(pg.text, default="")
    persona: Col[Persona] = column(qb.document(Persona, qb.older(PersonaV1, upgraded)))


NewVirtualUser = new(VirtualUser)
NewVirtualUserProfile = new(VirtualUserProfile)

everybody_sees_virtual_users = grant("select", on=VirtualUser, to=[anon, authenticated])
everybody_sees_their_profiles = grant("select", on=VirtualUserProfile, to=[anon, authenticated])
virtual_users_touched = on_update_trigger(VirtualUser)
virtual_profiles_touched = on_update_trigger(VirtualUserProfile)
