"""asyncio's loop watches a link's socket from one query to the next, and never one that is closed."""

import asyncio
import gc
import os
import threading
from contextvars import ContextVar
from typing import Any

import msgspec
import pytest

from qb import AsyncDatabase, sql, unwrap
from qb.errors import ConnectionLost
from qb.errors.outcome import Success
from qb.run.database.async_connect import connect_async
from qb.run.pool.pools import AsyncPool
from qb.run.pool.stock import Seat
from qb.run.session.answers import command
from qb.run.session.configure import configure
from qb.run.session.ear import Ear
from qb.run.session.link import Link
from qb.run.talk.converse import converse_async
from tests.run.plain import async_database, do, failure, values

ONE = values("select 1")
PID = values("select pg_backend_pid()")
MANY = values("select repeat('x', 1000) from generate_series(1, 5000)")


class Watched:
    """The sockets that the running loop watches, and how often it was told to begin and to stop."""

    def __init__(self) -> None:
        loop: Any = asyncio.get_running_loop()
        self.now: set[int] = set()
        self.begun = self.ended = 0
        self.threads: set[int] = set()
        """From which it was told."""
        add, remove = loop.add_reader, loop.remove_reader

        def add_reader(number: int, *call: Any) -> None:
            self.begun += 1
            self.now.add(number)
            self.threads.add(threading.get_ident())
            add(number, *call)

        def remove_reader(number: int) -> bool:
            self.threads.add(threading.get_ident())
            known = bool(remove(number))
            self.ended += known
            self.now.discard(number)
            return known

        loop.add_reader, loop.remove_reader = add_reader, remove_reader


async def until(watched: Watched, ended: int) -> None:
    """Wait for the loop to have been told so often to stop."""
    async with asyncio.timeout(20):
        while watched.ended < ended:  # noqa: ASYNC110 - it is the loop itself that is waited for
            await asyncio.sleep(0.001)


def on_asyncio(work: Any) -> None:
    asyncio.run(work)


def test_many_queries_are_one_registration(qb_url: str) -> None:
    async def main() -> None:
        async with async_database(qb_url, max_size=1) as db:
            unwrap(await db.scalar(ONE))
            watched = Watched()
            for _ in range(20):
                assert await db.scalar(ONE) == Success(1)
            assert len(unwrap(await db.all(MANY))) == 5000
            async with db.transaction() as tx, tx.stream(MANY) as found:
                assert len([each async for each in found]) == 5000
            assert (watched.begun, watched.ended) == (0, 0)

    on_asyncio(main())


def test_what_is_closed_is_watched_no_more(qb_url: str) -> None:
    async def main() -> None:
        watched = Watched()
        async with async_database(qb_url, max_size=2) as db:
            async with db.transaction() as tx:
                assert await tx.scalar(ONE) == await db.apart.scalar(ONE)
            assert len(watched.now) == 2
        assert watched.now == set()

    on_asyncio(main())


def test_a_socket_that_the_server_closes_while_it_idles(qb_url: str) -> None:
    async def main() -> None:
        async with async_database(qb_url) as other, async_database(qb_url, max_size=1) as db:
            for _ in range(5):
                pid = unwrap(await db.scalar(PID))
                watched = Watched()
                unwrap(await other.execute(do("select pg_terminate_backend($1::bigint::int, 20000)", pid)))
                await until(watched, 1)  # heard, and read by nobody
                assert unwrap(await db.scalar(PID)) != pid  # the new one has the same number, most of the time

    on_asyncio(main())


def test_a_socket_that_is_closed_while_it_is_read(qb_url: str) -> None:
    async def main() -> None:
        async with async_database(qb_url) as other, async_database(qb_url, max_size=1) as db:
            for _ in range(5):
                pid = unwrap(await db.scalar(PID))
                waits = asyncio.create_task(db.execute(do("select pg_sleep(60)")))
                asked = "select count(*) from pg_stat_activity where pid = $1::bigint and wait_event = 'PgSleep'"
                while not unwrap(await other.scalar(values(asked, pid))):
                    pass
                unwrap(await other.execute(do("select pg_terminate_backend($1::bigint::int, 20000)", pid)))
                assert isinstance(failure(await waits), ConnectionLost)
                async with asyncio.timeout(10):
                    assert await db.scalar(ONE) == Success(1)

    on_asyncio(main())


