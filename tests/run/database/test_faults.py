"""What goes wrong in the world: servers that hang up, locks, limits, pools that are full. The database goes on."""

import threading
from collections.abc import Callable, Iterator

import anyio
import anyio.lowlevel
import pytest

from qb import AsyncDatabase, Database, Db
from qb.errors import (
    Cancelled,
    ConnectionLost,
    DbError,
    PoolExhausted,
    ServerError,
    Timeout,
    TransactionAborted,
)
from qb.errors.outcome import Outcome, Success
from tests.run.plain import async_database, database, do, failure, rows, table, values

PID = values("select pg_backend_pid()")
HALF_WAY = rows("select n, pg_sleep(61 * (n / 5000)) from generate_series(1, 9999) n")


@pytest.fixture
def victim(qb_url: str) -> Iterator[Database]:
    """A database with one connection, which the test will lose."""
    with database(qb_url, max_size=1) as found:
        yield found
        assert found.ping() == Success(None)


def kill(db: Db, pid: int) -> None:
    """End a backend, and wait until it is gone."""
    db.execute(do("select pg_terminate_backend($1::bigint::int, 20000)", pid)).unwrap()


def kill_when_busy(db: Database, pid: int) -> threading.Thread:
    def work() -> None:
        busy = values("select count(*) from pg_stat_activity where pid = $1::bigint and wait_event = 'PgSleep'", pid)
        while not db.scalar(busy).unwrap():
            pass
        kill(db, pid)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


# ---------------------------------------------------------------- the server hangs up


def test_a_connection_that_is_idle_is_replaced_unnoticed(db: Database, victim: Database) -> None:
    pid = victim.scalar(PID).unwrap()
    kill(db, pid)
    assert victim.scalar(PID).unwrap() != pid


RUNS: dict[str, Callable[[Db], Outcome[object]]] = {
    "execute": lambda victim: victim.execute(do("select pg_sleep(61)")),
    "one": lambda victim: victim.one(rows("select pg_sleep(61)")),
    "all": lambda victim: victim.all(HALF_WAY),
    "transact": lambda victim: victim.transact(lambda tx: tx.execute(do("select pg_sleep(61)"))),
}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_a_connection_lost_in_a_query(db: Database, victim: Database, run: Callable[[Db], Outcome[object]]) -> None:
    thread = kill_when_busy(db, victim.scalar(PID).unwrap())
    error = failure(run(victim))
    thread.join()
    assert isinstance(error, ConnectionLost)
    # The server's goodbye may be lost with the connection; then libpq says what it saw.
    assert "terminating connection" in error.reason or "server closed the connection" in error.reason
    assert victim.ping() == Success(None)


def test_a_connection_lost_in_a_stream(db: Database, victim: Database) -> None:
    thread = kill_when_busy(db, victim.scalar(PID).unwrap())
    with pytest.raises(ConnectionLost), victim.stream(HALF_WAY) as stream:
        for _ in stream:
            pass
    thread.join()


def test_a_connection_lost_in_a_stream_within_a_transaction(db: Database, victim: Database) -> None:
    thread = kill_when_busy(db, victim.scalar(PID).unwrap())
    with pytest.raises(ConnectionLost), victim.transaction() as tx, tx.stream(HALF_WAY) as stream:
        for _ in stream:
            pass
    thread.join()


def test_a_connection_lost_in_a_pipeline(db: Database, victim: Database) -> None:
    thread = kill_when_busy(db, victim.scalar(PID).unwrap())
    with victim.pipeline() as p:
        first = p.one(rows("select 1"))
        second = p.one(rows("select pg_sleep(61)"))
    thread.join()
    assert isinstance(failure(first.result()), ConnectionLost | ServerError)
    assert isinstance(failure(second.result()), ConnectionLost)


def test_a_savepoint_of_a_lost_connection(db: Database, victim: Database) -> None:
    with pytest.raises(ConnectionLost), victim.transaction() as tx:
        pid = tx.scalar(PID).unwrap()
        with pytest.raises(ConnectionLost), tx.transaction() as inner:
            kill(db, pid)
            assert isinstance(failure(inner.ping()), ConnectionLost)
        assert isinstance(failure(tx.ping()), ConnectionLost)
        assert isinstance(failure(tx.transact(lambda inner: inner.ping())), ConnectionLost)


def test_prepared_statements_of_a_lost_connection_are_forgotten_with_it(db: Database, victim: Database) -> None:
    query = values("select $1::bigint * 7", 6)
    assert victim.one(query) == Success(42)
    kill(db, victim.scalar(PID).unwrap())
    assert victim.one(query) == Success(42)


# ---------------------------------------------------------------- limits


