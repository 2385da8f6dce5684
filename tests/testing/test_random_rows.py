"""`factory`: rows for plain tests, from the description alone."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, NewType, cast

import msgspec
import pytest

from qb import (
    Col,
    DefinitionError,
    Hidden,
    Range,
    Success,
    Table,
    Tx,
    check,
    column,
    create_all,
    fn,
    identity,
    index,
    insert,
    new,
    pg,
    references,
    schema,
    select,
    unique,
)
from qb.testing import factory
from qb.typing import TsVector

ShopId = NewType("ShopId", int)


class Status(Enum):
    OPEN = "open"
    DONE = "done"


class Tree(msgspec.Struct, frozen=True):
    name: str
    children: list[Tree] = []
    parent: Tree | None = None


class Shop(Table, name="factory_shops", rename="camel"):
    id: Col[ShopId] = column(primary_key=True, default=identity())
    short_name: Col[str] = column(pg.varchar(8), unique=True, check=lambda name: fn.length(fn.trim(name)) >= 3)
    code: Col[str] = column(pg.char(3))
    status: Col[Status] = column(pg.enum("factory_status", Status))
    kind: Col[Literal["a", "b"]]
    price: Col[Decimal] = column(pg.numeric(6, 3), check=lambda price: (price > 5) & (price < 7))
    score: Col[float] = column(pg.real)
    small: Col[int] = column(pg.smallint, check=lambda small: small.in_([3, 7]))
    day: Col[dt.date] = column(check=lambda day: day >= dt.date(2024, 1, 1))
    seen_at: Col[dt.datetime] = column(pg.timestamptz(0))
    local: Col[dt.datetime] = column(pg.timestamp)
    clock: Col[dt.time]
    span: Col[dt.timedelta]
    tags: Col[list[str]] = column(pg.array(pg.varchar(5)))
    grid: Col[list[list[int]]] = column(pg.array(pg.integer))
    tree: Col[Tree]
    raw: Col[bytes]
    days: Col[Range[dt.date]] = column(pg.daterange)
    body: Hidden[str] = column()
    created_at: Col[dt.datetime] = column(default=fn.now())
    note: Col[str | None] = column(default=None)
    twice: Col[int] = column(generated=small * 2)


class Sale(Table, name="factory_sales"):
    id: Col[int] = column(primary_key=True, default=identity())
    shop_id: Col[ShopId] = column(references=references(Shop.id, on_delete="cascade"))
    replaces: Col[int | None] = column(references=lambda: Sale.id, default=None)
    first: Col[int]
    last: Col[int]
    place: Col[int] = column(check=lambda place: (place >= 1) & (place <= 4))


ordered = check("factory_sales_ordered", Sale.first <= Sale.last)
one_place = unique(Sale.shop_id, Sale.place)
by_span = index("factory_sales_span", Sale.first, Sale.last, unique=True)


def test_rows_are_what_the_table_wants(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(Shop, Sale, ordered, one_place, by_span))).unwrap()
    make = factory(Shop, seed=5)
    assert qb_tx.insert_many(make.many(40)) == Success(40)
    shop = qb_tx.one(insert(make(short_name="Ada's", note="x")).returning()).unwrap()
    assert (shop.short_name, shop.note, shop.twice) == ("Ada's", "x", shop.small * 2)
    sales = factory(Sale, parents=[shop])
    made = sales.many(4)
    assert qb_tx.insert_many(made) == Success(4)
    assert {cast("Any", each).shop_id for each in made} == {shop.id}
    assert sorted(cast("Any", each).place for each in made) == [1, 2, 3, 4]
    with pytest.raises(DefinitionError, match=r"factory\(Sale\): no row could be made \(two rows have the same key\)"):
        sales()


class Issue(Table, name="factory_issues"):
    kind: Col[Literal["a", "b"]]
    number: Col[int] = column(default=1)
    note: Col[str] = column(default="x")


one_number = unique(Issue.kind, Issue.number)


def test_a_default_that_is_part_of_a_key_is_not_every_rows(qb_tx: Tx) -> None:
    made = factory(Issue, seed=1).many(20)
    qb_tx.run(create_all(schema(Issue, one_number))).unwrap()
    assert qb_tx.insert_many(made) == Success(20)
    assert {row.note for row in qb_tx.all(select(Issue)).unwrap()} == {"x"}  # left out, as in other short rows


def test_a_seed_gives_the_same_rows() -> None:
    assert factory(Shop, seed=1).many(5) == factory(Shop, seed=1).many(5)
    assert factory(Shop, seed=1)() != factory(Shop, seed=2)()


def test_a_whole_row_needs_no_database() -> None:
    shop = factory(Shop).row(twice=4, small=3)
    assert (shop.twice, shop.small, shop.note) == (4, 3, None)
    assert isinstance(shop.created_at, dt.datetime)
    with pytest.raises(TypeError, match="twice must be given"):
        factory(Shop).row()
    sale = factory(Sale, parents=[shop]).row(first=1, last=2)
    assert (sale.shop_id, sale.replaces) == (shop.id, None)


def test_what_is_named_is_taken_as_it_is_where_the_checks_let_it() -> None:
    made: Any = factory(Sale)(shop_id=ShopId(7), first=3, last=3)
    assert (made.shop_id, made.first, made.last) == (7, 3, 3)
    with pytest.raises(
        DefinitionError, match=r"\(first, last: a check refuses what was drawn\): give first=... and last=..."
    ):
        factory(Sale)(shop_id=ShopId(7), first=3, last=2)
    with pytest.raises(DefinitionError, match="nothing is no column that an insert may give"):
        factory(Sale)(shop_id=ShopId(7), nothing=1)
    with pytest.raises(DefinitionError, match="twice is no column that an insert may give"):
        factory(Shop)(twice=1)


def test_what_no_row_can_be_made_of_is_said_with_the_fix() -> None:
    with pytest.raises(DefinitionError, match=r"factory\(Sale\): shop_id points to factory_shops, .* parents="):
        factory(Sale)()
    with pytest.raises(DefinitionError, match="parents are rows that a query gave, not int"):
        factory(Sale, parents=[5])
    with pytest.raises(DefinitionError, match=r"takes what stands beside its table: .* not <check"):
        factory(Shop, ordered)

    class Odd(Table, name="factory_odd"):
        words: Col[TsVector] = column(pg.tsvector)

    with pytest.raises(DefinitionError, match=r"\(words: qb makes no values of tsvector\): give words=\.\.\."):
        factory(Odd)()
    assert cast("Any", factory(Odd)(words=TsVector("'a'"))).words == "'a'"

    class Sorted(Table, name="factory_sorted"):
        name: Col[str] = column(check=lambda name: name > "a")

    with pytest.raises(DefinitionError, match=r"a check on name .*the order of texts, .* say what name may be"):
        factory(Sorted)()
    assert cast("Any", factory(Sorted)(name="b")).name == "b"
    with pytest.raises(DefinitionError, match="factory takes a table class, not"):
        factory(cast("Any", new(Shop)))
