"""A table without the rows of those that inherit from it, beside the same with them."""

from __future__ import annotations

from typing import Any, cast

import pytest

from qb import (
    Col,
    QueryError,
    Success,
    Table,
    Tx,
    alias,
    column,
    compile,
    create_all,
    cte,
    delete,
    exists,
    insert,
    many,
    maybe,
    new,
    only,
    partition_by_range,
    schema,
    select,
    sql,
    update,
    view,
)


class Place(Table, name='places "of" only', schema="of only"):
    id: Col[int] = column(primary_key=True)
    name: Col[str]


class City(Table, name="cities of only", inherits=Place):
    id: Col[int] = column(primary_key=True)
    name: Col[str]


class Event(Table, name="events of only"):
    id: Col[int] = column(primary_key=True)


events = partition_by_range(Event, Event.id)
first = events.partition("first events of only", 0, 10)
own_places = view("own places", select(alias(only(Place), "mine")))


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.run(create_all(schema(Place, City, Event, events, first, own_places))).unwrap()
    qb_tx.execute(insert(new(Place)(id=1, name="sea"))).unwrap()
    qb_tx.execute(insert(new(City)(id=2, name="Rome"))).unwrap()
    qb_tx.execute(insert(new(Event)(id=3))).unwrap()
    return qb_tx


def test_only_its_own_rows_are_read(tx: Tx) -> None:
    own = only(Place)
    assert tx.all(select(Place.name).order_by(Place.id)) == Success(["sea", "Rome"])
    assert tx.all(select(own)) == Success([Place(id=1, name="sea")])
    assert tx.all(select(own.name).where(own.id < 9)) == Success(["sea"])
    assert tx.all(select(only(Event))) == Success([])
    assert tx.all(select(own_places.name)) == Success(["sea"])
    assert tx.all(select(Place.id).where(exists(select(own).where(own.id == Place.id)))) == Success([1])
    assert str(compile(select(own.id))) == (
        'SELECT "places ""of"" only"."id"\nFROM ONLY "of only"."places ""of"" only"'
    )


def test_beside_the_table_it_has_another_name(tx: Tx) -> None:
    mine = alias(only(Place), "mine")
    joined = select(Place.id, maybe(mine.name)).left_join(mine, on=mine.id == Place.id).order_by(Place.id)
    assert tx.all(joined) == Success([(1, "sea"), (2, None)])
    nested = select(Place.id, many(select(mine.name).where(mine.id == Place.id))).order_by(Place.id)
    assert tx.all(nested).map(dict) == Success({1: ["sea"], 2: list[str]()})
    found = cte(select(mine), name="found")
    assert tx.all(select(found.id)) == Success([1])
    assert compile(select(alias(Place, "mine").id)) != compile(select(mine.id))


def test_only_its_own_rows_are_written(tx: Tx) -> None:
    own = only(Place)
    assert tx.execute(update(own).set(own.name.to("x")).all_rows()) == Success(1)
    assert tx.all(select(Place.name).order_by(Place.id)) == Success(["x", "Rome"])
    assert tx.all(update(own).set(own.name.to("y")).where(own.id == 1).returning(own.name)) == Success(["y"])
    assert tx.all(delete(own).where(own.id.in_([1, 2])).returning(own.id)) == Success([1])
    assert tx.all(select(Place.name)) == Success(["Rome"])


def test_misuse_is_told() -> None:
    with pytest.raises(QueryError, match="only takes a table, from which others may inherit, and own places is none"):
        only(own_places)
    with pytest.raises(QueryError, match="only takes a table, from which others may inherit, and cte is none"):
        only(cte(select(Place)))
    with pytest.raises(QueryError, match="only takes a table, an alias, a CTE or a subquery, not 5"):
        only(cast("Any", 5))
    with pytest.raises(QueryError, match="raw SQL says ONLY itself: give it the table"):
        compile(sql("SELECT id FROM {t}", t=only(Place)).rows(int))
    with pytest.raises(QueryError, match="insert takes rows made by new"):
        compile(insert(only(Place), Place.id.to(1), Place.name.to("x")))
