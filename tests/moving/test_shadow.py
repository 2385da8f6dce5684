"""How candidates wait: threads and tasks, places, times that are over. Nothing of it is waited for by the caller."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from threading import Event
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from qb import DefinitionError, connect_async, sql
from qb.moving import AsyncShadow, RunReport, Shadow, compare_runs, compare_runs_async


def plain(n: int) -> int:
    return n


def test_the_answer_is_there_before_the_candidate_is_on_threads() -> None:
    go, reports = Event(), list[RunReport]()

    def waits(n: int) -> int:
        assert go.wait(30)
        return n

    with Shadow(timeout=30) as shadow:
        assert compare_runs(plain, waits, shadow=shadow, sink=reports.append)(3) == 3
        assert (reports, shadow.report().running) == ([], 1)
        go.set()
    assert [report.same for report in reports] == [True]


@pytest.mark.anyio
async def test_the_answer_is_there_before_the_candidate_is_in_tasks() -> None:
    go, reports = anyio.Event(), list[RunReport]()

    async def number(n: int) -> int:
        return n

    async def waits(n: int) -> int:
        await go.wait()
        return n

    async with AsyncShadow(timeout=30) as shadow:
        assert await compare_runs_async(number, waits, shadow=shadow, sink=reports.append)(3) == 3
        assert (reports, shadow.report().running) == ([], 1)
        go.set()
    assert [report.same for report in reports] == [True]


def test_a_thread_that_takes_too_long_is_told_while_it_runs_and_keeps_its_place() -> None:
    go, told, reports = Event(), Event(), list[RunReport]()

    def sink(report: RunReport) -> None:
        reports.append(report)
        told.set()

    def waits(n: int) -> int:
        assert go.wait(30)
        raise SystemExit(n)  # said too late, and to nobody

    shadow = Shadow(max_running=1, timeout=0.05)
    pair = compare_runs(plain, waits, shadow=shadow, sink=sink)
    assert pair(3) == 3
    assert told.wait(30)
    (report,) = reports
    assert (report.candidate.ended, report.differences, report.same) == ("timed out", (), False)
    assert pair(4) == 4
    assert (shadow.report().running, shadow.report().left_out) == (1, 1)
    go.set()
    shadow.close()
    assert (len(reports), shadow.report().running) == (1, 0)


@pytest.mark.anyio
async def test_a_task_that_takes_too_long_is_cancelled_and_its_query_too(qb_url: str) -> None:
    reports = list[RunReport]()

    async def number(n: int) -> int:
        return n

    told = anyio.Event()

    def sink(report: RunReport) -> None:
        reports.append(report)
        told.set()

    async with connect_async(qb_url) as db, AsyncShadow(timeout=0.1) as shadow:
        slow = sql("SELECT pg_sleep(60), 'too slow'").command()
        pair = compare_runs_async(number, lambda n: db.execute(slow), shadow=shadow, sink=sink)
        assert await pair(3) == 3
        await told.wait()
        running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%too slow%' AND state = 'active'"
        left = await db.scalar(sql(running + " AND pid <> pg_backend_pid()").rows(int))
    assert left.unwrap() == 0
    assert reports[0].candidate.ended == "timed out"


def test_no_more_run_than_there_are_places() -> None:
    most, running, lock, reports = 0, 0, threading.Lock(), list[RunReport]()

    def counted(n: int) -> int:
        nonlocal most, running
        with lock:
            running += 1
            most = max(most, running)
        Event().wait(0.001)
        with lock:
            running -= 1
        return n

    with Shadow(max_running=3) as shadow:
        pair = compare_runs(plain, counted, shadow=shadow, sink=reports.append)
        with ThreadPoolExecutor(16) as callers:
            assert list(callers.map(pair, range(500))) == list(range(500))
        left_out = shadow.report().left_out
    assert most <= 3
    assert len(reports) + left_out == 500
    assert reports
    assert all(report.same for report in reports)


@pytest.mark.anyio
async def test_no_more_tasks_run_than_there_are_places() -> None:
    most = running = 0
    reports = list[RunReport]()

    async def number(n: int) -> int:
        await anyio.lowlevel.checkpoint()
        return n

    async def counted(n: int) -> int:
        nonlocal most, running
        running += 1
        most = max(most, running)
        await anyio.lowlevel.checkpoint()
        running -= 1
        return n

    async with AsyncShadow(max_running=3) as shadow:
        pair = compare_runs_async(number, counted, shadow=shadow, sink=reports.append)
        async with anyio.create_task_group() as callers:
            for n in range(200):
                callers.start_soon(pair, n)
        left_out = shadow.report().left_out
    assert most <= 3
    assert len(reports) + left_out == 200


@pytest.mark.anyio
async def test_a_caller_who_is_cancelled_leaves_nothing_behind() -> None:
    reports = list[RunReport]()

    async def sleeps() -> int:
        await anyio.sleep(60)
        return 1

    async def one() -> int:
        return 1

    async with AsyncShadow() as shadow:
        with anyio.move_on_after(0.02):
            await compare_runs_async(sleeps, one, shadow=shadow, sink=reports.append)()
    (report,) = reports
    assert (report.primary.ended, report.candidate.ended, report.same) == ("cancelled", "answered", False)
    assert shadow.report().running == 0


@pytest.mark.anyio
async def test_a_program_does_not_wait_for_a_primary_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qb.moving.async_shadow.LEEWAY", 0.05)
    reports: list[RunReport] = []
    asked, over = anyio.Event(), anyio.Event()

    async def slow() -> int:
        asked.set()
        await over.wait()
        return 1

    async def quick() -> int:
        return 1

    shadow = AsyncShadow(timeout=0.05)
    async with anyio.create_task_group() as callers:
        async with shadow:
            callers.start_soon(compare_runs_async(slow, quick, shadow=shadow, sink=reports.append))
            await asked.wait()
        over.set()
    assert reports == []
    assert shadow.report().running == 0


@pytest.mark.anyio
async def test_a_program_that_ends_cancels_what_runs() -> None:
    reports = list[RunReport]()

    async def one() -> int:
        return 1

    async def sleeps() -> int:
        await anyio.sleep(60)
        return 1

    shadow = AsyncShadow(timeout=600)
    with pytest.raises(KeyError):
        async with shadow:
            await compare_runs_async(one, sleeps, shadow=shadow, sink=reports.append)()
            raise KeyError
    assert (reports, shadow.report().running) == ([], 0)


def test_candidates_see_the_context_of_their_caller() -> None:
    trace: ContextVar[str] = ContextVar("trace")
    seen: list[str] = []
    with Shadow() as shadow:
        pair = compare_runs(lambda: None, lambda: seen.append(trace.get()), shadow=shadow, sink=lambda _: None)
        for name in ("a", "b"):
            trace.set(name)
            pair()
    assert sorted(seen) == ["a", "b"]


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, RecursionError, MemoryError])
def test_whatever_a_candidate_raises_ends_no_thread(error: type[BaseException]) -> None:
    reports: list[RunReport] = []

    def raises(n: int) -> int:
        raise error(n)

    with Shadow(max_running=1) as shadow:
        pair = compare_runs(plain, raises, shadow=shadow, sink=reports.append)
        for n in range(5):
            assert pair(n) == n
            while shadow.report().running:
                Event().wait(0.001)
    assert [report.candidate.error for report in reports] == [error.__name__] * 5


def test_a_sink_that_ends_its_thread_ends_no_more_than_its_report(caplog: pytest.LogCaptureFixture) -> None:
    reports: list[RunReport] = []

    def sink(report: RunReport) -> None:
        reports.append(report)
        raise SystemExit

    with Shadow() as shadow:
        pair = compare_runs(plain, plain, shadow=shadow, sink=sink)
        assert [pair(n) for n in range(3)] == [0, 1, 2]
    assert (len(reports), shadow.report().running) == (3, 0)
    assert {record.getMessage() for record in caplog.records} == {"a report was not told: SystemExit"}


def test_a_thread_that_cannot_be_started_is_the_candidates_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: Any) -> None:
        raise RuntimeError("can't start new thread")

    with Shadow() as shadow:
        pair = compare_runs(plain, plain, shadow=shadow, sink=print)
        monkeypatch.setattr(threading.Thread, "start", refused)
        assert pair(3) == 3
        monkeypatch.undo()
    assert shadow.report().running == 0


def test_coroutines_are_for_the_other_half() -> None:
    async def later(n: int) -> int:
        return n

    with Shadow() as shadow, pytest.raises(DefinitionError, match="later is a coroutine function: compare_runs_async"):
        compare_runs(later, later, shadow=shadow, sink=print)


def test_a_shadow_may_be_closed_twice_and_never_used() -> None:
    shadow = Shadow()
    shadow.close()
    shadow.close()
