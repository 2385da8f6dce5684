"""The pools on a real server: full, refused, restarted, shared by threads and by tasks, cancelled, closed."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import anyio
import anyio.from_thread
import anyio.lowlevel
import anyio.to_thread
import psycopg
import pytest

from qb.errors import ClosedError, ConnectionRefused, DefinitionError, PoolExhausted
from qb.run.pool import stock
from qb.run.pool.line import Lease
from qb.run.pool.pools import AsyncPool, SyncPool
from qb.run.server.embedded import Embedded, embedded

Connection = psycopg.Connection[Any]

anyio_test = pytest.mark.anyio


class Counted(Connection):
    """Connections that tell how many there are and how many there were."""

    opened: ClassVar[int] = 0
    most: ClassVar[int] = 0
    living: ClassVar[set["Counted"]] = set()

    @classmethod
    def connect(cls, *arguments: Any, **options: Any) -> Any:
        made = super().connect(*arguments, **options)
        with _COUNTING:
            cls.living.add(made)
            cls.opened += 1
            cls.most = max(cls.most, len(cls.living))
        return made

    def close(self) -> None:
        with _COUNTING:
            self.living.discard(self)
        super().close()


_COUNTING = threading.Lock()


@pytest.fixture
def counted() -> Iterator[type[Counted]]:
    """A class of connections for one test, all of which must be closed at its end."""

    class Fresh(Counted):
        living: ClassVar[set[Counted]] = set()

    yield Fresh
    assert Fresh.living == set()


class Links:
    """Leases by their link, so that these tests can speak of links: each is lent once at a time."""

    def __init__(self) -> None:
        self.leases: dict[Connection, Lease[Counted]] = {}

    def out(self, lease: Lease[Counted]) -> Counted:
        self.leases[lease.link] = lease
        return lease.link


class SyncLinks(SyncPool[Counted]):
    """A pool that gives out links."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.links = Links()
        super().__init__(*arguments, **options)

    def take(self, timeout: float | None = None) -> Counted:
        return self.links.out(self.checkout(timeout))

    def put(self, link: Connection) -> None:
        self.give_back(self.links.leases[link])


class AsyncLinks(AsyncPool[Counted]):
    """The same for tasks."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.links = Links()
        super().__init__(*arguments, **options)

    async def take(self, timeout: float | None = None) -> Counted:  # noqa: ASYNC109
        return self.links.out(await self.checkout(timeout))

    def put(self, link: Connection) -> None:
        self.give_back(self.links.leases[link])


@pytest.fixture
def sync_pool(qb_url: str, counted: type[Counted]) -> Iterator[Callable[..., SyncLinks]]:
    pools: list[SyncLinks] = []

    def make(url: str = qb_url, **options: Any) -> SyncLinks:
        pools.append(SyncLinks(url, connection_class=counted, **options))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


@pytest.fixture
def async_pool(qb_url: str, counted: type[Counted]) -> Iterator[Callable[..., AsyncLinks]]:
    pools: list[AsyncLinks] = []

    def make(url: str = qb_url, **options: Any) -> AsyncLinks:
        pools.append(AsyncLinks(url, connection_class=counted, **options))
        return pools[-1]

    yield make
    assert all(pool.closed for pool in pools)  # within the event loop, by the tests


SyncPools = Callable[..., SyncLinks]
AsyncPools = Callable[..., AsyncLinks]


def one(connection: Connection) -> object:
    row = connection.execute("SELECT 1").fetchone()
    return row and row[0]


def terminate(url: str, *connections: Connection) -> None:
    """End connections from the server's side, and wait until it has told them."""
    with psycopg.connect(url, autocommit=True) as other:
        for connection in connections:
            other.execute("SELECT pg_terminate_backend(%s, 60000)", (connection.info.backend_pid,))


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - it is a thread that is waited for
        await anyio.sleep(0.001)


# ------------------------------------------------------------------------------------------------- one at a time


def test_nothing_is_connected_before_it_is_needed(sync_pool: SyncPools, counted: type[Counted]) -> None:
    sync_pool("postgresql://u:hunter2@nowhere.invalid/d")
    sync_pool()
    assert counted.opened == 0


