"""Who may read and write which rows: each role, table by table, through the policies alone."""

import pytest

from qb import Db, Outcome, Success, Table, Tx, delete, fn, insert, select, sql, trusted, unwrap, update
from qb.errors import InsufficientPrivilege, TransactionAborted
from supabase_chat.labels import CorporateRole
from tables.supabase_chat import (
    Address,
    ChatRoom,
    CorporateUser,
    Embedding,
    GeneralUser,
    GeneralUserProfile,
    Message,
    NewAddress,
    NewChatRoom,
    NewCorporateUser,
    NewGeneralUser,
    NewGeneralUserProfile,
    NewMessage,
    NewUserChat,
    Organization,
    UserChat,
    VirtualUser,
    VirtualUserChat,
    VirtualUserProfile,
    anon,
    queries,
)
from tests.tables.supabase_chat import make
from tests.tables.supabase_chat.make import ADA, BEN, EVE, acting, refused

DENIED = "42501"
"""A right that is missing, and a row that no policy lets one write."""


@pytest.fixture
def people(tx: Tx) -> Tx:
    """Ada, Ben and Eve have signed up."""
    for name in ("ada", "ben", "eve"):
        make.sign_up(tx, name)
    return tx


def count(db: Db, table: type[Table]) -> int:
    return unwrap(db.scalar(select(fn.count()).from_(table)))


# ---------------------------------------------------------------- sign-up


def test_a_sign_up_makes_a_user_by_supabases_own_role(tx: Tx) -> None:
    id = make.sign_up(tx, "ada")
    made = unwrap(tx.one(select(GeneralUser)))
    assert (made.id, made.display_name, made.account_name) == (id, "Ada", "the-ada")
    assert tx.scalar(sql("SELECT current_setting('role')").rows(str)) == Success("none")


def test_a_sign_up_without_names_has_some(tx: Tx) -> None:
    for column, given in (("email", "'kim@example.org'"), ("email", "NULL")):
        with tx.as_role("supabase_auth_admin") as admin:
            text = f"INSERT INTO auth.users (id, {column}) VALUES (gen_random_uuid(), {given})"
            unwrap(admin.execute(sql(trusted(text)).command()))
    names = select(GeneralUser.display_name, GeneralUser.account_name).order_by(GeneralUser.display_name)
    found = unwrap(tx.all(names))
    assert [name for name, _ in found] == ["kim", "somebody"]
    assert all(len(account) == 36 for _, account in found)


def test_supabases_role_inserts_and_nothing_else(people: Tx) -> None:
    with people.as_role("supabase_auth_admin") as admin:
        assert refused(admin, lambda inner: inner.all(select(GeneralUser))) == DENIED
        assert refused(admin, lambda inner: inner.execute(delete(GeneralUser).all_rows())) == DENIED
        address = NewAddress(user_id=ADA, postal_code="", region="", city="")
        assert refused(admin, lambda inner: inner.execute(insert(address))) == DENIED


def test_nobody_else_makes_a_user_of_another_id(people: Tx) -> None:
    other = NewGeneralUser(id=make.someone("kim"), display_name="Kim", account_name="kim")
    with acting(people, ADA) as ada:
        assert refused(ada, lambda inner: inner.execute(insert(other))) == DENIED
    with people.as_role(anon) as nobody:
        assert refused(nobody, lambda inner: inner.execute(insert(other))) == DENIED
    with acting(people, make.someone("kim")) as kim:  # edit_policy_general_users is for all commands
        assert kim.execute(insert(other)) == Success(1)


# ---------------------------------------------------------------- users, profiles, addresses


def test_everybody_sees_every_user_and_changes_himself(people: Tx) -> None:
    renamed = update(GeneralUser).set(GeneralUser.display_name.to("Countess")).all_rows()
    with people.as_role(anon) as nobody:
        assert count(nobody, GeneralUser) == 3
        assert refused(nobody, lambda inner: inner.execute(renamed)) == DENIED
    with acting(people, ADA) as ada:
        assert count(ada, GeneralUser) == 3
        assert ada.execute(renamed) == Success(1)
        away = update(GeneralUser).set(GeneralUser.id.to(make.someone("kim"))).where(GeneralUser.id == ADA)
        assert refused(ada, lambda inner: inner.execute(away)) == DENIED
        assert ada.execute(delete(GeneralUser).where(GeneralUser.id == BEN)) == Success(0)
        assert ada.execute(delete(GeneralUser).all_rows()) == Success(1)
    assert unwrap(people.all(select(GeneralUser.id).order_by(GeneralUser.account_name))) == [BEN, EVE]


