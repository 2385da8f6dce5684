"""Pools that share a bound: who may have a link, and whose is closed for it."""
# pyright: reportPrivateUsage=false, reportPossiblyUnboundVariable=false

from __future__ import annotations

import gc
import threading
import warnings
from collections.abc import Iterator

import anyio
import pytest

from qb import ClosedError, ConnectionRefused, PoolExhausted
from qb.run.pool.ration import AsyncRation, Ration
from qb.run.pool.rationed import AsyncRationedPool, RationedPool


@pytest.fixture
def pools(qb_url: str) -> Iterator[list[RationedPool]]:
    """Three pools that have two links together."""
    ration = Ration(2)
    found = [RationedPool(qb_url, ration, max_size=2, timeout=5.0) for _ in range(3)]
    yield found
    for pool in found:
        pool.close()
    del pool
    assert ration.open == 0


def test_the_link_that_idled_longest_is_closed_for_another(pools: list[RationedPool]) -> None:
    first, second, third = pools
    for pool in (first, second):
        pool.give_back(pool.checkout())
    assert [pool.report().idle for pool in pools] == [1, 1, 0]
    third.give_back(third.checkout())
    assert [pool.report().idle for pool in pools] == [0, 1, 1]
    second.give_back(second.checkout())  # the one that it has
    assert [pool.report().idle for pool in pools] == [0, 1, 1]
    first.give_back(first.checkout())
    assert [pool.report().idle for pool in pools] == [1, 1, 0]


def test_where_all_are_in_use_one_waits(pools: list[RationedPool]) -> None:
    first, second, third = pools
    leases = [(pool, pool.checkout()) for pool in (first, second)]
    with pytest.raises(PoolExhausted, match="all 2 connections"):
        third.checkout(0.01)
    assert third.report().in_use == 0
    got = threading.Event()

    def wait() -> None:
        lease = third.checkout()
        got.set()
        third.give_back(lease)

    thread = threading.Thread(target=wait)
    thread.start()
    while not first._ration.line.waiting:
        pass
    pool, lease = leases.pop()
    pool.give_back(lease)
    thread.join()
    assert got.is_set()
    for pool, lease in leases:
        pool.give_back(lease)


def test_a_link_that_is_lost_has_no_place(pools: list[RationedPool]) -> None:
    first, second, third = pools
    lost = [first.checkout(), second.checkout()]
    del lost
    gc.collect()
    assert [third.checkout() is not None for _ in range(2)] == [True, True]


def test_a_refusal_has_no_place_and_shows_nothing() -> None:
    ration = Ration(1)
    pool = RationedPool("postgresql://ada:s3cret@127.0.0.1:1/nowhere", ration)
    for _ in range(3):
        with pytest.raises(ConnectionRefused) as caught:
            pool.checkout()
        assert caught.value == ConnectionRefused("no server listens there")
        assert caught.value.__context__ is caught.value.__cause__ is None
        caught.value.__traceback__ = None
    del caught
    assert ration.open == 0
    assert repr(pool) == "<RationedPool of one of many databases: 0 of 10 in use, 0 idle>"
    pool.close()


def test_a_renewed_link_keeps_its_place(pools: list[RationedPool]) -> None:
    first, second, _ = pools
    other, lease = second.checkout(), first.checkout()
    before = lease.link
    first.renew(lease)
    assert lease.link is not before
    assert (before.closed, first._ration.open) == (True, 2)
    first.give_back(lease)
    second.give_back(other)


def test_links_say_nothing_when_they_are_forgotten(qb_url: str) -> None:
    pool = RationedPool(qb_url, Ration(1))
    lease = pool.checkout()
    assert repr(lease.link).startswith("<link of one of many databases")
    pool.give_back(lease)
    del lease
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        del pool
        gc.collect()
    assert [str(each.message) for each in told if "host" in str(each.message) or "postgres" in str(each.message)] == []
    assert any("was not closed" in str(each.message) for each in told)


def test_closed_is_closed(pools: list[RationedPool]) -> None:
    first, second, third = pools
    leases = [first.checkout(), second.checkout()]
    outcome: list[BaseException] = []

    def wait() -> None:
        try:
            third.checkout()
        except ClosedError as error:
            outcome.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    while not first._ration.line.waiting:
        pass
    first._ration.close()
    thread.join()
    assert str(outcome[0]) == "the databases are closed"
    first.give_back(leases[0])
    second.give_back(leases[1])


@pytest.mark.anyio
async def test_tasks_take_turns(qb_url: str) -> None:
    ration = AsyncRation(2)
    pools = [AsyncRationedPool(qb_url, ration, max_size=2, timeout=5.0) for _ in range(4)]
    done: list[int] = []

    async def work(number: int) -> None:
        pool = pools[number % 4]
        lease = await pool.checkout()
        await anyio.lowlevel.checkpoint()
        assert ration.open <= 2
        pool.give_back(lease)
        done.append(number)

    async with anyio.create_task_group() as tasks:
        for number in range(24):
            tasks.start_soon(work, number)
    assert sorted(done) == list(range(24))
    leases = [(pool, await pool.checkout()) for pool in pools[:2]]
    with pytest.raises(PoolExhausted):
        await pools[2].checkout(0.01)
    with anyio.move_on_after(0.01):  # whoever gives up leaves nothing behind
        await pools[2].checkout()
    for pool, lease in leases:
        await pool.renew(lease)
        pool.give_back(lease)
    for pool in pools:
        pool.close()
    del leases, lease, pool
    assert ration.open == 0
