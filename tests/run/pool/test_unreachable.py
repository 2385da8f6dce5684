"""A pool whose server is not there, or will not have us: told at once, and tried anew the next time."""

import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from qb.errors import ConnectionRefused
from qb.run.server.embedded import Embedded, embedded
from tests.run.pool.links import AsyncPools, SyncPools, one


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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.anyio
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
