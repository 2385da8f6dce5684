"""Several hosts: the server that writes is found, and found again when it is another one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qb import AsyncTx, ConnectionLost, ConnectionRefused, Outcome, ReadOnly, Success, connect_async, sql
from qb.errors.outcome import ignore, unwrap
from tests.run.loops import LOOPS  # sync:
from tests.run.pair import Server, caught_up, pair
from tests.run.plain import failure

pytestmark = LOOPS  # sync:

PID = sql("SELECT pg_backend_pid()").rows(int)
STANDBY = sql("SELECT pg_is_in_recovery()").rows(bool)
ADD = sql("INSERT INTO visits VALUES (1)").command()


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Server, Server]]:
    """A primary with a table, and its standby."""
    with pair() as (primary, standby):
        primary.ask("CREATE TABLE visits (n int)")
        yield primary, standby


def address(*servers: Server, wants: str = "read-write") -> str:
    hosts = ",".join(str(server.folder) for server in servers)
    return f"postgresql://postgres:hunter2@/postgres?host={hosts}&target_session_attrs={wants}"


@pytest.mark.slow
async def test_the_server_that_is_wanted_is_found_among_the_hosts(servers: tuple[Server, Server]) -> None:
    primary, standby = servers
    for url, stands_by in (
        (address(standby, primary), False),
        (address(primary, standby), False),
        (address(standby, primary, wants="primary"), False),
        (address(primary, standby, wants="standby"), True),
        (address(primary, standby, wants="prefer-standby"), True),
        (address(primary, wants="prefer-standby"), False),
    ):
        async with connect_async(url) as db:
            assert await db.scalar(STANDBY) == Success(stands_by)
    async with connect_async(address(standby)) as db:
        error = failure(await db.ping())
        assert isinstance(error, ConnectionRefused)
        assert "session is read-only" in error.reason
        assert "hunter2" not in repr(error)


@pytest.mark.slow
async def test_a_standby_that_was_asked_for_is_kept_after_a_write(servers: tuple[Server, Server]) -> None:
    async with connect_async(address(servers[1], wants="standby"), max_size=1) as db:
        pid = unwrap(await db.scalar(PID))
        assert isinstance(failure(await db.execute(ADD)), ReadOnly)
        assert await db.scalar(PID) == Success(pid)


async def test_a_server_that_writes_no_more_is_left(qb_url: str) -> None:
    async with connect_async(f"{qb_url}&target_session_attrs=read-write", max_size=3) as db:
        async with db.transaction() as one, db.apart.transaction() as two:
            before = {unwrap(await one.scalar(PID)), unwrap(await two.scalar(PID))}
        assert db.pool.idle == 2
        async with db.transaction(rollback=True) as tx:
            (await tx.execute(sql("SET TRANSACTION READ ONLY").command())).unwrap()  # as such a server does
            refused = await tx.execute(sql("CREATE TABLE refused_here (a int)").command())
            assert isinstance(failure(refused), ReadOnly)
        assert db.pool.idle == 0
        assert unwrap(await db.scalar(PID)) not in before


async def test_who_asks_to_read_only_stays(qb_url: str) -> None:
    async with connect_async(f"{qb_url}&target_session_attrs=read-write", max_size=1) as db:
        pid = unwrap(await db.scalar(PID))
        async with db.transaction(read_only=True, rollback=True) as tx:
            refused = await tx.execute(sql("CREATE TABLE refused_here (a int)").command())
            assert isinstance(failure(refused), ReadOnly)
        assert await db.scalar(PID) == Success(pid)
        tries: list[int] = []

        async def write(tx: AsyncTx) -> Outcome[int]:
            tries.append(1)
            return await tx.execute(sql("CREATE TABLE refused_here (a int)").command())

        assert isinstance(failure(await db.transact(write, read_only=True)), ReadOnly)
        assert len(tries) == 1


@pytest.mark.slow
async def test_the_next_primary_is_found() -> None:
    with pair() as (first, second):
        first.ask("CREATE TABLE visits (n int)")
        async with connect_async(address(first, second), max_size=3, timeout=5.0) as db:
            assert await db.execute(ADD) == Success(1)
            caught_up(second, first)
            with pytest.raises(ConnectionLost):
                async with db.transaction() as tx:
                    (await tx.execute(ADD)).unwrap()
                    first.stop()
                    ignore(await tx.execute(ADD))
            nobody = failure(await db.execute(ADD))
            assert isinstance(nobody, ConnectionRefused)
            assert "session is read-only" in nobody.reason
            assert "hunter2" not in repr(nobody)
            second.ask("SELECT pg_promote()")
            assert await db.execute(ADD) == Success(1)
            assert await db.transact(lambda tx: tx.execute(ADD)) == Success(1)
            assert await db.scalar(STANDBY) == Success(False)
            assert second.ask("SELECT count(*) FROM visits") == 3


@pytest.mark.slow
async def test_a_primary_that_reads_only_from_now_on_is_left() -> None:
    with pair() as (first, second):
        first.ask("CREATE TABLE visits (n int)")
        caught_up(second, first)
        tries: list[int] = []

        async def write(tx: AsyncTx) -> Outcome[int]:
            tries.append(1)
            if len(tries) == 1:  # after the transaction took its connection, and before it begins there
                second.ask("SELECT pg_promote()")
                first.ask("ALTER SYSTEM SET default_transaction_read_only = on")
                first.ask("SELECT pg_reload_conf()")
                while first.ask("SHOW default_transaction_read_only") != "on":
                    pass
            return await tx.execute(ADD)

        async with connect_async(address(first, second), max_size=2) as db:
            async with db.transaction() as one, db.apart.transaction() as two:  # so that another connection idles
                (await one.ping()).unwrap()
                (await two.ping()).unwrap()
            assert await db.transact(write) == Success(1)
            assert len(tries) == 2
            assert second.ask("SELECT count(*) FROM visits") == 1
            assert await db.execute(ADD) == Success(1)
