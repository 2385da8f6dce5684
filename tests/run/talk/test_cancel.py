"""Interruptions: the query ends on the server, and the connection is usable, or closed, but never confused."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import pytest

from qb import AsyncDatabase, Col, Database, Table, create_all, drop_all, fn, new, schema, select
from qb.errors import Cancelled
from qb.errors.outcome import Success
from tests.run.plain import async_database, database, do, failure, rows, table, values

SLEEP = "select pg_sleep(60)"
PID = values("select pg_backend_pid()")
HERE = "from pg_stat_activity where datname = current_database()"  # others may test on the same server
SLEEPERS = values(f"select count(*) {HERE} and state = 'active' and query = '{SLEEP}'")
MANY = values("select n from generate_series(1, 10000000) n")


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    with anyio.fail_after(20):
        while not await condition():  # noqa: ASYNC110 - what is waited for happens on the server
            await anyio.sleep(0.01)


async def sleeping(db: AsyncDatabase) -> bool:
    return bool((await db.scalar(SLEEPERS)).unwrap())


# ---------------------------------------------------------------- tasks


@pytest.mark.anyio
async def test_cancelling_a_task_cancels_its_query_on_the_server(async_db: AsyncDatabase, qb_url: str) -> None:
    async with async_database(qb_url, max_size=1) as db:
        before = await db.scalar(PID)
        for run in (
            lambda: db.execute(do(SLEEP)),
            lambda: db.all(rows(SLEEP)),
            lambda: db.one(rows(SLEEP)),
            lambda: db.all(
                rows("select n, pg_sleep(case n when 5000 then 60 else 0 end) from generate_series(1, 9999) n")
            ),
        ):
            async with anyio.create_task_group() as group:
                group.start_soon(run)
                await until(lambda: busy(async_db, before.unwrap()))
                group.cancel_scope.cancel()
            assert not await busy(async_db, before.unwrap())
            assert await db.scalar(PID) == before  # the same connection, and an answer to its own question
            assert await db.all(values("select n from generate_series(1, 3) n")) == Success([1, 2, 3])


async def busy(db: AsyncDatabase, pid: int) -> bool:
    asked = "select wait_event is not distinct from 'PgSleep' from pg_stat_activity where pid = $1::bigint"
    return bool((await db.scalar(values(asked, pid))).unwrap())


@pytest.mark.anyio
async def test_a_deadline_cancels(async_db: AsyncDatabase) -> None:
    with anyio.move_on_after(0.05) as scope:
        await async_db.execute(do(SLEEP))
    assert scope.cancelled_caught
    assert (await async_db.scalar(SLEEPERS)) == Success(0)


@pytest.mark.anyio
async def test_cancelling_a_transaction_rolls_it_back(async_db: AsyncDatabase, db: Database) -> None:
    with table(db, "id int"):

        async def work() -> None:
            async with async_db.transaction() as tx:
                await tx.execute(do("insert into things values (1)"))
                async with tx.transaction() as inner:
                    await inner.execute(do("insert into things values (2)"))
                    await inner.execute(do(SLEEP))

        async with anyio.create_task_group() as group:
            group.start_soon(work)
            await until(lambda: sleeping(async_db))
            group.cancel_scope.cancel()
        assert await async_db.scalar(values("select count(*) from things")) == Success(0)
        assert await async_db.scalar(SLEEPERS) == Success(0)


@pytest.mark.anyio
async def test_cancelling_outside_a_statement_rolls_back_too(async_db: AsyncDatabase, db: Database) -> None:
    with table(db, "id int"):
        entered = anyio.Event()

        async def work() -> None:
            async with async_db.transaction() as tx:
                await tx.execute(do("insert into things values (1)"))
                entered.set()
                await anyio.sleep_forever()

        async with anyio.create_task_group() as group:
            group.start_soon(work)
            await entered.wait()
            group.cancel_scope.cancel()
        assert await async_db.scalar(values("select count(*) from things")) == Success(0)


@pytest.mark.anyio
async def test_cancelling_a_statement_inside_dooms_the_transaction_that_goes_on(async_db: AsyncDatabase) -> None:
    with pytest.raises(Exception, match="rolled back"):
        async with async_db.transaction() as tx:
            with anyio.move_on_after(0.05):
                await tx.execute(do(SLEEP))
            assert failure(await tx.one(rows("select 1"))).sqlstate == "25P02"


@pytest.mark.anyio
async def test_a_savepoint_saves_a_transaction_from_a_deadline(async_db: AsyncDatabase) -> None:
    async with async_db.transaction() as tx:
        with anyio.move_on_after(0.05):
            async with tx.transaction() as inner:
                await inner.execute(do(SLEEP))
        assert await tx.scalar(values("select 7")) == Success(7)


@pytest.mark.slow
@pytest.mark.anyio
async def test_cancelling_a_stream(async_db: AsyncDatabase, qb_url: str) -> None:
    async with async_database(qb_url, max_size=1) as db:
        before = await db.scalar(PID)
        started = anyio.Event()

        async def work() -> None:
            async with db.stream(MANY) as stream:
                async for _ in stream:
                    started.set()

        async with anyio.create_task_group() as group:
            group.start_soon(work)
            await started.wait()
            group.cancel_scope.cancel()
        assert await db.scalar(PID) == before


@pytest.mark.anyio
async def test_cancelling_a_pipeline_leaves_the_database_usable(async_db: AsyncDatabase, db: Database) -> None:
    with table(db, "id int"):
        with anyio.move_on_after(0.05):
            async with async_db.pipeline() as p:
                p.execute(do("insert into things values (1)"))
                p.execute(do(SLEEP))
        for _ in range(2):
            assert await async_db.ping() == Success(None)
        await until(lambda: gone(async_db))
        assert await async_db.scalar(values("select count(*) from things")) == Success(0)


async def gone(db: AsyncDatabase) -> bool:
    return not await sleeping(db)


@pytest.mark.anyio
async def test_cancelling_who_waits_for_a_connection(qb_url: str) -> None:
    async with async_database(qb_url, max_size=1, timeout=20.0) as db:
        async with db.transaction() as tx:
            with anyio.move_on_after(0.02) as scope:
                await db.apart.ping()
            assert scope.cancelled_caught
            assert await tx.ping() == Success(None)
        assert await db.ping() == Success(None)


@pytest.mark.anyio
async def test_tasks_share_a_transaction_and_one_is_cancelled(async_db: AsyncDatabase) -> None:
    async with async_db.transaction(rollback=True) as tx:
        async with anyio.create_task_group() as group:
            scope = anyio.CancelScope()

            async def slow() -> None:
                with scope:
                    await tx.execute(do("select pg_sleep(0.1)"))

            async def quick() -> None:
                with anyio.CancelScope() as waiting:
                    group.start_soon(cancel_soon, waiting)
                    await tx.execute(do("select 1"))

            group.start_soon(slow)
            group.start_soon(quick)
        assert await tx.scalar(values("select 5")) == Success(5)


async def cancel_soon(scope: anyio.CancelScope) -> None:
    await anyio.sleep(0.01)
    scope.cancel()


@pytest.mark.anyio
async def test_many_tasks_and_random_cancellations_never_mix_answers(qb_url: str) -> None:
    async with async_database(qb_url, max_size=3, timeout=30.0) as db:
        wrong: list[object] = []

        async def ask(number: int) -> None:
            with anyio.move_on_after((number % 7) / 1000):
                await db.all(values("select $1::bigint from generate_series(1, 2000)", number))
                await db.execute(do("select pg_sleep(0.01)"))
            outcome = await db.all(values("select $1::bigint from generate_series(1, 3)", number))
            if outcome != Success([number] * 3):
                wrong.append(outcome)

        async with anyio.create_task_group() as group:
            for number in range(60):
                group.start_soon(ask, number)
        assert wrong == []


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.anyio
async def test_cancellation_that_is_asyncios_own(async_db: AsyncDatabase, anyio_backend: str) -> None:
    async with async_db.transaction() as tx:
        before = {await tx.scalar(PID), await async_db.apart.scalar(PID)}  # two connections
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await async_db.execute(do(SLEEP))
    task = asyncio.create_task(async_db.execute(do(SLEEP)))
    await until(lambda: sleeping(async_db))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await async_db.scalar(SLEEPERS) == Success(0)
    async with async_db.transaction() as tx:
        assert {await tx.scalar(PID), await async_db.apart.scalar(PID)} == before


# ---------------------------------------------------------------- Ctrl-C

PROGRAM = """
import os, signal, sys, threading
from qb.errors.outcome import Success
from tests.run.plain import database, do, rows, values

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job inherits a deaf one
url, how = sys.argv[1:]
with database(url, max_size=1) as db, database(url) as other:
    pid = db.scalar(values("select pg_backend_pid()")).unwrap()
    db.execute(do("drop table if exists interrupted")).unwrap()
    db.execute(do("create table interrupted (id int)")).unwrap()
    asked = "select count(*) from pg_stat_activity where pid = $1::bigint and wait_event = 'PgSleep'"
    busy = values(asked, pid)

    def interrupt():
        while not other.scalar(busy).unwrap():
            pass
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    try:
        match how:
            case "statement":
                db.execute(do("select pg_sleep(60)"))
            case "rows":
                db.all(rows("select n, pg_sleep(case n when 5000 then 60 else 0 end) from generate_series(1, 9999) n"))
            case "stream":
                with db.stream(rows("select n, pg_sleep(n / 600) from generate_series(1, 60000) n")) as stream:
                    for _ in stream:
                        pass
            case "transaction":
                with db.transaction() as tx:
                    tx.execute(do("insert into interrupted values (1)")).unwrap()
                    with tx.transaction() as inner:
                        inner.execute(do("select pg_sleep(60)"))
            case "pipeline":
                with db.pipeline() as p:
                    p.execute(do("insert into interrupted values (1)"))
                    p.execute(do("select pg_sleep(60)"))
    except KeyboardInterrupt:
        print("interrupted")
    assert db.scalar(values("select count(*) from interrupted")) == Success(0)
    after = db.scalar(values("select pg_backend_pid()")).unwrap()
    print("same" if after == pid else "another")
    assert db.all(values("select n from generate_series(1, 3) n")) == Success([1, 2, 3])
    if after == pid:
        assert other.scalar(busy) == Success(0)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to oneself there")
