# Made by tools/sync.py from test_async_comparing.py: change that one, then run `make generate`.
"""The primary answers; whatever the candidate does is told to the sink alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from qb import (
    Database,
    DefinitionError,
    Failure,
    NotFound,
    Outcome,
    Success,
    connect,
    ignore,
    select,
    sql,
    unwrap,
    value,
)
from qb.moving import AnswerDifference, RunReport, Shadow, answer_differences, compare_runs, run_totals

SECRET = "a value that no report may show"


@pytest.fixture
def db(qb_url: str) -> Iterator[Database]:
    with connect(qb_url, max_size=4) as db:
        yield db


class Reports(list[RunReport]):
    """What the sink was given."""

    @property
    def only(self) -> RunReport:
        (report,) = self
        return report


def same(n: int) -> list[int]:
    return list(range(n))


def fewer(n: int) -> list[int]:
    return list(range(n - 1))


def raising(n: int) -> list[int]:
    raise ValueError(SECRET + str(n))


def in_any_order(one: list[int], other: list[int]) -> tuple[AnswerDifference, ...]:
    return answer_differences(sorted(one), sorted(other))


def in_no_order(one: list[int], other: list[int]) -> tuple[AnswerDifference, ...]:
    raise ZeroDivisionError(one, other)


def answered(primary: Any, candidate: Any, *args: Any, **options: Any) -> tuple[Any, Reports]:
    reports = Reports()
    with Shadow() as shadow:
        pair: Callable[..., Any] = compare_runs(primary, candidate, shadow=shadow, sink=reports.append, **options)
        answer = pair(*args)
    return answer, reports


def test_both_say_the_same() -> None:
    answer, reports = answered(same, same, 3)
    assert answer == [0, 1, 2]
    report = reports.only
    assert (report.name, report.same, report.differences, report.arguments) == ("same", True, (), None)
    assert (report.primary.ended, report.candidate.ended) == ("answered", "answered")
    assert report.primary.seconds >= 0 <= report.candidate.seconds


def test_the_candidate_says_something_else() -> None:
    answer, reports = answered(same, fewer, 3, name="range")
    assert answer == [0, 1, 2]
    report = reports.only
    assert (report.name, report.same) == ("range", False)
    assert [str(each) for each in report.differences] == ["$: 3 items, and 2 of the candidate"]


def test_what_the_candidate_raises_never_surfaces() -> None:
    answer, reports = answered(same, raising, 2)
    assert answer == [0, 1]
    report = reports.only
    assert (report.candidate.ended, report.candidate.error, report.same) == ("raised", "ValueError", False)
    assert SECRET not in repr(report)


def test_what_the_primary_raises_is_the_callers() -> None:
    reports = Reports()
    with Shadow() as shadow:
        pair = compare_runs(raising, same, shadow=shadow, sink=reports.append)
        with pytest.raises(ValueError, match=SECRET):
            pair(2)
    report = reports.only
    assert (report.primary.ended, report.primary.error, report.same) == ("raised", "ValueError", False)
    assert [str(each) for each in report.differences] == ["$: ValueError, and an answer of the candidate"]
    assert SECRET not in repr(report)


def test_both_raise_the_same() -> None:
    reports = Reports()
    with Shadow() as shadow, pytest.raises(ValueError, match=SECRET):
        compare_runs(raising, raising, shadow=shadow, sink=reports.append)(2)
    assert reports.only.same


def test_values_where_they_are_asked_for() -> None:
    _, reports = answered(same, fewer, 2, values=True)
    assert reports.only.arguments == ((2,), {})
    assert reports.only.differences[0].values == ([0, 1], [0])


def test_outcomes(db: Database) -> None:
    def one(number: int) -> Outcome[int]:
        return db.one(select(value(number)))

    def none(number: int) -> Outcome[int]:
        return db.one(select(value(number)).where(value(number) < 0))

    answer, reports = answered(one, none, 7)
    assert answer == Success(7)
    assert (reports.only.candidate.ended, reports.only.candidate.error) == ("failed", "NotFound")
    answer, reports = answered(none, one, 7)
    assert isinstance(answer.failure(), NotFound)
    assert (reports.only.primary.ended, reports.only.primary.error) == ("failed", "NotFound")
    answer, reports = answered(none, none, 7)
    assert isinstance(answer, Failure)
    assert reports.only.same


def test_the_users_failure_is_still_theirs_to_look_at(db: Database) -> None:
    """The comparison has looked at it, which counts for nothing."""

    def none() -> Outcome[int]:
        return db.one(select(value(1)).where(value(1) < 0))

    with pytest.warns(Warning, match="nobody looked at a failure, NotFound of SELECT"):
        answered(none, none)[0].map(print)


def test_a_candidate_whose_server_is_not_there(db: Database) -> None:
    with connect("postgresql://127.0.0.1:1/nowhere", timeout=5) as nowhere:
        answer, reports = answered(
            lambda: db.scalar(select(value(1))), lambda: nowhere.scalar(select(value(1))), name="one"
        )
    assert answer == Success(1)
    assert (reports.only.candidate.ended, reports.only.candidate.error) == ("failed", "ConnectionRefused")


def test_a_candidate_that_is_killed_half_way(db: Database, qb_url: str) -> None:
    """Its connection is ended by the server in the middle of its query, while the primary answers."""
    kill = sql(
        "SELECT coalesce(bool_or(pg_terminate_backend(pid)), false) FROM pg_stat_activity "
        "WHERE query LIKE 'SELECT pg_sleep(60), %to be killed%' AND pid <> pg_backend_pid()"
    ).rows(bool)

    def killed() -> Outcome[bool]:
        while not unwrap(db.scalar(kill)):
            pass
        return Success(True)

    with connect(qb_url, max_size=1) as other:
        sleep = sql("SELECT pg_sleep(60), 'to be killed'").command()
        answer, reports = answered(killed, lambda: other.execute(sleep))
    assert answer == Success(True)
    assert (reports.only.candidate.ended, reports.only.candidate.error) == ("failed", "ConnectionLost")


def test_a_sample(caplog: pytest.LogCaptureFixture) -> None:
    reports = Reports()
    with Shadow(max_running=1000) as shadow:
        never = compare_runs(same, raising, shadow=shadow, sink=reports.append, sample=0)
        even = compare_runs(same, raising, shadow=shadow, sink=reports.append, sample=lambda n: n % 2 == 0)
        half = compare_runs(same, raising, shadow=shadow, sink=reports.append, sample=0.5, name="half")
        for n in range(20):
            assert never(n) == even(n) == list(range(n))
        for _ in range(200):
            assert half(1) == [0]
    totals = run_totals(reports)
    assert totals["same"].runs == 10
    assert 50 < totals["half"].runs < 150


@pytest.mark.parametrize("sample", [-0.1, 1.1, float("nan")])
def test_no_sample(sample: float) -> None:
    with Shadow() as shadow, pytest.raises(DefinitionError, match="sample is a share of the calls, from 0 to 1"):
        compare_runs(same, same, shadow=shadow, sink=print, sample=sample)


def test_no_pair() -> None:
    def one_by_one(n: int) -> Iterator[int]:
        yield n

    with Shadow() as shadow:
        unfit: Any = one_by_one
        with pytest.raises(DefinitionError, match="one_by_one: a generator gives no answer to compare: make a list"):
            compare_runs(same, unfit, shadow=shadow, sink=print)
        unfit = 7
        with pytest.raises(DefinitionError, match="compare_runs takes two functions, and this is int"):
            compare_runs(unfit, same, shadow=shadow, sink=print)


def test_a_sink_or_a_sample_that_raises_is_logged_without_a_value(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: RunReport) -> bool:
        raise ValueError(SECRET)

    def wrong(n: int) -> bool:
        raise ValueError(SECRET + str(n))

    caplog.set_level(logging.ERROR, "qb.moving")
    with Shadow() as shadow:
        assert compare_runs(same, same, shadow=shadow, sink=broken)(1) == [0]
        assert compare_runs(same, same, shadow=shadow, sink=print, sample=wrong)(1) == [0]
    assert sorted(record.getMessage() for record in caplog.records) == [
        "the candidate of same was not begun: ValueError",
        "the sink of same raised ValueError",
    ]


def test_a_comparison_of_ones_own() -> None:
    def backwards(n: int) -> list[int]:
        return list(range(n))[::-1]

    _, reports = answered(same, backwards, 3)
    assert not reports.only.same
    _, reports = answered(same, backwards, 3, compare=in_any_order)
    assert reports.only.same
    _, reports = answered(same, backwards, 3, compare=in_no_order)
    assert (reports.only.uncompared, reports.only.differences, reports.only.same) == ("ZeroDivisionError", (), False)


def test_what_the_caller_does_with_its_list_is_no_difference() -> None:
    reports = Reports()

    def listed() -> Outcome[list[int]]:
        return Success([1, 2])

    with Shadow() as shadow:
        for pair in (compare_runs(same, same, shadow=shadow, sink=reports.append),):
            pair(3).clear()
        unwrap(compare_runs(listed, listed, shadow=shadow, sink=reports.append)()).clear()
    assert [report.same for report in reports] == [True, True]


def test_after_its_block_a_shadow_runs_nothing() -> None:
    reports = Reports()
    with Shadow() as shadow:
        pair = compare_runs(same, raising, shadow=shadow, sink=reports.append)
    assert pair(2) == [0, 1]
    assert (reports, shadow.report().left_out) == ([], 1)


@pytest.mark.parametrize(("running", "seconds"), [(0, 1.0), (-1, 1.0), (1, 0.0), (1, -1.0)])
def test_no_shadow(running: int, seconds: float) -> None:
    with pytest.raises(DefinitionError, match="max_running is 1 or more, and timeout more than 0 seconds"):
        Shadow(max_running=running, timeout=seconds)


def test_a_failure_of_the_candidate_alone_is_told_to_nobody_else(db: Database) -> None:
    """Warnings are errors here: one of a Failure that nobody looked at would fail the test."""

    def lost() -> Outcome[int]:
        return db.scalar(sql("SELECT 1/0").rows(int))

    def found() -> Outcome[int]:
        return Success(1)

    for _ in range(3):
        answer, reports = answered(found, lost)
        ignore(answer)
        assert reports.only.candidate.error == "DataException"


# ------------------------------------------------------------------------------------- what both have, and do not share


def emptied(rows: dict[str, list[list[int]]]) -> list[int]:
    found = [n for row in rows["of"] for n in row]
    rows["of"][0].clear()
    rows["of"].clear()
    return found


def test_neither_takes_the_others_arguments() -> None:
    reports = Reports()
    with Shadow() as shadow:
        both = compare_runs(emptied, emptied, shadow=shadow, sink=reports.append, values=True)
        given = {"of": [[1], [2]]}
        assert both(given) == [1, 2]
        assert given == {"of": []}  # of the primary
    assert reports.only.same
    assert reports.only.arguments == (({"of": [[1], [2]]},), {})


def summed(numbers: Iterable[int]) -> int:
    return sum(numbers)


def test_what_can_be_read_once_is_the_primarys(caplog: pytest.LogCaptureFixture) -> None:
    reports = Reports()
    with Shadow() as shadow:
        both = compare_runs(summed, summed, shadow=shadow, sink=reports.append)
        assert both(iter([1, 2, 3])) == 6
        assert both(n for n in (1, 2)) == 3
        assert both([1, 2, 3]) == 6
        assert shadow.report().left_out == 0
    assert reports.only.same
    assert [each.getMessage() for each in caplog.records] == ["the candidate of summed was not begun: NotTwice"] * 2


def rows_of_dicts() -> Outcome[list[dict[str, list[int]]]]:
    return Success([{"id": [1]}])


def test_what_the_caller_does_with_a_row_is_no_difference() -> None:
    reports = Reports()
    with Shadow() as shadow:
        both = compare_runs(rows_of_dicts, rows_of_dicts, shadow=shadow, sink=reports.append)
        found = unwrap(both())
        found[0]["id"].append(99)
        found[0]["more"] = []
    assert reports.only.differences == ()
