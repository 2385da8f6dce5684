"""Transactions: what is kept, what is undone, what is raised at the end, what is run again."""

# sync: import time
from collections.abc import AsyncIterator
from typing import Any, assert_type

import anyio  # sync:
import pytest

from qb import AsyncDatabase, AsyncDb, AsyncTx
from qb.errors import (
    ClosedError,
    ConnectionLost,
    DbError,
    NotFound,
    QueryError,
    ReadOnly,
    SerializationFailure,
    TransactionAborted,
    UniqueViolation,
)
from qb.errors.outcome import Failure, Outcome, Success
from tests.run.plain import async_database, async_table, do, failure, rows, values

pytestmark = pytest.mark.anyio  # sync:

TWICE = UniqueViolation("things_pkey", "things", "public", ("id",))


@pytest.fixture
async def things(async_db: AsyncDatabase) -> AsyncIterator[AsyncDatabase]:
    async with async_table(async_db, "id int primary key, n int default 0"):
        yield async_db


async def add(db: AsyncDb, number: int) -> Outcome[int]:
    """A repository function: takes a database or a transaction."""
    return await db.execute(do("insert into things values ($1::bigint)", number))


async def ids(db: AsyncDb) -> list[int]:
    found: list[int] = (await db.all(values("select id from things order by id"))).unwrap()
    return found


# ---------------------------------------------------------------- with db.transaction()


async def test_the_end_of_a_block_commits(things: AsyncDatabase) -> None:
    async with things.transaction() as tx:
        (await add(tx, 1)).unwrap()
        assert await ids(tx) == [1]
        assert await ids(things.apart) == []
    assert await ids(things) == [1]


async def test_an_exception_rolls_back_and_passes(things: AsyncDatabase) -> None:
    with pytest.raises(KeyError, match="mine"):
        async with things.transaction() as tx:
            (await add(tx, 1)).unwrap()
            raise KeyError("mine")
    assert await ids(things) == []


async def test_an_unhandled_failure_is_raised_at_the_end_and_the_first_is_named(things: AsyncDatabase) -> None:
    with pytest.raises(TransactionAborted, match='constraint "things_pkey"') as caught:
        async with things.transaction() as tx:
            (await add(tx, 1)).unwrap()
            assert failure(await add(tx, 1)) == TWICE
            assert failure(await add(tx, 2)).sqlstate == "25P02"
    assert caught.value.cause == TWICE
    assert await ids(things) == []


async def test_an_exception_is_not_hidden_by_a_failure(things: AsyncDatabase) -> None:
    with pytest.raises(KeyError):
        async with things.transaction() as tx:
            (await add(tx, 1)).unwrap()
            failure(await add(tx, 1))
            raise KeyError("mine")
    assert await ids(things) == []


async def test_failures_that_are_no_servers_do_not_doom(things: AsyncDatabase) -> None:
    async with things.transaction() as tx:
        assert failure(await tx.one(rows("select 1 where false"))) == NotFound("things")
        (await add(tx, 1)).unwrap()
    assert await ids(things) == [1]


async def test_a_value_that_cannot_be_sent_dooms(things: AsyncDatabase) -> None:
    with pytest.raises(TransactionAborted, match="cannot hold NUL"):
        async with things.transaction() as tx:
            (await add(tx, 1)).unwrap()
            failure(await tx.one(rows("select $1::text", "\0")))
            failure(await add(tx, 2))
    assert await ids(things) == []


async def test_a_commit_that_fails_is_raised(async_db: AsyncDatabase) -> None:
    async with async_table(async_db, "id int primary key deferrable initially deferred"):
        with pytest.raises(TransactionAborted) as caught:
            async with async_db.transaction() as tx:
                (await add(tx, 1)).unwrap()
                (await add(tx, 1)).unwrap()
        assert caught.value.cause == TWICE

        async def twice(tx: AsyncTx) -> Outcome[int]:
            (await add(tx, 1)).unwrap()
            return await add(tx, 1)

        assert await async_db.transact(twice) == Failure(TWICE)
        assert await ids(async_db) == []


async def test_rollback_keeps_nothing_and_raises_nothing(things: AsyncDatabase) -> None:
    async with things.transaction(rollback=True) as tx:
        (await add(tx, 1)).unwrap()
    async with things.transaction(rollback=True) as tx:
        (await add(tx, 1)).unwrap()
        failure(await add(tx, 1))
    assert await ids(things) == []


