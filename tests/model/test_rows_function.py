"""Functions that return rows, called for each row of what stands before them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from qb import (
    Arg,
    Col,
    QueryError,
    Shape,
    Success,
    Table,
    Tx,
    alias,
    column,
    compile,
    create_all,
    exists,
    fn,
    function,
    insert,
    many,
    maybe,
    new,
    schema,
    select,
    sql,
    subquery,
    update,
    view,
)
from qb.typing import Sql


class Room(Table, name='rooms of "rows'):
    id: Col[int] = column(primary_key=True)
    seats: Col[int] = column(default=0)


class Seat(Shape):
    number: Col[int]


@function(rows=Seat, language="sql", volatility="immutable", name='seats "of')
def seats_of(count: Arg[int]) -> Sql:
    return sql("SELECT * FROM generate_series(1, {n})", n=count)


own, other = seats_of(Room.id), alias(Room, "other")
others = seats_of(other.id)


@pytest.fixture
def rooms(qb_tx: Tx) -> Tx:
    qb_tx.run(create_all(schema(Room, seats_of))).unwrap()
    qb_tx.execute(insert(new(Room)(id=0), new(Room)(id=1), new(Room)(id=2))).unwrap()
    return qb_tx


def test_columns_are_of_what_stands_before_it(rooms: Tx) -> None:
    pairs = [(1, 1), (2, 1), (2, 2)]
    by = (Room.id, own.number)
    named = alias(own, "named")
    some = subquery(select(Room).where(Room.id > 1))
    of_some = seats_of(some.id)
    assert rooms.all(select(Room.id, own.number).cross_join(own).order_by(*by)) == Success(pairs)
    assert rooms.all(select(Room.id, own.number).from_(Room, own).order_by(*by)) == Success(pairs)
    assert rooms.all(select(Room.id, own.number).join(own, on=own.number == Room.id).order_by(*by)) == Success(
        [(1, 1), (2, 2)]
    )
    assert rooms.all(select(Room.id, maybe(own.number)).left_join(own, on=own.number > 1).order_by(*by)) == Success(
        [(0, None), (1, None), (2, 2)]
    )
    assert rooms.all(select(Room.id, named.number).cross_join(named).order_by(Room.id, named.number)) == Success(pairs)
    assert rooms.all(select(of_some.number).from_(some).cross_join(of_some).order_by(of_some.number)) == Success([1, 2])


def test_columns_are_of_the_query_around_it(rooms: Tx) -> None:
    assert rooms.all(select(Room.id).where(exists(select(own).where(own.number > 1)))) == Success([2])
    lists = rooms.all(select(Room.id, many(select(own.number))).order_by(Room.id)).unwrap()
    assert lists == [(0, []), (1, [1]), (2, [1, 2])]
    of_next = seats_of(fn.coalesce(select(fn.count()).from_(other).where(other.id < Room.id).as_scalar(), 0))
    assert rooms.all(select(Room.id, of_next.number).cross_join(of_next).order_by(Room.id, of_next.number)) == Success(
        [(1, 1), (2, 1), (2, 2)]
    )


def test_without_columns_it_is_as_it_was(rooms: Tx) -> None:
    all_of = seats_of(fn.coalesce(select(fn.max(other.id)).as_scalar(), 0))
    assert "LATERAL" not in str(compile(select(all_of.number)))
    assert rooms.all(select(all_of.number)) == Success([1, 2])


def test_in_an_update_and_in_a_view(rooms: Tx) -> None:
    written = update(Room).set(Room.seats.to(others.number)).from_(other, others)
    assert rooms.execute(written.where(Room.id == other.id, others.number == other.id)) == Success(2)
    seen = view("seen of rows", select(Room.id, own.number).cross_join(own).map(Pair))
    rooms.run(create_all(schema(seen, Room, seats_of), if_not_exists=True)).unwrap()
    assert rooms.all(select(seen.number).order_by(seen.number)) == Success([1, 1, 2])


class Pair(Shape):
    room: Col[int]
    number: Col[int]


BEFORE = "it sees only what stands before it"


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (lambda: select(own.number), BEFORE),
        (lambda: select(own.number, Room.id).from_(own, Room), BEFORE),
        (lambda: select(own.number, Room.id).from_(own).cross_join(Room), BEFORE),
        (lambda: update(Room).set(Room.seats.to(own.number)).from_(own).where(Room.id == own.number), BEFORE),
        (
            lambda: select(maybe(Room.id), own.number).from_(Room).right_join(own, on=own.number > 1),
            "right_join cannot call a function for each row of what stands before it",
        ),
        (
            lambda: select(maybe(Room.id), maybe(own.number)).from_(Room).full_join(own, on=own.number > 1),
            "full_join cannot call a function",
        ),
    ],
)
def test_what_postgresql_refuses_is_refused_when_it_is_compiled(query: Callable[[], Any], text: str) -> None:
    with pytest.raises(QueryError, match=text):
        compile(query())


def test_aggregates_are_not_met_row_by_row() -> None:
    of_sum = seats_of(fn.coalesce(fn.max(Room.id), 0))
    with pytest.raises(QueryError, match=r"cannot hold max\(...\)"):
        compile(select(Room.id, of_sum.number).cross_join(of_sum))
