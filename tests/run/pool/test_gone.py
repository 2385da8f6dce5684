"""Peers that vanish, processes that fork, streams that are forgotten: told, and nobody waits for ever."""

import gc
import os
import re
import signal
import socket
import threading
import warnings
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import anyio
import psycopg
import pytest
import trio.testing
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from qb import Tx, sql, unwrap
from qb.errors import ClosedError, PoolExhausted
from qb.errors.outcome import Success
from qb.run.database.async_connect import connect_async
from qb.run.database.connect import connect
from qb.run.pool.pools import SyncPool
from qb.run.pool.stock import DEAD_PEER
from qb.run.session.link import Link
from qb.run.talk import converse
from tests.run.plain import failure

ONE = sql("SELECT 1").rows(int)
MANY = sql("SELECT n FROM generate_series(1, 100000) n").rows(int)


# ---------------------------------------------------------------- a dead peer


def settings_of(conninfo: str) -> dict[str, str]:
    pool: SyncPool[psycopg.Connection[tuple[object, ...]]] = SyncPool(conninfo, connection_class=psycopg.Connection)
    return {name: str(value) for name, value in conninfo_to_dict(pool.complete(10.0)).items()}


def test_a_dead_peer_is_noticed_within_a_minute_unless_the_address_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PGSERVICE", raising=False)
    expected = {name: str(value) for name, value in DEAD_PEER.items()}
    assert settings_of("host=x").items() >= expected.items()
    own = settings_of("postgresql://x/y?tcp_user_timeout=7&keepalives_idle=8")
    assert own.items() >= (expected | {"tcp_user_timeout": "7", "keepalives_idle": "8"}).items()
    assert not settings_of("service=mine").keys() & expected.keys()
    monkeypatch.setenv("PGSERVICE", "mine")
    assert not settings_of("host=x").keys() & expected.keys()


