"""Definitions that the checkers take, every function of it run: sequences, functions of a database, texts of any length,
what somebody else owns."""
# mypy: disallow-any-expr

from __future__ import annotations

from enum import Enum
from typing import Literal, NewType, assert_type
from uuid import UUID

from qb import (
    Col,
    Db,
    Expr,
    Table,
    check,
    column,
    compile,
    create_all,
    function,
    identity,
    index,
    namespace,
    pg,
    schema,
    select,
    sequence,
    serial,
)
from qb.typing import Computed

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


def collations() -> None:
    assert_type(Order.title.collate("C"), Expr[str])
    assert_type(Order.flag.collate("C", schema="pg_catalog"), Expr[str | None])
    assert_type(Order.slug.collate("C"), Expr[Slug])
    assert_type(Order.kind.collate("C"), Expr[Literal["a", "b"]])
    assert_type((Order.title + "!").collate("C"), Expr[str])
    assert_type(Order.id.cast(pg.text.collate("C")), Expr[str | None])


def calls(db: Db) -> None:
    assert_type(numbers.next(), Computed[int])
    assert_type(uid(), Expr[AuthId | None])
    assert_type(slugify(Order.title), Expr[Slug])
    assert_type(slugify("A B"), Expr[Slug])
    assert_type(padded(Order.title, 3), Expr[str])
    assert_type(padded(Order.flag, Order.id), Expr[str])
    assert_type(known(Order.owner), Expr[bool])
    mine = select(Order.id, slugify(Order.title)).where(known(Order.owner), Order.owner == uid())
    assert b'"auth"."uid"()' in compile(mine).sql
    made = create_all(schema(Order, Marker, Account, uid, slugify, by_slug, own_slug, namespace("app"), numbers))
    assert db.all(select(Order.id)).failure() is not None
    assert [each for each in made.statements if "auth" in each and "CREATE SCHEMA" in each] == []
