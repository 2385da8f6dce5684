"""What goes wrong in the world: servers that hang up, locks, limits, pools that are full. The database goes on."""

import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest

from qb import AsyncDatabase, AsyncDb, Database, Db
from qb.errors import (
    Cancelled,
    ConnectionLost,
    DbError,
    PoolExhausted,
    ServerError,
    Timeout,
    TransactionAborted,
)
from qb.errors.outcome import Failure, Outcome, Success
from tests.run.loops import LOOPS  # sync:
from tests.run.plain import async_database, async_table, database, do, failure, rows, values

pytestmark = LOOPS  # sync:

PID = values("select pg_backend_pid()")
HALF_WAY = rows("select n, pg_sleep(61 * (n / 5000)) from generate_series(1, 9999) n")


@pytest.fixture
async def victim(qb_url: str) -> AsyncIterator[AsyncDatabase]:
    """A database with one connection, which the test will lose."""
    async with async_database(qb_url, max_size=1) as found:
        yield found
        assert await found.ping() == Success(None)


@pytest.fixture
def killer(qb_url: str) -> Iterator[Database]:
    """Who ends its connection; of a thread's in both halves."""
    with database(qb_url, max_size=2) as found:
        yield found


def kill(killer: Db, pid: int) -> None:
    """End a backend, and wait until it is gone."""
    killer.execute(do("select pg_terminate_backend($1::bigint::int, 20000)", pid)).unwrap()


def kill_when_busy(killer: Database, pid: int) -> threading.Thread:
    def work() -> None:
        busy = values("select count(*) from pg_stat_activity where pid = $1::bigint and wait_event = 'PgSleep'", pid)
        while not killer.scalar(busy).unwrap():
            pass
        kill(killer, pid)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


# ---------------------------------------------------------------- the server hangs up


async def test_a_connection_that_is_idle_is_replaced_unnoticed(killer: Database, victim: AsyncDatabase) -> None:
    pid = (await victim.scalar(PID)).unwrap()
    kill(killer, pid)
    assert (await victim.scalar(PID)).unwrap() != pid


RUNS: dict[str, Callable[[AsyncDb], Awaitable[Outcome[object]]]] = {
    "execute": lambda victim: victim.execute(do("select pg_sleep(61)")),
    "one": lambda victim: victim.one(rows("select pg_sleep(61)")),
    "all": lambda victim: victim.all(HALF_WAY),
    "transact": lambda victim: victim.transact(lambda tx: tx.execute(do("select pg_sleep(61)"))),
}
WAYS = ("execute", "all")  # sync: WAYS = tuple(RUNS)


@pytest.mark.parametrize("way", WAYS)
async def test_a_connection_lost_in_a_query(killer: Database, victim: AsyncDatabase, way: str) -> None:
    thread = kill_when_busy(killer, (await victim.scalar(PID)).unwrap())
    error = failure(await RUNS[way](victim))
    thread.join()
    assert isinstance(error, ConnectionLost)
    # The server's goodbye may be lost with the connection; then libpq says what it saw.
    assert "terminating connection" in error.reason or "server closed the connection" in error.reason
    assert await victim.ping() == Success(None)


async def test_a_connection_lost_in_a_stream(killer: Database, victim: AsyncDatabase) -> None:
    thread = kill_when_busy(killer, (await victim.scalar(PID)).unwrap())
    with pytest.raises(ConnectionLost):
        async with victim.stream(HALF_WAY) as stream:
            async for _ in stream:
                pass
    thread.join()


async def test_a_connection_lost_in_a_stream_within_a_transaction(killer: Database, victim: AsyncDatabase) -> None:
    thread = kill_when_busy(killer, (await victim.scalar(PID)).unwrap())
    with pytest.raises(ConnectionLost):
        async with victim.transaction() as tx, tx.stream(HALF_WAY) as stream:
            async for _ in stream:
                pass
    thread.join()


async def test_a_connection_lost_in_a_pipeline(killer: Database, victim: AsyncDatabase) -> None:
    thread = kill_when_busy(killer, (await victim.scalar(PID)).unwrap())
    async with victim.pipeline() as p:
        first = p.one(rows("select 1"))
        second = p.one(rows("select pg_sleep(61)"))
    thread.join()
    assert isinstance(failure(first.result()), ConnectionLost | ServerError)
    assert isinstance(failure(second.result()), ConnectionLost)


