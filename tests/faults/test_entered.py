"""An interrupt while a block is entered: what is written next, on whatever link, is committed."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from types import CodeType

import pytest

import qb
from qb import (
    AsyncDatabase,
    Database,
    connect,
    connect_async,
    create_all,
    delete,
    drop_all,
    insert,
    new,
    schema,
    select,
)
from qb.run.database.async_block import AsyncTransactionBlock
from qb.run.database.block import TransactionBlock
from qb.run.talk.transaction import enter
from tests.faults.async_whole import QUIET
from tests.faults.scenes import Pair
from tests.faults.strike import Strike

pytestmark = [*QUIET, pytest.mark.slow]

ROW = new(Pair)(id=1, number=1)


@contextmanager
def watched(qb_url: str) -> Generator[Database, None, None]:
    """Another database on the server, which sees what is committed."""
    with connect(qb_url) as observer:
        observer.run(create_all(schema(Pair))).unwrap()
        yield observer
        observer.run(drop_all(schema(Pair))).unwrap()


def committed(observer: Database) -> None:
    assert observer.all(select(Pair.number)) == qb.Success([1])
    observer.execute(delete(Pair).all_rows()).unwrap()


def inside(*codes: CodeType) -> Strike:
    return Strike(0, lambda each: each in codes)


def test_a_block_that_was_never_entered_leaves_nothing(qb_url: str) -> None:
    def again(db: Database) -> None:
        with db.transaction() as tx:
            tx.execute(insert(ROW)).unwrap()

    def alone(db: Database) -> None:
        db.execute(insert(ROW)).unwrap()

    writes = (alone, again)
    codes = (vars(TransactionBlock)["__enter__"].__code__, enter.__code__)
    with watched(qb_url) as observer, connect(qb_url, max_size=1) as db:
        at, hit = 0, True
        while hit:
            at += 1
            with inside(*codes) as strike:
                strike.at = at
                with db.transaction():
                    pass
            hit = strike.hit
            writes[at % 2](db)
            committed(observer)
        assert at > 50


def test_nor_does_one_of_a_coroutine(qb_url: str) -> None:
    codes = (vars(AsyncTransactionBlock)["__aenter__"].__code__, enter.__code__)

    async def once(db: AsyncDatabase, at: int) -> bool:
        with inside(*codes) as strike:
            strike.at = at
            async with db.transaction():
                pass
        (await db.execute(insert(ROW))).unwrap()
        return strike.hit

    async def all_of_them(observer: Database) -> int:
        async with connect_async(qb_url, max_size=1) as db:
            at = 1
            while await once(db, at):
                committed(observer)
                at += 1
            committed(observer)
            return at

    with watched(qb_url) as observer:
        assert asyncio.run(all_of_them(observer)) > 50
