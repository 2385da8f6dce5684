"""Filters: which objects are ours by their schemas and names, and that the order of the items decides nothing."""

from __future__ import annotations

import random
from enum import Enum
from typing import Any, Literal

import pytest

from qb import (
    Col,
    DefinitionError,
    Table,
    check,
    column,
    create_all,
    drop_all,
    foreign_key,
    function,
    grant,
    index,
    matching,
    materialized_view,
    member_of,
    namespace,
    partition_by_list,
    pg,
    policy,
    primary_key,
    publication,
    references,
    replica_identity,
    role,
    schema,
    select,
    sequence,
    serial,
    statistics,
    unique,
    view,
)
from qb.typing import Schema


class Mood(Enum):
    GOOD = "good"


class User(Table, name="users", schema="auth", rls=True):
    id: Col[int] = column(default=serial())
    mood: Col[Mood] = column(pg.enum("mood", Mood, schema="auth"))
    email: Col[str] = column(index=True, check=lambda email: email != "")


class Order(Table, name="app_orders"):
    id: Col[int] = column(primary_key=True)
    user_id: Col[int] = column(references=references(User.id))
    kind: Col[Literal["a", "b"]] = column(pg.enum("app_kind", Literal["a", "b"]), primary_key=True)


class Backup(Table, name="app_orders_backup"):
    id: Col[int] = column(primary_key=True)


reader, group = role("ours_reader"), role("ours_group")
by_kind = partition_by_list(Order, Order.kind)
emails = view("emails", select(User), schema="auth")
ITEMS: list[Any] = [
    User,
    Order,
    Backup,
    by_kind.partition("app_orders_a", "a"),
    by_kind.default("app_orders_rest"),
    reader,
    group,
    member_of(reader, group),
    grant("select", on=Order, to=reader),
    primary_key(User.id),
    unique(User.email),
    index("users_mood_idx", User.mood),
    policy(User, using=User.id > 0),
    check("orders_check", Order.id > 0),
    index("app_orders_idx", Order.user_id),
    replica_identity(Order, "full"),
    statistics("app_stats", Order.id, Order.user_id),
    foreign_key(Backup.id, User.id),
    sequence("app_numbers"),
    sequence("numbers", schema="auth"),
    emails,
    materialized_view("app_emails", select(emails)),
    publication("changes", Order),
    namespace("app"),
    namespace("auth"),
    function("uid", returns=int, schema="auth"),
    pg.enum("unused", Mood, schema="auth"),
]

ALL_OURS = [
    "role ours_group",
    "role ours_reader",
    "membership ours_group.ours_reader",
    "enum app_kind",
    "sequence app_numbers",
    "table app_orders",
    "index app_orders.app_orders_idx",
    "grant table app_orders.ours_reader.select",
    "publication changes",
    "table app_orders_a",
    "table app_orders_rest",
    "materialized view app_emails",
    "replica identity app_orders",
    "statistics app_orders.app_stats",
]


def created(of: Schema) -> list[str]:
    return [str(each.identity) for each in create_all(of).operations]


def test_what_is_not_ours_is_left_alone() -> None:
    found = schema(*ITEMS, ours=matching(schemas=["public"], leave=["*_backup"]))
    assert sorted(created(found)) == sorted(ALL_OURS)
    theirs = [each for each in created(found) if "auth" in each or "backup" in each]
    assert theirs == []
    assert not [each for each in drop_all(found).operations if "auth" in str(each.identity)]
    assert found.namespaces == ()
    assert found.ours.covers(None, "anything")
    assert not found.ours.covers("auth", "users")
    assert found != schema(*ITEMS)
    everything = created(schema(*ITEMS))
    assert {"table auth.users", "table app_orders_backup", "enum auth.mood", "enum auth.unused"} <= {*everything}
    assert len(everything) > 25


def test_names_are_patterns() -> None:
    found = schema(*ITEMS, ours=matching(names=["app_*"]))
    assert [each.title for each in found.tables if not each.external] == [
        "app_orders",
        "app_orders_a",
        "app_orders_backup",
        "app_orders_rest",
    ]
    assert [each.type_name for each in found.enums if not each.external] == ["app_kind"]
    assert matching(names=["a?"]).covers("x", "ab")
    assert not matching(names=["a?"]).covers("x", "abc")
    assert not matching(names=["ab"]).covers("x", "AB")


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_the_items_decides_nothing(seed: int) -> None:
    shuffled = random.Random(seed).sample(ITEMS, len(ITEMS))
    assert schema(*shuffled) == schema(*ITEMS)
    assert created(schema(*shuffled)) == created(schema(*ITEMS))


def test_what_theirs_points_to_is_not_asked_for() -> None:
    class Elsewhere(Table, name="elsewhere", schema="billing"):
        id: Col[int] = column(primary_key=True)

    class Bill(Table, name="bills", schema="billing"):
        id: Col[int] = column(primary_key=True)
        to: Col[int] = column(references=Elsewhere.id)

    class Own(Table, name="app_own"):
        bill: Col[int] = column(references=Bill.id)

    bills = view("bills_seen", select(Elsewhere), schema="billing")
    found = schema(Bill, Own, bills, ours=matching(names=["app_*"]))
    assert created(found) == ["table app_own"]
    with pytest.raises(DefinitionError, match=r"references billing\.elsewhere, which is not in the schema"):
        schema(Bill, Own, ours=matching(names=["app_*", "bills"]))


def test_what_is_no_filter() -> None:
    with pytest.raises(DefinitionError, match=r"matching takes a list of patterns: write schemas=\['app'\]"):
        matching(schemas="app")
    with pytest.raises(DefinitionError, match="matching: names are patterns of names, not ''"):
        matching(names=[""])
    wrong: Any = "app"
    with pytest.raises(DefinitionError, match="ours takes what matching"):
        schema(User, ours=wrong)
