"""A pool on a real server, one link at a time: ready, used again, replaced, refused, closed."""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from qb.errors import ClosedError, ConnectionRefused, DefinitionError, PoolExhausted
from qb.run.pool import stock
from tests.run.pool.links import (
    Connection,
    Counted,
    SyncPools,
    one,
    terminate,
)


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


def test_links_idle_for_as_long_as_is_said(sync_pool: SyncPools, counted: type[Counted]) -> None:
    pool = sync_pool(idle_timeout=0.05)
    links = [pool.take() for _ in range(3)]
    for link in links:
        pool.put(link)
    assert len(counted.living) == 3
    time.sleep(0.1)
    pool.put(pool.take())
    assert len(counted.living) == 1
    for wrong in (0, -1.0, float("nan")):
        with pytest.raises(DefinitionError, match="idle_timeout is"):
            sync_pool(idle_timeout=wrong)


def test_a_full_pool(sync_pool: SyncPools) -> None:
    pool = sync_pool(max_size=2, timeout=0.1)
    links = [pool.take(), pool.take()]
    with pytest.raises(PoolExhausted) as raised:
        pool.take()
    assert raised.value == PoolExhausted(2, 0.1)
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
