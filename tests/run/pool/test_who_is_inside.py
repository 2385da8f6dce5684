"""Who is inside of an open transaction: the thread or the task that opened it, and nobody else."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator

import anyio
import anyio.to_thread
import pytest

from qb import (
    AsyncDatabase,
    Col,
    Database,
    Script,
    Success,
    Table,
    column,
    connect,
    connect_async,
    pg,
)
from qb.run.pool.outside import OutsideTransaction


class Thing(Table, name="things"):
    id: Col[int] = column(pg.integer)


@pytest.fixture
def db(qb_url: str) -> Iterator[Database]:
    with connect(qb_url, max_size=3) as db:
        db.run(Script("DROP TABLE IF EXISTS things", "CREATE TABLE things (id int)")).unwrap()
        yield db
        db.run(Script("DROP TABLE things")).unwrap()


@pytest.fixture
async def async_db(qb_url: str) -> AsyncIterator[AsyncDatabase]:
    async with connect_async(qb_url, max_size=3) as db:
        yield db


def test_other_threads_are_not_meant(db: Database) -> None:
    found: list[object] = []
    with db.transaction():
        thread = threading.Thread(target=lambda: found.append(db.ping()))
        thread.start()
        thread.join()
    assert found == [Success(None)]


def test_a_block_may_be_left_by_another_thread(db: Database) -> None:
    block = db.transaction()
    block.__enter__()
    with pytest.raises(OutsideTransaction):
        db.ping()
    thread = threading.Thread(target=block.__exit__, args=(None, None, None))
    thread.start()
    thread.join()
    assert db.ping() == Success(None)


@pytest.mark.anyio
async def test_other_tasks_are_not_meant(async_db: AsyncDatabase) -> None:
    found: list[object] = []

    async def child() -> None:
        found.append(await async_db.ping())

    async with async_db.transaction(), anyio.create_task_group() as group:
        group.start_soon(child)
    assert found == [Success(None)]


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.anyio
async def test_tasks_of_one_thread_do_not_take_each_others_transaction_for_their_own(
    db: Database, anyio_backend: str
) -> None:
    found: list[object] = []
    opened = anyio.Event()

    async def other() -> None:
        await opened.wait()
        found.append(db.ping())

    async with anyio.create_task_group() as group:
        group.start_soon(other)
        with db.transaction():
            opened.set()
            while not found:
                await anyio.lowlevel.checkpoint()
            with pytest.raises(OutsideTransaction):
                db.ping()
            assert await anyio.to_thread.run_sync(db.ping) == Success(None)
    assert found == [Success(None)]
