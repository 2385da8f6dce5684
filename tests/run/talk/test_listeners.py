"""Many who listen, those who end it from elsewhere, and tasks that are cancelled while they wait."""

import os
import signal
import threading
from functools import partial

import anyio
import anyio.abc
import pytest

from qb import (
    AsyncDatabase,
    ClosedError,
    Database,
    Gap,
    Notification,
    QueryError,
    Success,
    connect,
    connect_async,
    notify,
    sql,
    unwrap,
)
from qb.typing import AsyncListening, Listening
from tests.run.bouncer import bouncer
from tests.run.talk.channels import PLACED, Placed, killed, listeners, lone, moment

SOON = 20.0
MANY = 12


def taken(events: Listening[str], into: list[str]) -> None:
    for event in events:
        assert isinstance(event, Notification)
        into.append(event.payload)
        if event.payload == "last":
            break


def test_many_threads_hear_all_of_it_in_order(qb_url: str) -> None:
    told = lone()
    heard: list[list[str]] = [[] for _ in range(MANY)]
    ready = threading.Barrier(MANY + 1)

    def listen(db: Database, into: list[str]) -> None:
        with db.listen(told) as events:
            ready.wait(SOON)
            taken(events, into)

    with connect(qb_url) as db:
        threads = [threading.Thread(target=listen, args=(db, into)) for into in heard]
        for each in threads:
            each.start()
        ready.wait(SOON)
        assert db.pool.listening == MANY
        for n in range(50):
            unwrap(db.execute(notify(told, str(n))))
        unwrap(db.execute(notify(told, "last")))
        for each in threads:
            each.join(SOON)
        assert db.pool.listening == 0
    assert heard == [[*map(str, range(50)), "last"]] * MANY


@pytest.mark.parametrize("away", [False, True])
def test_another_thread_ends_it(qb_url: str, away: bool) -> None:
    told = lone()
    with connect(qb_url) as db, db.listen(told) as events:
        if away:  # as it waits to connect once more
            assert db.scalar(killed(told)) == Success(1)
        threading.Timer(0.3, events.stop).start()
        assert [event for event in events if not isinstance(event, Gap)] == []
        assert events.within(SOON) is None


def test_ctrl_c_ends_it(qb_url: str) -> None:
    with connect(qb_url) as db:
        with pytest.raises(KeyboardInterrupt), db.listen(lone()) as events:
            threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
            next(events)
        assert db.pool.listening == 0
        assert db.ping() == Success(None)


def test_another_thread_closes_the_database(qb_url: str) -> None:
    db = connect(qb_url)
    with db.listen(lone()) as events:
        threading.Timer(0.2, db.close).start()
        with pytest.raises(ClosedError, match="the database is closed"):
            next(events)


def test_two_threads_cannot_take_from_one(qb_url: str) -> None:
    with connect(qb_url) as db, db.listen(lone()) as events:
        waiting = threading.Thread(target=lambda: events.within(SOON))
        waiting.start()
        while not events._taken:  # pyright: ignore[reportPrivateUsage]
            pass
        with pytest.raises(QueryError, match="at the same time"):
            events.within(0)
        events.stop()
        waiting.join(SOON)


def test_a_child_process_cannot_take_its_parents_events(qb_url: str) -> None:
    told = lone()
    with connect(qb_url) as db, db.listen(told) as events:
        child = os.fork()
        if child == 0:
            try:
                events.within(0)
            except ClosedError:
                os._exit(0)
            finally:
                os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        unwrap(db.execute(notify(told, "still there")))
        event = events.within(SOON)
        assert isinstance(event, Notification)


# ------------------------------------------------------------------------------------------------------------ tasks


