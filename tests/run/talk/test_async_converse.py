"""An exception of the user's own passes as it is, though it looks like one of the socket's or of psycopg's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import psycopg
import pytest
from anyio import ClosedResourceError

from qb import (
    AsyncDatabase,
    AsyncDb,
    Col,
    New,
    Success,
    Table,
    connect_async,
    create_all,
    drop_all,
    fn,
    insert,
    new,
    schema,
    select,
)
from tests.run.loops import LOOPS  # sync:

pytestmark = LOOPS  # sync:


class Page(Table, name="fetched_pages"):
    id: Col[int]


@pytest.fixture
async def pages(qb_url: str) -> AsyncIterator[AsyncDatabase]:
    async with connect_async(qb_url, max_size=1) as db:
        (await db.run(create_all(schema(Page)))).unwrap()
        (await db.execute(insert(new(Page)(id=0)))).unwrap()
        yield db
        (await db.run(drop_all(schema(Page)))).unwrap()


ERRORS = (
    FileNotFoundError(2, "No such file"),
    ConnectionResetError(104, "Connection reset by peer"),
    TimeoutError(),
    psycopg.OperationalError("of another database"),
    psycopg.errors.UniqueViolation("of another database"),
    ClosedResourceError(),
)


def raises(error: Exception) -> Callable[[int], int]:
    def fetched(number: int) -> int:
        raise error

    return fetched


async def streamed(db: AsyncDb, query: Any) -> list[int]:
    async with db.stream(query) as rows:
        return [row async for row in rows]


async def piped(db: AsyncDb, query: Any) -> object:
    async with db.pipeline() as p:
        p.all(query)
        p.execute(insert(new(Page)(id=8)))
    return p


def written(error: Exception) -> Any:
    return insert(new(Page)(id=7)).returning(Page.id).map(raises(error))


RUNS: dict[str, Callable[[AsyncDb, Any], Awaitable[object]]] = {
    "all": lambda db, query: db.all(query),
    "one": lambda db, query: db.one(query),
    "first": lambda db, query: db.first(query),
    "raising": lambda db, query: db.raising.all(query),
    "stream": streamed,
    "a pipeline": piped,
    "a transaction": lambda db, query: db.transact(lambda tx: tx.all(query)),
    "a savepoint": lambda db, query: db.transact(lambda tx: tx.transact(lambda inner: inner.all(query))),
}


WAYS = ("all", "one", "stream", "a pipeline")  # sync: WAYS = tuple(RUNS)


@pytest.mark.parametrize("way", WAYS)
async def test_of_a_map(pages: AsyncDatabase, way: str) -> None:
    for error in ERRORS:
        with pytest.raises(type(error)) as caught:
            await RUNS[way](pages, select(Page.id).map(raises(error)))
        assert caught.value is error
        assert await pages.all(select(Page.id)) == Success([0])


async def test_of_a_map_of_a_write(pages: AsyncDatabase) -> None:
    for error in ERRORS:
        for run in (pages.all, pages.one, pages.first):
            with pytest.raises(type(error)) as caught:
                await run(written(error))
            assert caught.value is error
            assert "what the statement wrote is committed" in caught.value.__notes__.pop()
    assert await pages.scalar(select(fn.count()).from_(Page)) == Success(1 + 3 * len(ERRORS))


async def test_of_the_rows_that_are_inserted(pages: AsyncDatabase) -> None:
    async def fetched(error: Exception) -> AsyncIterator[New[Page]]:
        yield new(Page)(id=1)
        raise error

    for error in ERRORS:
        with pytest.raises(type(error)) as caught:
            await pages.insert_many(fetched(error))
        assert caught.value is error
        with pytest.raises(type(error)) as caught:
            await pages.insert_many([new(Page)(id=1)] * 300, insert(Page).returning(Page.id).map(raises(error)))
        assert caught.value is error
    assert await pages.all(select(Page.id)) == Success([0])
