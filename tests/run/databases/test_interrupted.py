"""Interrupts and cancellations while databases are opened, closed and lent: no place is lost, nothing stays locked."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from qb import Success, connect, connect_async
from qb.databases import AsyncDatabases, DatabaseBounds, Databases, connect_each, connect_each_async
from tests.faults.strike import cancelled, only_new_garbage, struck
from tests.run.databases.tenants import COUNT, KEYS, OrganizationId, Tenants, address, stored

BOUNDS = DatabaseBounds(max_size=1, databases=1, links=1)
"""So that each place which is lost is missed."""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
]


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    with only_new_garbage():
        yield


def forget(_: object) -> None:
    """Hear of what was raised where nobody can be told, and keep nothing of it."""


def test_an_interrupt_at_many_places(many: Tenants, qb_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # One within a finaliser is told there, and let go; pytest would keep it, with all that its frames hold.
    monkeypatch.setattr(sys, "unraisablehook", forget)
    ids = [many.encrypted(f"org {number}", many.url(number)) for number in range(2)]

    def work() -> None:
        for number, key in enumerate(ids):
            assert each.of(key).scalar(COUNT) == Success(number + 1)
            with each.of(key).transaction() as tx:
                assert tx.scalar(COUNT) == Success(number + 1)

    with connect(qb_url, max_size=2) as builder:
        each: Databases[OrganizationId] = connect_each(
            builder, stored, address=address, keys=KEYS, bounds=BOUNDS, timeout=5.0
        )
        with each:
            work()
            at, hits = 1, 0
            while True:
                strike, _ = struck(at, work)
                gc.collect()
                work()
                assert each.report.links == each.report.databases == 1, strike.where
                if not strike.hit:
                    break
                at, hits = at + 101, hits + 1
            assert hits > 50
        assert each.report.links == 0


@pytest.mark.anyio
async def test_a_cancellation_at_every_wait(many: Tenants, qb_url: str, anyio_backend: str) -> None:
    ids = [many.encrypted(f"org {number}", many.url(number)) for number in range(2)]

    async def work() -> None:
        for number, key in enumerate(ids):
            assert await each.of(key).scalar(COUNT) == Success(number + 1)
            async with each.of(key).transaction() as tx:
                assert await tx.scalar(COUNT) == Success(number + 1)

    async with connect_async(qb_url, max_size=2) as builder:
        each: AsyncDatabases[OrganizationId] = connect_each_async(
            builder, stored, address=address, keys=KEYS, bounds=BOUNDS, timeout=5.0
        )
        async with each:
            await work()
            at = 1
            while True:
                found: Any = await cancelled(at, work)
                await work()
                assert each.report.links == each.report.databases == 1, at
                if found[0] < at:
                    break
                at += 1
            assert at > 10
        assert each.report.links == 0