class Hole:
    """A proxy on loopback that passes everything on, until it swallows everything, new connections as well."""

    def __init__(self, folder: str) -> None:
        self.target = f"{folder}/.s.PGSQL.5432"
        self.open = threading.Event()
        self.open.set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.sockets: list[socket.socket] = [self.listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.sockets.append(client)
            if self.open.is_set():
                server = socket.socket(socket.AF_UNIX)
                server.connect(self.target)
                self.sockets.append(server)
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(65536):
                if self.open.is_set():
                    other.sendall(data)
        except OSError:
            pass

    def close(self) -> None:
        for each in self.sockets:
            each.close()


@pytest.fixture
def hole(qb_url: str) -> Iterator[Hole]:
    found = Hole(str(conninfo_to_dict(qb_url)["host"]))
    yield found
    found.close()
    with psycopg.connect(qb_url) as server:  # which hears of nothing, and would sleep on in its transaction
        left = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%'"
        server.execute(left)


def through(hole: Hole, qb_url: str) -> str:
    return make_conninfo(qb_url, host="127.0.0.1", port=hole.port, sslmode="disable", gssencmode="disable")


def test_cancelling_a_task_in_a_black_hole_takes_five_seconds(hole: Hole, qb_url: str) -> None:
    clock = trio.testing.MockClock(rate=1.0)

    async def main() -> float:
        before = 0.0
        async with connect_async(through(hole, qb_url), max_size=1) as db:
            unwrap(await db.scalar(ONE))
            with anyio.CancelScope() as scope:
                async with anyio.create_task_group() as group:
                    group.start_soon(db.scalar, sql("SELECT pg_sleep(600)::text").rows(str))
                    await anyio.sleep(0.1)
                    hole.open.clear()
                    clock.autojump_threshold = (
                        0.05  # from here on nothing comes any more, and time is what is waited for
                    )
                    before = anyio.current_time()
                    scope.cancel()
            return anyio.current_time() - before

    took = anyio.run(main, backend="trio", backend_options={"clock": clock})
    assert converse.PATIENCE == 5.0
    assert 5.0 <= took < 60.0  # of the clock that is not real, and far from the ten minutes of the query


def test_a_blocking_cancellation_has_one_deadline(qb_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def slow(self: Link, *, timeout: float = 30.0) -> None:
        nonlocal now
        now += timeout - 0.5

    def waits(talk: Iterator[object], *_: object) -> None:
        nonlocal now
        for _wanted in talk:
            now += 0.1

    with Link.connect(qb_url, autocommit=True) as link:
        link.pgconn.send_query(b"SELECT pg_sleep(1)")
        monkeypatch.setattr(Link, "cancel_safe", slow)
        monkeypatch.setattr(converse, "monotonic", lambda: now)
        monkeypatch.setattr(converse, "wait", waits)
        converse.recover(link)
        assert link.closed
    assert 5.0 <= now < 5.5


# ---------------------------------------------------------------- a fork


def in_a_child(work: Callable[[], bool]) -> bool:
    """What `work` says in a forked child."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside threads
        child = os.fork()
    if child == 0:
        good = False
        try:
            good = work()
            gc.collect()
        finally:
            os._exit(0 if good else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")


def refused(tx: Tx) -> bool:
    try:
        tx.scalar(ONE)
    except ClosedError as error:
        return "belongs to the process that began it" in str(error)
    return False


@forks
def test_a_transaction_is_refused_in_a_child_and_goes_on_in_the_parent(qb_url: str) -> None:
    with connect(qb_url, max_size=2) as db:
        with db.transaction() as tx, tx.transaction() as inner:
            before = unwrap(tx.scalar(sql("SELECT txid_current()::text").rows(str)))
            assert in_a_child(lambda: refused(tx) and refused(inner))
            assert tx.scalar(sql("SELECT txid_current()::text").rows(str)) == Success(before)
            assert inner.scalar(ONE) == Success(1)
        assert db.scalar(ONE) == Success(1)


@pytest.mark.slow
@forks
def test_leaving_the_block_in_a_child_leaves_the_parent_alone(qb_url: str) -> None:
    with connect(qb_url, max_size=1) as db:
        block = db.transaction()
        tx = block.__enter__()
        before = tx.scalar(sql("SELECT txid_current()::text").rows(str))

        def leaves() -> bool:
            try:
                block.__exit__(None, None, None)
            except ClosedError:
                return True
            return False

        def leaves_with_an_error() -> bool:
            block.__exit__(KeyError, KeyError(), None)
            return True

        assert in_a_child(leaves)
        assert in_a_child(leaves_with_an_error)
        assert tx.scalar(sql("SELECT txid_current()::text").rows(str)) == before
        block.__exit__(None, None, None)


@pytest.mark.slow
@forks
def test_closing_the_database_in_a_child_leaves_the_parents_connections_open(qb_url: str) -> None:
    with connect(qb_url, max_size=1) as db:
        pid = db.scalar(sql("SELECT pg_backend_pid()").rows(int))

        def closes() -> bool:
            db.close()
            return True

        assert in_a_child(closes)
        assert db.scalar(sql("SELECT pg_backend_pid()").rows(int)) == pid


@pytest.mark.slow
@forks
def test_a_stream_is_refused_in_a_child_and_goes_on_in_the_parent(qb_url: str) -> None:
    with connect(qb_url, max_size=1) as db, db.stream(MANY) as rows:
        assert next(rows) == 1

        def reads() -> bool:
            try:
                list(rows)
            except ClosedError:
                return True
            return False

        assert in_a_child(reads)
        assert len(list(rows)) == 99_999


@pytest.mark.slow
@forks
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_idle_database_of_tasks_is_not_shared_with_a_child(qb_url: str, backend: str) -> None:
    pid = sql("SELECT pg_backend_pid()").rows(int)

    async def main() -> None:
        async with connect_async(qb_url, max_size=1) as db:
            before = unwrap(await db.scalar(pid))

            async def uses() -> bool:
                found = [unwrap(await db.scalar(pid)) for _ in range(2)]
                await db.close()
                return len(set(found)) == 1 and found != [before, before]

            assert apart(lambda: in_a_child(partial(looping, uses, backend)))
            assert await db.scalar(pid) == Success(before)

    anyio.run(main, backend=backend)


@pytest.mark.slow
@forks
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_closing_a_database_of_tasks_in_a_child_leaves_the_parents_open(qb_url: str, backend: str) -> None:
    pid = sql("SELECT pg_backend_pid()").rows(int)

    async def main() -> None:
        async with connect_async(qb_url, max_size=1) as db:
            before = await db.scalar(pid)

            async def closes() -> bool:
                await db.close()
                return True

            assert apart(lambda: in_a_child(partial(looping, closes, backend)))
            assert await db.scalar(pid) == before

    anyio.run(main, backend=backend)


def looping(work: Callable[[], Awaitable[bool]], backend: str) -> bool:
    """What `work` says in an event loop of the child."""
    signal.set_wakeup_fd(-1)  # which is the parent's loop's
    return anyio.run(work, backend=backend)


def apart(work: Callable[[], bool]) -> bool:
    """What `work` says in a thread of its own, in which no event loop runs."""
    found: list[bool] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found == [True]


# ---------------------------------------------------------------- a stream that is left open


def test_a_full_pool_says_which_streams_hold_it(qb_url: str) -> None:
    with connect(qb_url, max_size=2, timeout=0.1) as db, db.stream(MANY), db.stream(MANY):
        error = failure(db.scalar(ONE))
        assert isinstance(error, PoolExhausted)
        assert len(error.held) == 2
        found = re.search(r"2 of them by a stream that was opened at (.*):\d+ \d+ s ago and a stream", str(error))
        assert found is not None
        assert Path(found[1]).name == Path(__file__).name
    with connect(qb_url, max_size=1, timeout=0.1) as db:
        with db.stream(MANY):
            pass
        with db.transaction():
            assert failure(db.apart.scalar(ONE)) == PoolExhausted(1, 0.1)


def test_a_stream_that_is_collected_while_open_is_told_and_gives_its_connection_back(qb_url: str) -> None:
    with connect(qb_url, max_size=1, timeout=5.0) as db:

        def forgets() -> None:
            assert next(db.stream(MANY).__enter__()) == 1
            gc.collect()

        with pytest.warns(ResourceWarning, match=r"leave the block that opened it at .*test_gone.py:\d+"):
            forgets()
        assert db.scalar(ONE) == Success(1)


def test_a_stream_that_was_left_says_nothing(qb_url: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with connect(qb_url, max_size=1) as db:
            with db.stream(MANY) as rows:
                next(rows)
            del rows
            gc.collect()
            assert db.scalar(ONE) == Success(1)