def test_a_statement_that_takes_too_long(db: Database) -> None:
    limited = db.options(statement_timeout=0.1)
    assert failure(limited.execute(do("select pg_sleep(60)"))) == Timeout("statement", sqlstate="57014")
    assert failure(limited.all(rows("select pg_sleep(60)"))) == Timeout("statement", sqlstate="57014")
    with pytest.raises(Timeout), limited.stream(rows("select pg_sleep(60)")):
        raise AssertionError
    with pytest.raises(TransactionAborted, match="took longer than"), limited.transaction() as tx:
        tx.execute(do("select pg_sleep(60)"))
    assert limited.one(values("select 1")) == Success(1)


def test_limits_from_the_start(qb_url: str) -> None:
    with database(qb_url, statement_timeout=0.02, lock_timeout=5) as db:
        assert failure(db.execute(do("select pg_sleep(60)"))) == Timeout("statement", sqlstate="57014")
        assert db.scalar(values("select current_setting('lock_timeout')")) == Success("5s")
        assert db.options(statement_timeout=0).execute(do("select pg_sleep(0.03)")) == Success(1)


def test_a_lock_that_is_not_to_be_had(db: Database) -> None:
    with table(db, "id int"), db.transaction() as holder:
        holder.execute(do("lock table things")).unwrap()
        limited = db.apart.options(lock_timeout=0.1)
        assert failure(limited.execute(do("insert into things values (1)"))) == Timeout("lock", sqlstate="55P03")
        with pytest.raises(TransactionAborted) as caught, limited.transaction() as tx:
            tx.execute(do("insert into things values (1)"))
        assert caught.value.cause == Timeout("lock", sqlstate="55P03")


def test_a_pool_that_is_in_use(qb_url: str) -> None:
    with database(qb_url, max_size=1, timeout=0.1) as db, db.transaction() as tx:
        expected = PoolExhausted(1, 0.1)
        assert failure(db.apart.ping()) == expected
        assert failure(db.apart.all(rows("select 1"))) == expected
        assert failure(db.apart.transact(lambda tx: tx.ping())) == expected
        with pytest.raises(PoolExhausted), db.apart.transaction():
            raise AssertionError
        assert tx.ping() == Success(None)


def test_errors_in_a_row_leave_no_connection_behind(qb_url: str) -> None:
    with database(qb_url, max_size=1, timeout=1.0) as db:
        for _ in range(20):
            failure(db.all(rows("select 1/0")))
            failure(db.one(rows("select * from nowhere")))
            failure(db.execute(do("select $1::text", "\0")))
            failure(db.transact(lambda tx: tx.execute(do("select 1/0"))))
            with pytest.raises(DbError), db.stream(rows("select 1/0")):
                raise AssertionError
            with db.pipeline() as p:
                divided = p.one(rows("select 1/0"))
            failure(divided.result())
        assert db.ping() == Success(None)


# ---------------------------------------------------------------- coroutines


@pytest.mark.anyio
async def test_coroutines_meet_the_same_faults(async_db: AsyncDatabase, qb_url: str) -> None:
    async with async_database(qb_url, max_size=1, timeout=0.1) as victim:
        pid = (await victim.scalar(PID)).unwrap()
        await async_db.execute(do("select pg_terminate_backend($1::bigint::int, 20000)", pid))
        pid = (await victim.scalar(PID)).unwrap()  # unnoticed

        async def kill_in_query() -> None:
            asked = "select count(*) from pg_stat_activity where pid = $1::bigint and wait_event = 'PgSleep'"
            busy = values(asked, pid)
            while not (await async_db.scalar(busy)).unwrap():
                await anyio.lowlevel.checkpoint()
            await async_db.execute(do("select pg_terminate_backend($1::bigint::int, 20000)", pid))

        async with anyio.create_task_group() as group:
            group.start_soon(kill_in_query)
            assert isinstance(failure(await victim.execute(do("select pg_sleep(61)"))), ConnectionLost)

        with pytest.raises(ConnectionLost):
            async with victim.transaction() as tx:
                pid = (await tx.scalar(PID)).unwrap()
                await async_db.execute(do("select pg_terminate_backend($1::bigint::int, 20000)", pid))
        async with victim.transaction() as tx:
            assert failure(await victim.apart.ping()) == PoolExhausted(1, 0.1)
            assert await tx.ping() == Success(None)
        limited = victim.options(statement_timeout=0.1)
        assert failure(await limited.execute(do("select pg_sleep(60)"))) == Timeout("statement", sqlstate="57014")
        with pytest.raises(TransactionAborted):
            async with victim.transaction() as tx:
                await tx.execute(do("select 1/0"))
        with pytest.raises(KeyError):
            async with victim.transaction() as tx:
                raise KeyError
        assert failure(await victim.execute(do("do $$ begin raise exception sqlstate '57014'; end $$"))) == Cancelled()
        assert await victim.ping() == Success(None)
