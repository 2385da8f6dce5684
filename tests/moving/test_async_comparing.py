"""The primary answers; whatever the candidate does is told to the sink alone."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

import pytest

from qb import (
    AsyncDatabase,
    DefinitionError,
    Failure,
    NotFound,
    Outcome,
    Success,
    connect_async,
    ignore,
    select,
    sql,
    unwrap,
    value,
)
from qb.moving import AnswerDifference, AsyncShadow, RunReport, answer_differences, compare_runs_async, run_totals
from tests.run.loops import LOOPS  # sync:

pytestmark = LOOPS  # sync:

SECRET = "a value that no report may show"


@pytest.fixture
async def db(qb_url: str) -> AsyncIterator[AsyncDatabase]:
    async with connect_async(qb_url, max_size=4) as db:
        yield db


class Reports(list[RunReport]):
    """What the sink was given."""

    @property
    def only(self) -> RunReport:
        (report,) = self
        return report


async def same(n: int) -> list[int]:
    return list(range(n))


async def fewer(n: int) -> list[int]:
    return list(range(n - 1))


async def raising(n: int) -> list[int]:
    raise ValueError(SECRET + str(n))


def in_any_order(one: list[int], other: list[int]) -> tuple[AnswerDifference, ...]:
    return answer_differences(sorted(one), sorted(other))


def in_no_order(one: list[int], other: list[int]) -> tuple[AnswerDifference, ...]:
    raise ZeroDivisionError(one, other)


async def answered(primary: Any, candidate: Any, *args: Any, **options: Any) -> tuple[Any, Reports]:
    reports = Reports()
    async with AsyncShadow() as shadow:
        pair: Callable[..., Any] = compare_runs_async(primary, candidate, shadow=shadow, sink=reports.append, **options)
        answer = await pair(*args)
    return answer, reports


async def test_both_say_the_same() -> None:
    answer, reports = await answered(same, same, 3)
    assert answer == [0, 1, 2]
    report = reports.only
    assert (report.name, report.same, report.differences, report.arguments) == ("same", True, (), None)
    assert (report.primary.ended, report.candidate.ended) == ("answered", "answered")
    assert report.primary.seconds >= 0 <= report.candidate.seconds


async def test_the_candidate_says_something_else() -> None:
    answer, reports = await answered(same, fewer, 3, name="range")
    assert answer == [0, 1, 2]
    report = reports.only
    assert (report.name, report.same) == ("range", False)
    assert [str(each) for each in report.differences] == ["$: 3 items, and 2 of the candidate"]


async def test_what_the_candidate_raises_never_surfaces() -> None:
    answer, reports = await answered(same, raising, 2)
    assert answer == [0, 1]
    report = reports.only
    assert (report.candidate.ended, report.candidate.error, report.same) == ("raised", "ValueError", False)
    assert SECRET not in repr(report)


async def test_what_the_primary_raises_is_the_callers() -> None:
    reports = Reports()
    async with AsyncShadow() as shadow:
        pair = compare_runs_async(raising, same, shadow=shadow, sink=reports.append)
        with pytest.raises(ValueError, match=SECRET):
            await pair(2)
    report = reports.only
    assert (report.primary.ended, report.primary.error, report.same) == ("raised", "ValueError", False)
    assert [str(each) for each in report.differences] == ["$: ValueError, and an answer of the candidate"]
    assert SECRET not in repr(report)


async def test_both_raise_the_same() -> None:
    reports = Reports()
    async with AsyncShadow() as shadow:
        with pytest.raises(ValueError, match=SECRET):
            await compare_runs_async(raising, raising, shadow=shadow, sink=reports.append)(2)
    assert reports.only.same


async def test_values_where_they_are_asked_for() -> None:
    _, reports = await answered(same, fewer, 2, values=True)
    assert reports.only.arguments == ((2,), {})
    assert reports.only.differences[0].values == ([0, 1], [0])


async def test_outcomes(db: AsyncDatabase) -> None:
    async def one(number: int) -> Outcome[int]:
        return await db.one(select(value(number)))

    async def none(number: int) -> Outcome[int]:
        return await db.one(select(value(number)).where(value(number) < 0))

    answer, reports = await answered(one, none, 7)
    assert answer == Success(7)
    assert (reports.only.candidate.ended, reports.only.candidate.error) == ("failed", "NotFound")
    answer, reports = await answered(none, one, 7)
    assert isinstance(answer.failure(), NotFound)
    assert (reports.only.primary.ended, reports.only.primary.error) == ("failed", "NotFound")
    answer, reports = await answered(none, none, 7)
    assert isinstance(answer, Failure)
    assert reports.only.same


async def test_the_users_failure_is_still_theirs_to_look_at(db: AsyncDatabase) -> None:
    """The comparison has looked at it, which counts for nothing."""

    async def none() -> Outcome[int]:
        return await db.one(select(value(1)).where(value(1) < 0))

    with pytest.warns(Warning, match="nobody looked at a failure, NotFound of SELECT"):
        (await answered(none, none))[0].map(print)


async def test_a_candidate_whose_server_is_not_there(db: AsyncDatabase) -> None:
    async with connect_async("postgresql://127.0.0.1:1/nowhere", timeout=5) as nowhere:
        answer, reports = await answered(
            lambda: db.scalar(select(value(1))), lambda: nowhere.scalar(select(value(1))), name="one"
        )
    assert answer == Success(1)
    assert (reports.only.candidate.ended, reports.only.candidate.error) == ("failed", "ConnectionRefused")


async def test_a_candidate_that_is_killed_half_way(db: AsyncDatabase, qb_url: str) -> None:
    """Its connection is ended by the server in the middle of its query, while the primary answers."""
    kill = sql(
        "SELECT coalesce(bool_or(pg_terminate_backend(pid)), false) FROM pg_stat_activity "
        "WHERE query LIKE 'SELECT pg_sleep(60), %to be killed%' AND pid <> pg_backend_pid()"
    ).rows(bool)

    async def killed() -> Outcome[bool]:
        while not unwrap(await db.scalar(kill)):
            pass
        return Success(True)

    async with connect_async(qb_url, max_size=1) as other:
        sleep = sql("SELECT pg_sleep(60), 'to be killed'").command()
        answer, reports = await answered(killed, lambda: other.execute(sleep))
    assert answer == Success(True)
    assert (reports.only.candidate.ended, reports.only.candidate.error) == ("failed", "ConnectionLost")


async def test_a_sample(caplog: pytest.LogCaptureFixture) -> None:
    reports = Reports()
    async with AsyncShadow(max_running=1000) as shadow:
        never = compare_runs_async(same, raising, shadow=shadow, sink=reports.append, sample=0)
        even = compare_runs_async(same, raising, shadow=shadow, sink=reports.append, sample=lambda n: n % 2 == 0)
        half = compare_runs_async(same, raising, shadow=shadow, sink=reports.append, sample=0.5, name="half")
        for n in range(20):
            assert await never(n) == await even(n) == list(range(n))
        for _ in range(200):
            assert await half(1) == [0]
    totals = run_totals(reports)
    assert totals["same"].runs == 10
    assert 50 < totals["half"].runs < 150


@pytest.mark.parametrize("sample", [-0.1, 1.1, float("nan")])
async def test_no_sample(sample: float) -> None:
    async with AsyncShadow() as shadow:
        with pytest.raises(DefinitionError, match="sample is a share of the calls, from 0 to 1"):
            compare_runs_async(same, same, shadow=shadow, sink=print, sample=sample)


async def test_no_pair() -> None:
    async def one_by_one(n: int) -> AsyncIterator[int]:
        yield n

    async with AsyncShadow() as shadow:
        unfit: Any = one_by_one
        with pytest.raises(DefinitionError, match="one_by_one: a generator gives no answer to compare: make a list"):
            compare_runs_async(same, unfit, shadow=shadow, sink=print)
        unfit = 7
        with pytest.raises(DefinitionError, match="compare_runs takes two functions, and this is int"):
            compare_runs_async(unfit, same, shadow=shadow, sink=print)


async def test_a_sink_or_a_sample_that_raises_is_logged_without_a_value(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: RunReport) -> bool:
        raise ValueError(SECRET)

    def wrong(n: int) -> bool:
        raise ValueError(SECRET + str(n))

    caplog.set_level(logging.ERROR, "qb.moving")
    async with AsyncShadow() as shadow:
        assert await compare_runs_async(same, same, shadow=shadow, sink=broken)(1) == [0]
        assert await compare_runs_async(same, same, shadow=shadow, sink=print, sample=wrong)(1) == [0]
    assert sorted(record.getMessage() for record in caplog.records) == [
        "the candidate of same was not begun: ValueError",
        "the sink of same raised ValueError",
    ]


async def test_a_comparison_of_ones_own() -> None:
    async def backwards(n: int) -> list[int]:
        return list(range(n))[::-1]

    _, reports = await answered(same, backwards, 3)
    assert not reports.only.same
    _, reports = await answered(same, backwards, 3, compare=in_any_order)
    assert reports.only.same
    _, reports = await answered(same, backwards, 3, compare=in_no_order)
    assert (reports.only.uncompared, reports.only.differences, reports.only.same) == ("ZeroDivisionError", (), False)


async def test_what_the_caller_does_with_its_list_is_no_difference() -> None:
    reports = Reports()

    async def listed() -> Outcome[list[int]]:
        return Success([1, 2])

    async with AsyncShadow() as shadow:
        for pair in (compare_runs_async(same, same, shadow=shadow, sink=reports.append),):
            (await pair(3)).clear()
        unwrap(await compare_runs_async(listed, listed, shadow=shadow, sink=reports.append)()).clear()
    assert [report.same for report in reports] == [True, True]


async def test_after_its_block_a_shadow_runs_nothing() -> None:
    reports = Reports()
    async with AsyncShadow() as shadow:
        pair = compare_runs_async(same, raising, shadow=shadow, sink=reports.append)
    assert await pair(2) == [0, 1]
    assert (reports, shadow.report().left_out) == ([], 1)


@pytest.mark.parametrize(("running", "seconds"), [(0, 1.0), (-1, 1.0), (1, 0.0), (1, -1.0)])
async def test_no_shadow(running: int, seconds: float) -> None:
    with pytest.raises(DefinitionError, match="max_running is 1 or more, and timeout more than 0 seconds"):
        AsyncShadow(max_running=running, timeout=seconds)


async def test_a_failure_of_the_candidate_alone_is_told_to_nobody_else(db: AsyncDatabase) -> None:
    """Warnings are errors here: one of a Failure that nobody looked at would fail the test."""

    async def lost() -> Outcome[int]:
        return await db.scalar(sql("SELECT 1/0").rows(int))

    async def found() -> Outcome[int]:
        return Success(1)

    for _ in range(3):
        answer, reports = await answered(found, lost)
        ignore(answer)
        assert reports.only.candidate.error == "DataException"


# ------------------------------------------------------------------------------------- what both have, and do not share


async def emptied(rows: dict[str, list[list[int]]]) -> list[int]:
    found = [n for row in rows["of"] for n in row]
    rows["of"][0].clear()
    rows["of"].clear()
    return found


async def test_neither_takes_the_others_arguments() -> None:
    reports = Reports()
    async with AsyncShadow() as shadow:
        both = compare_runs_async(emptied, emptied, shadow=shadow, sink=reports.append, values=True)
        given = {"of": [[1], [2]]}
        assert await both(given) == [1, 2]
        assert given == {"of": []}  # of the primary
    assert reports.only.same
    assert reports.only.arguments == (({"of": [[1], [2]]},), {})


async def summed(numbers: Iterable[int]) -> int:
    return sum(numbers)


async def test_what_can_be_read_once_is_the_primarys(caplog: pytest.LogCaptureFixture) -> None:
    reports = Reports()
    async with AsyncShadow() as shadow:
        both = compare_runs_async(summed, summed, shadow=shadow, sink=reports.append)
        assert await both(iter([1, 2, 3])) == 6
        assert await both(n for n in (1, 2)) == 3
        assert await both([1, 2, 3]) == 6
        assert shadow.report().left_out == 0
    assert reports.only.same
    assert [each.getMessage() for each in caplog.records] == ["the candidate of summed was not begun: NotTwice"] * 2


async def rows_of_dicts() -> Outcome[list[dict[str, list[int]]]]:
    return Success([{"id": [1]}])


async def test_what_the_caller_does_with_a_row_is_no_difference() -> None:
    reports = Reports()
    async with AsyncShadow() as shadow:
        both = compare_runs_async(rows_of_dicts, rows_of_dicts, shadow=shadow, sink=reports.append)
        found = unwrap(await both())
        found[0]["id"].append(99)
        found[0]["more"] = []
    assert reports.only.differences == ()
