"""Policies and row security: who sees and writes which rows, and what no policy can be."""

from __future__ import annotations

from typing import Any

import pytest

from qb import (
    Col,
    DefinitionError,
    InsufficientPrivilege,
    Success,
    Table,
    Target,
    Tx,
    alias,
    column,
    create_all,
    drop_all,
    exists,
    fn,
    grant,
    insert,
    new,
    partition_by_list,
    partition_by_range,
    policy,
    role,
    schema,
    select,
    sql,
    view,
)
from qb.ddl.operation import Alter, Comment, Create, Drop
from qb.ddl.plan import undone
from qb.model.policy import Policy, RowSecurity
from qb.render.ddl.script import planned

me = sql("current_user").as_(str, not_null=True)
ada, kurt = role("qb_policy_ada"), role("qb_policy_kurt")


class Member(Table, name="members of policies"):
    room: Col[int] = column(primary_key=True)
    who: Col[str] = column(primary_key=True)


class Message(Table, name="messages of policies", rls=True):
    id: Col[int] = column(primary_key=True)
    room: Col[int] = column()
    author: Col[str] = column()


class Owned(Table, name="owned of policies", rls="force"):
    id: Col[int] = column(primary_key=True)


seen = policy(
    Message,
    for_="select",
    to=(ada, kurt),
    using=exists(select(Member).where(Member.room == Message.room, Member.who == me)),
)
written = policy(Message, for_="insert", to=ada, with_check=(Message.author == me) & (Message.room > 0))
strict = policy(Message, name="strict", restrictive=True, using=Message.room < 100)
house = schema(
    seen,
    written,
    strict,
    grant("select", "insert", on=Message, to=(ada, kurt)),
    grant("select", on=Member, to=(ada, kurt)),
    Message,
    Member,
    ada,
    kurt,
)


def test_rows_are_seen_and_written_as_it_says(qb_tx: Tx) -> None:
    qb_tx.run(create_all(house)).unwrap()
    rows = [new(Message)(id=number, room=number, author="x") for number in (1, 2, 100)]
    qb_tx.execute(insert(*rows)).unwrap()
    qb_tx.execute(insert(*(new(Member)(room=room, who=ada.name) for room in (1, 100)))).unwrap()
    qb_tx.execute(sql("SET LOCAL ROLE qb_policy_ada").command()).unwrap()
    assert qb_tx.all(select(Message.id)) == Success([1])
    assert qb_tx.execute(insert(new(Message)(id=4, room=1, author=ada.name))) == Success(1)
    refused = qb_tx.execute(insert(new(Message)(id=5, room=1, author="somebody else"))).failure()
    assert isinstance(refused, InsufficientPrivilege)


@pytest.mark.parametrize("whole", [False, True])
def test_sql_in_it_means_the_column_of_its_own_table(qb_tx: Tx, whole: bool) -> None:
    """Whatever the tables that the SQL reads have, and however deep in it the column stands."""
    room: Any = Message.room + 0 if whole else Message.room
    text = "EXISTS (SELECT 1 FROM {m} m WHERE m.room = {r} AND m.who = current_user)"
    mine = sql(text, m=Member, r=room).as_(bool, not_null=True)
    raw = policy(Message, name="raw", to=ada, using=(Message.author != "x") | mine)
    both = policy(
        Message, name="both", to=ada, restrictive=True, using=mine & exists(select(Member).where(Member.room == 1))
    )
    rights = (grant("select", on=Message, to=ada), grant("select", on=Member, to=ada))
    qb_tx.run(create_all(schema(Message, Member, ada, raw, both, *rights))).unwrap()
    rows = [new(Message)(id=number, room=number, author="x") for number in (1, 2)]
    qb_tx.execute(insert(*rows)).unwrap()
    qb_tx.execute(insert(new(Member)(room=1, who=ada.name))).unwrap()
    qb_tx.execute(sql("SET LOCAL ROLE qb_policy_ada").command()).unwrap()
    assert qb_tx.all(select(Message.id)) == Success([1])


class Sale(Table, name="sales of policies", rls="force"):
    room: Col[int] = column(primary_key=True)
    kind: Col[int] = column(primary_key=True)
    who: Col[str]