def test_without_claims_one_is_nobody(people: Tx) -> None:
    with people.as_role("authenticated") as unknown:
        assert count(unknown, GeneralUser) == 3
        assert unknown.execute(update(GeneralUser).set(GeneralUser.display_name.to("x")).all_rows()) == Success(0)
        assert count(unknown, ChatRoom) == count(unknown, Message) == 0


def test_profiles_are_read_by_those_who_have_signed_up(people: Tx) -> None:
    for user in (ADA, BEN):
        with acting(people, user) as own:
            unwrap(own.execute(insert(NewGeneralUserProfile(user_id=user, biography=f"I am {user}"))))
            assert refused(own, lambda inner: inner.execute(insert(NewGeneralUserProfile(user_id=EVE)))) == DENIED
    with acting(people, EVE) as eve:
        assert count(eve, GeneralUserProfile) == 2
        changed = update(GeneralUserProfile).set(GeneralUserProfile.biography.to("")).all_rows()
        assert eve.execute(changed) == Success(0)
    with acting(people, ADA) as ada:
        assert ada.execute(changed) == Success(1)
    with people.as_role(anon) as nobody:
        assert refused(nobody, lambda inner: inner.all(select(GeneralUserProfile))) == DENIED


def test_addresses_are_seen_by_nobody_else(people: Tx) -> None:
    row = NewAddress(user_id=ADA, postal_code="100-0001", region="Tokyo", city="Chiyoda", main=True)
    with acting(people, ADA) as ada:
        unwrap(ada.execute(insert(row)))
        assert count(ada, Address) == 1
        moved = update(Address).set(Address.user_id.to(BEN)).all_rows()
        assert refused(ada, lambda inner: inner.execute(moved)) == DENIED
    with acting(people, BEN) as ben:
        assert count(ben, Address) == 0
        assert ben.execute(delete(Address).all_rows()) == Success(0)
        assert refused(ben, lambda inner: inner.execute(insert(row))) == DENIED
    assert count(people, Address) == 1


# ---------------------------------------------------------------- rooms and messages


def test_a_room_is_seen_by_those_who_are_in_it(people: Tx) -> None:
    made = make.room(people, ADA, BEN)
    for user, seen in ((ADA, 1), (BEN, 1), (EVE, 0)):
        with acting(people, user) as own:
            assert len(unwrap(own.all(queries.rooms()))) == seen
            assert own.scalar(queries.members(made.id)) == Success(seen)  # of others one sees nothing
            renamed = update(ChatRoom).set(ChatRoom.name.to("x")).all_rows()
            assert own.execute(renamed) == Success(1 if user == ADA else 0)
    with people.as_role(anon) as nobody:
        assert refused(nobody, lambda inner: inner.all(queries.rooms())) == DENIED


def test_nobody_makes_a_room_for_another(people: Tx) -> None:
    with acting(people, EVE) as eve:
        assert refused(eve, lambda inner: inner.execute(insert(NewChatRoom(created_by=ADA)))) == DENIED
        assert refused(eve, lambda inner: inner.execute(insert(NewChatRoom()))) == DENIED


def test_who_has_made_a_room_lets_others_in_and_anybody_leaves(people: Tx) -> None:
    made = make.room(people, ADA, BEN)
    join = insert(NewUserChat(user_id=EVE, chat_room_id=made.id))
    for user in (EVE, BEN):
        with acting(people, user) as own:
            assert refused(own, lambda inner: inner.execute(join)) == DENIED
    with acting(people, ADA) as ada:
        assert ada.execute(join) == Success(1)
        assert ada.execute(delete(UserChat).where(UserChat.user_id == BEN)) == Success(0)
    with acting(people, BEN) as ben:
        assert ben.execute(delete(UserChat).where(UserChat.user_id == BEN)) == Success(1)
        assert count(ben, ChatRoom) == 0
        moved = update(UserChat).set(UserChat.user_id.to(BEN)).all_rows()
        assert refused(ben, lambda inner: inner.execute(moved)) == DENIED


