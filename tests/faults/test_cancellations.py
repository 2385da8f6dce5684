"""A cancellation at every wait of a task: nothing is lost, locked or half done."""

from functools import partial

import pytest

from qb import Database, connect_async
from tests.faults.async_scenes import SCENES
from tests.faults.async_whole import QUIET, SIZE, audit, names, whole
from tests.faults.strike import cancelled

pytestmark = QUIET


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize("name", SCENES)
async def test_a_cancellation_at_every_wait(qb_url: str, observer: Database, name: str) -> None:
    async with connect_async(names(qb_url), max_size=SIZE, timeout=30) as db:
        work = SCENES[name]
        await work(db, 1)
        at = 1
        while True:
            waits, ended = await cancelled(at, partial(work, db, 1000 + at))  # type: ignore[arg-type]
            await whole(db, f"{name} at wait {at}")
            audit(observer, f"{name} at wait {at}", 1000 + at, ended)
            if waits < at:
                break
            at += 1
        assert at > 1
