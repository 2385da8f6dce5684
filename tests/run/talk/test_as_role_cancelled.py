"""A task that is cancelled while it acts as a role: whoever gets its connection next is who it was."""

from __future__ import annotations

import anyio
import pytest

from qb import AsyncDatabase, Success, connect_async, sql

pytestmark = pytest.mark.anyio

ROLE = sql("SELECT current_setting('role')").rows(str)
PID = sql("SELECT pg_backend_pid()").rows(int)
SLEEP = sql("SELECT pg_sleep(60)").command()


async def cancelled_in(db: AsyncDatabase, *, narrowed: bool, asleep: bool) -> None:
    """A task that is cancelled in a statement, or where it waits for something else."""
    ready = anyio.Event()

    async def work() -> None:
        async with db.as_role("pg_monitor", claims={"sub": "ada"}) as tx:
            assert await tx.scalar(ROLE) == Success("pg_monitor")
            if narrowed:
                async with tx.as_role("pg_read_all_settings") as narrow:
                    assert await narrow.scalar(ROLE) == Success("pg_read_all_settings")
                    ready.set()
                    await (narrow.execute(SLEEP) if asleep else anyio.sleep_forever())
            ready.set()
            await (tx.execute(SLEEP) if asleep else anyio.sleep_forever())

    async with anyio.create_task_group() as group:
        group.start_soon(work)
        await ready.wait()
        await anyio.sleep(0.02)
        group.cancel_scope.cancel()


@pytest.mark.parametrize("asleep", [True, False])
@pytest.mark.parametrize("narrowed", [True, False])
async def test_a_cancelled_task_leaves_no_role(qb_url: str, narrowed: bool, asleep: bool) -> None:
    async with connect_async(qb_url, max_size=1) as db:
        pid = await db.scalar(PID)
        await cancelled_in(db, narrowed=narrowed, asleep=asleep)
        assert await db.scalar(ROLE) == Success("none")
        assert await db.scalar(PID) == pid


async def test_a_savepoint_that_is_cancelled_leaves_the_role_around_it(qb_url: str) -> None:
    async with connect_async(qb_url, max_size=1) as db, db.as_role("pg_monitor") as tx:
        with anyio.move_on_after(0.05) as scope:
            async with tx.as_role("pg_read_all_settings") as narrow:
                await narrow.execute(SLEEP)
        assert scope.cancelled_caught
        assert await tx.scalar(ROLE) == Success("pg_monitor")
