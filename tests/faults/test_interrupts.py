"""One interrupt at many places, a cancellation at every wait: nothing is lost, locked or half done."""

import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from functools import partial
from types import CodeType

import pytest

import qb
from qb import AsyncDatabase, Database
from qb.errors import TransactionAborted
from qb.query.prepared import prepare
from qb.run.database.async_connect import connect_async
from qb.run.database.connect import connect
from tests.faults.scenes import ASYNC_SCENES, SCENES, Pair
from tests.faults.strike import cancelled, ours, struck, struck_async

SIZE = 2
HALF = qb.sql("SELECT number FROM pairs GROUP BY number HAVING count(*) <> 2").rows(int)
OPEN = qb.sql(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND application_name = 'struck' AND (state LIKE 'idle in transaction%' OR state = 'active')"
).rows(int)

pytestmark = [
    # An interrupt within a callback of the garbage collector is told there, and a link that was just being made is
    # closed by the driver's own finaliser.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::qb.UnseenFailure"),
]


@pytest.fixture
def observer(qb_url: str) -> Iterator[Database]:
    """A database that is never interrupted, with the table."""
    with connect(qb_url) as db:
        qb.unwrap(db.execute(qb.sql("DROP TABLE IF EXISTS pairs").command()))
        qb.unwrap(db.run(qb.create_all(qb.schema(Pair))))
        for number in (-3, -2):
            qb.unwrap(db.insert_many(qb.new(Pair)(id=number * 10 - side, number=number) for side in range(2)))
        yield db
        qb.unwrap(db.run(qb.drop_all(qb.schema(Pair))))


def audit(observer: Database, place: str, number: int, ended: bool) -> None:
    """Both rows or none, both if the work came to its end; and no session is left inside a transaction."""
    assert qb.unwrap(observer.all(HALF)) == [], place
    deadline = time.monotonic() + 10
    while qb.unwrap(observer.scalar(OPEN)):
        assert time.monotonic() < deadline, f"{place}: a transaction stays open"
        time.sleep(0.001)


def whole(db: Database, place: str) -> None:
    """All links can be had, and none is confused."""
    report = db.pool
    assert (report.in_use, report.waiting) == (0, 0), f"{place}: {report}"
    leases = [db._pool.checkout(timeout=30) for _ in range(SIZE)]  # pyright: ignore[reportPrivateUsage]
    for lease in leases:
        assert lease.link.execute("SELECT 42").fetchone() == (42,), place
        db._pool.give_back(lease)  # pyright: ignore[reportPrivateUsage]


def doing(work: Callable[[Database, int], None], db: Database, number: int) -> None:
    with suppress(TransactionAborted):  # a savepoint was interrupted at its end: its transaction is not committed
        work(db, number)


def everywhere(db: Database, observer: Database, name: str, step: int, start: int) -> int:
    """Strike at each place in turn (at every `step`th), and look after each."""
    work = SCENES[name]
    work(db, 1)  # known from here on: compiled, prepared
    at = start
    while True:
        number = 1000 + at
        strike, ended = struck(at, partial(doing, work, db, number))
        place = f"{name} at {at}, {strike.where}"
        if not strike.hit:
            return at
        whole(db, place)
        audit(observer, place, number, ended)
        at += step


def names(url: str) -> str:
    return f"{url}&application_name=struck"


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENES)
def test_an_interrupt_now_and_then(qb_url: str, observer: Database, name: str) -> None:
    with connect(names(qb_url), max_size=SIZE, timeout=30) as db:
        assert everywhere(db, observer, name, 397, 11) > 197


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENES)
def test_an_interrupt_at_many_places(qb_url: str, observer: Database, name: str) -> None:
    with connect(names(qb_url), max_size=SIZE, timeout=30) as db:
        assert everywhere(db, observer, name, 41, 11) > 100


@pytest.mark.parametrize("name", ["write", "nested"])
def test_an_interrupt_of_the_first_use(qb_url: str, observer: Database, name: str) -> None:
    """Connecting, compiling and preparing are interrupted, too."""
    for at in range(3, 1200, 397):
        with connect(names(qb_url), max_size=SIZE, timeout=30) as db:
            strike, ended = struck(at, partial(doing, SCENES[name], db, at))
            whole(db, f"{name} at {at}, {strike.where}")
            SCENES[name](db, 100_000 + at)
            audit(observer, name, at, ended)


