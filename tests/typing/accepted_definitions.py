"""Definitions that the checkers take, every function of it run: sequences, functions of a database, texts of any length,
what somebody else owns, partitions, and what a table is beside its columns."""
# mypy: disallow-any-expr

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import Literal, NewType, assert_type
from uuid import UUID

from qb import (
    MAXVALUE,
    MINVALUE,
    Col,
    Db,
    Expr,
    Select,
    Table,
    check,
    column,
    compile,
    create_all,
    function,
    identity,
    index,
    namespace,
    operator_class,
    partition_by_hash,
    partition_by_list,
    partition_by_range,
    pg,
    publication,
    published,
    replica_identity,
    schema,
    select,
    sequence,
    serial,
    statistics,
    unique,
)
from qb.typing import (
    Column,
    Called,
    Computed,
    HashPartitions,
    Index,
    Limit,
    ListPartitions,
    Namespace,
    Publication,
    PublishedTable,
    RangePartitions,
    ReplicaIdentity,
    Statistics,
)

OrderId = NewType("OrderId", int)
AuthId = NewType("AuthId", UUID)
Slug = NewType("Slug", str)


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


numbers = sequence("order numbers", type=pg.integer, start=1000, min=1000, max=9999, cache=10, cycle=True)
uid = function("uid", returns=AuthId | None, schema="auth", volatility="stable")
slugify = function("slugify", pg.text, returns=Slug, volatility="immutable", strict=True)
padded = function("padded", pg.varchar, pg.integer, returns=str, type=pg.varchar(20), volatility="immutable")
known = function("known", pg.uuid, returns=bool)
fresh = function("fresh", returns=UUID)


class Account(Table, name="accounts", schema="auth", external=True):
    id: Col[AuthId] = column(primary_key=True)
    email: Col[str | None] = column(pg.varchar)


class Order(Table, name="orders of definitions"):
    id: Col[OrderId] = column(pg.integer, primary_key=True, default=serial())
    number: Col[int] = column(default=numbers.next())
    branded: Col[OrderId] = column(default=numbers.next())
    given: Col[int | None] = column(pg.smallint, default=numbers.next())
    counted: Col[OrderId] = column(generated=identity(start=10, increment=-1, min=1, max=10, cache=2, cycle=True))
    owner: Col[AuthId | None] = column(default=uid(), references=Account.id)
    token: Col[AuthId] = column(default=fresh(), on_update=fresh())
    title: Col[str] = column(pg.varchar)
    size: Col[Size] = column(pg.varchar)
    kind: Col[Literal["a", "b"]] = column(pg.char)
    code: Col[str] = column(pg.char(4))
    flag: Col[str | None] = column(pg.bpchar)
    slug: Col[Slug] = column(generated=slugify(title))
    sorted: Col[str] = column(pg.text.collate("C"))
    shop: Col[Size] = column(pg.varchar(20).collate("C", schema="pg_catalog"))
    initial: Col[str | None] = column(pg.char(2).collate("C"))
    several: Col[list[str]] = column(pg.array(pg.text.collate("C")))


class Marker(Table, name="markers of definitions"):
    pass


by_slug = index(
    "orders_slug_idx", slugify(Order.title), Order.title.collate("C").desc(), where=padded(Order.code, 4) != ""
)
own_slug = check("orders_slug_check", slugify(Order.title) == Order.slug)


class Event(Table, name="events of definitions", with_={"fillfactor": 70, "toast.autovacuum_enabled": False}):
    day: Col[dt.date]
    number: Col[OrderId]
    size: Col[Size | None] = column(default=None, storage="external", compression="lz4", statistics=500)


class Festival(Table, name="festivals of definitions", inherits=Event, unlogged=True, tablespace="fast", method="heap"):
    day: Col[dt.date]
    number: Col[OrderId]
    size: Col[Size | None] = column(default=None, storage="external", compression="lz4", statistics=500)


by_day = partition_by_range(Event, Event.day)
by_number = partition_by_range(Event, Event.number, Event.day, operator_class=[None, operator_class("date_ops")])
january = by_day.partition("january", dt.date(2024, 1, 1), dt.date(2024, 2, 1), schema="app", with_={"fillfactor": 50})
by_size = partition_by_list(january, january.size)
small = by_size.partition("small", Size.SMALL, None, unlogged=True)
by_id = partition_by_list(small, small.number)
nobodys = by_id.partition("nobodys", OrderId(1), None)


def partitions() -> None:
    assert_type(by_day, RangePartitions[Event, dt.date | Limit])
    assert_type(by_number, RangePartitions[Event, tuple[OrderId | Limit, dt.date | Limit]])
    assert_type(by_size, ListPartitions[Event, Size | None])
    assert_type(partition_by_hash(Event, Event.number, Event.size), HashPartitions[Event])
    assert_type(january, type[Event])
    assert_type(small, type[Event])
    assert_type(by_id, ListPartitions[Event, OrderId])
    assert_type(nobodys, type[Event])
    assert_type(by_day.partition("rest", MINVALUE, dt.date(2024, 1, 1)), type[Event])
    assert_type(by_day.default("rest"), type[Event])
    assert_type(by_number.partition("p", (OrderId(1), MINVALUE), (MAXVALUE, MAXVALUE)), type[Event])
    assert_type(partition_by_hash(Event, Event.day).partition("p", modulus=4, remainder=0), type[Event])
    assert_type(select(small), Select[Event])
    assert_type(select(small.size, january.number), Select[tuple[Size | None, OrderId]])
    assert_type(small.day, Column[dt.date])


def beside() -> None:
    assert_type(statistics("s", Event.day, Event.number, kinds=["mcv", "ndistinct"], target=5), Statistics)
    assert_type(replica_identity(Event, "full"), ReplicaIdentity)
    assert_type(replica_identity(Event, using=unique(Event.number)), ReplicaIdentity)
    some = published(Event, Event.day, Event.number, where=Event.size.is_not_null())
    assert_type(some, PublishedTable)
    assert_type(publication("p", Order, some, publish=["insert", "delete"]), Publication)
    assert_type(publication("p", schemas=["app"], via_partition_root=True), Publication)


def collations() -> None:
    assert_type(Order.title.collate("C"), Expr[str])
    assert_type(Order.flag.collate("C", schema="pg_catalog"), Expr[str | None])
    assert_type(Order.slug.collate("C"), Expr[Slug])
    assert_type(Order.kind.collate("C"), Expr[Literal["a", "b"]])
    assert_type((Order.title + "!").collate("C"), Expr[str])
    assert_type(Order.id.cast(pg.text.collate("C")), Expr[str | None])


def renamed() -> None:
    assert_type(namespace("app", renamed_from="old"), Namespace)
    assert_type(index("by_title", Order.title, renamed_from=None), Index)


def calls(db: Db) -> None:
    assert_type(numbers.next(), Computed[int])
    assert_type(uid(), Called[AuthId | None])
    assert_type(slugify(Order.title), Called[Slug])
    assert_type(slugify("A B"), Called[Slug])
    assert_type(padded(Order.title, 3), Called[str])
    assert_type(padded(Order.flag, Order.id), Called[str])
    assert_type(known(Order.owner), Called[bool])
    mine = select(Order.id, slugify(Order.title)).where(known(Order.owner), Order.owner == uid())
    assert b'"auth"."uid"()' in compile(mine).sql
    first = schema(Order, Marker, Account, uid, slugify)
    made = create_all(schema(first, by_slug, own_slug, namespace("app"), numbers))
    assert db.all(select(Order.id)).failure() is not None
    assert [each for each in made.statements if "auth" in each and "CREATE SCHEMA" in each] == []