def test_messages_are_those_of_the_rooms_one_is_in(people: Tx) -> None:
    shared, private = make.room(people, ADA, BEN), make.room(people, BEN)
    with acting(people, ADA) as ada:
        hello = unwrap(make.says(ada, ADA, shared.id))
        assert refused(ada, lambda inner: make.says(inner, BEN, shared.id)) == DENIED
        assert refused(ada, lambda inner: make.says(inner, ADA, private.id)) == DENIED
    with acting(people, BEN) as ben:
        unwrap(make.says(ben, BEN, private.id))
        assert count(ben, Message) == 2
        corrected = update(Message).set(Message.content.to("Hi")).all_rows()
        assert ben.execute(corrected) == Success(1)
        elsewhere = update(Message).set(Message.chat_room_id.to(private.id)).all_rows()
        assert refused(ben, lambda inner: inner.execute(elsewhere)) == DENIED
        (found, who), *rest = unwrap(ben.all(queries.messages(shared.id)))
        assert (found, who.display_name if who else None, rest) == (hello, "Ada", [])
        assert ben.execute(delete(Message).where(Message.id == hello.id)) == Success(0)
    with acting(people, EVE) as eve:
        assert count(eve, Message) == 0
        assert refused(eve, lambda inner: make.says(inner, EVE, shared.id)) == DENIED
    with acting(people, ADA) as ada:
        assert ada.execute(delete(Message).all_rows()) == Success(1)
    assert count(people, Message) == 1


def test_many_messages_go_in_and_are_held_to_the_policies_too(people: Tx) -> None:
    made = make.room(people, ADA)
    rows = [NewMessage(chat_room_id=made.id, sender_id=ADA, content=f"{n}") for n in range(300)]
    with acting(people, ADA) as ada:
        assert ada.insert_many(rows) == Success(300)
        false = [*rows, NewMessage(chat_room_id=made.id, sender_id=BEN, content="x")]
        assert refused(ada, lambda inner: inner.insert_many(false)) == DENIED
        with ada.stream(select(Message.id)) as found:
            assert len(list(found)) == 300


# ---------------------------------------------------------------- organizations


def test_colleagues_see_each_other_and_nobody_else_does(people: Tx) -> None:
    acme, other = make.organization(people), make.organization(people, "Other")
    jobs = [(acme, ADA, CorporateRole.OWNER), (acme, BEN, CorporateRole.MEMBER), (other, EVE, CorporateRole.OWNER)]
    rows = [NewCorporateUser(organization_id=each.id, user_id=user, role=role) for each, user, role in jobs]
    unwrap(people.insert_many(rows))
    promoted = update(CorporateUser).set(CorporateUser.role.to(CorporateRole.OWNER)).all_rows()
    for user, seen in ((ADA, {ADA, BEN}), (BEN, {ADA, BEN}), (EVE, {EVE})):
        with acting(people, user) as own:
            assert set(unwrap(own.all(select(CorporateUser.user_id)))) == seen
            assert count(own, Organization) == 2
            assert refused(own, lambda inner: inner.execute(promoted)) == DENIED
    with acting(people, BEN) as ben:
        assert ben.execute(delete(CorporateUser).all_rows()) == Success(1)
    assert count(people, CorporateUser) == 2


# ---------------------------------------------------------------- tables without row security

MAY_READ: dict[type[Table], tuple[bool, bool]] = {
    GeneralUser: (True, True),
    VirtualUser: (True, True),
    VirtualUserProfile: (True, True),
    Organization: (False, True),
    VirtualUserChat: (False, True),
    GeneralUserProfile: (False, True),
    Address: (False, True),
    ChatRoom: (False, True),
    UserChat: (False, True),
    Message: (False, True),
    CorporateUser: (False, True),
    Embedding: (False, False),
}
"""Who has the right to ask at all: anon, and those who have signed up."""


@pytest.mark.parametrize("table", MAY_READ, ids=lambda table: table.__name__)
def test_who_may_ask_a_table_at_all(people: Tx, table: type[Table]) -> None:
    def asked(inner: Tx) -> Outcome[int]:
        return inner.scalar(select(fn.count()).from_(table))

    for name, may in zip(("anon", "authenticated"), MAY_READ[table], strict=True):
        with people.as_role(name) as own:
            with own.transaction(rollback=True) as inner:
                found = asked(inner)
            assert isinstance(found, Success) == may
            if not may:
                assert isinstance(found.failure(), InsufficientPrivilege)


@pytest.mark.parametrize("table", [Organization, VirtualUser, VirtualUserProfile, VirtualUserChat, Embedding])
def test_nobody_but_the_server_writes_what_has_no_row_security(people: Tx, table: type[Table]) -> None:
    for name in ("anon", "authenticated"):
        with people.as_role(name) as own:
            assert refused(own, lambda inner: inner.execute(delete(table).all_rows())) == DENIED


def test_a_refusal_that_nobody_undoes_dooms_the_transaction(people: Tx) -> None:
    with pytest.raises(TransactionAborted, match="permission denied"), acting(people, ADA) as ada:
        ada.execute(delete(Organization).all_rows()).failure()
    assert count(people, GeneralUser) == 3
