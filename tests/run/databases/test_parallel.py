"""The same for many, so many at once."""

from __future__ import annotations

import contextvars
import threading

import anyio
import pytest

from qb import QueryError
from qb.run.databases.parallel import each, each_async

HERE: contextvars.ContextVar[str] = contextvars.ContextVar("here", default="nowhere")


class Crowd:
    """How many are at work at once."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.lock = threading.Lock()

    def enter(self) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)

    def leave(self) -> None:
        with self.lock:
            self.now -= 1


def test_threads_are_so_many_and_keys_in_their_order() -> None:
    crowd, together = Crowd(), threading.Barrier(4)

    def work(key: int) -> int:
        crowd.enter()
        if key < 4:
            together.wait()  # four are there at once
        crowd.leave()
        return key * 2

    found = each([*range(20), 3], work, 4)
    assert list(found.items()) == [(key, key * 2) for key in range(20)]
    assert crowd.most == 4
    assert each(iter("abc"), str.upper, 100) == {"a": "A", "b": "B", "c": "C"}
    assert each([], str, 1) == {}


def test_threads_have_the_context_of_who_asks() -> None:
    HERE.set("there")
    assert set(each(range(5), lambda _: HERE.get(), 5).values()) == {"there"}


def test_what_is_raised_is_raised_and_nothing_more_is_begun() -> None:
    begun: list[int] = []

    def work(key: int) -> int:
        begun.append(key)
        raise KeyError(key)

    with pytest.raises(KeyError):
        each(range(100), work, 2)
    assert len(begun) <= 2
    with pytest.raises(QueryError, match="at_once is 0"):
        each(range(2), work, 0)


@pytest.mark.anyio
async def test_tasks_are_so_many() -> None:
    crowd = Crowd()

    async def work(key: int) -> int:
        crowd.enter()
        await anyio.lowlevel.checkpoint()
        crowd.leave()
        return key * 2

    found = await each_async([*range(20), 3], work, 4)
    assert list(found.items()) == [(key, key * 2) for key in range(20)]
    assert crowd.most == 4
    assert await each_async([], work, 1) == {}


@pytest.mark.anyio
async def test_what_a_task_raises_cancels_the_others() -> None:
    begun: list[int] = []
    ended: list[int] = []

    async def work(key: int) -> int:
        begun.append(key)
        if key == 1:
            raise KeyError(key)
        try:
            await anyio.sleep_forever()
        finally:
            ended.append(key)
        return key

    with pytest.raises(KeyError):
        await each_async(range(100), work, 3)
    assert set(begun) <= {0, 1, 2}
    assert set(ended) == set(begun) - {1}
    with pytest.raises(QueryError, match="at_once is -1"):
        await each_async(range(2), work, -1)


@pytest.mark.anyio
async def test_who_is_cancelled_is_cancelled() -> None:
    async def work(key: int) -> None:
        await anyio.sleep_forever()

    with anyio.move_on_after(0.01) as scope:
        await each_async(range(4), work, 2)
    assert scope.cancelled_caught
