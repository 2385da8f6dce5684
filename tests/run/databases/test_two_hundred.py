"""Two hundred organizations, sixty-four tasks, keys that rotate and servers that die.

No address gets into any text, there is no connection beyond the bound, nothing is opened twice. The organizations share
four databases: each has an address of its own, as it says another `application_name`.
"""

from __future__ import annotations

import random
import threading
import traceback
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import anyio
import pytest

import qb
from qb import DbError, Failure, Outcome, Success, connect, connect_async
from qb.databases import DatabaseBounds, EncryptionKeys, connect_each, connect_each_async
from tests.run.databases.tenants import (
    COUNT,
    KEY,
    OLD_KEY,
    TENANTS,
    OrganizationId,
    Tenants,
    stored,
)
from tests.run.databases.watched import CountedLink, Watched

ORGANIZATIONS, WORKERS, ROUNDS = 200, 64, 12
OLD, NEW = EncryptionKeys(OLD_KEY), EncryptionKeys(KEY, OLD_KEY)
BOUNDS = DatabaseBounds(max_size=2, databases=24, links=16, ttl=1e9)
ALLOWED = (qb.ConnectionLost, qb.ConnectionRefused)
"""What may come of a server that dies."""


def organizations(many: Tenants, keys: EncryptionKeys) -> list[OrganizationId]:
    return [
        many.encrypted(f"org {number}", many.url(number, application_name=f"org {number}"), keys)
        for number in range(ORGANIZATIONS)
    ]


class Chaos:
    """What happens while they work: addresses are encrypted anew, servers end their connections."""

    def __init__(self, many: Tenants, seed: int) -> None:
        self.many = many
        self.dice = random.Random(seed)
        self.rounds = 0

    def strike(self) -> None:
        self.rounds += 1
        number = self.dice.randrange(ORGANIZATIONS)
        if self.rounds % 2:
            self.many.encrypted(f"org {number}", self.many.url(number, application_name=f"org {number}"), NEW)
        else:
            name = self.many.urls[number % TENANTS].partition("@/")[2].partition("?")[0]
            end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = {n}"
            self.many.builder.scalar(qb.sql(end, n=name).rows(int)).unwrap()


@contextmanager
def struck(chaos: Chaos) -> Generator[None]:
    """Have it strike for as long as the block runs."""
    over = threading.Event()

    def run() -> None:
        while not over.wait(0.02):
            chaos.strike()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.slow