async def test_a_transaction_is_dead_after_its_block(things: AsyncDatabase) -> None:
    async with things.transaction() as tx:
        async with tx.transaction() as inner:
            pass
        with pytest.raises(ClosedError, match="its block has ended"):
            await inner.ping()
        assert await tx.ping() == Success(None)
    for use in (tx.ping, lambda: add(tx, 1), lambda: tx.transaction().__aenter__(), tx.options(lock_timeout=1).ping):
        with pytest.raises(ClosedError, match="the transaction is over: its block has ended"):
            await use()
    with pytest.raises(ClosedError):
        async with tx.stream(rows("select 1")):
            raise AssertionError
    with pytest.raises(ClosedError):
        async with tx.pipeline() as p:
            p.one(rows("select 1"))


async def test_characteristics(things: AsyncDatabase) -> None:
    names = ("transaction_isolation", "transaction_read_only", "transaction_deferrable")
    query = rows("select " + ", ".join(f"current_setting('{name}')" for name in names))
    async with things.transaction(isolation="serializable", read_only=True, deferrable=True) as tx:
        assert await tx.one(query) == Success(("serializable", "on", "on"))
    async with things.transaction(isolation="repeatable read", read_only=False, deferrable=False) as tx:
        assert await tx.one(query) == Success(("repeatable read", "off", "off"))
    async with things.transaction() as tx:
        assert await tx.one(query) == Success(("read committed", "off", "off"))
    with pytest.raises(TransactionAborted) as caught:
        async with things.transaction(read_only=True) as tx:
            await add(tx, 1)
    assert caught.value.cause == ReadOnly()


# ---------------------------------------------------------------- savepoints


async def test_savepoints_nest(things: AsyncDatabase) -> None:
    async with things.transaction() as tx:
        (await add(tx, 1)).unwrap()
        async with tx.transaction() as inner:
            (await add(inner, 2)).unwrap()
            async with inner.transaction(rollback=True) as innermost:
                (await add(innermost, 3)).unwrap()
            async with inner.transaction() as innermost:
                (await add(innermost, 4)).unwrap()
        with pytest.raises(KeyError):
            async with tx.transaction() as inner:
                (await add(inner, 5)).unwrap()
                raise KeyError
        assert await ids(tx) == [1, 2, 4]
    assert await ids(things) == [1, 2, 4]


async def test_what_fails_in_a_savepoint_is_undone_there_and_the_transaction_goes_on(things: AsyncDatabase) -> None:
    async with things.transaction() as tx:
        (await add(tx, 1)).unwrap()
        with pytest.raises(TransactionAborted) as caught:
            async with tx.transaction() as inner:
                (await add(inner, 2)).unwrap()
                await add(inner, 1)
        assert caught.value.cause == TWICE
        assert await tx.transact(lambda inner: add(inner, 1)) == Failure(TWICE)
        (await add(tx, 3)).unwrap()
    assert await ids(things) == [1, 3]


async def test_a_savepoint_in_a_failed_transaction_names_the_failure(things: AsyncDatabase) -> None:
    with pytest.raises(TransactionAborted) as caught:
        async with things.transaction() as tx:
            (await add(tx, 1)).unwrap()
            await add(tx, 1)
            async with tx.transaction():
                raise AssertionError
    assert caught.value.cause == TWICE


