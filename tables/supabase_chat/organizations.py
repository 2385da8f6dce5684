"""Organizations, and those who work for them."""

import qb
from qb import Col, Expr, column, fn, grant, index, new, on_update_trigger, pg, policy, references, select, unique
from supabase_chat.ids import CorporateUserId, OrganizationId, UserId
from supabase_chat.labels import CorporateRole
from tables.supabase_chat.auth import authenticated, me, uid
from tables.supabase_chat.functions import cuid
from tables.supabase_chat.shared import Timestamped
from tables.supabase_chat.users import GeneralUser


class Organization(Timestamped, name="organizations"):
    """A company. Its name is no secret, so it has no row security: nobody but the server writes it."""

    id: Col[OrganizationId] = column(pg.text, primary_key=True, default=cuid(OrganizationId))
    name: Col[str] = column(pg.text, unique=True, check=lambda name: fn.length(fn.trim(name)) > 0)


class CorporateUser(Timestamped, name="corporate_users", rls=True):
    """Somebody who works for an organization, under the account of a general user."""

    id: Col[CorporateUserId] = column(pg.text, primary_key=True, default=cuid(CorporateUserId))
    organization_id: Col[OrganizationId] = column(pg.text, references=references(Organization.id, on_delete="cascade"))
    user_id: Col[UserId] = column(pg.uuid, references=references(GeneralUser.id, on_delete="cascade"))
    role: Col[CorporateRole] = column(pg.enum("corporate_role", CorporateRole), default=CorporateRole.MEMBER)


NewOrganization = new(Organization)
NewCorporateUser = new(CorporateUser)

once_for_each = unique(CorporateUser.organization_id, CorporateUser.user_id)
by_user = index("corporate_users_user_id_idx", CorporateUser.user_id)


@qb.function(volatility="stable", security="definer", set={"search_path": ["public", "pg_temp"]})
def works_for(organization: qb.Arg[OrganizationId]) -> Expr[bool]:
    """Whether who asks works for an organization. A policy of the table itself cannot ask it: the query would be held
    to that same policy, without end."""
    mine = select(CorporateUser.id).where(CorporateUser.organization_id == organization, CorporateUser.user_id == uid())
    return qb.exists(mine)


select_policy_corporate_users = policy(
    CorporateUser,
    for_="select",
    to=authenticated,
    using=works_for(CorporateUser.organization_id),
    name="select_policy_corporate_users",
    comment="colleagues see each other",
)
leave_policy_corporate_users = policy(
    CorporateUser,
    for_="delete",
    to=authenticated,
    using=me == CorporateUser.user_id,
    name="leave_policy_corporate_users",
)
users_see_colleagues = grant("select", "delete", on=CorporateUser, to=authenticated)
users_see_organizations = grant("select", on=Organization, to=authenticated)
organizations_touched = on_update_trigger(Organization)
corporate_users_touched = on_update_trigger(CorporateUser)
