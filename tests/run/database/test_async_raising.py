"""`db.raising`: the same methods, of values; what fails raises its DbError."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Literal, assert_type

import pytest

from qb import (
    AsyncDatabase,
    AsyncDb,
    Col,
    DataException,
    DbError,
    DecodeError,
    ManyRows,
    NotFound,
    Outcome,
    QueryError,
    Script,
    SerializationFailure,
    Success,
    Table,
    TransactionAborted,
    UniqueViolation,
    column,
    connect_async,
    fn,
    insert,
    new,
    pg,
    select,
    sql,
)
from qb.run.database.async_raising import AsyncRaisingDb
from qb.run.session.characteristics import Isolation
from qb.run.talk.raising_pipeline import Awaited, RaisingPipeline
from qb.typing import AsyncRaisingReadDb

pytestmark = pytest.mark.anyio  # sync:

SERIAL = sql("DO $$ BEGIN RAISE EXCEPTION SQLSTATE '40001'; END $$").command()


class Thing(Table, name="things"):
    id: Col[int] = column(pg.integer, primary_key=True)


class Kind(Table, name="kinds"):
    kind: Col[Literal["a"]] = column()


ONE, TWO = new(Thing)(id=1), new(Thing)(id=2)
COUNT = select(fn.count()).from_(Thing)
NONE = select(Thing).where(Thing.id == 404)


@pytest.fixture
async def async_db(qb_url: str) -> AsyncIterator[AsyncDatabase]:
    """A database with one row, (1)."""
    async with connect_async(qb_url, max_size=2) as db:
        create = "CREATE TABLE things (id int PRIMARY KEY DEFERRABLE INITIALLY IMMEDIATE)"
        await db.raising.run(Script("DROP TABLE IF EXISTS things", create, "INSERT INTO things VALUES (1)"))
        yield db
        await db.raising.run(Script("DROP TABLE things"))


async def reading(db: AsyncRaisingReadDb) -> int:
    return await db.scalar(COUNT)


async def test_what_only_reads_gives_values_too(async_db: AsyncDatabase) -> None:
    replica = async_db.replica.raising
    assert_type(replica, AsyncRaisingReadDb)
    assert assert_type(await replica.all(select(Thing)), list[Thing]) == [Thing(id=1)]
    assert assert_type(await replica.one(select(Thing.id)), int) == 1
    assert assert_type(await replica.first(NONE), Thing | None) is None
    assert await replica.ping() is None  # type: ignore[func-returns-value]
    async with replica.stream(select(Thing.id)) as ids:
        assert [row async for row in ids] == [1]
    with pytest.raises(NotFound):
        await replica.one(NONE)
    with pytest.raises(QueryError, match="only reads"):
        await replica.all(insert(TWO).returning())
    limited = async_db.replica.options(max_lag=0.5).raising.options(statement_timeout=7.0)
    assert await limited.scalar(sql("SHOW statement_timeout").rows(str)) == "7s"
    assert await replica.outcomes.scalar(COUNT) == Success(1)
    async with async_db.raising.transaction() as tx:
        assert await reading(tx) == 1
    assert await reading(async_db.raising) == await reading(replica) == 1


async def test_methods_give_values(async_db: AsyncDatabase) -> None:
    every = async_db.raising
    assert assert_type(await every.all(select(Thing)), list[Thing]) == [Thing(id=1)]
    assert assert_type(await every.one(select(Thing.id)), int) == 1
    assert assert_type(await every.first(NONE), Thing | None) is None
    assert assert_type(await every.scalar(COUNT), int) == 1
    assert assert_type(await every.execute(insert(TWO)), int) == 1
    assert assert_type(await every.insert_many(new(Thing)(id=number) for number in range(3, 5)), int) == 2
    more = await every.insert_many([new(Thing)(id=5)], insert(Thing).returning(Thing.id))
    assert assert_type(more, list[int]) == [5]
    async with every.stream(select(Thing.id).order_by(Thing.id)) as ids:
        assert [row async for row in ids] == [1, 2, 3, 4, 5]
    await every.ping()
    assert await every.options(lock_timeout=1).scalar(sql("SHOW lock_timeout").rows(str)) == "1s"
    assert assert_type(every.outcomes, AsyncDb) is async_db


RAISES: dict[str, tuple[Callable[[AsyncRaisingDb], Awaitable[object]], type[Exception]]] = {
    "all": (lambda db: db.all(select(Thing.id / 0)), Exception),
    "one": (lambda db: db.one(NONE), NotFound),
    "scalar": (lambda db: db.scalar(select(Thing.id).where(Thing.id == 404)), NotFound),
    "execute": (lambda db: db.execute(insert(ONE)), UniqueViolation),
    "insert_many": (lambda db: db.insert_many([TWO, ONE]), UniqueViolation),
    "transact": (lambda db: db.transact(lambda tx: tx.execute(insert(ONE))), UniqueViolation),
    "options": (lambda db: db.options(lock_timeout=1).execute(insert(ONE)), UniqueViolation),
}


@pytest.mark.parametrize(("use", "error"), RAISES.values(), ids=RAISES)
async def test_what_fails_raises(
    async_db: AsyncDatabase, use: Callable[[AsyncRaisingDb], Awaitable[object]], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await use(async_db.raising)
    assert await async_db.raising.scalar(COUNT) == 1


async def test_a_transaction_is_of_values_too(async_db: AsyncDatabase) -> None:
    async with async_db.raising.transaction() as tx:
        assert await assert_type(tx, AsyncRaisingDb).execute(insert(TWO)) == 1
        async with tx.transaction(rollback=True) as inner:
            await inner.execute(insert(new(Thing)(id=3)))
        assert await tx.outcomes.scalar(COUNT) == Success(2)
    with pytest.raises(UniqueViolation):
        async with async_db.raising.transaction() as tx:
            await tx.execute(insert(new(Thing)(id=3)))
            await tx.execute(insert(ONE))
    with pytest.raises(TransactionAborted):
        async with async_db.raising.transaction() as tx:
            await tx.execute(sql("SET CONSTRAINTS ALL DEFERRED").command())
            await tx.execute(insert(ONE))
    assert await async_db.raising.scalar(COUNT) == 2


@pytest.mark.parametrize("isolation", ["serializable", None])
async def test_transact_gives_the_value_and_runs_again(async_db: AsyncDatabase, isolation: Isolation | None) -> None:
    attempts: list[int] = []

    async def work(tx: AsyncRaisingDb) -> str:
        attempts.append(1)
        await tx.execute(insert(TWO))
        if len(attempts) < 3:
            await tx.execute(SERIAL)
        return "done"

    async def divided(tx: AsyncRaisingDb) -> float:
        return await tx.execute(insert(new(Thing)(id=3))) / 0

    assert assert_type(await async_db.raising.transact(work, isolation=isolation), str) == "done"
    assert len(attempts) == 3
    attempts.clear()
    with pytest.raises(UniqueViolation):
        await async_db.raising.transact(work)
    with pytest.raises(SerializationFailure):
        await async_db.raising.transact(lambda tx: tx.execute(SERIAL), retries=1)
    with pytest.raises(ZeroDivisionError):
        await async_db.raising.transact(divided)
    assert await async_db.raising.scalar(COUNT) == 2


async def test_transact_takes_no_outcome_for_a_value(async_db: AsyncDatabase) -> None:
    async def work(tx: AsyncRaisingDb) -> Outcome[int]:
        return await tx.outcomes.execute(insert(TWO))

    with pytest.raises(QueryError, match=r"gives a value, and it returned an outcome: return qb\.unwrap"):
        await async_db.raising.transact(work)
    assert await async_db.raising.scalar(COUNT) == 1


async def test_a_pipeline_of_values(async_db: AsyncDatabase) -> None:
    async with async_db.raising.pipeline() as p:
        written, count, ids = p.execute(insert(TWO)), p.scalar(COUNT), p.all(select(Thing.id))
        first = p.first(NONE)
    assert assert_type(written.result(), int) == 1
    assert assert_type(count.result(), int) == 2
    assert assert_type(sorted(ids.result()), list[int]) == [1, 2]
    assert assert_type(first.result(), Thing | None) is None


MISSES: dict[str, tuple[Callable[[RaisingPipeline], Awaited[Any]], type[DbError], str]] = {
    "none": (lambda p: p.one(NONE), NotFound, 'no row found in "things", where one was asked for'),
    "no scalar": (lambda p: p.scalar(select(Thing.id).where(Thing.id == 404)), NotFound, "no row found in "),
    "many": (lambda p: p.one(sql("SELECT n FROM generate_series(1, 2) n").rows(int)), ManyRows, "more than one row "),
    "decode": (
        lambda p: p.all(sql("SELECT 'x'::text AS kind").rows(Kind)),
        DecodeError,
        'row 0 of the result, "kinds"."kind" at $: Invalid enum value',
    ),
    "server": (lambda p: p.all(sql("SELECT 1 / 0").rows(int)), DataException, "division by zero"),
}


@pytest.mark.parametrize(("miss", "error", "said"), MISSES.values(), ids=MISSES)
@pytest.mark.parametrize("writes", [True, False])
async def test_a_pipeline_raises_the_first_failure_at_its_end(
    async_db: AsyncDatabase,
    miss: Callable[[RaisingPipeline], Awaited[Any]],
    error: type[DbError],
    said: str,
    *,
    writes: bool,
) -> None:
    async def work(db: AsyncRaisingDb) -> None:
        async with db.pipeline() as p:
            if writes:
                p.execute(insert(TWO))
            p.scalar(COUNT)
            miss(p)
            p.one(NONE)  # another one, later

    every = async_db.raising
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with pytest.raises(error) as alone:
            await work(every)
        with pytest.raises(error) as raised:
            async with every.transaction() as tx:
                await tx.execute(insert(new(Thing)(id=3)))
                await work(tx)
        with pytest.raises(error) as transacted:
            await every.transact(work)
        for found in (alone.value, raised.value, transacted.value):
            assert str(found).startswith(said)
            assert found.step == 1 + writes
            assert found.statement is not None
    assert [str(each.message) for each in told] == []
    assert await every.all(select(Thing.id)) == [1]


async def test_what_a_pipeline_has_read_is_there_behind_its_failure(async_db: AsyncDatabase) -> None:
    handles: list[Awaited[Any]] = []
    with pytest.raises(NotFound, match=r'^no row found in "things", where one was asked for$'):
        async with async_db.raising.pipeline() as p:
            handles += [p.scalar(COUNT), p.one(NONE)]
    assert handles[0].result() == 1
    with pytest.raises(NotFound, match="no row found"):
        handles[1].result()


async def test_a_bug_within_a_pipeline_passes_and_no_failure_is_told_beside_it(async_db: AsyncDatabase) -> None:
    def refuse(thing: Thing) -> int:
        raise KeyError(thing.id)

    async def work() -> None:
        async with async_db.raising.pipeline() as p:
            p.one(NONE)
            p.all(select(Thing).map(refuse))

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with pytest.raises(KeyError):
            await work()
    assert [str(each.message) for each in told] == []


async def test_a_pipeline_that_is_undone_raises_at_its_end(async_db: AsyncDatabase) -> None:
    with pytest.raises(UniqueViolation):
        async with async_db.raising.pipeline() as p:
            p.execute(insert(TWO))
            p.execute(insert(ONE))
    with pytest.raises(KeyError):
        async with async_db.raising.pipeline() as p:
            p.execute(insert(TWO))
            raise KeyError
    async with async_db.raising.pipeline():
        pass
    assert await async_db.raising.scalar(COUNT) == 1


async def test_the_view_has_every_method() -> None:
    """What `AsyncDb` gets, it gets."""

    def public(kind: type[Any]) -> set[str]:
        return {name for name in dir(kind) if not name.startswith("_")}

    assert public(AsyncRaisingDb) == public(AsyncDb) - {"raising"} | {"outcomes"}