def test_a_link_is_ready_for_qb(sync_pool: SyncPools) -> None:
    pool = sync_pool()
    link = pool.take()
    assert link.autocommit
    assert link.prepare_threshold is None
    assert link.info.encoding == "utf-8"
    assert link.execute("SHOW application_name").fetchone() == ("qb",)
    pool.put(link)


def test_the_urls_own_name_wins(sync_pool: SyncPools, qb_url: str) -> None:
    pool = sync_pool(f"{qb_url}&application_name=mine&client_encoding=latin1")
    link = pool.take()
    assert link.execute("SHOW application_name").fetchone() == ("mine",)
    assert link.info.encoding == "utf-8"
    pool.put(link)


def test_links_are_used_again_the_last_one_first(sync_pool: SyncPools, counted: type[Counted]) -> None:
    pool = sync_pool()
    first, second = pool.take(), pool.take()
    pool.put(first)
    pool.put(second)
    assert pool.take() is second
    assert pool.take() is first
    assert counted.opened == 2
    pool.put(first)
    pool.put(second)


def test_configure_sees_every_new_link(sync_pool: SyncPools) -> None:
    seen: list[Connection] = []
    pool = sync_pool(configure=seen.append)
    links = [pool.take(), pool.take()]
    for link in links:
        pool.put(link)
    pool.put(pool.take())
    assert seen == links


def test_a_link_that_cannot_be_configured_is_closed(sync_pool: SyncPools) -> None:
    def configure(link: Connection) -> None:
        link.execute("SET nothing TO 1")

    with pytest.raises(ConnectionRefused, match=r"^could not connect: "):
        sync_pool(configure=configure).take()


@pytest.mark.parametrize("broken", ["closed", "in a transaction", "failed", "in a pipeline", "terminated"])
def test_what_cannot_be_used_again_is_replaced(sync_pool: SyncPools, qb_url: str, broken: str) -> None:
    pool = sync_pool(max_size=1)
    link = pool.take()
    match broken:
        case "closed":
            link.close()
        case "in a transaction":
            link.execute("BEGIN")
        case "failed":
            link.execute("BEGIN")
            with pytest.raises(psycopg.Error):
                link.execute("bad")
        case "in a pipeline":
            link.pgconn.enter_pipeline_mode()
        case _:
            terminate(qb_url, link)
            with pytest.raises(psycopg.Error):
                link.execute("SELECT 1")
    pool.put(link)
    other = pool.take()
    assert other is not link
    assert one(other) == 1
    pool.put(other)


def test_a_link_that_died_while_idle_is_not_given_out(sync_pool: SyncPools, qb_url: str) -> None:
    pool = sync_pool()
    links = [pool.take() for _ in range(3)]
    for link in links:
        pool.put(link)
    terminate(qb_url, *links[1:])
    assert pool.take() is links[0]
    assert links[1].closed
    assert links[2].closed
    pool.put(links[0])


