"""What is said to have changed since an older run, on figures that are made up."""

import pytest

from benchmarks.report.compare import Change, compared
from benchmarks.report.results import Report
from benchmarks.suites.case import Kind
from tests.benchmarks.report.made import case, made, report

QUIET = [1.0, 1.01, 0.99, 1.0, 1.02, 0.98]
WORK = case("rows", "single")


def times(factor: float) -> list[float]:
    return [each * factor for each in QUIET]


def change(new: Report, old: Report) -> dict[str, Change]:
    return {each.peer: each.change for each in compared(new, old)}


@pytest.mark.parametrize(
    ("factor", "wanted"), [(1.5, Change.SLOWER), (0.5, Change.FASTER), (1.0, Change.SAME), (1.02, Change.SAME)]
)
def test_what_got_slower_is_said(factor: float, wanted: Change) -> None:
    old = report(made(WORK, {"psycopg by hand": QUIET, "qb": QUIET}))
    new = report(made(WORK, {"psycopg by hand": QUIET, "qb": times(factor)}))
    assert change(new, old) == {"qb": wanted}


def test_a_machine_that_is_slower_makes_nobody_slower() -> None:
    old = report(made(WORK, {"psycopg by hand": QUIET, "qb": QUIET}))
    new = report(made(WORK, {"psycopg by hand": times(3), "qb": times(3)}))
    assert change(new, old) == {"qb": Change.SAME}


def test_noise_is_no_change() -> None:
    old = report(made(WORK, {"psycopg by hand": QUIET, "qb": [1, 2, 1, 2, 1, 2]}))
    new = report(made(WORK, {"psycopg by hand": QUIET, "qb": [2, 1.2, 2, 1, 2, 1.1]}))
    assert change(new, old) == {"qb": Change.SAME}


def test_counts_are_compared_as_they_are() -> None:
    turns = case("turns", "first_use", kind=Kind.TURNS)
    old, new = (report(made(turns, {"psycopg by hand": [2, 2, 2], "qb": [n] * 3})) for n in (2.0, 1.0))
    (only,) = compared(new, old)
    assert (only.before, only.after, only.change, only.relative) == (2, 1, Change.FASTER, False)


def test_nothing_at_all_can_be_compared() -> None:
    memory = case("memory", "stream", kind=Kind.MEMORY)
    old, new = (report(made(memory, {"qb": [n]})) for n in (0.0, 0.0))
    assert change(new, old) == {"qb": Change.SAME}


def test_what_only_one_run_has_is_left_out() -> None:
    old = report(made(WORK, {"psycopg by hand": QUIET, "asyncpg": QUIET}))
    new = report(made(WORK, {"psycopg by hand": QUIET, "qb": QUIET}), made(case("rows", "built"), {"qb": QUIET}))
    assert change(new, old) == {}
