"""What the server makes of the description: as the document says it, read back, dropped, and of typed keys."""

import pytest

from qb import Database, Success, Table, connect, create_all, drop_all, explain_policy, exposures, sql, trusted, unwrap
from qb.kit import Catalog, Identity, introspect
from qb.kit.facts.policy import PolicyFact
from qb.kit.facts.table import TableFact
from qb.model.policy import RowSecurity
from qb.run.server.embedded import Embedded
from qb.testing import bare_keys
from tables.scratch import scratch_database
from tables.supabase_chat import (
    GeneralUser,
    Message,
    anon,
    auth,
    authenticated,
    chats,
    embeddings,
    functions,
    organizations,
    schema,
    users,
    virtual,
)
from tables.supabase_chat.local import SUPABASE
from tests.kit.alone import differences

SECURED = {
    "corporate_users",
    "general_users",
    "general_user_profiles",
    "addresses",
    "chat_rooms",
    "messages",
    "user_chats",
}
OPEN = {"organizations", "virtual_users", "virtual_user_chats", "virtual_user_profiles", "embeddings"}


def text(db: Database, query: str) -> list[str]:
    return unwrap(db.all(sql(trusted(query)).rows(str)))


def test_twelve_tables_seven_of_them_with_row_security(chat: Database) -> None:
    found = introspect(chat).unwrap().of(TableFact)
    ours = {identity.name: fact.row_security for identity, fact in found.items() if identity.schema == "public"}
    assert ours == dict.fromkeys(SECURED, True) | dict.fromkeys(OPEN, False)
    assert {
        table.title for table in schema.tables if any(isinstance(each, RowSecurity) for each in table.attached)
    } == SECURED


def test_the_extension_and_the_function_come_before_the_tables() -> None:
    made = [str(each.identity) for each in create_all(schema).operations]
    first = made.index("table general_users")
    assert made.index("extension vector") < first
    assert made.index("function generate_cuid()") < min(
        place for place, name in enumerate(made) if name.startswith("table ")
    )
    assert made.index("trigger auth.users.auth_hook") > first
    assert not {"schema auth", "role anon", "table auth.users", "function auth.uid()"} & set(made)


ME = "(id = ( SELECT auth.uid() AS uid))"
DOCUMENT = {
    "insert_policy_general_users": ("insert", ("supabase_auth_admin",), None, "true"),
    "select_own_user": ("select", ("anon", "authenticated"), "true", None),
    "edit_policy_general_users": ("all", ("authenticated",), ME, ME),
}
"""The policies of general_users that the document has in full, as the server writes them."""


def test_the_policies_of_the_document(chat: Database) -> None:
    found = introspect(chat).unwrap().of(PolicyFact)
    said = {
        identity.name: (fact.command, fact.roles, fact.using, fact.with_check)
        for identity, fact in found.items()
        if identity.table == "general_users"
    }
    assert said == DOCUMENT
    members = found[Identity("policy", "public", "messages", "select_policy_messages")]
    assert (members.command, members.roles) == ("select", ("authenticated",))
    for part in (
        "EXISTS ( SELECT",
        "FROM (public.user_chats\n     JOIN public.general_users ON ((user_chats.user_id = general_users.id)))",
        "(user_chats.chat_room_id = messages.chat_room_id)",
        "(general_users.id = ( SELECT auth.uid() AS uid))",
    ):
        assert part in (members.using or "")


def test_embeddings_are_as_the_document_has_them(chat: Database) -> None:
    columns = """SELECT column_name || ' ' || data_type || ' ' || is_nullable || ' '
        || coalesce(identity_generation, '-') || ' ' || coalesce(datetime_precision::text, '-')
        FROM information_schema.columns WHERE table_name = 'embeddings' ORDER BY column_name"""
    assert text(chat, columns) == [
        "content text NO - -",
        "created_at timestamp with time zone NO - 3",
        "embedding USER-DEFINED NO - -",
        "id integer NO BY DEFAULT -",
        "user_id uuid NO - -",
    ]
    typed = """SELECT format_type(atttypid, atttypmod) FROM pg_attribute
        WHERE attrelid = 'embeddings'::regclass AND attname = 'embedding'"""
    assert text(chat, typed) == ["vector(1536)"]
    deleted = "SELECT confdeltype::text FROM pg_constraint WHERE conname = 'embeddings_user_id_fkey'"
    assert text(chat, deleted) == ["c"]


