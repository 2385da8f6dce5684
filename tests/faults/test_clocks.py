"""An interrupt at the end of a block that has a clock: none goes on, to cancel the task at whatever it does by then."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import CodeType

import pytest

import qb
from qb import AsyncDatabase, connect_async, sql
from qb.run.database.async_block import AsyncTransactionBlock
from qb.run.pool.line import AsyncLine
from qb.run.talk import converse
from tests.faults.async_whole import QUIET
from tests.faults.strike import Strike

pytestmark = [*QUIET, pytest.mark.slow]

ONE = sql("SELECT 1").rows(int)


async def undone(db: AsyncDatabase) -> None:
    async with db.transaction() as tx:
        qb.unwrap(await tx.scalar(ONE))
        raise LookupError


async def left(db: AsyncDatabase) -> None:
    async with db.stream(sql("SELECT n FROM generate_series(1, 5000) n").rows(int)) as rows:
        async for _ in rows:
            raise LookupError


async def waited(db: AsyncDatabase) -> None:
    async def hold() -> None:
        async with db.transaction() as tx:
            qb.unwrap(await tx.scalar(ONE))
            inside.set()
            await asyncio.sleep(0.01)

    inside = asyncio.Event()
    holder = asyncio.create_task(hold())
    await inside.wait()
    try:
        qb.unwrap(await db.scalar(ONE))  # of the one link that there is
    finally:
        await holder


WORK: dict[str, tuple[Callable[[AsyncDatabase], Awaitable[None]], CodeType]] = {
    "recover": (left, converse.recover_async.__code__),
    "undo": (undone, vars(AsyncTransactionBlock)["_undo"].__code__),
    "shielded": (left, converse.converse_shielded.__code__),
    "line": (waited, AsyncLine.wait.__code__),
}


def clocks() -> list[object]:
    """Of blocks that may still be cancelled."""
    scheduled: list[asyncio.TimerHandle] = getattr(asyncio.get_running_loop(), "_scheduled")  # noqa: B009
    callbacks = [getattr(each, "_callback", None) for each in scheduled if not each.cancelled()]
    return [each for each in callbacks if type(getattr(each, "__self__", None)).__name__ == "CancelScope"]


@pytest.mark.parametrize("name", WORK)
def test_no_clock_goes_on(qb_url: str, name: str) -> None:
    work, code = WORK[name]

    async def once(at: int) -> bool:
        async with connect_async(qb_url, max_size=1, timeout=30) as db:
            before = len(clocks())
            strike = Strike(at, lambda each: each is code)
            with suppress(LookupError), strike:
                await work(db)
            assert len(clocks()) == before, strike.where
            return strike.hit

    at = 1
    while asyncio.run(once(at)):
        at += 1
    assert at > 10
