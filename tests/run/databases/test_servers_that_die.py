"""Two hundred organizations on two servers, one of which dies again and again, while keys rotate.

Whose server lives hears nothing of it. No address gets into any text, there is no connection beyond the bound, nothing
is opened twice; what has moved is found.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import quote

import anyio
import pytest

import qb
from qb import Failure, Outcome, Success, connect, connect_async
from qb.databases import DatabaseBounds, EncryptionKeys, connect_each, connect_each_async
from tests.run.databases.tenants import COUNT, KEY, OLD_KEY, TENANTS, OrganizationId, Tenants, stored
from tests.run.databases.watched import BESIDE, CountedLink, Watched
from tests.run.pair import Server, alone

ORGANIZATIONS, WORKERS, DEATHS, ITEMS = 200, 64, 3, 9
SECRET = "pass-of-mortals"
OLD, BOTH, NEW = EncryptionKeys(OLD_KEY), EncryptionKeys(KEY, OLD_KEY), EncryptionKeys(KEY)
BOUNDS = DatabaseBounds(max_size=2, databases=24, links=16, ttl=1e9)
FELT = (qb.ConnectionLost, qb.ConnectionRefused)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def mortal() -> Iterator[Server]:
    with alone() as server:
        server.ask("CREATE TABLE items (id int8 PRIMARY KEY, of text NOT NULL)")
        server.ask(f"INSERT INTO items SELECT n, 'mortal' FROM generate_series(1, {ITEMS}) n")
        yield server
        if server.process is None:
            server.start()


class World:
    """Where each organization is: every second one on the server that dies."""

    def __init__(self, many: Tenants, server: Server) -> None:
        self.many = many
        self.server = server
        self.dice = random.Random(7)
        self.ids = [OrganizationId(f"org {number}") for number in range(ORGANIZATIONS)]
        self.moved = False
        self.over = threading.Event()
        self.encrypt(OLD, *range(ORGANIZATIONS))

    def mortal(self, number: int) -> bool:
        return number % 2 == 1 and not self.moved

    def url(self, number: int) -> str:
        name = f"org {number}"
        if not self.mortal(number):
            return self.many.url(number, application_name=name)
        host = quote(str(self.server.folder))
        return f"postgresql://postgres:{SECRET}@/postgres?host={host}&application_name={quote(name)}"

    def encrypt(self, keys: EncryptionKeys, *numbers: int) -> None:
        for number in numbers:
            self.many.encrypted(self.ids[number], self.url(number), keys)

    def right(self, number: int, outcome: Outcome[int]) -> bool:
        """Whether it is what one may hear. Of the server that lives nothing but its rows."""
        if outcome == Success(ITEMS if self.mortal(number) else number % TENANTS + 1):
            return True
        return self.mortal(number) and isinstance(outcome, Failure) and isinstance(outcome.failure(), FELT)

    @contextmanager
    def dying(self) -> Generator[None]:
        """For as long as the block runs; `over` is set when it has died as often as it is to."""

        def run() -> None:
            try:
                for _ in range(DEATHS):
                    time.sleep(0.2)
                    self.server.stop()
                    self.encrypt(BOTH, *self.dice.sample(range(ORGANIZATIONS), 10))
                    self.server.start()
            finally:
                self.over.set()

        thread = threading.Thread(target=run, name=BESIDE)
        thread.start()
        try:
            yield
        finally:
            thread.join()

    def move(self) -> None:
        """The server dies for good, and all that was there is on the other one: their addresses are encrypted anew."""
        self.server.stop()
        self.moved = True
        self.encrypt(BOTH, *range(ORGANIZATIONS))

    def finished(self, watched: Watched) -> None:
        assert CountedLink.most <= BOUNDS.links
        assert watched.twice == []
        assert watched.errors
        watched.silent(SECRET, "qb-pair-")


@pytest.fixture
def world(many: Tenants, mortal: Server) -> World:
    if mortal.process is None:
        mortal.start()
    return World(many, mortal)


def test_threads(world: World, watched: Watched, qb_url: str) -> None:
    def work(seed: int) -> None:
        dice = random.Random(seed)
        while not world.over.is_set():
            number = dice.randrange(ORGANIZATIONS)
            outcome = of.of(world.ids[number]).scalar(COUNT)
            assert world.right(number, outcome), outcome
            if not watched.note(outcome):
                time.sleep(0.01)
            assert of.report.links <= BOUNDS.links
            assert of.report.databases <= BOUNDS.databases

    with connect(qb_url, max_size=4) as builder:
        of = connect_each(builder, stored, address=watched.address, keys=BOTH, bounds=BOUNDS, timeout=60.0)
        with of, ThreadPoolExecutor(WORKERS) as pool:
            with world.dying():
                list(pool.map(work, range(WORKERS)))
            of.fan_out(COUNT, world.ids, at_once=WORKERS)  # the last death may still be felt
            for number, outcome in enumerate(of.fan_out(COUNT, world.ids, at_once=WORKERS).values()):
                assert outcome == Success([ITEMS if world.mortal(number) else number % TENANTS + 1])
            world.move()
            for number, outcome in enumerate(of.fan_out(COUNT, world.ids, at_once=WORKERS).values()):
                assert outcome == Success([number % TENANTS + 1])
        with connect_each(builder, stored, address=watched.address, keys=NEW, bounds=BOUNDS) as of:
            assert all(isinstance(each, Success) for each in of.fan_out(COUNT, world.ids, at_once=WORKERS).values())
    world.finished(watched)


@pytest.mark.anyio
async def test_tasks(world: World, watched: Watched, qb_url: str, anyio_backend: str) -> None:
    async def work(seed: int) -> None:
        dice = random.Random(seed)
        while not world.over.is_set():
            number = dice.randrange(ORGANIZATIONS)
            db = of.of(world.ids[number])
            if dice.random() < 0.1:  # somebody gives up half-way
                with anyio.move_on_after(dice.random() / 100):
                    watched.note(await db.scalar(COUNT))
                continue
            outcome = await db.scalar(COUNT)
            assert world.right(number, outcome), outcome
            if not watched.note(outcome):
                await anyio.sleep(0.01)
            assert of.report.links <= BOUNDS.links
            assert of.report.databases <= BOUNDS.databases

    async with connect_async(qb_url, max_size=4) as builder:
        of = connect_each_async(builder, stored, address=watched.address, keys=BOTH, bounds=BOUNDS, timeout=60.0)
        async with of:
            with world.dying():
                async with anyio.create_task_group() as tasks:
                    for seed in range(WORKERS):
                        tasks.start_soon(work, seed)
            await of.fan_out(COUNT, world.ids, at_once=WORKERS)
            for number, outcome in enumerate((await of.fan_out(COUNT, world.ids, at_once=WORKERS)).values()):
                assert outcome == Success([ITEMS if world.mortal(number) else number % TENANTS + 1])
            world.move()
            for number, outcome in enumerate((await of.fan_out(COUNT, world.ids, at_once=WORKERS)).values()):
                assert outcome == Success([number % TENANTS + 1])
    world.finished(watched)
