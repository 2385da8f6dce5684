"""`one`, `first` and `scalar` ask for no more rows than they need, and read no more than those."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from qb import (
    AsyncDatabase,
    Col,
    Failure,
    ManyRows,
    Rows,
    Select,
    Success,
    Table,
    column,
    connect,
    connect_async,
    create_all,
    drop_all,
    fn,
    insert_from,
    new,
    prepare,
    schema,
    select,
    sql,
    subquery,
    update,
)
from tests.run.loops import LOOPS  # sync:

pytestmark = LOOPS  # sync:


class Item(Table, name="few_items"):
    id: Col[int] = column(primary_key=True)
    size: Col[int] = column()


class Copy(Table, name="few_copies"):
    id: Col[int] = column(primary_key=True)
    size: Col[int] = column()


MANY = 3000


@pytest.fixture(scope="module")
def filled(qb_url: str) -> Iterator[str]:
    """Rows of which each can be told from how many were read."""
    with connect(qb_url) as db:
        db.run(create_all(schema(Item, Copy))).unwrap()
        db.insert_many(new(Item)(id=number, size=number % 7) for number in range(MANY)).unwrap()
        yield qb_url
        db.run(drop_all(schema(Item, Copy))).unwrap()


@pytest.fixture
async def items(filled: str) -> AsyncIterator[AsyncDatabase]:
    async with connect_async(filled) as db:
        yield db


BASE = select(Item.id).order_by(Item.id)


@prepare
def prepared(least: int, limit: int = 5000) -> Select[int]:
    return select(Item.id).where(Item.id >= least).order_by(Item.id).limit(limit)


@prepare
def prepared_all(least: int) -> Select[int]:
    return select(Item.id).where(Item.id >= least).order_by(Item.id)


LIMITED: dict[str, tuple[Rows[int], int]] = {
    "plain": (BASE, 0),
    "its own larger limit": (BASE.limit(100), 0),
    "an offset": (BASE.offset(7), 7),
    "a union": (BASE.where(Item.id > 2).union_all(BASE), 0),
    "prepared": (prepared_all(3), 3),
    "prepared with a limit": (prepared(3), 3),
}
"""Queries, and the number of their first row."""


async def test_no_more_rows_are_asked_for_than_are_wanted(items: AsyncDatabase) -> None:
    for name, (query, least) in LIMITED.items():
        found = await items.first(query)
        assert found == Success(least) or name == "a union"
        for failed in (await items.one(query), await items.scalar(query)):
            assert isinstance(failed.failure(), ManyRows), name


async def test_its_own_smaller_limit_is_kept(items: AsyncDatabase) -> None:
    assert await items.one(BASE.limit(1)) == Success(0)
    assert await items.first(BASE.limit(0)) == Success(None)
    assert await items.one(prepared(5, limit=1)) == Success(5)
    assert await items.first(prepared(5, limit=0)) == Success(None)


async def test_all_is_not_limited(items: AsyncDatabase) -> None:
    assert await items.first(BASE) == Success(0)
    assert len((await items.all(BASE)).unwrap()) == MANY
    assert await items.first(prepared_all(1)) == Success(1)
    assert len((await items.all(prepared_all(1))).unwrap()) == MANY - 1


locked = BASE.for_("update")
Inner = subquery(select(Item).for_("update"), name="inner_items")

UNLIMITED: dict[str, Rows[Any]] = {
    "locks": locked,
    "SQL in the select list": select(sql("{i} + 0", i=Item.id).as_(int, not_null=True)).order_by(Item.id),
    "SQL in a condition": BASE.where(sql("{i} >= 0", i=Item.id).as_(bool)),
    "locks in a subquery": select(Inner.id).order_by(Inner.id),
    "raw SQL": sql("SELECT id AS id, size AS size FROM few_items ORDER BY id").rows(Item),
}


async def test_what_must_run_to_its_end_is_read_to_its_end(items: AsyncDatabase) -> None:
    for query in UNLIMITED.values():
        async with items.transaction() as tx:
            found = (await tx.first(query)).unwrap()
            assert found in (0, Item(id=0, size=0))
            assert isinstance((await tx.one(query)).failure(), ManyRows)
            assert await tx.scalar(select(fn.count()).from_(Item)) == Success(MANY)  # the connection is at rest


async def test_rows_that_are_not_wanted_are_not_decoded(items: AsyncDatabase) -> None:
    mapped: list[int] = []

    def seen(number: int) -> int:
        mapped.append(number)
        return number

    query = select(Item.id).order_by(Item.id).for_("update").map(seen)
    async with items.transaction() as tx:
        assert await tx.first(query) == Success(0)
        assert mapped == [0]
        assert isinstance((await tx.one(query)).failure(), ManyRows)
        assert mapped == [0, 0, 1]


async def test_a_write_happens_whole(items: AsyncDatabase) -> None:
    async with items.transaction(rollback=True) as tx:
        written = insert_from(Copy, select(Item.id, Item.size), Copy.id, Copy.size).returning(Copy.id)
        assert isinstance((await tx.first(written)).unwrap(), int)
        assert await tx.scalar(select(fn.count()).from_(Copy)) == Success(MANY)
        grown = update(Copy).set(Copy.size.to(9)).all_rows().returning(Copy.id)
        assert isinstance((await tx.first(grown)).unwrap(), int)
        assert await tx.scalar(select(fn.count()).from_(Copy).where(Copy.size == 9)) == Success(MANY)


async def test_an_error_after_the_wanted_rows_is_still_an_error(items: AsyncDatabase) -> None:
    failing = sql("SELECT 1 / (2500 - id) AS id, size AS size FROM few_items ORDER BY id").rows(Item)
    assert isinstance(await items.first(failing), Failure)
    assert await items.first(BASE) == Success(0)


async def test_in_a_pipeline(items: AsyncDatabase) -> None:
    async with items.pipeline() as pipeline:
        first, one, scalar = pipeline.first(BASE), pipeline.one(prepared_all(MANY - 1)), pipeline.scalar(BASE)
    assert first.result() == Success(0)
    assert one.result() == Success(MANY - 1)
    assert isinstance(scalar.result().failure(), ManyRows)