by_room = partition_by_range(Sale, Sale.room)
low = by_room.partition("low sales", 0, 10)
high = by_room.partition("high sales", 10, 20, rls=False)
by_kind = partition_by_list(low, low.kind)
ones = by_kind.partition("ones of low", 1)
rest = by_kind.default("rest of low", rls=True)
parts = (low, high, ones, rest)


def test_a_partition_is_as_its_table_is(qb_tx: Tx) -> None:
    """Who reads it by its own name is held to its own policies."""
    own = policy(Sale, to=ada, using=Sale.who == me)
    of_ones = policy(ones, to=ada, using=(ones.who == me) & (ones.room > 1))
    rights = (grant("select", on=each, to=ada) for each in (Sale, *parts))
    qb_tx.run(create_all(schema(Sale, *parts, own, of_ones, ada, *rights))).unwrap()
    rows = [(1, 1), (2, 1), (3, 2), (10, 1)]
    qb_tx.insert_many([new(Sale)(room=room, kind=kind, who=ada.name) for room, kind in rows]).unwrap()
    asked = sql(
        "SELECT relname::text, relforcerowsecurity FROM pg_class WHERE relrowsecurity AND relname ~ 'sales|low' "
        'ORDER BY relname COLLATE "C"'
    )
    forced = [("low sales", True), ("ones of low", True), ("rest of low", False), ("sales of policies", True)]
    assert qb_tx.all(asked.rows(tuple[str, bool])) == Success(forced)
    qb_tx.execute(sql("SET LOCAL ROLE qb_policy_ada").command()).unwrap()
    counted = [qb_tx.one(select(fn.count()).from_(each)) for each in (Sale, *parts)]
    assert counted == [Success(4), Success(0), Success(1), Success(1), Success(0)]


def test_a_policy_of_a_partition_without_row_security_is_refused() -> None:
    with pytest.raises(DefinitionError, match="no row security, so nobody asks it: write rls=True where the partition"):
        schema(Sale, low, high, policy(high, using=high.who == me))
    options: Any = {"rls": "off"}
    with pytest.raises(DefinitionError, match=r'the partition .a. of sales of policies: rls is True, or "force"'):
        by_room.default("a", **options)


def test_it_is_created_after_what_it_reads_and_dropped_before(qb_tx: Tx) -> None:
    made, gone = create_all(house), drop_all(house, roles=[ada, kurt])
    kinds = [each.identity.kind for each in made.operations]
    assert kinds[-4:] == ["policy", "policy", "policy", "row security"]
    assert [each.identity.kind for each in gone.operations][:2] == ["policy", "policy"]
    for _ in range(2):
        qb_tx.run(made).unwrap()
        qb_tx.run(create_all(house, if_not_exists=True)).unwrap()
        qb_tx.run(gone).unwrap()
        qb_tx.run(drop_all(house, if_exists=True, roles=[ada, kurt])).unwrap()


def test_row_security_is_enabled_forced_and_disabled(qb_tx: Tx) -> None:
    asked = sql("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = 'owned of policies'")
    forced = schema(Owned).tables[0]
    security = forced.attached[0]
    assert isinstance(security, RowSecurity)
    qb_tx.run(create_all(schema(Owned))).unwrap()
    assert qb_tx.one(asked.rows(tuple[bool, bool])) == Success((True, True))
    plain = RowSecurity(security.table, security.name)
    changes = [Alter(security, plain), Alter(plain, security), Alter(security, plain)]
    qb_tx.run(planned(changes, Target())).unwrap()
    assert qb_tx.one(asked.rows(tuple[bool, bool])) == Success((True, False))
    qb_tx.run(planned([Drop(plain)], Target())).unwrap()
    assert qb_tx.one(asked.rows(tuple[bool, bool])) == Success((False, False))
    with pytest.raises(DefinitionError, match="PostgreSQL keeps no comment on row security: comment on the table"):
        planned([Comment(plain, "x")], Target())