async def lost(url: str) -> tuple[list[Seat[Link]], Link]:
    """A seat outside of its pool, and its link, whose socket the loop watches."""
    pool = AsyncPool(url, connection_class=Link, configure=configure, max_size=1)
    lease = await pool.checkout()
    await converse_async(lease.link, command(lease.link, b"SELECT 1"))
    seat, lease.seat = lease.seat, None
    return [seat], lease.link


def test_a_link_that_is_lost_is_closed_in_the_thread_of_its_loop(qb_url: str) -> None:
    async def main() -> None:
        watched = Watched()
        seats, link = await lost(qb_url)
        assert len(watched.now) == 1
        await asyncio.to_thread(seats.clear)
        async with asyncio.timeout(20):
            while not link.closed:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.001)
        assert watched.now == set()
        assert watched.threads == {threading.get_ident()}

    on_asyncio(main())


def test_a_link_that_is_lost_when_its_loop_is_over_is_closed_at_once(qb_url: str) -> None:
    seats, link = asyncio.run(lost(qb_url))
    thread = threading.Thread(target=seats.clear)
    thread.start()
    thread.join()
    assert link.closed


def test_what_the_server_says_unasked(qb_url: str) -> None:
    async def main() -> None:
        async with async_database(qb_url) as other, async_database(qb_url, max_size=1) as db:
            watched = Watched()
            for count in range(1, 4):
                async with db.transaction() as tx:
                    unwrap(await tx.execute(do("listen unasked")))
                    pid = await tx.scalar(PID)
                async with db.transaction() as tx:  # it has its link, and has not begun
                    unwrap(await other.execute(do("notify unasked")))
                    await until(watched, count)
                    assert await tx.scalar(PID) == pid
                    assert watched.ended == count

    on_asyncio(main())


def test_one_loop_after_another(qb_url: str) -> None:
    database: list[AsyncDatabase] = []

    async def opens() -> None:
        database.append(async_database(qb_url, max_size=1))
        assert await database[0].scalar(ONE) == Success(1)

    async def uses() -> None:
        assert await database[0].scalar(ONE) == Success(1)

    async def closes() -> None:
        assert await database[0].scalar(ONE) == Success(1)
        await database[0].close()

    for work in (opens, uses, closes):
        asyncio.run(work())


ASKED_BY: ContextVar[str] = ContextVar("asked_by", default="nobody")


class Named(msgspec.Struct):
    """A row that notes for whom it is made."""

    n: int
    by: str | None

    def __post_init__(self) -> None:
        task = asyncio.current_task()
        self.by = None if task is None else f"{ASKED_BY.get()} in {task.get_name()}"
        ASKED_BY.set(f"{ASKED_BY.get()}!")


def test_rows_are_made_in_the_task(qb_url: str) -> None:
    async def main() -> None:
        async with connect_async(qb_url, max_size=2) as db:

            async def asks(name: str) -> None:
                ASKED_BY.set(name)
                for count in range(5):
                    row = unwrap(await db.one(sql("SELECT 1 AS n, NULL AS by").rows(Named)))
                    assert row.by == f"{name}{'!' * count} in {name}"

            async with asyncio.TaskGroup() as group:
                for name in ("ann", "bob", "cy"):
                    group.create_task(asks(name), name=name)

    on_asyncio(main())


def test_an_exception_of_the_users_reaches_the_task(qb_url: str) -> None:
    class Refuses(msgspec.Struct):
        n: int

        def __post_init__(self) -> None:
            raise LookupError("no")

    async def main() -> None:
        async with connect_async(qb_url, max_size=1) as db:
            with pytest.raises(LookupError, match=r"^no$"):
                await db.one(sql("SELECT 1 AS n").rows(Refuses))
            assert await db.scalar(sql("SELECT 1").rows(int)) == Success(1)

    on_asyncio(main())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_child_that_closes_its_links_leaves_the_parents_watched(qb_url: str) -> None:
    async def main() -> None:
        watched = Watched()
        async with async_database(qb_url, max_size=1) as db:
            assert await db.scalar(ONE) == Success(1)
            child = os.fork()
            if child == 0:
                for each in gc.get_objects():
                    if isinstance(each, Ear):
                        each.deaf()
                os._exit(watched.ended)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0  # noqa: ASYNC222 - it ends at once
            async with asyncio.timeout(10):
                assert await db.scalar(ONE) == Success(1)

    on_asyncio(main())
