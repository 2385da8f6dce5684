"""The cases themselves: what is said of them where nothing is measured."""

from random import Random
from typing import cast

import pytest

from benchmarks.measure.messages import New
from benchmarks.run import FULL, QUICK, Plan, cases_of, work_of
from benchmarks.suites.case import Case

BY_THE_ROW = {"many", "insert"}
"""Works whose cases differ in how many rows they are of."""


def rows_of(case: Case) -> int:
    argument = case.arguments(Random(0), 1)[0]
    first = cast("list[object]", argument)[0] if isinstance(argument, list) else argument
    return first.count if isinstance(first, New) else first if isinstance(first, int) else 0


@pytest.mark.parametrize("plan", [FULL, QUICK], ids=["full", "quick"])
def test_how_long_a_case_takes_is_foreseen_by_the_row(plan: Plan) -> None:
    """What one case took for each row foretells the next one, so all say how many a call has: or a stream of 200,000
    rows is left out, as if each of them took as long as 10,000."""
    cases = [case for case in cases_of(plan) if work_of(case) in BY_THE_ROW]
    assert {case.name for case in cases} >= {"many", "stream", "insert", "insert_of_a_generator"}
    assert [(case.label, case.per) for case in cases] == [(case.label, rows_of(case)) for case in cases]