def test_threads(many: Tenants, watched: Watched, qb_url: str) -> None:
    ids = organizations(many, OLD)
    right, wrong = [0], [0]

    def work(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(ROUNDS):
            number = dice.randrange(ORGANIZATIONS)
            outcome = of.of(ids[number]).scalar(COUNT)
            (right if watched.note(outcome) else wrong).append(1)
            assert isinstance(outcome, Failure) or outcome == Success(number % TENANTS + 1)
            assert of.report.links <= BOUNDS.links
            assert of.report.databases <= BOUNDS.databases

    with connect(qb_url, max_size=4) as builder:
        of = connect_each(builder, stored, address=watched.address, keys=NEW, bounds=BOUNDS, timeout=60.0)
        with of, ThreadPoolExecutor(WORKERS) as pool:
            with struck(Chaos(many, 1)):
                list(pool.map(work, range(WORKERS)))
            print(of, repr(of), of.report, file=watched.said)
            for outcome in of.fan_out(COUNT, ids, at_once=WORKERS).values():
                watched.note(outcome)  # the last strike may still be felt
            after = of.fan_out(COUNT, ids, at_once=WORKERS)
            assert [after[key] for key in ids] == [Success([n % TENANTS + 1]) for n in range(ORGANIZATIONS)]
    finished(watched, len(right), len(wrong))


def finished(watched: Watched, right: int, wrong: int) -> None:
    assert CountedLink.most <= BOUNDS.links
    assert all(isinstance(error, ALLOWED) for error in watched.errors), watched.errors
    assert right > wrong
    assert watched.twice == []
    watched.silent()


@pytest.mark.slow
@pytest.mark.anyio
async def test_tasks(many: Tenants, watched: Watched, qb_url: str, anyio_backend: str) -> None:
    ids = organizations(many, OLD)
    right, wrong = [0], [0]

    async def work(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(ROUNDS):
            number = dice.randrange(ORGANIZATIONS)
            db = of.of(ids[number])
            outcome: Outcome[int]
            if dice.random() < 0.2:
                outcome = await db.transact(lambda tx: tx.scalar(COUNT))
            elif dice.random() < 0.1:  # somebody gives up half-way
                with anyio.move_on_after(dice.random() / 100):
                    watched.note(await db.scalar(COUNT))
                continue
            else:
                outcome = await db.scalar(COUNT)
            (right if watched.note(outcome) else wrong).append(1)
            assert isinstance(outcome, Failure) or outcome == Success(number % TENANTS + 1)
            assert of.report.links <= BOUNDS.links
            assert of.report.databases <= BOUNDS.databases

    async with connect_async(qb_url, max_size=4) as builder:
        of = connect_each_async(builder, stored, address=watched.address, keys=NEW, bounds=BOUNDS, timeout=60.0)
        async with of:
            with struck(Chaos(many, 2)):
                async with anyio.create_task_group() as tasks:
                    for seed in range(WORKERS):
                        tasks.start_soon(work, seed)
            print(of, repr(of), of.report, file=watched.said)
            for outcome in (await of.fan_out(COUNT, ids, at_once=WORKERS)).values():
                watched.note(outcome)
            after = await of.fan_out(COUNT, ids, at_once=WORKERS)
            assert [after[key] for key in ids] == [Success([n % TENANTS + 1]) for n in range(ORGANIZATIONS)]
    finished(watched, len(right), len(wrong))


def test_threads_that_come_together_open_it_once(many: Tenants, watched: Watched, qb_url: str) -> None:
    ids = [many.encrypted(f"org {number}", many.url(number)) for number in range(4)]
    together = threading.Barrier(32)

    def work(number: int) -> Outcome[int]:
        together.wait()
        return of.of(ids[number % 4]).scalar(COUNT)

    with connect(qb_url, max_size=4) as builder:
        of = connect_each(builder, stored, address=watched.address, keys=NEW, bounds=DatabaseBounds(max_size=3))
        with of, ThreadPoolExecutor(32) as pool:
            found = list(pool.map(work, range(32)))
            assert found == [Success(number % 4 + 1) for number in range(32)]
            assert of.report.databases == 4
            assert of.report.links <= 12
    assert list(watched.reads.values()) == [1, 1, 1, 1]
    assert CountedLink.most <= 12


@pytest.mark.anyio
async def test_tasks_that_come_together_open_it_once(
    many: Tenants, watched: Watched, qb_url: str, anyio_backend: str
) -> None:
    ids = [many.encrypted(f"org {number}", many.url(number)) for number in range(4)]
    async with connect_async(qb_url, max_size=4) as builder:
        of = connect_each_async(builder, stored, address=watched.address, keys=NEW, bounds=DatabaseBounds(links=6))
        async with of:
            found = await of.fan_out(COUNT, ids)
            assert found == {key: Success([number + 1]) for number, key in enumerate(ids)}
            async with anyio.create_task_group() as tasks:
                for number in range(64):
                    tasks.start_soon(of.of(ids[number % 4]).ping)
            assert of.report.databases == 4
    assert list(watched.reads.values()) == [1, 1, 1, 1]
    assert CountedLink.most <= 6


@pytest.mark.anyio
async def test_who_waited_for_what_failed_has_failed_with_it(
    many: Tenants, watched: Watched, qb_url: str, anyio_backend: str
) -> None:
    key = many.add("changed", NEW.encrypt(many.url(0), of="changed")[:-1] + b"x", "encrypted")
    outcomes: list[Outcome[None]] = []

    async def ask() -> None:
        outcomes.append(await of.of(key).ping())
        watched.note(outcomes[-1])

    async with connect_async(qb_url) as builder:
        of = connect_each_async(builder, stored, address=watched.address, keys=NEW)
        async with of:
            async with anyio.create_task_group() as tasks:
                for _ in range(20):
                    tasks.start_soon(ask)
            assert sum(watched.reads.values()) == 1
            await ask()
            assert sum(watched.reads.values()) == 2  # what failed is not kept
    assert set(watched.errors) == {qb.AddressUnreadable("no key opens it, or it was changed, or is another one's")}
    watched.silent()


def test_what_blocks_raise_shows_nothing(many: Tenants, watched: Watched, qb_url: str) -> None:
    """Not even a traceback that shows what was in its frames."""
    dead = many.url(0).replace("_tenant_0", "_tenant_gone")
    keys = [many.encrypted("dead", dead), many.add("changed", b"x" * 99, "encrypted"), many.add("none", dead[:9])]
    with connect(qb_url) as builder, connect_each(builder, stored, address=watched.address, keys=NEW) as of:
        for key in keys:
            blocks: list[Any] = [of.of(key).transaction(), of.of(key).stream(COUNT)]
            for block in blocks:
                with pytest.raises(DbError) as caught:
                    block.__enter__()
                shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
                hidden = "\n".join(line for line in shown.format() if "test_two_hundred" not in line)
                print(hidden, file=watched.said)
            watched.note(of.of(key).ping())
    assert {str(error) for error in watched.errors} == {
        "could not connect: the server has no such database",
        "the stored address of a database cannot be read: no key opens it, or it was changed, or is another one's",
        "the stored address of a database cannot be read: what it says is no address of a PostgreSQL database",
    }
    assert "SELECT count" in watched.said.getvalue()
    watched.silent()