@pytest.mark.parametrize(
    ("how", "connection"),
    [
        ("statement", "same"),
        pytest.param("rows", "same", marks=pytest.mark.slow),
        pytest.param("stream", "same", marks=pytest.mark.slow),
        pytest.param("transaction", "same", marks=pytest.mark.slow),
        pytest.param("pipeline", "another", marks=pytest.mark.slow),
    ],
)
def test_ctrl_c(qb_url: str, how: str, connection: str) -> None:
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, qb_url, how], cwd=root, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.split(), done.stderr) == (["interrupted", connection], "")


# ---------------------------------------------------------------- by somebody else


def test_an_administrator_cancels(db: Database, qb_url: str) -> None:
    with database(qb_url) as other:
        pid = other.scalar(PID).unwrap()
        thread = threading.Thread(target=lambda: cancel_when_busy(db, pid))
        thread.start()
        assert failure(other.execute(do(SLEEP))) == Cancelled()
        thread.join()
        assert other.scalar(PID) == Success(pid)


def cancel_when_busy(db: Database, pid: int) -> None:
    while not db.scalar(SLEEPERS).unwrap():
        pass
    assert db.scalar(values("select pg_cancel_backend($1::bigint::int)", pid)) == Success(True)


class Copied(Table, name="copied"):
    text: Col[str]


@pytest.mark.anyio
async def test_others_run_while_a_list_is_copied_and_may_cancel_it(async_db: AsyncDatabase) -> None:
    rows = [new(Copied)(text="long enough to fill messages with it")] * 40_000
    turns: list[int] = []

    async def count(scope: anyio.CancelScope, last: int) -> None:
        for turn in range(last):
            await anyio.lowlevel.checkpoint()
            turns.append(turn)
        scope.cancel()

    (await async_db.run(create_all(schema(Copied)))).unwrap()
    async with anyio.create_task_group() as group:
        group.start_soon(count, group.cancel_scope, 6)
        await async_db.insert_many(rows)
    assert len(turns) == 6
    assert group.cancel_scope.cancelled_caught
    assert await async_db.scalar(select(fn.count()).from_(Copied)) == Success(0)
    assert await async_db.insert_many(rows) == Success(40_000)
    (await async_db.run(drop_all(schema(Copied)))).unwrap()