def test_general_users_are_as_the_document_has_them(chat: Database) -> None:
    columns = """SELECT column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '-')
        FROM information_schema.columns WHERE table_name = 'general_users'
        AND column_name IN ('id', 'display_name', 'account_name') ORDER BY column_name"""
    assert text(chat, columns) == ["account_name text NO -", "display_name text NO -", "id uuid NO -"]


def made(db: Database) -> Catalog:
    """The catalog with all of it, which is dropped again: nothing is left but what others may use."""
    unwrap(db.run(create_all(schema, stand_ins=True)))
    unwrap(db.run(SUPABASE))
    found = introspect(db).unwrap()
    unwrap(db.run(drop_all(schema, stand_ins=True)))
    return found


def test_created_read_back_and_dropped(qb_server: Embedded) -> None:
    with scratch_database(qb_server.url, name="supabase_chat") as url, connect(url) as db:
        unwrap(db.run(create_all(schema, stand_ins=True)))  # the roles stay, and the extension
        unwrap(db.run(drop_all(schema, stand_ins=True)))
        before = introspect(db).unwrap()
        first = made(db)
        assert differences(before, introspect(db).unwrap()) == ()
        assert differences(first, made(db)) == ()
        assert Identity("trigger", "auth", "users", "auth_hook") in first


def test_every_key_has_a_type_of_its_own() -> None:
    assert bare_keys(auth, functions, users, organizations, virtual, chats, embeddings) == []


@pytest.mark.parametrize("module", [auth, users, organizations, virtual, chats, embeddings], ids=lambda m: m.__name__)
def test_what_a_module_makes_is_in_the_index(module: object) -> None:
    import tables.supabase_chat as index

    own = {
        name
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Table) and value.__module__ == getattr(module, "__name__", "")
    }
    assert own <= set(index.__all__)


# ---------------------------------------------------------------- who sees what, by the description alone


def test_what_is_open_is_told() -> None:
    told = exposures(schema)
    assert {(each.table, each.role) for each in told if each.kind == "no row security"} == {
        ("virtual_users", "anon"),
        ("virtual_user_profiles", "anon"),
        ("virtual_users", "authenticated"),
        ("virtual_user_profiles", "authenticated"),
        ("virtual_user_chats", "authenticated"),
        ("organizations", "authenticated"),
    }
    assert {each.table for each in told if each.kind == "every row"} == {"general_users", "general_user_profiles"}
    assert not [each for each in told if each.kind in ("circle", "no policy")]


def test_the_policies_of_a_user_are_explained() -> None:
    lines = str(explain_policy(GeneralUser, authenticated, schema)).splitlines()
    own = '("id" = (SELECT "auth"."uid"()))'
    assert lines == [
        "general_users as authenticated",
        "  select:",
        f"    edit_policy_general_users: USING {own}",
        "    select_own_user: USING (true)",
        "  insert:",
        f"    edit_policy_general_users: WITH CHECK {own}",
        "  update:",
        f"    edit_policy_general_users: USING {own} WITH CHECK {own}",
        "  delete:",
        f"    edit_policy_general_users: USING {own}",
    ]
    assert [each.policies for each in explain_policy(Message, anon, schema).commands] == [()] * 4


def test_a_second_run_makes_nothing(chat_url: str) -> None:
    with connect(chat_url) as db:
        assert isinstance(db.run(create_all(schema, if_not_exists=True)), Success)
