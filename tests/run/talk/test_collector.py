"""The garbage collector looks less often while a large result is read, and as usual afterwards, whatever happens."""

import gc
import os
import threading
from collections.abc import Callable, Iterator
from typing import ClassVar

import anyio
import msgspec
import pytest
from psycopg.waiting import Wait

from qb import AsyncDatabase, Database, Outcome, Rows, sql, unwrap
from qb.run.session.wait import Conversation
from qb.run.talk.collector import SELDOM, seldom_collected
from qb.run.talk.pipeline import LONG
from tests.run.plain import failure

USUAL = (700, 10, 10)


class Seen(msgspec.Struct):
    """A row that notes how often the collector looks while it is made."""

    n: int
    thresholds: ClassVar[set[tuple[int, int, int]]] = set()
    then: ClassVar[list[Callable[[], object]]] = []

    def __post_init__(self) -> None:
        Seen.thresholds.add(gc.get_threshold())
        if self.n == 1500:
            for each in Seen.then:
                each()


MANY = sql("SELECT n FROM generate_series(1, 2000) n").rows(Seen)
SEVEN = sql("SELECT 7 AS n").rows(Seen)
FEW = sql("SELECT n FROM generate_series(1, 20) n").rows(Seen)


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    before, Seen.thresholds, Seen.then = gc.get_threshold(), set(), []
    gc.set_threshold(*USUAL)
    yield
    gc.set_threshold(*before)


def test_while_many_rows_are_read(qb_db: Database) -> None:
    unwrap(qb_db.all(FEW))  # what is prepared first
    Seen.thresholds.clear()
    assert len(unwrap(qb_db.all(MANY))) == 2000
    assert Seen.thresholds == {SELDOM}
    assert gc.get_threshold() == USUAL


def test_not_for_a_few_rows_nor_for_a_stream(qb_db: Database) -> None:
    assert len(unwrap(qb_db.all(FEW))) == 20
    with qb_db.stream(MANY) as found:
        assert sum(1 for _ in found) == 2000
    assert Seen.thresholds == {USUAL}


@pytest.mark.anyio
async def test_in_a_task_that_is_cancelled(qb_async_db: AsyncDatabase) -> None:
    sleeps = "CASE WHEN n = 1000 AND pg_sleep(60) IS NULL THEN 0 ELSE n END"
    slow = sql(f"SELECT {sleeps} FROM generate_series(1, 2000) n").rows(int)
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as group:
            group.start_soon(qb_async_db.all, slow)
            with anyio.fail_after(20):
                while gc.get_threshold() == USUAL:  # noqa: ASYNC110 - what is waited for happens in the other task
                    await anyio.sleep(0.001)
            scope.cancel()
    assert gc.get_threshold() == USUAL


def test_after_a_failure_half_way(qb_db: Database) -> None:
    broken = sql("SELECT 1 / (n - 1500) FROM generate_series(1, 2000) n").rows(int)
    assert "division by zero" in str(failure(qb_db.all(broken)))
    assert gc.get_threshold() == USUAL


def test_after_an_exception_of_the_users(qb_db: Database) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    Seen.then = [stop]
    with pytest.raises(KeyboardInterrupt):
        qb_db.all(MANY)
    assert gc.get_threshold() == USUAL


def test_what_the_program_sets_meanwhile_stays(qb_db: Database) -> None:
    Seen.then = [lambda: gc.set_threshold(900, 9, 9)]
    unwrap(qb_db.all(MANY))
    assert gc.get_threshold() == (900, 9, 9)


@pytest.mark.parametrize(
    ("program", "then"),
    [((0, 10, 10), (0, 20, 100)), ((60_000, 5, 200), (60_000, 20, 200))],
    ids=["never", "less often still"],
)
def test_it_never_looks_more_often_than_the_program_says(
    qb_db: Database, program: tuple[int, int, int], then: tuple[int, int, int]
) -> None:
    gc.set_threshold(*program)
    unwrap(qb_db.all(MANY))
    assert then in Seen.thresholds
    assert gc.get_threshold() == program


def test_whether_it_is_enabled_is_the_programs(qb_db: Database) -> None:
    Seen.then = [gc.disable]
    try:
        unwrap(qb_db.all(MANY))
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_last_of_several_threads_sets_it_back() -> None:
    inside, leave = threading.Barrier(3), [threading.Event(), threading.Event()]

    def reads(number: int) -> None:
        def talk() -> Conversation[None]:
            inside.wait(10)
            leave[number].wait(10)
            yield Wait.R

        assert list(seldom_collected(talk())) == [Wait.R]

    threads = [threading.Thread(target=reads, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    inside.wait(10)
    for number, expected in enumerate((SELDOM, USUAL)):
        assert gc.get_threshold() == SELDOM
        leave[number].set()
        threads[number].join()
        assert gc.get_threshold() == expected


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_child_that_is_forked_meanwhile_has_the_usual(qb_db: Database) -> None:
    said: list[int] = []

    def fork() -> None:
        child = os.fork()
        if child == 0:
            os._exit(0 if gc.get_threshold() == USUAL else 1)
        said.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

    Seen.then = [fork]
    unwrap(qb_db.all(MANY))
    assert said == [0]
    assert gc.get_threshold() == USUAL


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_child_that_goes_on_has_the_usual_after_what_it_reads_next() -> None:
    def forks() -> Conversation[int]:
        yield from ()
        return os.fork()

    def reads() -> Conversation[int]:
        yield from ()
        return 1

    def had(talk: Conversation[int]) -> int:
        with pytest.raises(StopIteration) as ended:
            next(seldom_collected(talk))
        return int(ended.value.value)

    child = had(forks())
    if child == 0:
        had(reads())
        os._exit(0 if gc.get_threshold() == USUAL else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def one_each(db: Database, count: int, *more: Rows[Seen]) -> list[Outcome[Seen]]:
    with db.pipeline() as pipeline:
        found = [pipeline.one(SEVEN) for _ in range(count)]
        found += [pipeline.one(query) for query in more]
    return [each.result() for each in found]


def test_a_long_pipeline(qb_db: Database) -> None:
    assert [unwrap(each).n for each in one_each(qb_db, LONG)] == [7] * LONG
    assert Seen.thresholds == {SELDOM}
    assert gc.get_threshold() == USUAL


def test_a_long_pipeline_that_fails(qb_db: Database) -> None:
    assert "division by zero" in str(failure(one_each(qb_db, LONG, sql("SELECT 1 / 0 AS n").rows(Seen))[-1]))
    assert gc.get_threshold() == USUAL


def test_not_for_a_short_pipeline(qb_db: Database) -> None:
    one_each(qb_db, 5)
    assert Seen.thresholds == {USUAL}
