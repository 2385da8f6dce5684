"""Every table written and read through its codecs, with rows that are made from its description."""

from collections.abc import Iterable
from typing import Any, TypeVar, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, Struct, structs

from qb import Database, New, Success, Table, Tx, insert, new, select, sql, trusted, unwrap
from qb.query.entity import TableRow
from qb.testing import factory, rows
from supabase_chat.documents import SignUp
from supabase_chat.ids import AuthUserId
from tables.supabase_chat import (
    Address,
    AuthUser,
    ChatRoom,
    CorporateUser,
    Embedding,
    GeneralUser,
    GeneralUserProfile,
    Message,
    Organization,
    UserChat,
    VirtualUser,
    VirtualUserChat,
    VirtualUserProfile,
)
from tables.supabase_chat.embeddings import DIMENSIONS
from tests.tables.supabase_chat import make

Row = TypeVar("Row", bound=Table)

ORDER: list[type[Table]] = [
    GeneralUser, GeneralUserProfile, Address, Organization, CorporateUser, VirtualUser, VirtualUserProfile, ChatRoom,
    UserChat, VirtualUserChat, Message, Embedding,
]  # fmt: skip
"""What is pointed to before what points to it."""


def written(tx: Tx, made: Iterable[New[Row]], table: type[Row]) -> list[Row]:
    """Rows inserted and read again, as they come back both times."""
    given = list(made)
    back = unwrap(tx.insert_many(given, insert(table).returning()))
    assert sorted(map(str, unwrap(tx.all(select(table))))) == sorted(map(str, back))
    for one, other in zip(given, back, strict=True):
        for name, value in structs.asdict(cast("Struct", one)).items():
            if value is not UNSET:
                assert getattr(other, name) == value, name
    return back


def special(table: type[Table], number: int, parents: list[Table]) -> dict[str, Any]:
    """What the description alone does not say: one sender, ids of auth.users, a vector of its dimensions."""
    if table is Message:
        users = [each.id for each in parents if isinstance(each, GeneralUser)]
        return {"sender_id": users[number % len(users)], "virtual_user_id": None}
    if table is Embedding:
        return {"embedding": [float(number)] * DIMENSIONS}
    return {}


def filled(tx: Tx, seed: int, count: int = 3) -> list[Table]:
    """Rows in every table, each pointing to some that were there before."""
    parents: list[Table] = []
    for table in ORDER:
        kind: Any = table
        given = [special(table, number, parents) for number in range(count)]
        maker = factory(kind, parents=parents, seed=seed)
        parents += written(tx, [maker(**each) for each in given], kind)
    return parents


@pytest.mark.parametrize("seed", range(3))
def test_every_table_takes_generated_rows_and_gives_them_back(tx: Tx, seed: int) -> None:
    made = filled(tx, seed)
    assert {type(each) for each in made} == set(ORDER)


@pytest.mark.parametrize("table", [GeneralUser, Organization], ids=lambda table: table.__name__)
def test_tables_without_parents_take_any_rows(chat: Database, table: type[TableRow]) -> None:
    kind: Any = table

    @given(made=rows(kind, max_size=4))
    def holds(made: list[New[Any]]) -> None:
        with chat.transaction(rollback=True) as tx:
            written(tx, made, kind)

    holds()


sign_ups = st.none() | st.builds(
    SignUp,
    st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9),
    st.none() | st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=9),
)


@given(signed=sign_ups)
def test_every_sign_up_makes_a_user(chat: Database, signed: SignUp | None) -> None:
    row = new(AuthUser)(id=AuthUserId(make.ADA), raw_user_meta_data=signed)
    with chat.as_role("supabase_auth_admin", rollback=True) as admin:
        unwrap(admin.execute(insert(row)))
        unwrap(admin.execute(sql("RESET ROLE").command()))
        made = unwrap(admin.one(select(GeneralUser)))
        assert admin.one(select(AuthUser.raw_user_meta_data)) == Success(signed)
    names = (None, None) if signed is None else (signed.display_name, signed.account_name)
    assert (made.display_name, made.account_name) == (
        "somebody" if names[0] is None else names[0],
        str(make.ADA) if names[1] is None else names[1],
    )


def test_ids_that_the_database_makes_are_all_different_and_of_one_form(tx: Tx) -> None:
    found = unwrap(tx.all(sql("SELECT generate_cuid() FROM generate_series(1, 2000)").rows(str)))
    assert len(set(found)) == 2_000
    assert all(len(each) == 25 and each[0] == "c" and int(each[1:], 16) >= 0 for each in found)


def test_a_change_by_whomever_is_noted(tx: Tx) -> None:
    user, *_ = filled(tx, 7, 1)
    assert isinstance(user, GeneralUser)
    text = "UPDATE general_users SET updated_at = '2001-01-01', display_name = 'x'"
    unwrap(tx.execute(sql(trusted(text)).command()))
    unwrap(tx.execute(sql("UPDATE general_users SET display_name = 'y'").command()))
    assert unwrap(tx.one(select(GeneralUser))).updated_at.year > 2001
