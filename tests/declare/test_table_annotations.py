"""The same class with annotations that are objects, not strings: this module has no `from __future__`."""

import datetime as dt
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal, NewType, Optional

import msgspec
import pytest
from typing_extensions import TypeAliasType

from qb import Col, DefinitionError, Shape, Table, column, fn, pg, row
from qb.declare.table import describe
from qb.types.text import LabelledText

OrderId = NewType("OrderId", int)
Cents = TypeAliasType("Cents", int)


class State(Enum):
    OPEN = "open"
    DONE = "done"


class Level(Enum):
    LOW = 1
    HIGH = 2


class Line(msgspec.Struct, frozen=True):
    sku: str
    count: int


class Mixed(Table):
    created_at: Col[dt.datetime] = column(default=fn.now())


class Order(Mixed, name="orders"):
    id: Col[OrderId] = column(primary_key=True)
    parent_id: Col[Optional[OrderId]] = column(references=lambda: Order.id, default=None)  # noqa: UP045 - as some write it
    state: Col[State] = column(default=State.OPEN)
    level: Col[Level | None] = column(default=None)
    kind: Col[Literal["web", "shop"]] = column()
    total: Col[Decimal] = column(pg.numeric(12, 2))
    cents: Col[Cents] = column()
    short: Col[Annotated[str, msgspec.Meta(max_length=3)]] = column()
    lines: Col[list[Line]] = column()
    delays: Col[list[dt.timedelta]] = column()
    matrix: Col[list[list[int]]] = column(pg.array(pg.integer))
    counts: Col[dict[str, int]] = column()


class Total(Shape):
    order_id: Col[OrderId]
    total: Col[Decimal | None]


def test_types_that_follow_from_annotations() -> None:
    assert {each.name: each.type.name for each in describe(Order).columns} == {
        "created_at": "timestamptz",
        "id": "bigint",
        "parent_id": "bigint",
        "state": "text",
        "level": "bigint",
        "kind": "text",
        "total": "numeric(12, 2)",
        "cents": "bigint",
        "short": "text",
        "lines": "jsonb",
        "delays": "interval[]",
        "matrix": "integer[]",
        "counts": "jsonb",
    }
    assert Order.state.type == LabelledText(State)


def test_null_follows_from_the_annotation() -> None:
    assert {each.name for each in describe(Order).columns if each.optional} == {"parent_id", "level"}


def test_brands_are_kept_for_reading() -> None:
    assert Order.id.python is OrderId
    assert Order.parent_id.python is OrderId
    assert Total.total.python is Decimal


def test_a_self_reference() -> None:
    references = describe(Order).columns[2].references
    assert references is not None
    assert references.column("") == Order.id.node


def test_local_types_and_local_tables() -> None:
    class Inner(msgspec.Struct):
        x: int

    class Outer(Table, name="outers"):
        id: Col[int] = column(primary_key=True)
        inner: Col[Inner] = column(pg.jsonb)

    class Part(Table, name="parts"):
        id: Col[int] = column(primary_key=True)
        outer_id: Col[int] = column(references=Outer.id)

    assert Outer.inner.python is Inner
    references = describe(Part).columns[1].references
    assert references is not None
    assert references.column("") == Outer.id.node


def test_a_row_takes_no_positions() -> None:
    with pytest.raises(TypeError):
        Order(OrderId(1))  # type: ignore[call-arg,arg-type]  # pyright: ignore[reportCallIssue]


def test_row_says_what_is_missing() -> None:
    with pytest.raises(TypeError, match=r"row\(orders\): nonsense is no column of it"):
        row(Order, nonsense=1)
    with pytest.raises(TypeError, match=r"row\(orders\): created_at, id, .*counts must be given"):
        row(Order)


def test_a_column_needs_an_annotation() -> None:
    with pytest.raises(DefinitionError, match=r"loose\.x has no annotation: write x: Col\[...\] = column\(...\)"):

        class Loose(Table, name="loose"):  # pyright: ignore[reportUnusedClass]
            id: Col[int] = column(primary_key=True)
            x = column(pg.text)  # pyright: ignore[reportGeneralTypeIssues]