def first_calls(step: int, within: Callable[[CodeType], bool], run: Callable[[qb.Rows[int]], object]) -> int:
    """Strike the first call of a prepared query at each place in turn, then ask for another variant. How many."""
    at = 1
    while True:

        @qb.prepare
        def ids(number: int, least: int | None = None) -> qb.Select[int]:
            query = qb.select(Pair.id).where(Pair.number == number).order_by(Pair.id)
            return query if least is None else query.where(Pair.id >= least)

        strike, _ = struck(at, lambda: run(ids(-3)), within)
        again: list[object] = []
        thread = threading.Thread(target=lambda: again.append(run(ids(-3, -100))), daemon=True)  # noqa: B023
        thread.start()
        thread.join(60)
        assert not thread.is_alive(), f"a lock is held: {at}, {strike.where}"
        assert len(again) == 1, f"{at}, {strike.where}"
        if not strike.hit:
            return at
        at += step


@pytest.mark.slow
def test_an_interrupt_of_a_prepared_querys_first_call() -> None:
    """At every instruction of what keeps its variants."""

    def keeping(code: CodeType) -> bool:
        return code.co_name == "_first" and code.co_filename == prepare.__file__

    assert first_calls(1, keeping, lambda query: query.node) > 50


def test_an_interrupt_of_all_that_a_prepared_querys_first_call_does(qb_url: str, observer: Database) -> None:
    with connect(names(qb_url), max_size=SIZE, timeout=30) as db:
        first_calls(2999, ours, lambda query: qb.unwrap(db.all(query)))
        whole(db, "first calls")


@pytest.mark.slow
def test_an_interrupt_at_many_places_of_a_prepared_querys_first_call(qb_url: str, observer: Database) -> None:
    with connect(names(qb_url), max_size=SIZE, timeout=30) as db:
        first_calls(199, ours, lambda query: qb.unwrap(db.all(query)))
        whole(db, "first calls")


def test_who_waits_is_served_though_another_was_interrupted(qb_url: str, observer: Database) -> None:
    with connect(names(qb_url), max_size=SIZE, timeout=20) as db:
        for at in range(1, 700, 233):
            go_on = threading.Event()
            found: list[object] = []

            def work() -> None:
                go_on.wait()  # noqa: B023 - joined within the turn
                found.append(db.ping())  # noqa: B023

            threads = [threading.Thread(target=work) for _ in range(3)]
            for thread in threads:
                thread.start()
            go_on.set()
            struck(at, partial(doing, SCENES["transaction"], db, 10_000 + at))
            for thread in threads:
                thread.join(30)
                assert not thread.is_alive()
            assert len(found) == 3
        whole(db, "threads")


# ---------------------------------------------------------------- tasks


@pytest.fixture
async def adb(qb_url: str, anyio_backend: str) -> AsyncIterator[AsyncDatabase]:
    async with connect_async(names(qb_url), max_size=SIZE, timeout=30) as db:
        yield db


async def whole_async(db: AsyncDatabase, place: str) -> None:
    report = db.pool
    assert (report.in_use, report.waiting) == (0, 0), f"{place}: {report}"
    leases = [await db._pool.checkout(timeout=30) for _ in range(SIZE)]  # pyright: ignore[reportPrivateUsage]
    for lease in leases:
        assert lease.link.execute("SELECT 42").fetchone() == (42,), place
        db._pool.give_back(lease)  # pyright: ignore[reportPrivateUsage]


async def everywhere_async(db: AsyncDatabase, observer: Database, name: str, step: int, start: int) -> int:
    work = ASYNC_SCENES[name]

    async def doing_async(number: int) -> None:
        with suppress(TransactionAborted):
            await work(db, number)

    await work(db, 1)
    at = start
    while True:
        strike, ended = await struck_async(at, partial(doing_async, 1000 + at))
        place = f"{name} at {at}, {strike.where}"
        if not strike.hit:
            return at
        await whole_async(db, place)
        audit(observer, place, 1000 + at, ended)
        at += step


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize("name", ASYNC_SCENES)
async def test_an_interrupt_now_and_then_in_a_task(adb: AsyncDatabase, observer: Database, name: str) -> None:
    assert await everywhere_async(adb, observer, name, 397, 11) > 197


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize("name", ASYNC_SCENES)
async def test_an_interrupt_at_many_places_in_a_task(adb: AsyncDatabase, observer: Database, name: str) -> None:
    assert await everywhere_async(adb, observer, name, 41, 11) > 100


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize("name", ASYNC_SCENES)
async def test_a_cancellation_at_every_wait(adb: AsyncDatabase, observer: Database, name: str) -> None:
    work = ASYNC_SCENES[name]
    await work(adb, 1)
    at = 1
    while True:
        waits, ended = await cancelled(at, partial(work, adb, 1000 + at))  # type: ignore[arg-type]
        await whole_async(adb, f"{name} at wait {at}")
        audit(observer, f"{name} at wait {at}", 1000 + at, ended)
        if waits < at:
            break
        at += 1
    assert at > 1