async def test_a_savepoint_of_a_lost_connection(killer: Database, victim: AsyncDatabase) -> None:
    with pytest.raises(ConnectionLost):
        async with victim.transaction() as tx:
            pid = (await tx.scalar(PID)).unwrap()
            with pytest.raises(ConnectionLost):
                async with tx.transaction() as inner:
                    kill(killer, pid)
                    assert isinstance(failure(await inner.ping()), ConnectionLost)
            assert isinstance(failure(await tx.ping()), ConnectionLost)
            assert isinstance(failure(await tx.transact(lambda inner: inner.ping())), ConnectionLost)


async def test_prepared_statements_of_a_lost_connection_are_forgotten_with_it(
    killer: Database, victim: AsyncDatabase
) -> None:
    query = values("select $1::bigint * 7", 6)
    assert await victim.one(query) == Success(42)
    kill(killer, (await victim.scalar(PID)).unwrap())
    assert await victim.one(query) == Success(42)


# ---------------------------------------------------------------- limits


async def listed(db: AsyncDb) -> Outcome[object]:
    return await db.all(rows("select pg_sleep(60)"))


async def streamed(db: AsyncDb) -> Outcome[object]:
    with pytest.raises(Timeout) as caught:
        async with db.stream(rows("select pg_sleep(60)")):
            raise AssertionError
    return Failure(caught.value)


async def begun(db: AsyncDb) -> Outcome[object]:
    with pytest.raises(TransactionAborted, match="took longer than") as caught:
        async with db.transaction() as tx:
            await tx.execute(do("select pg_sleep(60)"))
    return Failure(caught.value.cause)


async def test_a_statement_that_takes_too_long(async_db: AsyncDatabase) -> None:
    limited = async_db.options(statement_timeout=0.1)
    said = do("do $$ begin raise exception sqlstate '57014'; end $$")
    assert failure(await limited.execute(said)) == Cancelled()
    for way in (listed, streamed, begun):
        assert failure(await way(limited)) == Timeout("statement", sqlstate="57014")
    assert await limited.one(values("select 1")) == Success(1)


async def test_limits_from_the_start(qb_url: str) -> None:
    async with async_database(qb_url, statement_timeout=0.02, lock_timeout=5) as db:
        assert failure(await db.execute(do("select pg_sleep(60)"))) == Timeout("statement", sqlstate="57014")
        assert await db.scalar(values("select current_setting('lock_timeout')")) == Success("5s")
        assert await db.options(statement_timeout=0).execute(do("select pg_sleep(0.03)")) == Success(1)


async def test_a_lock_that_is_not_to_be_had(async_db: AsyncDatabase) -> None:
    async with async_table(async_db, "id int"), async_db.transaction() as holder:
        (await holder.execute(do("lock table things"))).unwrap()
        limited = async_db.apart.options(lock_timeout=0.1)
        assert failure(await limited.execute(do("insert into things values (1)"))) == Timeout("lock", sqlstate="55P03")
        with pytest.raises(TransactionAborted) as caught:
            async with limited.transaction() as tx:
                await tx.execute(do("insert into things values (1)"))
        assert caught.value.cause == Timeout("lock", sqlstate="55P03")


async def test_a_pool_that_is_in_use(qb_url: str) -> None:
    async with async_database(qb_url, max_size=1, timeout=0.1) as db, db.transaction() as tx:
        expected = PoolExhausted(1, 0.1)
        assert failure(await db.apart.ping()) == expected
        assert failure(await db.apart.all(rows("select 1"))) == expected
        assert failure(await db.apart.transact(lambda tx: tx.ping())) == expected
        with pytest.raises(PoolExhausted):
            async with db.apart.transaction():
                raise AssertionError
        assert await tx.ping() == Success(None)


async def test_errors_in_a_row_leave_no_connection_behind(qb_url: str) -> None:
    async with async_database(qb_url, max_size=1, timeout=1.0) as db:
        for _ in range(20):
            failure(await db.all(rows("select 1/0")))
            failure(await db.one(rows("select * from nowhere")))
            failure(await db.execute(do("select $1::text", "\0")))
            failure(await db.transact(lambda tx: tx.execute(do("select 1/0"))))
            with pytest.raises(DbError):
                async with db.stream(rows("select 1/0")):
                    raise AssertionError
            async with db.pipeline() as p:
                divided = p.one(rows("select 1/0"))
            failure(divided.result())
        assert await db.ping() == Success(None)