async def test_a_savepoint_has_no_isolation_of_its_own(things: AsyncDatabase) -> None:
    async with things.transaction() as tx:
        with pytest.raises(QueryError, match="give them to the outer one"):
            async with tx.transaction(isolation="serializable"):
                raise AssertionError
        assert await tx.ping() == Success(None)


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ({"isolation": "serializable"}, {"isolation": "serializable"}),
        ({"isolation": "serializable"}, {"isolation": "read committed"}),
        ({"isolation": "repeatable read"}, {"isolation": "repeatable read"}),
        ({"isolation": "serializable", "read_only": True}, {"isolation": "repeatable read", "read_only": True}),
        ({"read_only": True, "deferrable": True}, {"deferrable": True}),
        ({}, {"read_only": False, "deferrable": False}),
    ],
)
async def test_a_function_that_wants_a_kind_of_transaction_runs_within_one(
    things: AsyncDatabase, outer: dict[str, Any], inner: dict[str, Any]
) -> None:
    async def function(db: AsyncDb) -> Outcome[str]:
        return await db.transact(lambda tx: tx.scalar(values("show transaction_isolation")), **inner)

    assert isinstance(await function(things), Success)
    async with things.transaction(**outer) as tx, tx.transaction() as savepoint:
        assert await function(savepoint) == Success(outer.get("isolation", "read committed"))


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ({"isolation": "repeatable read"}, {"isolation": "serializable"}),
        ({}, {"isolation": "read committed"}),
        ({}, {"read_only": True}),
        ({"read_only": True}, {"read_only": False}),
        ({"isolation": "serializable", "read_only": True}, {"deferrable": True}),
    ],
)
async def test_a_savepoint_is_never_stricter_than_its_transaction(
    things: AsyncDatabase, outer: dict[str, Any], inner: dict[str, Any]
) -> None:
    async with things.transaction(isolation="serializable", read_only=True, deferrable=True):
        pass  # whose kind the next one on this connection does not have
    async with things.transaction(**outer) as tx:
        with pytest.raises(QueryError, match="at least as strict as the inner one wants"):
            async with tx.transaction(**inner):
                raise AssertionError
        assert await tx.ping() == Success(None)


async def test_limits_set_in_a_savepoint_end_with_it(things: AsyncDatabase) -> None:
    limit = values("select current_setting('statement_timeout')")
    async with things.options(statement_timeout=9).transaction() as tx:
        with pytest.raises(KeyError):
            async with tx.options(statement_timeout=5).transaction() as inner:
                assert await inner.scalar(limit) == Success("5s")
                raise KeyError
        assert await tx.scalar(limit) == Success("9s")
        with pytest.raises(TransactionAborted):
            async with tx.options(statement_timeout=5).transaction() as inner:
                assert await inner.scalar(limit) == Success("5s")
                await inner.execute(do("select 1/0"))
        assert await tx.scalar(limit) == Success("9s")
    assert await things.scalar(limit) == Success("0")


# ---------------------------------------------------------------- transact


async def test_transact_commits_on_success_and_rolls_back_on_failure(things: AsyncDatabase) -> None:
    added = await things.transact(lambda tx: add(tx, 1))
    assert_type(added, Outcome[int])
    assert added == Success(1)

    async def refused(tx: AsyncTx) -> Success[int] | Failure[str]:
        (await add(tx, 2)).unwrap()
        return Failure("not today")

    outcome = await things.transact(refused)
    assert_type(outcome, Success[int] | Failure[str | DbError, int])
    assert outcome == Failure("not today")
    assert await ids(things) == [1]


async def test_transact_passes_exceptions_and_returns_raised_db_errors(things: AsyncDatabase) -> None:
    async def broken(tx: AsyncTx) -> Outcome[int]:
        (await add(tx, 1)).unwrap()
        raise KeyError("mine")

    with pytest.raises(KeyError):
        await things.transact(broken)

    async def raising(tx: AsyncTx) -> Outcome[int]:
        async with tx.stream(rows("select 1/0")):
            raise AssertionError

    assert failure(await things.transact(raising)).sqlstate == "22012"
    assert await ids(things) == []


async def test_transact_does_not_call_a_doomed_transaction_a_success(things: AsyncDatabase) -> None:
    async def careless(tx: AsyncTx) -> Outcome[str]:
        (await add(tx, 1)).unwrap()
        await add(tx, 1)
        return Success("fine")

    assert await things.transact(careless) == Failure(TWICE)


async def test_transact_gives_the_failure_that_came_first(things: AsyncDatabase) -> None:
    async def returned(tx: AsyncTx) -> Outcome[int]:
        (await add(tx, 1)).unwrap()
        await add(tx, 1)
        return await add(tx, 2)

    async def unwrapped(tx: AsyncTx) -> Outcome[int]:
        return Success((await returned(tx)).unwrap())

    for work in (returned, unwrapped):
        error = failure(await things.transact(work))
        assert (error, error.statement) == (TWICE, "insert into things values ($1::bigint)")
        async with things.transaction() as tx:
            assert await tx.transact(work) == Failure(TWICE)

    async def own_error(tx: AsyncTx) -> Success[int] | Failure[str, int]:
        return (await returned(tx)).alt(lambda error: str(error.sqlstate))

    assert await things.transact(own_error) == Failure("25P02")
    assert await ids(things) == []


