"""What is doubtful about who sees which rows, each beside what PostgreSQL makes of it."""

from __future__ import annotations

import pytest

from qb import (
    Col,
    DefinitionError,
    Expr,
    Shape,
    Success,
    Table,
    Tx,
    alias,
    column,
    create_all,
    default_privileges,
    exists,
    explain_policy,
    exposures,
    fn,
    grant,
    insert,
    materialized_view,
    member_of,
    new,
    policy,
    refresh,
    role,
    schema,
    select,
    sql,
    trusted,
    unwrap,
    view,
)
from qb.declare.always import holds_always
from qb.errors import InvalidSql
from qb.typing import Exposure, Role, Schema


class Room(Table, name="exposed rooms", rls=True):
    id: Col[int] = column(primary_key=True)
    owner: Col[str] = column()


class Member(Table, name="exposed_members", rls=True):
    room: Col[int] = column(primary_key=True)
    who: Col[str] = column(primary_key=True)


class Open(Table, name="exposed_open"):
    id: Col[int] = column(primary_key=True)


@pytest.fixture
def guest(qb_url: str) -> Role:
    """A role of this process's own: roles belong to the whole server."""
    return role("guest of " + qb_url.partition("?")[0].rpartition("/")[2])


class Number(Shape):
    id: Col[int]


me = sql("current_user").as_(str, not_null=True)
everything = sql("TRUE").as_(bool, not_null=True)


def raw(text: str) -> Expr[bool]:
    return sql(trusted(text)).as_(bool, not_null=True)


EVERY_ROW = [
    *map(raw, ("(true)", "( ( TRUE ) )", "1 = 1", "(2 >= 2)", "'a' = 'a'", "not false", "owner = 'y' or true")),
    raw("true or owner = id::text"),
    (Room.owner == "y") | raw("true"),
    raw("1 = 1") & raw("true"),
    Room.id == Room.id,
    Room.id.is_not_null(),
    Room.id.is_not_distinct_from(Room.id),
    sql("{a} = {a}", a=Room.id).as_(bool, not_null=True),
    sql("({a})", a=raw("true")).as_(bool, not_null=True),
    ~raw("false"),
]
SOME_ROWS = [
    *map(
        raw, ("1 = 2", "owner = owner", "'a or true' = owner", "owner = 'x' and (id = 1 or true)", "(id = 1) or (true)")
    ),
    (Room.owner == "y") & raw("true"),
    sql("{a} = {b}", a=Room.id, b=Room.id + 1).as_(bool, not_null=True),
    ~raw("true"),
    Room.id > Room.id,
]


def told(wanted: Schema, *roles: Role | str) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(each.kind, each.table, each.commands) for each in exposures(wanted, *roles)]


def count(tx: Tx, wanted: Schema, who: Role, table: type[Table]) -> int:
    """How many of two rows a role meets."""
    unwrap(tx.run(create_all(wanted)))
    for each in (1, 2):
        row = new(Room)(id=each, owner="x") if table is Room else new(Open)(id=each)
        unwrap(tx.execute(insert(row)))
    with tx.as_role(who) as own:
        return unwrap(own.scalar(select(fn.count()).from_(table)))


def test_a_table_without_row_security_is_open(qb_tx: Tx, guest: Role) -> None:
    wanted = schema(Open, guest, grant("select", "insert", on=Open, to=guest))
    assert told(wanted, guest) == [("no row security", "exposed_open", ("select", "insert"))]
    assert told(wanted) == []  # no policy names a role that rows would be kept from
    assert count(qb_tx, wanted, guest, Open) == 2


def test_row_security_without_a_policy_shows_nothing(qb_tx: Tx, guest: Role) -> None:
    wanted = schema(Room, guest, grant("select", "delete", on=Room, to=guest))
    assert told(wanted, guest.name) == [("no policy", "exposed rooms", ("select", "delete"))]
    assert str(exposures(wanted, guest)[0]) == (
        f"exposed rooms: {guest.name} may select and delete, and no policy lets it, so it meets no row there: give it "
        "one, or take the right away"
    )
    assert count(qb_tx, wanted, guest, Room) == 0


def test_a_restrictive_policy_alone_shows_nothing(qb_tx: Tx, guest: Role) -> None:
    narrowed = policy(Room, for_="select", to=guest, using=everything, restrictive=True)
    wanted = schema(Room, guest, narrowed, grant("select", on=Room, to=guest))
    assert told(wanted) == [("no policy", "exposed rooms", ("select",))]
    assert str(explain_policy(Room, guest, wanted)).splitlines()[1:3] == [
        "  select: no row",
        "    and exposed rooms_select_policy: USING (TRUE)",
    ]
    assert count(qb_tx, wanted, guest, Room) == 0