def test_it_is_altered_within_its_table(qb_tx: Tx) -> None:
    before = next(each for each in house.tables if each.attached)
    other = policy(Message, for_="select", to="public", using=Message.room > 1)
    anew = policy(Message, name="strict", restrictive=True, with_check=Message.room < 100)
    after = next(each for each in schema(Message, Member, ada, other, anew, written).tables if each.attached)
    changed = Alter(before, after)
    assert [type(each) for each in changed.steps] == [Alter, Alter]
    qb_tx.run(create_all(house)).unwrap()
    qb_tx.run(planned([changed, Comment(other, "it's seen")], Target())).unwrap()
    back = undone([changed])
    assert back is not None
    qb_tx.run(planned(back, Target())).unwrap()
    assert Create(seen).inverse == Drop(seen)
    assert [each.split(" ON ")[0].split(" TO ")[0] for each in planned([changed], Target()).statements] == [
        'ALTER POLICY "messages of policies_select_policy"',
        'DROP POLICY "strict"',
        'CREATE POLICY "strict"',
    ]


def test_policies_are_equal_by_what_they_say() -> None:
    again = policy(
        Message,
        for_="select",
        to=[ada, kurt],
        using=exists(select(Member).where(Member.room == Message.room, Member.who == me)),
    )
    assert again == seen
    assert policy(Message, using=Message.room > 1) != policy(Message, using=Message.room > 2)
    assert isinstance(seen, Policy)
    assert repr(seen) == "<policy messages of policies.messages of policies_select_policy>"


def test_an_older_server_lacks_restrictive_policies() -> None:
    with pytest.raises(DefinitionError, match="a restrictive policy came with PostgreSQL 10"):
        create_all(schema(Message, strict), target=Target(9))


twin = alias(Message, "twin")
condition = Message.room > 0
WRONG = [
    (lambda: policy(Message, for_="select", with_check=condition), "is for select and has with_check=.*: write using="),
    (lambda: policy(Message, for_="delete", using=condition, with_check=condition), "is for delete and has with_check"),
    (lambda: policy(Message, for_="insert", using=condition), "is for insert and has using=.*: write with_check="),
    (lambda: policy(Message, for_="insert"), "has no condition: give with_check="),
    (lambda: policy(Message), "on messages of policies has no condition: give using= or with_check="),
    (lambda: policy(Message, for_="merge", using=condition), "is for one of all, select, insert, update, delete"),  # type: ignore[arg-type]
    (lambda: policy(Message, to="qb_policy_ada", using=condition), "is for roles: role"),
    (lambda: policy(Message, using=True), "using takes a condition such as Task.user_id == me, not True"),  # type: ignore[arg-type]
    (lambda: policy(Message, using=Member.room > 0), "using uses members of policies.room, a column of another table"),
    (lambda: policy(Message, using=twin.room > 0), "using uses twin.room, a column of another table"),
    (lambda: policy(Message, using=fn.count() > 0), "holds an aggregate or a window function, and it sees one row"),
    (lambda: policy(view("v", select(Member)), using=condition), "a policy is on a table, not on <view v>"),
    (lambda: policy(Message, name="", using=condition), "a policy on messages of policies"),
    (
        lambda: schema(Member, policy(Member, using=Member.room > 0)),
        "members of policies has the policy .* and no row security, so nobody asks it: write rls=True",
    ),
    (
        lambda: schema(Message, policy(Message, using=condition), policy(Message, using=Message.room > 1)),
        "are both called 'messages of policies_all_policy': give one of them another name",
    ),
    (lambda: schema(Message, written), "needs the role qb_policy_ada, which is not in the schema"),
    (lambda: schema(Message, ada, kurt, seen), "needs the table members of policies, which is not in the schema"),
]


@pytest.mark.parametrize(("wrong", "message"), WRONG, ids=[message for _, message in WRONG])
def test_what_cannot_be(wrong: object, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        wrong()  # type: ignore[operator]


def test_what_a_class_cannot_say() -> None:
    made: Any = type(Table)
    with pytest.raises(DefinitionError, match='class Wrong: rls is True, or "force"'):
        made("Wrong", (Table,), {}, name="wrong", rls="always")
    with pytest.raises(DefinitionError, match="class Mixin is no table, so it has no rls: give it a name="):
        made("Mixin", (Table,), {}, rls=True)