async def test_a_serialization_failure_is_run_again(qb_url: str) -> None:
    async with async_database(qb_url, max_size=3) as db, async_table(db, "id int primary key, n int"):
        (await db.execute(do("insert into things values (1, 0)"))).unwrap()
        attempts: list[int] = []

        async def increment(tx: AsyncTx) -> Outcome[int]:
            attempts.append(1)
            number = (await tx.scalar(values("select n from things"))).unwrap()
            if len(attempts) < 3:  # somebody comes in between, twice
                (await db.apart.execute(do("update things set n = n + 10"))).unwrap()
            return await tx.execute(do("update things set n = $1::bigint", number + 1))

        assert await db.transact(increment, isolation="repeatable read") == Success(1)
        assert len(attempts) == 3
        assert await db.scalar(values("select n from things")) == Success(21)

        attempts.clear()
        assert await db.transact(increment, isolation="repeatable read", retries=1) == Failure(SerializationFailure())
        assert len(attempts) == 2


async def test_what_doomed_a_transaction_decides_even_under_an_error_of_ones_own(qb_url: str) -> None:
    async with async_database(qb_url, max_size=3) as db:
        attempts: list[int] = []

        async def work(tx: AsyncTx) -> Success[int] | Failure[str]:
            attempts.append(1)
            outcome = await tx.execute(do("do $$ begin raise exception sqlstate '40001'; end $$"))
            return outcome if isinstance(outcome, Success) else Failure("could not")

        assert await db.transact(work, retries=2) == Failure("could not")
        assert len(attempts) == 3


async def test_within_a_transaction_the_outer_one_retries(qb_url: str) -> None:
    async with async_database(qb_url) as db:
        attempts: list[str] = []

        async def inner(tx: AsyncTx) -> Outcome[int]:
            attempts.append("inner")
            return await tx.execute(do("do $$ begin raise exception sqlstate '40001'; end $$"))

        async def outer(tx: AsyncTx) -> Outcome[int]:
            attempts.append("outer")
            return await tx.transact(inner)

        assert await db.transact(outer, retries=1) == Failure(SerializationFailure())
        assert attempts == ["outer", "inner"] * 2


async def test_a_connection_lost_within_a_transaction_is_named(things: AsyncDatabase) -> None:
    with pytest.raises(ConnectionLost):
        async with things.transaction() as tx:
            pid = (await tx.scalar(values("select pg_backend_pid()"))).unwrap()
            assert await things.apart.scalar(values("select pg_terminate_backend($1::bigint::int)", pid)) == Success(
                True
            )
            assert isinstance(failure(await add(tx, 1)), ConnectionLost)
    assert await ids(things) == []


async def test_a_connection_lost_before_the_commit_is_raised_as_such(things: AsyncDatabase) -> None:
    with pytest.raises(ConnectionLost):
        async with things.transaction() as tx:
            (await add(tx, 1)).unwrap()
            pid = (await tx.scalar(values("select pg_backend_pid()"))).unwrap()
            assert await things.apart.scalar(values("select pg_terminate_backend($1::bigint::int)", pid)) == Success(
                True
            )
    assert await ids(things) == []


async def test_an_idle_transaction_that_the_server_ends_is_a_timeout(things: AsyncDatabase) -> None:
    with pytest.raises((TransactionAborted, ConnectionLost)):
        async with things.transaction() as tx:
            (await tx.execute(do("set local idle_in_transaction_session_timeout = 1"))).unwrap()
            await anyio.sleep(0.2)  # sync: time.sleep(0.2)
            assert failure(await add(tx, 1)).sqlstate in ("25P03", None)
    assert await ids(things) == []


async def test_a_function_that_says_neither_is_undone_and_raises(things: AsyncDatabase) -> None:
    async def silent(tx: AsyncTx) -> None:
        (await add(tx, 1)).unwrap()

    with pytest.raises(QueryError, match="returns Success or Failure, and it returned NoneType"):
        await things.transact(silent)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert await ids(things) == []


async def test_an_isolation_that_is_none(things: AsyncDatabase) -> None:
    wrong: Any = "snapshot"
    with pytest.raises(QueryError, match=r"isolation is .* not 'snapshot'"):
        async with things.transaction(isolation=wrong):
            pass
    assert await things.ping() == Success(None)
