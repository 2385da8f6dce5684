"""What a Shape is filled with fits its fields: not NULL where they are never None, and of their type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import Enum
from typing import Any, Literal, NewType, cast

import pytest

from qb import (
    Col,
    QueryError,
    Shape,
    Success,
    Table,
    Tx,
    case,
    column,
    compile,
    create_all,
    cte,
    fn,
    identity,
    many,
    maybe,
    pg,
    schema,
    select,
    sql,
    update,
    value,
)

ParentId = NewType("ParentId", int)


class Colour(Enum):
    RED = "red"


class Parent(Table, name="shape_parents"):
    id: Col[ParentId] = column(primary_key=True, default=identity())
    name: Col[str] = column()
    hours: Col[int | None] = column(default=None)
    numbers: Col[list[int]] = column(default=[])


class Child(Table, name="shape_children"):
    id: Col[int] = column(primary_key=True, default=identity())
    parent: Col[ParentId | None] = column(default=None)
    title: Col[str] = column()


class Texts(Shape):
    a: Col[str]
    b: Col[str]


class Mixed(Shape):
    id: Col[int]
    text: Col[str | None]


joined = select(Parent.name, maybe(Child.title)).left_join(Child, on=Child.parent == Parent.id)

NULLS: dict[str, Any] = {
    "maybe, map": lambda: joined.map(cast("Any", Texts)),
    "a nullable column, into": lambda: select(Parent).into(
        Texts, Texts.a.to(Parent.name), Texts.b.to(cast("Any", fn.max(Child.title)))
    ),
    "cast": lambda: select(Parent.name, Parent.name.cast(cast("Any", Parent.name.type))).map(cast("Any", Texts)),
    "raw SQL": lambda: select(Parent.name, sql("NULL").as_(str)).map(cast("Any", Texts)),
    "beside a list": lambda: select(Parent.hours, many(select(Child.title).where(Child.parent == Parent.id))).map(
        cast("Any", Counted)
    ),
}


class Counted(Shape):
    id: Col[int]
    titles: Col[list[str]]


@pytest.mark.parametrize("name", NULLS)
def test_a_field_that_is_never_none_takes_nothing_that_may_be_null(name: str) -> None:
    with pytest.raises(QueryError, match=r"(map|into)\(\w+\): .* may be NULL, and its field \w+ is never None"):
        NULLS[name]()


class One(Shape):
    a: Col[Any]


CASTS: dict[str, tuple[Any, str]] = {
    "a column": (
        lambda: Parent.id.cast(pg.text),
        r'the cast of \w+.id to text .* or select fn.coalesce\(\w+.id.cast\(pg.text\), ""\), as every cast is typed as',
    ),
    "an expression": (
        lambda: (Parent.id + 1).cast(pg.double_precision),
        r"the cast of an expression to double precision .* fn.coalesce\(x.cast\(pg.double_precision\), 0\), as",
    ),
    "a type with a limit": (
        lambda: Parent.id.cast(pg.varchar(9)),
        r'the cast of \w+.id to varchar\(9\) .* fn.coalesce\(\w+.id.cast\(...\), ""\), as',
    ),
    "a time": (
        lambda: Parent.name.cast(pg.date),
        r"the cast of \w+.name to date .* fn.coalesce\(\w+.name.cast\(pg.date\), ...\), as",
    ),
    "no cast": (lambda: fn.max(Parent.id), r"map\(One\): max may be NULL, .* or select fn.coalesce\(...\)$"),
}


@pytest.mark.parametrize("name", CASTS)
def test_a_cast_is_called_one_and_how_it_is_never_null(name: str) -> None:
    build, message = CASTS[name]
    with pytest.raises(QueryError, match=message):
        select(build()).map(One)


def test_a_cast_that_is_coalesced_fits() -> None:
    assert "coalesce(CAST(" in str(compile(select(fn.coalesce(Parent.id.cast(pg.text), "")).map(One)))


def test_also_through_a_cte() -> None:
    inner = cte(joined.map(Optional))
    with pytest.raises(QueryError, match=r"map\(Texts\): .*\.b may be NULL, and its field b is never None"):
        select(inner.a, inner.b).map(cast("Any", Texts))


class Optional(Shape):
    a: Col[str]
    b: Col[str | None]


WRONG: dict[str, Any] = {
    "text for a number": lambda: select(Parent.name, Parent.name).map(cast("Any", Mixed)),
    "a number for text": lambda: select(Parent.id, Parent.id).map(cast("Any", Mixed)),
    "into": lambda: select(Parent).into(Mixed, Mixed.id.to(cast("Any", Parent.name)), Mixed.text.to(Parent.name)),
    "a list of numbers for one of texts": lambda: select(Parent.numbers).map(cast("Any", Listed)),
    "a text for labels of an Enum": lambda: select(Parent.name).map(cast("Any", Coloured)),
}


class Listed(Shape):
    items: Col[list[str]]


class Coloured(Shape):
    colour: Col[Colour]


class Labelled(Shape):
    size: Col[Literal["long", "short"]]


@pytest.mark.parametrize("name", WRONG)
def test_a_field_takes_no_other_type(name: str) -> None:
    with pytest.raises(QueryError, match=r"(map|into)\(\w+\): .* is .*, and its field \w+ "):
        WRONG[name]()


def test_what_fits(qb_tx: Tx) -> None:
    size: Any = case((fn.length(value("abc")) > 2, "long"), else_="short")
    assert qb_tx.all(select(size).map(Labelled)) == Success([Labelled(size="long")])
    assert qb_tx.all(select(value(1), value("x")).map(Mixed)) == Success([Mixed(id=1, text="x")])
    joining = select(Parent.id, Child.title).join(Child, on=Child.parent == Parent.id)
    assert qb_tx.run(create_all(schema(Parent, Child))) == Success(2)
    assert qb_tx.all(joining.map(Mixed)) == Success([])


class Pair(Shape):
    left: Col[int]
    right: Col[str]


class Stamped(Table):
    made: Col[int] = column(pg.integer)


class Loose:
    made: Col[int] = column(pg.integer)


class Kept(Table, name="kept"):
    id: Col[int] = column(pg.integer, primary_key=True)


def test_a_field_calls_itself_by_the_name_of_its_class() -> None:
    assert repr(Pair.left) == "<column Pair.left>"
    assert repr(Stamped.made) == "<column Stamped.made>"


@pytest.mark.parametrize(
    ("query", "clause", "name"),
    [
        (lambda: select(Kept.id).where(Pair.left == 1), "where", "Pair"),
        (lambda: select(Kept.id).order_by(Stamped.made), "order_by", "Stamped"),
        (lambda: select(Pair.left), "the select list", "Pair"),
        (lambda: select(Kept.id, Pair.left).from_(Kept), "the select list", "Pair"),
        (lambda: update(Kept).set(Kept.id.to(Pair.left)).where(Kept.id == 1), "set", "Pair"),
    ],
)
def test_a_field_is_of_no_relation(query: Callable[[], Any], clause: str, name: str) -> None:
    message = f"^{clause} uses {name}, a shape or a mixin, whose columns name fields and belong to no relation: use "
    with pytest.raises(QueryError, match=message):
        compile(query())


@pytest.mark.parametrize("query", [lambda: select(Loose.made), lambda: select(Kept.id).where(Loose.made == 1)])
def test_a_column_outside_of_a_table_says_what_makes_it_ones(query: Callable[[], Any]) -> None:
    with pytest.raises(
        QueryError, match=r"uses a column\(...\) whose class is no Table: class Name\(Table, name=...\)"
    ):
        compile(query())


class Moment(Table, name="shape_moments"):
    at: Col[dt.datetime] = column(primary_key=True)
    local: Col[dt.datetime] = column(pg.timestamp)
    yes: Col[bool] = column()
    number: Col[int] = column()
    times: Col[list[dt.datetime]] = column(default=[])


class Day(Shape):
    d: Col[dt.date]


class Days(Shape):
    d: Col[list[dt.date]]


class Count(Shape):
    n: Col[int]


class Ratio(Shape):
    n: Col[float]


SWAPPED: dict[str, tuple[Callable[[], Any], str]] = {
    "a moment, map": (
        lambda: select(Moment.at).map(Day),
        r"map\(Day\): .*at is datetime, and its field d date: select",
    ),
    "a moment, into": (lambda: select(Moment).into(Day, Day.d.to(Moment.at)), r"into\(Day\): .*at is datetime, and"),
    "a local time": (lambda: select(Moment.local).map(Day), "local is datetime, and its field d date"),
    "a list": (lambda: select(cast("Any", Moment.times)).map(Days), "times is .*datetime.*, and its field d "),
    "rows": (lambda: select(cast("Any", many(select(Moment.at)))).map(Days), "is selected, and its field d is list"),
    "a boolean for an int": (lambda: select(Moment.yes).map(Count), "yes is bool, and its field n int"),
    "a boolean for a float": (lambda: select(Moment.yes).map(Ratio), "yes is bool, and its field n float"),
}


@pytest.mark.parametrize("name", SWAPPED)
def test_what_the_checkers_take_for_another_class_is_of_another_type(name: str) -> None:
    build, message = SWAPPED[name]
    with pytest.raises(QueryError, match=message):
        build()


def test_an_int_is_a_float_and_a_cast_is_what_it_says() -> None:
    select(Moment.number).map(Ratio)
    select(fn.coalesce(Moment.at.cast(pg.date), dt.date(2024, 1, 1))).map(Day)