def test_a_policy_of_every_row(qb_tx: Tx, guest: Role) -> None:
    all_rows = policy(Room, to=guest, using=everything)
    wanted = schema(Room, guest, all_rows, grant("select", on=Room, to="public"))
    assert told(wanted) == [("every row", "exposed rooms", ("select",))]
    assert count(qb_tx, wanted, guest, Room) == 2


@pytest.mark.parametrize("condition", EVERY_ROW, ids=str)
def test_a_policy_of_every_row_in_other_words(qb_tx: Tx, guest: Role, condition: Expr[bool]) -> None:
    all_rows = policy(Room, for_="select", to=guest, using=condition)
    wanted = schema(Room, guest, all_rows, grant("select", on=Room, to=guest))
    assert told(wanted) == [("every row", "exposed rooms", ("select",))]
    assert count(qb_tx, wanted, guest, Room) == 2


@pytest.mark.parametrize("condition", SOME_ROWS, ids=str)
def test_a_policy_of_some_rows(guest: Role, condition: Expr[bool]) -> None:
    some = policy(Room, for_="select", to=guest, using=condition)
    assert told(schema(Room, guest, some, grant("select", on=Room, to=guest))) == []


def test_a_policy_of_a_thousand_terms(guest: Role) -> None:
    condition = Room.owner == "x"
    for each in range(1_000):
        condition = condition | (Room.id == each)
    assert not holds_always(policy(Room, to=guest, using=condition).using.node)  # type: ignore[union-attr]
    assert holds_always(policy(Room, to=guest, using=condition | raw("true")).using.node)  # type: ignore[union-attr]


def test_rights_and_policies_of_groups_count(qb_tx: Tx, guest: Role) -> None:
    group, apart = role(f"group {guest.name}"), role(f"apart {guest.name}", inherit=False)
    own = policy(Room, for_="select", to=group, using=Room.owner == "x")
    inside = member_of(guest, group), member_of(apart, group)
    wanted = schema(Room, guest, group, apart, *inside, own, grant("select", "update", on=Room, to=group))
    assert told(wanted, guest, apart) == [("no policy", "exposed rooms", ("update",))]
    explained = explain_policy(Room, guest, wanted)
    assert [(each.command, each.granted, len(each.policies)) for each in explained.commands] == [
        ("select", True, 1),
        ("insert", False, 0),
        ("update", True, 0),
        ("delete", False, 0),
    ]
    assert not any(each.granted or each.policies for each in explain_policy(Room, apart, wanted).commands)
    assert count(qb_tx, wanted, guest, Room) == 2
    with qb_tx.as_role(apart, rollback=True) as own_tx:
        assert own_tx.scalar(select(fn.count()).from_(Room)).failure().sqlstate == "42501"


def test_views_that_ask_no_policy(qb_tx: Tx, guest: Role) -> None:
    own = policy(Room, for_="select", to=guest, using=Room.owner == "x")
    owners, own_rows = view("exposed owners", select(Room)), view("exposed own", select(Room), security_invoker=True)
    inside = view("exposed inside", select(owners), security_invoker=True)
    around = view("exposed around", select(own_rows))
    kept = materialized_view("exposed kept", select(Room))
    kept_own = materialized_view("exposed kept own", select(own_rows))
    harmless = view("exposed harmless", select(Open))
    unread = view("exposed unread", select(Room.id).map(Number))
    views = owners, own_rows, inside, around, kept, kept_own, harmless
    may = [grant("select", on=each, to=guest) for each in (Room, Open, *views)]
    wanted = schema(Room, Open, guest, own, *views, unread, *may)
    found = {each.table: each for each in exposures(wanted) if each.kind == "view"}
    assert sorted(found) == ["exposed inside", "exposed kept", "exposed kept own", "exposed owners"]
    assert "no policy of exposed rooms is asked of " + guest.name in str(found["exposed owners"])
    assert "security_invoker=True" in str(found["exposed inside"])
    assert "whoever refreshed it" in str(found["exposed kept"])
    unwrap(qb_tx.run(create_all(wanted)))
    unwrap(qb_tx.execute(insert(new(Room)(id=1, owner="x"), new(Room)(id=2, owner="y"))))
    unwrap(qb_tx.execute(refresh(kept)))
    unwrap(qb_tx.execute(refresh(kept_own)))
    with qb_tx.as_role(guest, rollback=True) as as_guest:
        assert len(unwrap(as_guest.all(select(own_rows)))) == 1
        assert len(unwrap(as_guest.all(select(around)))) == 1
        assert [len(unwrap(as_guest.all(select(each)))) for each in (owners, inside, kept, kept_own)] == [2] * 4


