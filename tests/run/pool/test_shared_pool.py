"""A pool that threads and tasks share: the limit holds, nobody is overtaken, whoever is cancelled leaves no gap."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import anyio
import anyio.from_thread
import anyio.lowlevel
import anyio.to_thread
import pytest

from qb.errors import ClosedError, PoolExhausted
from tests.run.pool.links import AsyncPools, Connection, Counted, SyncPools, one, terminate, until


def test_threads_never_share_a_link_nor_exceed_the_limit(sync_pool: SyncPools, counted: type[Counted]) -> None:
    pool = sync_pool(max_size=3)
    in_use: set[Connection] = set()
    shared: list[Connection] = []

    def work(number: int) -> object:
        link = pool.take()
        if link in in_use:
            shared.append(link)
        in_use.add(link)
        if number % 7 == 0:
            link.close()  # and some break
            answer: object = number
        else:
            row = link.execute("SELECT %s::int", (number,)).fetchone()
            answer = row and row[0]
        in_use.discard(link)
        pool.put(link)
        return answer

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(work, range(200))) == list(range(200))
    assert shared == []
    assert counted.most <= 3


@pytest.mark.anyio
async def test_tasks_never_share_a_link_nor_exceed_the_limit(async_pool: AsyncPools, counted: type[Counted]) -> None:
    pool = async_pool(max_size=3)
    in_use: set[Connection] = set()
    served: list[int] = []

    async def work(number: int) -> None:
        link = await pool.take()
        assert link not in in_use
        in_use.add(link)
        await anyio.lowlevel.checkpoint()
        if number % 7 == 0:
            link.close()
        else:
            assert one(link) == 1
        in_use.discard(link)
        pool.put(link)
        served.append(number)

    async with anyio.create_task_group() as tasks:
        for number in range(100):
            tasks.start_soon(work, number)
    assert sorted(served) == list(range(100))
    assert counted.most <= 3
    pool.close()


@pytest.mark.anyio
async def test_a_full_pool_of_tasks(async_pool: AsyncPools) -> None:
    pool = async_pool(max_size=1, timeout=0.1)
    link = await pool.take()
    with pytest.raises(PoolExhausted) as raised:
        await pool.take()
    assert raised.value == PoolExhausted(1, 0.1)
    with pytest.raises(PoolExhausted):
        await pool.take(timeout=0)
    pool.put(link)
    pool.put(link)
    assert await pool.take(timeout=0) is link
    pool.put(link)
    pool.close()


@pytest.mark.anyio
async def test_tasks_are_served_in_order(async_pool: AsyncPools) -> None:
    pool = async_pool(max_size=1)
    link = await pool.take()
    served: list[int] = []

    async def work(number: int) -> None:
        pool.put(await pool.take())
        served.append(number)

    async with anyio.create_task_group() as tasks:
        for number in range(5):
            tasks.start_soon(work, number)
            await anyio.wait_all_tasks_blocked()
        pool.put(link)
    assert served == [0, 1, 2, 3, 4]
    pool.close()


@pytest.mark.anyio
async def test_a_cancelled_waiter_leaves_its_place_to_the_next(async_pool: AsyncPools) -> None:
    pool = async_pool(max_size=1)
    link = await pool.take()
    served: list[Connection] = []

    async def serve() -> None:
        served.append(await pool.take())

    async with anyio.create_task_group() as tasks:
        async with anyio.create_task_group() as given_up:
            given_up.start_soon(pool.take)
            await anyio.wait_all_tasks_blocked()
            tasks.start_soon(serve)
            await anyio.wait_all_tasks_blocked()
            given_up.cancel_scope.cancel()
        assert served == []
        pool.put(link)
    assert served == [link]
    pool.put(link)
    pool.close()


@pytest.mark.anyio
@pytest.mark.parametrize("turns", range(4))
async def test_a_waiter_cancelled_as_its_turn_comes(async_pool: AsyncPools, turns: int) -> None:
    """Whether or not it got the link first, the link is not lost."""
    pool = async_pool(max_size=1)
    link = await pool.take()

    async def wait() -> None:
        pool.put(await pool.take())

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        pool.put(link)
        for _ in range(turns):
            await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()
    assert await pool.take(timeout=0) is link
    pool.put(link)
    pool.close()


@pytest.mark.anyio
async def test_a_connection_cancelled_while_it_is_made(
    qb_url: str, counted: type[Counted], async_pool: AsyncPools
) -> None:
    """The thread cannot be stopped, so what it makes is closed, and the room is free at once."""
    begun, go_on, made = threading.Event(), threading.Event(), threading.Event()

    def dawdle(link: Connection) -> None:
        begun.set()
        go_on.wait()
        made.set()

    pool = async_pool(max_size=1, configure=dawdle)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(pool.take)
        await anyio.to_thread.run_sync(begun.wait)
        tasks.cancel_scope.cancel()
    assert repr(pool).endswith(": 0 of 1 in use, 0 idle>")
    abandoned = next(iter(counted.living))
    go_on.set()
    await anyio.to_thread.run_sync(made.wait)
    link = await pool.take()
    assert link is not abandoned
    await until(lambda: abandoned.closed)
    assert counted.living == {link}
    pool.put(link)
    pool.close()


@pytest.mark.anyio
async def test_a_connection_made_as_its_task_is_cancelled(async_pool: AsyncPools, counted: type[Counted]) -> None:
    """It was ready, but nobody came to fetch it."""
    pool = async_pool(max_size=1)
    scope = anyio.CancelScope()

    def cancel(link: Connection) -> None:
        anyio.from_thread.run_sync(scope.cancel)

    pool._configure = cancel  # pyright: ignore[reportPrivateUsage]
    with scope:
        await pool.take()
    await until(lambda: not counted.living)
    assert counted.opened == 1
    pool._configure = None  # pyright: ignore[reportPrivateUsage]
    pool.put(await pool.take(timeout=0))
    pool.close()


@pytest.mark.anyio
async def test_a_link_that_died_while_a_task_was_away(async_pool: AsyncPools, qb_url: str) -> None:
    pool = async_pool()
    link = await pool.take()
    pool.put(link)
    await anyio.to_thread.run_sync(partial(terminate, qb_url, link))
    other = await pool.take()
    assert other is not link
    assert one(other) == 1
    pool.put(other)
    pool.close()


@pytest.mark.anyio
async def test_close_wakes_all_tasks(async_pool: AsyncPools) -> None:
    pool = async_pool(max_size=1)
    link = await pool.take()
    refused: list[int] = []

    async def wait(number: int) -> None:
        with pytest.raises(ClosedError, match=r"^the database is closed$"):
            await pool.take()
        refused.append(number)

    async with anyio.create_task_group() as tasks:
        for number in range(3):
            tasks.start_soon(wait, number)
        await anyio.wait_all_tasks_blocked()
        pool.close()
    assert sorted(refused) == [0, 1, 2]
    assert one(link) == 1
    pool.put(link)
    assert link.closed
    with pytest.raises(ClosedError):
        await pool.take()
