"""Those who chat: their accounts, which come with a sign-up, their profiles and addresses."""

import datetime as dt

from qb import (
    Col,
    column,
    fn,
    grant,
    index,
    new,
    on_update_trigger,
    patch,
    pg,
    policy,
    references,
    sql,
    trigger,
    trigger_function,
)
from supabase_chat.documents import Preferences
from supabase_chat.ids import AddressId, ProfileId, UserId
from tables.supabase_chat.auth import AuthUser, anon, auth_admin, authenticated, every_row, me
from tables.supabase_chat.functions import cuid
from tables.supabase_chat.shared import Timestamped

# ------------------------------------------------------------------------------------------------------ general users


class GeneralUser(Timestamped, name="general_users", rls=True):
    """Somebody who chats. The id is that of `auth.users`: a trigger there makes the row."""

    id: Col[UserId] = column(pg.uuid, primary_key=True)
    display_name: Col[str] = column(pg.text)
    account_name: Col[str] = column(pg.text, unique=True)


NewGeneralUser = new(GeneralUser)
GeneralUserChanges = patch(GeneralUser)

insert_policy_general_users = policy(
    GeneralUser,
    for_="insert",
    to=auth_admin,
    with_check=every_row,
    name="insert_policy_general_users",
    comment="the trigger on auth.users runs as Supabase's own role, which is none that bypasses row security",
)
select_own_user = policy(
    GeneralUser,
    for_="select",
    to=[anon, authenticated],
    using=every_row,
    name="select_own_user",
    comment="whatever its name says, everybody sees every account: names stand beside messages",
)
edit_policy_general_users = policy(
    GeneralUser,
    for_="all",
    to=authenticated,
    using=me == GeneralUser.id,
    with_check=me == GeneralUser.id,
    name="edit_policy_general_users",
)

auth_admin_inserts_users = grant("insert", on=GeneralUser, to=auth_admin)
everybody_sees_users = grant("select", on=GeneralUser, to=anon)
users_edit_themselves = grant("select", "insert", "update", "delete", on=GeneralUser, to=authenticated)
users_touched = on_update_trigger(GeneralUser)

handle_new_user = trigger_function(
    "handle_new_user",
    sql(
        """
        BEGIN
          INSERT INTO public.{users} (id, display_name, account_name) VALUES (
            NEW.id,
            coalesce(NEW.raw_user_meta_data ->> 'display_name', split_part(NEW.email, '@', 1), 'somebody'),
            coalesce(NEW.raw_user_meta_data ->> 'account_name', NEW.id::text)
          );
          RETURN NEW;
        END
        """,
        users=GeneralUser,
    ),
)
auth_hook = trigger(AuthUser, handle_new_user, after="insert", name="auth_hook")

# ----------------------------------------------------------------------------------------------------------- profiles


class GeneralUserProfile(Timestamped, name="general_user_profiles", rls=True):
    """What somebody says of himself: those who have signed up read it, and only he changes it."""

    id: Col[ProfileId] = column(pg.text, primary_key=True, default=cuid(ProfileId))
    user_id: Col[UserId] = column(pg.uuid, references=references(GeneralUser.id, on_delete="cascade"), unique=True)
    biography: Col[str] = column(pg.text, default="", check=lambda text: fn.length(text) <= 2_000)
    birthday: Col[dt.date | None] = column(pg.date, default=None)
    avatar_url: Col[str | None] = column(pg.text, default=None)
    preferences: Col[Preferences] = column(pg.jsonb, default=Preferences())


NewGeneralUserProfile = new(GeneralUserProfile)
GeneralUserProfileChanges = patch(GeneralUserProfile)

select_policy_profiles = policy(
    GeneralUserProfile, for_="select", to=authenticated, using=every_row, name="select_policy_general_user_profiles"
)
edit_policy_profiles = policy(
    GeneralUserProfile,
    to=authenticated,
    using=me == GeneralUserProfile.user_id,
    with_check=me == GeneralUserProfile.user_id,
    name="edit_policy_general_user_profiles",
)
users_edit_profiles = grant("select", "insert", "update", "delete", on=GeneralUserProfile, to=authenticated)
profiles_touched = on_update_trigger(GeneralUserProfile)

# ---------------------------------------------------------------------------------------------------------- addresses


class Address(Timestamped, name="addresses", rls=True):
    """Where somebody lives, which nobody else sees."""

    id: Col[AddressId] = column(pg.text, primary_key=True, default=cuid(AddressId))
    user_id: Col[UserId] = column(pg.uuid, references=references(GeneralUser.id, on_delete="cascade"), index=True)
    country: Col[str] = column(pg.varchar(2), default="JP", check=lambda country: fn.length(country) == 2)
    postal_code: Col[str] = column(pg.varchar(16))
    region: Col[str] = column(pg.text)
    city: Col[str] = column(pg.text)
    street: Col[str] = column(pg.text, default="")
    main: Col[bool] = column(pg.boolean, default=False)


NewAddress = new(Address)

own_addresses = policy(
    Address,
    to=authenticated,
    using=me == Address.user_id,
    with_check=me == Address.user_id,
    name="edit_policy_addresses",
)
users_edit_addresses = grant("select", "insert", "update", "delete", on=Address, to=authenticated)
addresses_touched = on_update_trigger(Address)
one_main_address = index("addresses_main_key", Address.user_id, unique=True, where=Address.main)