def test_old_and_forgotten_links_are_closed(
    sync_pool: SyncPools, counted: type[Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = sync_pool()
    links = [pool.take() for _ in range(3)]
    for link in links:
        pool.put(link)
    monkeypatch.setattr(stock, "MAX_IDLE", -1.0)
    pool.put(pool.take())
    assert counted.living == set()
    monkeypatch.undo()
    monkeypatch.setattr(stock, "MAX_LIFETIME", 0.0)
    pool.put(pool.take())
    assert counted.living == set()
    monkeypatch.undo()
    pool.put(pool.take())
    assert len(counted.living) == 1


def test_a_full_pool(sync_pool: SyncPools) -> None:
    pool = sync_pool(max_size=2, timeout=0.5)
    links = [pool.take(), pool.take()]
    with pytest.raises(PoolExhausted) as raised:
        pool.take()
    assert raised.value == PoolExhausted(2, 0.5)
    with pytest.raises(PoolExhausted, match=r"^all 2 connections of the pool were in use for 0 s$"):
        pool.take(timeout=0)
    for link in links:
        pool.put(link)
    pool.put(pool.take(timeout=0))


def test_giving_back_twice_makes_no_room(sync_pool: SyncPools) -> None:
    pool = sync_pool(max_size=1)
    link = pool.take()
    pool.put(link)
    pool.put(link)
    assert pool.take() is link
    with pytest.raises(PoolExhausted):
        pool.take(timeout=0)
    pool.put(link)


def test_a_pool_needs_room(sync_pool: SyncPools) -> None:
    with pytest.raises(DefinitionError, match=r"^a pool needs room for one connection at least, and max_size is 0$"):
        sync_pool(max_size=0)


def test_repr_shows_the_state_and_no_password(sync_pool: SyncPools) -> None:
    pool = sync_pool("postgresql://ada:hunter2@localhost/app?sslpassword=hunter2", max_size=3)
    assert repr(pool) == "<SyncLinks postgresql://ada@localhost/app: 0 of 3 in use, 0 idle>"
    pool.close()
    assert repr(pool) == "<SyncLinks postgresql://ada@localhost/app: closed>"


def test_close(sync_pool: SyncPools, counted: type[Counted]) -> None:
    pool = sync_pool(max_size=2)
    out, idle = pool.take(), pool.take()
    pool.put(idle)
    pool.close()
    assert idle.closed
    assert one(out) == 1
    pool.put(out)
    assert out.closed
    pool.close()
    with pytest.raises(ClosedError, match=r"^the database is closed$"):
        pool.take()


def test_close_wakes_all_who_wait(sync_pool: SyncPools) -> None:
    pool = sync_pool(max_size=1)
    link = pool.take()
    with ThreadPoolExecutor(3) as threads:
        waiting = [threads.submit(pool.take) for _ in range(3)]
        pool.close()
        for each in waiting:
            with pytest.raises(ClosedError):
                each.result()
    pool.put(link)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_forked_child_makes_its_own_links(sync_pool: SyncPools) -> None:
    pool = sync_pool(max_size=2)
    idle, out = pool.take(), pool.take()
    pool.put(idle)
    mine = {idle.info.backend_pid, out.info.backend_pid}
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover
        try:
            pool.put(out)  # does nothing
            links = [pool.take(), pool.take()]
            os.write(writing, b"own" if mine.isdisjoint(link.info.backend_pid for link in links) else b"shared")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 10) == b"own"
    os.close(reading)
    os.close(writing)
    assert one(out) == 1
    pool.put(out)
    assert {pool.take(), pool.take()} == {idle, out}
    assert one(idle) == 1
    for link in (idle, out):
        pool.put(link)


# ------------------------------------------------------------------------------------------ nobody answers


@pytest.fixture(scope="module")
def own_server(server_folder: Path) -> Iterator[Embedded]:
    """A server that a test may restart, on which the role `locked` needs a password."""
    with embedded(server_folder / "postgres") as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE ROLE locked LOGIN PASSWORD 'hunter2'")
            access = server.directory / "pg_hba.conf"
            access.write_text(f"local all locked scram-sha-256\n{access.read_text()}")
            connection.execute("SELECT pg_reload_conf()")
        yield server


def test_wrong_password(sync_pool: SyncPools, own_server: Embedded) -> None:
    # The timeout is there to be missed: the reason arrives without waiting for it.
    pool = sync_pool(own_server.url.replace("postgres@", "locked:hunter3@"), timeout=1e6, max_size=1)
    for _ in range(3):  # each tries anew, and none keeps the room
        with pytest.raises(ConnectionRefused) as raised:
            pool.take()
        assert raised.value.sqlstate == "28P01"
        assert raised.value.reason.endswith('failed: FATAL: password authentication failed for user "locked"')
        assert raised.value.__context__ is None
        assert "hunter" not in f"{raised.value!r} {pool!r}"


def test_right_password(sync_pool: SyncPools, own_server: Embedded) -> None:
    pool = sync_pool(own_server.url.replace("postgres@", "locked:hunter2@"))
    link = pool.take()
    assert one(link) == 1
    pool.put(link)


@pytest.fixture
def closed_port() -> Iterator[int]:
    """One on which nobody listens, and which is kept, so that nobody else gets it meanwhile."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield probe.getsockname()[1]


def test_refused_port(sync_pool: SyncPools, closed_port: int) -> None:
    pool = sync_pool(f"postgresql://u:hunter2@127.0.0.1:{closed_port}/d", timeout=1e6)
    with pytest.raises(ConnectionRefused, match=f'"127.0.0.1", port {closed_port} failed: Connection refused'):
        pool.take()


def test_no_server_then_one_then_another(sync_pool: SyncPools, server_folder: Path) -> None:
    with embedded(server_folder / "other") as server:
        url = server.url
    pool = sync_pool(url, timeout=1e6)
    with pytest.raises(ConnectionRefused, match="No such file or directory"):
        pool.take()
    with embedded(server_folder / "other") as server:
        link = pool.take()
        assert one(link) == 1
        pool.put(link)
    with pytest.raises(ConnectionRefused, match="No such file or directory"):
        pool.take()
    with embedded(server_folder / "other"):
        again = pool.take()
        assert again is not link
        assert one(again) == 1
        pool.put(again)
        pool.close()


# ---------------------------------------------------------------------------------------- threads and tasks


def test_threads_never_share_a_link_nor_exceed_the_limit(sync_pool: SyncPools, counted: type[Counted]) -> None:
    pool = sync_pool(max_size=3)
    in_use: set[Connection] = set()
    shared: list[Connection] = []

    def work(number: int) -> object:
        link = pool.take()
        if link in in_use:
            shared.append(link)
        in_use.add(link)
        if number % 7 == 0:
            link.close()  # and some break
            answer: object = number
        else:
            row = link.execute("SELECT %s::int", (number,)).fetchone()
            answer = row and row[0]
        in_use.discard(link)
        pool.put(link)
        return answer

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(work, range(200))) == list(range(200))
    assert shared == []
    assert counted.most <= 3


@anyio_test
async def test_tasks_never_share_a_link_nor_exceed_the_limit(async_pool: AsyncPools, counted: type[Counted]) -> None:
    pool = async_pool(max_size=3)
    in_use: set[Connection] = set()
    served: list[int] = []

    async def work(number: int) -> None:
        link = await pool.take()
        assert link not in in_use
        in_use.add(link)
        await anyio.lowlevel.checkpoint()
        if number % 7 == 0:
            link.close()
        else:
            assert one(link) == 1
        in_use.discard(link)
        pool.put(link)
        served.append(number)

    async with anyio.create_task_group() as tasks:
        for number in range(100):
            tasks.start_soon(work, number)
    assert sorted(served) == list(range(100))
    assert counted.most <= 3
    pool.close()


@anyio_test
async def test_a_full_pool_of_tasks(async_pool: AsyncPools) -> None:
    pool = async_pool(max_size=1, timeout=0.5)
    link = await pool.take()
    with pytest.raises(PoolExhausted) as raised:
        await pool.take()
    assert raised.value == PoolExhausted(1, 0.5)
    with pytest.raises(PoolExhausted):
        await pool.take(timeout=0)
    pool.put(link)
    pool.put(link)
    assert await pool.take(timeout=0) is link
    pool.put(link)
    pool.close()


@anyio_test
async def test_tasks_are_served_in_order(async_pool: AsyncPools) -> None:
    pool = async_pool(max_size=1)
    link = await pool.take()
    served: list[int] = []

    async def work(number: int) -> None:
        pool.put(await pool.take())
        served.append(number)

    async with anyio.create_task_group() as tasks:
        for number in range(5):
            tasks.start_soon(work, number)
            await anyio.wait_all_tasks_blocked()
        pool.put(link)
    assert served == [0, 1, 2, 3, 4]
    pool.close()


@anyio_test
async def test_a_cancelled_waiter_leaves_its_place_to_the_next(async_pool: AsyncPools) -> None:
    pool = async_pool(max_size=1)
    link = await pool.take()
    served: list[Connection] = []

    async def serve() -> None:
        served.append(await pool.take())

    async with anyio.create_task_group() as tasks:
        async with anyio.create_task_group() as given_up:
            given_up.start_soon(pool.take)
            await anyio.wait_all_tasks_blocked()
            tasks.start_soon(serve)
            await anyio.wait_all_tasks_blocked()
            given_up.cancel_scope.cancel()
        assert served == []
        pool.put(link)
    assert served == [link]
    pool.put(link)
    pool.close()


@anyio_test
@pytest.mark.parametrize("turns", range(4))
async def test_a_waiter_cancelled_as_its_turn_comes(async_pool: AsyncPools, turns: int) -> None:
    """Whether or not it got the link first, the link is not lost."""
    pool = async_pool(max_size=1)
    link = await pool.take()

    async def wait() -> None:
        pool.put(await pool.take())

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        pool.put(link)
        for _ in range(turns):
            await anyio.lowlevel.checkpoint()
        tasks.cancel_scope.cancel()
    assert await pool.take(timeout=0) is link
    pool.put(link)
    pool.close()


@anyio_test
async def test_a_connection_cancelled_while_it_is_made(
    qb_url: str, counted: type[Counted], async_pool: AsyncPools
) -> None:
    """The thread cannot be stopped, so what it makes is closed, and the room is free at once."""
    begun, go_on, made = threading.Event(), threading.Event(), threading.Event()

    def dawdle(link: Connection) -> None:
        begun.set()
        go_on.wait()
        made.set()

    pool = async_pool(max_size=1, configure=dawdle)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(pool.take)
        await anyio.to_thread.run_sync(begun.wait)
        tasks.cancel_scope.cancel()
    assert repr(pool).endswith(": 0 of 1 in use, 0 idle>")
    abandoned = next(iter(counted.living))
    go_on.set()
    await anyio.to_thread.run_sync(made.wait)
    link = await pool.take()
    assert link is not abandoned
    await until(lambda: abandoned.closed)
    assert counted.living == {link}
    pool.put(link)
    pool.close()


@anyio_test
async def test_a_connection_made_as_its_task_is_cancelled(async_pool: AsyncPools, counted: type[Counted]) -> None:
    """It was ready, but nobody came to fetch it."""
    pool = async_pool(max_size=1)
    scope = anyio.CancelScope()

    def cancel(link: Connection) -> None:
        anyio.from_thread.run_sync(scope.cancel)

    pool._configure = cancel  # pyright: ignore[reportPrivateUsage]
    with scope:
        await pool.take()
    await until(lambda: not counted.living)
    assert counted.opened == 1
    pool._configure = None  # pyright: ignore[reportPrivateUsage]
    pool.put(await pool.take(timeout=0))
    pool.close()


@anyio_test
async def test_refused_in_a_task(async_pool: AsyncPools, own_server: Embedded, closed_port: int) -> None:
    pool = async_pool(own_server.url.replace("postgres@", "locked:hunter3@"), timeout=1e6, max_size=1)
    for _ in range(3):
        with pytest.raises(ConnectionRefused, match=r'password authentication failed for user "locked"$'):
            await pool.take()
    pool.close()
    elsewhere = async_pool(f"host=127.0.0.1 port={closed_port} password=hunter2", timeout=1e6)
    with pytest.raises(ConnectionRefused, match="Connection refused"):
        await elsewhere.take()
    elsewhere.close()


@anyio_test
async def test_a_link_that_died_while_a_task_was_away(async_pool: AsyncPools, qb_url: str) -> None:
    pool = async_pool()
    link = await pool.take()
    pool.put(link)
    await anyio.to_thread.run_sync(partial(terminate, qb_url, link))
    other = await pool.take()
    assert other is not link
    assert one(other) == 1
    pool.put(other)
    pool.close()


@anyio_test
async def test_close_wakes_all_tasks(async_pool: AsyncPools) -> None:
    pool = async_pool(max_size=1)
    link = await pool.take()
    refused: list[int] = []

    async def wait(number: int) -> None:
        with pytest.raises(ClosedError, match=r"^the database is closed$"):
            await pool.take()
        refused.append(number)

    async with anyio.create_task_group() as tasks:
        for number in range(3):
            tasks.start_soon(wait, number)
        await anyio.wait_all_tasks_blocked()
        pool.close()
    assert sorted(refused) == [0, 1, 2]
    assert one(link) == 1
    pool.put(link)
    assert link.closed
    with pytest.raises(ClosedError):
        await pool.take()
