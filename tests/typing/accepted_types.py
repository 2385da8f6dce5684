"""Types of one's own that the checkers take, every function of it run: domains."""
# mypy: disallow-any-expr

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from typing import NewType, assert_type

from qb import Col, Expr, Table, column, compile, create_all, domain, fn, new, pg, schema, select
from qb.typing import Column, SqlType

Email = NewType("Email", str)
Cents = NewType("Cents", int)


class Size(Enum):
    SMALL = "small"


email = domain("email", pg.text, brand=Email, check=lambda value: fn.lower(value) == value, collate="C")
work = domain("work", email, brand=Email, check={"short": lambda value: fn.length(value) < 9}, default=Email("a@b"))
cents = domain("cents", pg.bigint, brand=Cents, check=lambda value: value > 0, default=5, not_null=True)
price = domain("price", pg.numeric(8, 2), check=lambda value: value > Decimal("0.5"))
words = domain("words", pg.varchar(80), schema="app", default="x")
days = domain("days", pg.daterange)
day = domain("day", pg.date, check=lambda value: value > dt.date(2000, 1, 1))
labels = domain("labels", pg.array(pg.text), check=lambda value: fn.cardinality(value) < 3)
stamp = domain("stamp", pg.timestamptz, default=fn.now(), external=True)
size = domain("size", pg.enum("sizes", Size))


class Order(Table, name="orders of types"):
    email: Col[Email] = column(email)
    work: Col[Email | None] = column(work, default=None)
    cents: Col[Cents] = column(cents)
    price: Col[Decimal] = column(price, check=lambda price: price < 5)
    words: Col[str] = column(words)
    label: Col[Size] = column(words)
    day: Col[dt.date | None] = column(day, default=None)
    labels: Col[list[str]] = column(labels, default=[])
    emails: Col[list[Email]] = column(pg.array(email), default=[])
    stamp: Col[dt.datetime] = column(stamp, default=fn.now())
    size: Col[Size] = column(size)


def domains() -> None:
    assert_type(email, SqlType[Email | None])
    assert_type(cents, SqlType[Cents | None])
    assert_type(day, SqlType[dt.date | None])
    assert_type(size, SqlType[Size | None])
    assert_type(pg.array(cents), SqlType[Sequence[Cents | None] | Sequence[Sequence[Cents | None]] | None])
    assert_type(Order.email, Column[Email])
    assert_type(Order.words == "x", Expr[bool])
    made = new(Order)(email=Email("a"), cents=Cents(5), price=Decimal(1), words="w", label=Size.SMALL, size=Size.SMALL)
    assert made.email == "a"
    compile(select(Order.cents + 1, Order.price * 2, fn.upper(Order.email)).where(Order.emails == [Email("a")]))
    assert len(create_all(schema(Order, days)).statements) == 13
