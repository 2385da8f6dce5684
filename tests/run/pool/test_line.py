"""First come, first served: nobody is overtaken, whoever gives up leaves no gap, and whoever is gone keeps no place."""

import gc
import random
import sys
import threading
from collections.abc import Callable
from math import inf

import anyio
import anyio.lowlevel
import pytest

from qb.errors import PoolExhausted
from qb.run.pool.line import AsyncLine, Lease, Line
from qb.run.pool.pools import AsyncPool, SyncPool
from qb.run.session.configure import configure
from qb.run.session.link import Link

anyio_test = pytest.mark.anyio


def until(condition: Callable[[], bool]) -> None:
    while not condition():
        threading.Event().wait(0.001)


def overtaken(arrived: list[int], served: list[int]) -> int:
    """How often somebody was served before one who had come earlier."""
    place = {who: number for number, who in enumerate(arrived)}
    order = [place[who] for who in served]
    return sum(later < earlier for number, earlier in enumerate(order) for later in order[number + 1 :])


def test_overtaking_is_counted() -> None:
    assert overtaken([1, 2, 3], [1, 2, 3]) == 0
    assert overtaken([1, 2, 3], [2, 3]) == 0
    assert overtaken([1, 2, 3], [3, 1, 2]) == 2


class Watched(Line):
    """A line that tells who is served at this moment, by ticket."""

    __slots__ = ()

    def moved_up(self) -> list[int]:
        return list(self._places)[: self.size]


def test_threads_are_served_as_they_came() -> None:
    """64 threads over 5 places, as fast as they can: whoever is served is always among the first that came."""
    line = Watched(5)
    wrong: list[int] = []
    turns: dict[int, int] = {}

    def work(number: int) -> None:
        for turn in range(20):
            lease: Lease[int] = Lease()
            if not line.join(lease):
                assert line.wait(lease, inf)
            if lease.ticket not in line.moved_up():
                wrong.append(lease.ticket)
            turns[number] = turn + 1
            line.leave(lease)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert set(turns.values()) == {20}
    assert (line.served, line.waiting) == (0, 0)


def test_every_wait_of_every_thread_is_counted() -> None:
    line = Line(1)
    before, interval = threading.active_count(), sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    def work() -> None:
        for _ in range(500):
            lease: Lease[int] = Lease()
            line.join(lease)
            line.wait(lease, 0.0)
            line.leave(lease)

    try:
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert threading.active_count() == before
    assert line.waited == 8 * 500
    assert line.longest > 0


def test_a_newcomer_does_not_overtake_who_has_been_waiting(qb_url: str) -> None:
    """Whoever gives back and asks again at once goes to the end, though the others have not even woken up."""
    pool = SyncPool(qb_url, connection_class=Link, configure=configure, max_size=1)
    lease = pool.checkout()
    served: list[int] = []

    def work(number: int) -> None:
        mine = pool.checkout()
        served.append(number)
        pool.give_back(mine)

    threads: list[threading.Thread] = []
    for number in range(8):
        threads.append(threading.Thread(target=work, args=(number,)))
        threads[-1].start()
        until(lambda: pool.report().waiting == len(threads))
    pool.give_back(lease)
    again = pool.checkout()
    served.append(8)
    pool.give_back(again)
    for thread in threads:
        thread.join()
    assert overtaken(list(range(9)), served) == 0
    assert len(served) == 9
    pool.close()


def test_threads_that_give_up_leave_their_place_to_the_next(qb_url: str) -> None:
    pool = SyncPool(qb_url, connection_class=Link, configure=configure, max_size=1)
    lease = pool.checkout()
    served: list[int] = []
    gave_up: list[int] = []

    def work(number: int) -> None:
        try:
            mine = pool.checkout(timeout=0.05 if number % 2 else 60)
        except PoolExhausted:
            gave_up.append(number)
            return
        served.append(number)
        pool.give_back(mine)

    threads: list[threading.Thread] = []
    for number in range(8):
        before = pool.report()
        threads.append(threading.Thread(target=work, args=(number,)))
        threads[-1].start()
        until(lambda: pool.report().waiting + pool.report().waited > before.waiting + before.waited)  # noqa: B023
    until(lambda: len(gave_up) == 4)
    pool.give_back(lease)
    for thread in threads:
        thread.join()
    assert served == [0, 2, 4, 6]
    report = pool.report()
    assert (report.in_use, report.idle, report.waiting, report.waited) == (0, 1, 0, 8)
    assert report.longest_wait >= 0.05
    pool.close()


@anyio_test
async def test_tasks_are_served_as_they_came_also_when_some_give_up(qb_url: str) -> None:
    pool = AsyncPool(qb_url, connection_class=Link, configure=configure, max_size=1)
    dice = random.Random(7)
    arrived: list[int] = []
    served: list[int] = []
    scopes: dict[int, anyio.CancelScope] = {}

    async def work(number: int) -> None:
        with anyio.CancelScope() as scopes[number]:
            arrived.append(number)
            mine = await pool.checkout()
            served.append(number)
            for _ in range(dice.randrange(3)):
                await anyio.lowlevel.checkpoint()
            pool.give_back(mine)
            if number < 100:
                tasks.start_soon(work, number + 100)  # a newcomer at the very moment

    held = [await pool.checkout()]
    async with anyio.create_task_group() as tasks:
        for number in range(60):
            tasks.start_soon(work, number)
            await anyio.wait_all_tasks_blocked()
        for number in range(0, 60, 3):
            scopes[number].cancel()
        for lease in held:
            pool.give_back(lease)
    stayed = [number for number in arrived if number >= 100 or number % 3]
    assert len(served) == 80
    assert served == stayed
    assert pool.report().in_use == 0
    pool.close()


@anyio_test
async def test_tasks_in_a_transaction_are_served_as_they_came() -> None:
    line = AsyncLine(1)
    served: list[int] = []

    async def work(number: int) -> None:
        lease: Lease[int] = Lease()
        assert line.join(lease) or await line.wait(lease, inf)
        served.append(number)
        await anyio.lowlevel.checkpoint()
        line.leave(lease)

    async with anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(work, number)
            await anyio.wait_all_tasks_blocked() if number == 0 else await anyio.lowlevel.checkpoint()
    assert served == sorted(served)
    assert len(served) == 20


def test_who_is_gone_keeps_no_place() -> None:
    line = Line(2)
    leases: list[Lease[int]] = [Lease() for _ in range(4)]
    assert [line.join(lease) for lease in leases] == [True, True, False, False]
    assert (line.served, line.waiting) == (2, 2)
    done = threading.Event()
    waiter = leases.pop()

    def wait() -> None:
        assert line.wait(waiter, inf)
        done.set()

    thread = threading.Thread(target=wait)
    thread.start()
    until(lambda: waiter.turn is not None)
    leases.clear()  # lost, none of them has left
    gc.collect()
    assert done.wait(20)
    thread.join()
    line.leave(waiter)
    line.leave(waiter)
    assert (line.served, line.waiting) == (0, 0)
    fresh: list[Lease[int]] = [Lease(), Lease()]
    assert [line.join(lease) or line.wait(lease, 0) for lease in fresh] == [True, True]
