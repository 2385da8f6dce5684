"""Building and compiling grow as the query does: twice as much of it needs twice the calls, those in C included."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from qb import Select, alias, compile, exists, select
from tests.costs.work import Book, Shelf


def joins(count: int) -> Select[Any]:
    query: Select[Any] = select(Book.title)
    for number in range(count):
        shelf = alias(Shelf, f"s{number}")
        query = query.join(shelf, on=shelf.id == Book.shelf_id)
    return query.where(Book.pages > 5).order_by(Book.title)


def left_joins(count: int) -> Select[Any]:
    query: Select[Any] = select(Book.title)
    for number in range(count):
        shelf = alias(Shelf, f"s{number}")
        query = query.left_join(shelf, on=shelf.id == Book.shelf_id)
    return query


def columns(count: int) -> Select[Any]:
    several: Callable[..., Select[Any]] = select
    return several(*[Book.id + number for number in range(count)])


def conditions(count: int) -> Select[Any]:
    return select(Book).where(*[Book.pages != number for number in range(count)])


def depth(count: int) -> Select[Any]:
    query: Select[Any] = select(Book.id)
    for number in range(count):
        shelf = alias(Shelf, f"s{number}")
        query = select(shelf.id).where(exists(query))
    return query


def calls(work: Callable[[], object]) -> int:
    found = 0

    def seen(frame: object, event: str, argument: object) -> None:
        nonlocal found
        found += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(before)
    return found


def compiled(build: Callable[[int], Select[Any]], count: int) -> object:
    return compile(build(count))


@pytest.mark.parametrize("build", [joins, left_joins, columns, conditions, depth])
def test_twice_the_query_needs_twice_the_calls(build: Callable[[int], Select[Any]]) -> None:
    compile(build(3))  # what is done once is done
    few, more, most = (calls(partial(compiled, build, count)) for count in (50, 100, 200))
    assert more < 2.1 * few, (few, more)
    assert most < 2.1 * more, (more, most)