def test_default_privileges_are_told_as_what_they_are(guest: Role) -> None:
    later = default_privileges("select", on="tables", to=guest)
    elsewhere = default_privileges("insert", on="tables", to=guest, schema="elsewhere")
    assert told(schema(Open, guest, later, elsewhere), guest) == [("no row security", "exposed_open", ("select",))]
    (found,) = exposures(schema(Open, guest, later), guest)
    assert "may select by default privileges, where the table comes after them, and there is no row" in found.text
    of_another = default_privileges("select", on="tables", to=guest, owner=guest)
    assert exposures(schema(Open, guest, of_another), guest) == []
    assert "select (no right to it is declared)" in str(explain_policy(Open, guest, schema(Open, guest, later)))


def test_a_view_that_writes_as_its_owner(qb_tx: Tx, guest: Role) -> None:
    rooms = view("exposed writable", select(Room))
    wanted = schema(Room, guest, rooms, grant("insert", on=rooms, to=guest))
    (found,) = exposures(wanted, guest)
    assert (found.kind, found.commands) == ("view", ("insert",))
    assert "may insert, and it writes it with the rights of an owner" in found.text
    unwrap(qb_tx.run(create_all(wanted)))
    with qb_tx.as_role(guest, rollback=True) as as_guest:
        assert as_guest.execute(insert(rooms, rooms.id.to(1), rooms.owner.to("me"))) == Success(1)


def test_truncate_asks_no_policy(qb_tx: Tx, guest: Role) -> None:
    own = policy(Member, for_="delete", to=guest, using=Member.who == me)
    wanted = schema(Member, guest, own, grant("truncate", on=Member, to=guest))
    assert told(wanted) == [("every row", "exposed_members", ("truncate",))]
    unwrap(qb_tx.run(create_all(wanted)))
    unwrap(qb_tx.execute(insert(new(Member)(room=1, who="another"))))
    with qb_tx.as_role(guest, rollback=True) as as_guest:
        unwrap(as_guest.execute(sql("TRUNCATE exposed_members").command()))


def test_who_bypasses_is_exposed_to_nothing(guest: Role) -> None:
    root = role(f"root {guest.name}", bypassrls=True)
    wanted = schema(Open, Room, root, grant("all", on=Open, to=root), grant("all", on=Room, to=root))
    assert told(wanted, root) == []
    assert str(explain_policy(Room, root, wanted)).splitlines()[:2] == [
        f"exposed rooms as {root.name}: the role bypasses row security",
        "  select: every row",
    ]


def refused(tx: Tx, wanted: Schema, who: Role) -> bool:
    """Whether PostgreSQL says that policies end nowhere."""
    unwrap(tx.run(create_all(wanted)))
    with tx.as_role(who, rollback=True) as own:
        match own.all(select(Room.id)):
            case Success():
                return False
            case failure:
                error = failure.failure()
                assert isinstance(error, InvalidSql)
                return "infinite recursion" in str(error)


def test_a_table_that_asks_itself(qb_tx: Tx, guest: Role) -> None:
    other = alias(Room, "other")
    own = policy(Room, for_="select", to=guest, using=exists(select(other.id).where(other.owner == me)))
    wanted = schema(Room, guest, own, grant("select", on=Room, to=guest))
    (found,) = exposures(wanted)
    assert (found.kind, found.commands) == ("circle", ("select",))
    assert "exposed rooms reads exposed rooms: ask in a function with security definer" in found.text
    assert refused(qb_tx, wanted, guest)


@pytest.mark.parametrize("asked", [True, False])
def test_two_tables_that_ask_each_other(qb_tx: Tx, guest: Role, asked: bool) -> None:
    in_room = exists(select(Member.who).where(Member.room == Room.id, Member.who == me))
    owns = exists(select(Room.id).where(Room.id == Member.room, Room.owner == me))
    rooms = policy(Room, for_="select", to=guest, using=in_room)
    members = policy(Member, for_="select", to=guest, using=owns if asked else Member.who == me)
    rights = grant("select", on=Room, to=guest), grant("select", on=Member, to=guest)
    wanted = schema(Room, Member, guest, rooms, members, *rights)
    assert [each.kind for each in exposures(wanted)] == (["circle", "circle"] if asked else [])
    assert refused(qb_tx, wanted, guest) == asked


def test_what_is_no_role_of_the_schema(guest: Role) -> None:
    with pytest.raises(DefinitionError, match="the role 'nobody' is not in the schema"):
        exposures(schema(Open), "nobody")
    assert exposures(schema(Open), "public") == []


def test_an_exposure_is_a_value() -> None:
    one = Exposure("no row security", "t", "r", ("select",), "x")
    assert one == Exposure("no row security", "t", "r", ("select",), "x")
    assert str(one) == "t: x"
