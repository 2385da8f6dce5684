"""Types of one's own that the checkers take, every function of it run: domains, composite types."""
# mypy: disallow-any-expr

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from typing import Annotated, NewType, assert_type

import msgspec

from qb import (
    Col,
    Expr,
    Table,
    collation,
    column,
    compile,
    composite,
    create_all,
    custom_object,
    domain,
    extension,
    fn,
    index,
    new,
    pg,
    schema,
    select,
    sql,
    text_search_configuration,
    unique,
)
from qb.typing import Collation, Column, CustomObject, Extension, SqlType, TextSearchConfiguration

Email = NewType("Email", str)
Cents = NewType("Cents", int)


class Size(Enum):
    SMALL = "small"


# mypy takes the argument of a lambda that is given to an overloaded function for Any: these have names.
def is_lower(value: Expr[str | None]) -> Expr[bool | None]:
    return fn.lower(value) == value


def is_short(value: Expr[str | None]) -> Expr[bool | None]:
    return fn.length(value) < 9


def is_some(value: Expr[int | None]) -> Expr[bool | None]:
    return value > 0


def is_dear(value: Expr[Decimal | None]) -> Expr[bool | None]:
    return value > Decimal("0.5")


def is_late(value: Expr[dt.date | None]) -> Expr[bool | None]:
    return value > dt.date(2000, 1, 1)


def is_cheap(price: Expr[Decimal]) -> Expr[bool]:
    return price < 5


def is_few(value: Expr[Sequence[str | None] | Sequence[Sequence[str | None]] | None]) -> Expr[bool | None]:
    return sql("cardinality({v}) < 3", v=value).as_(bool)


email_type = domain("email", pg.text, brand=Email, check=is_lower, collate="C")
work = domain("work", email_type, brand=Email, check={"short": is_short}, default=Email("a@b"))
cents = domain("cents", pg.bigint, brand=Cents, check=is_some, default=5, not_null=True)
price = domain("price", pg.numeric(8, 2), check=is_dear)
words_type = domain("words", pg.varchar(80), schema="app", default="x")
days = domain("days", pg.daterange)
day = domain("day", pg.date, check=is_late)
labels = domain("labels", pg.array(pg.text), check=is_few)
stamp = domain("stamp", pg.timestamptz, default=fn.now(), external=True)
size = domain("size", pg.enum("sizes", Size))


class Point(msgspec.Struct, frozen=True):
    x: float
    y: Annotated[float, pg.real] = 0.0


class Address(msgspec.Struct, frozen=True):
    city: str
    email: Email
    code: str | None = None
    at: Point | None = None


point_type = composite("point of types", Point)
address_type = composite(
    "address", Address, types={"code": pg.varchar(5), "email": email_type, "at": point_type}, schema="app"
)


class Place(Table, name="places of types"):
    address: Col[Address] = column(address_type)
    other: Col[Address | None] = column(address_type, default=None)
    points: Col[list[Point]] = column(pg.array(point_type), default=[Point(1.0)])


class Order(Table, name="orders of types"):
    email: Col[Email] = column(email_type)
    work: Col[Email | None] = column(work, default=None)
    cents: Col[Cents] = column(cents)
    price: Col[Decimal] = column(price, check=is_cheap)
    words: Col[str] = column(words_type)
    label: Col[Size] = column(words_type)
    day: Col[dt.date | None] = column(day, default=None)
    labels: Col[list[str]] = column(labels, default=[])
    emails: Col[list[Email]] = column(pg.array(email_type), default=[])
    stamp: Col[dt.datetime] = column(stamp, default=fn.now())
    size: Col[Size] = column(size)


def domains() -> None:
    assert_type(email_type, SqlType[Email | None])
    assert_type(cents, SqlType[Cents | None])
    assert_type(day, SqlType[dt.date | None])
    assert_type(size, SqlType[Size | None])
    assert_type(pg.array(cents), SqlType[Sequence[Cents | None] | Sequence[Sequence[Cents | None]] | None])
    assert_type(Order.email, Column[Email])
    assert_type(Order.words == "x", Expr[bool])
    made = new(Order)(email=Email("a"), cents=Cents(5), price=Decimal(1), words="w", label=Size.SMALL, size=Size.SMALL)
    assert made is not None
    compile(select(Order.cents + 1, Order.price * 2, fn.upper(Order.email)).where(Order.emails == [Email("a")]))
    assert len(create_all(schema(Order, days)).statements) == 12


def composites() -> None:
    assert_type(point_type, SqlType[Point | None])
    assert_type(Place.address, Column[Address])
    assert_type(Place.address.path(lambda a: a.city), Expr[str | None])
    assert_type(Place.other.path(lambda a: a.email), Expr[Email | None])
    assert_type(Place.other.path(lambda a: a.at), Expr[Point | None])
    london = Address("x", Email("y"))
    assert new(Place)(address=london) is not None
    compile(select(Place.address).where(Place.address.path(lambda a: a.city) == "x", Place.other == london))
    assert len(create_all(schema(Place)).statements) == 5


plain = collation("plain of types", provider="builtin", locale="C.UTF-8", comment="c")
words_of = text_search_configuration("words of types", copy="english", mappings={"word": ["simple"]})
vectors = extension("vector", schema="ext", version="0.8", cascade=True)


class Kept(Table, name="kept of types", comment="what is kept"):
    text: Col[str] = column(pg.text.collate(plain), comment="t")


def objects() -> None:
    assert_type(plain, Collation)
    assert_type(words_of, TextSearchConfiguration)
    assert_type(vectors, Extension)
    assert_type(Kept.text.collate(plain), Expr[str])
    job = custom_object(
        "job", "nightly", create=sql("SELECT 1"), drop=[sql("SELECT 2")], needs=[Kept, vectors, email_type]
    )
    assert_type(job, CustomObject)
    made = schema(
        Kept,
        job,
        vectors,
        words_of,
        email_type,
        index("kept_idx", Kept.text, comment="i"),
        unique(Kept.text, comment="u"),
    )
    assert len(create_all(made).statements) > 8