@pytest.mark.anyio
async def test_many_tasks_hear_all_of_it(qb_url: str) -> None:
    told = lone()
    heard: list[list[str]] = [[] for _ in range(MANY)]

    async def listen(db: AsyncDatabase, into: list[str], *, task_status: anyio.abc.TaskStatus[None]) -> None:
        async with db.listen(told) as events:
            task_status.started()
            async for event in events:
                assert isinstance(event, Notification)
                into.append(event.payload)
                if event.payload == "last":
                    break

    async with connect_async(qb_url, max_size=2) as db:
        async with anyio.create_task_group() as tasks:
            for into in heard:
                await tasks.start(partial(listen, db, into))
            assert db.pool.listening == MANY
            for n in range(50):
                unwrap(await db.execute(notify(told, str(n))))
            unwrap(await db.execute(notify(told, "last")))
        assert db.pool.listening == 0
    assert heard == [[*map(str, range(50)), "last"]] * MANY


@pytest.mark.anyio
async def test_a_task_that_is_cancelled_while_it_waits_loses_nothing(qb_url: str) -> None:
    async with connect_async(qb_url) as db, db.listen(PLACED) as events:
        for n in range(20):
            with anyio.move_on_after(0.002):
                await anext(events)
            unwrap(await db.execute(notify(PLACED, Placed(n))))
            with anyio.fail_after(SOON):
                event = await anext(events)
            assert isinstance(event, Notification)
            assert event.payload == Placed(n)


@pytest.mark.anyio
@pytest.mark.parametrize("away", [False, True])
async def test_a_cancelled_block_leaves_nothing(qb_url: str, away: bool) -> None:
    told = lone()
    async with connect_async(qb_url) as db:
        with anyio.move_on_after(0.3) as scope:
            async with db.listen(told) as events:
                if away:
                    assert await db.scalar(killed(told)) == Success(1)
                async for event in events:
                    assert isinstance(event, Gap)
        assert scope.cancelled_caught
        assert db.pool.listening == 0
        with anyio.fail_after(SOON):
            while unwrap(await db.scalar(listeners(told))):
                unwrap(await db.execute(moment()))


@pytest.mark.anyio
@pytest.mark.parametrize("how", ["stop", "close"])
async def test_another_task_ends_it(qb_url: str, how: str) -> None:
    ended = anyio.Event()

    async def listen(events: AsyncListening[str]) -> None:
        try:
            async for _ in events:
                raise AssertionError
        except ClosedError:
            assert how == "close"
        ended.set()

    db = connect_async(qb_url)
    async with db.listen(lone()) as events, anyio.create_task_group() as tasks:
        tasks.start_soon(listen, events)
        await anyio.sleep(0.1)
        if how == "stop":
            events.stop()
        else:
            await db.close()
        with anyio.fail_after(SOON):
            await ended.wait()
    await db.close()


@pytest.mark.anyio
async def test_two_tasks_cannot_take_from_one(qb_url: str) -> None:
    async with connect_async(qb_url) as db, db.listen(lone()) as events, anyio.create_task_group() as tasks:
        tasks.start_soon(events.within, SOON)
        await anyio.sleep(0.05)
        with pytest.raises(QueryError, match="at the same time"):
            await events.within(0)
        events.stop()


@pytest.mark.anyio
async def test_a_task_that_waits_hinders_nobody(qb_url: str) -> None:
    async with connect_async(qb_url, max_size=1) as db, db.listen(lone()) as events, anyio.create_task_group() as tasks:
        tasks.start_soon(events.within, SOON)
        for n in range(20):
            assert await db.scalar(sql("SELECT {n}", n=n).rows(int)) == Success(n)
        events.stop()


# ---------------------------------------------------------------------------------------------------------- poolers


@pytest.mark.slow
def test_behind_a_pooler_it_is_said(qb_url: str, caplog: pytest.LogCaptureFixture) -> None:
    told = lone()
    with bouncer(qb_url, "session") as url, connect(url, max_size=1) as db, db.listen(told) as events:
        assert "it works in session mode alone" in caplog.text
        unwrap(db.execute(notify(told, "heard")))
        event = events.within(SOON)
        assert isinstance(event, Notification)
    caplog.clear()
    with connect(qb_url) as db, db.listen(told):
        assert caplog.text == ""


@pytest.mark.slow
def test_what_nobody_could_hear_through_a_pooler_in_transaction_mode_is_said(
    qb_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with bouncer(qb_url, "transaction") as url, connect(url, prepare=False) as db, db.listen(lone()):
        assert "give the program that listens an address of the server itself" in caplog.text
