"""The verdicts on qb's targets, on figures that are made up."""

from random import Random

import msgspec

from benchmarks.data.rows import Sizes
from benchmarks.measure.raw import Raw
from benchmarks.peers.peer import Method
from benchmarks.peers.registry import Key, Role
from benchmarks.report.results import Measurement, measurement
from benchmarks.report.targets import TARGETS, Figure, Target, verdicts
from benchmarks.suites.case import Case
from benchmarks.suites.registry import CASES, Suite

WORK = ("a suite", "work", 1)


def nothing(_: Random, calls: int) -> list[object]:
    return [None] * calls


def measured(*raw: Raw) -> Measurement:
    case = Case(suite="a suite", name="work", title="Work", method=Method.CONVERT, arguments=nothing, checks=[])
    return measurement(case, raw)


def raw(name: str, *samples: float, role: Role = Role.OTHER) -> Raw:
    return Raw(name, role, list(samples))


def test_a_target_is_reached_by_the_median_of_the_rounds() -> None:
    found = measured(
        raw("by hand", 1, 2, 4, role=Role.BY_HAND), raw("qb", 1.2, 2.4, 40), raw("SQLAlchemy Core", 2, 4, 8)
    )
    targets = [Target(WORK, "work", 1.25), Target(WORK, "work", 0.5, (Key.SQLALCHEMY_CORE,))]
    assert [(each.against, each.met) for each in verdicts([found], targets)] == [
        ("by hand", True),
        ("SQLAlchemy Core", False),
    ]


def test_qb_is_compared_with_the_fastest_way_by_hand() -> None:
    found = measured(raw("slow", 2, role=Role.BY_HAND), raw("fast", 1, role=Role.BY_HAND), raw("qb", 1.5))
    (verdict,) = verdicts([found], [Target(WORK, "work", 1.2)])
    assert verdict.found is not None
    assert (verdict.against, verdict.found.median, verdict.met) == ("fast", 1.5, False)


def test_the_fastest_way_by_hand_is_found_round_by_round() -> None:
    found = measured(raw("behind", 9, 7, 2, role=Role.BY_HAND), raw("ahead", 8, 8, 1, role=Role.BY_HAND))
    assert found.baseline == "ahead"


def test_a_floor_is_the_baseline_where_nobody_did_it_by_hand() -> None:
    found = measured(raw("libpq", 1, role=Role.FLOOR), raw("qb", 2))
    assert found.baseline == "libpq"
    assert [each.ratio and each.ratio.median for each in found.peers] == [1.0, 2.0]


def test_who_took_no_part_leaves_a_target_open() -> None:
    found = measured(raw("by hand", 1, role=Role.BY_HAND), raw("qb", 1))
    (verdict,) = verdicts([found], [Target(WORK, "work", 1, (Key.ASYNCPG,))])
    assert (verdict.against, verdict.found, verdict.met) == ("asyncpg", None, None)


def test_without_qb_a_target_is_open() -> None:
    (verdict,) = verdicts([measured(raw("by hand", 1, role=Role.BY_HAND))], [Target(WORK, "work", 1)])
    assert verdict.met is None


def test_the_faster_of_ours_is_compared_with_the_fastest_of_theirs() -> None:
    found = measured(raw("qb (async)", 3), raw("qb (async, uvloop)", 2), raw("asyncpg", 4), raw("libpq", 1))
    target = Target(WORK, "work", 0.4, (Key.ASYNCPG,), ours=(Key.QB_ASYNC, Key.QB_UVLOOP))
    (verdict,) = verdicts([found], [target])
    assert verdict.found is not None
    assert (verdict.found.median, verdict.met) == (0.5, False)


def test_a_target_may_be_what_a_case_has_over_another() -> None:
    one, other = measured(raw("qb", 5, 6, 7)), msgspec.structs.replace(measured(raw("qb", 1, 2, 3)), case="other")
    extra = Target(WORK, "work", 3, figure=Figure.EXTRA, besides=("a suite", "other", 1), scale=2)
    (verdict,) = verdicts([one, other], [extra])
    assert verdict.found is not None
    assert (verdict.found.median, verdict.met) == (8, False)


def test_a_target_may_be_a_figure_of_its_own() -> None:
    (verdict,) = verdicts([measured(raw("qb", 2, 2, 2))], [Target(WORK, "turns", 2, figure=Figure.ITSELF)])
    assert verdict.met


def test_every_target_is_one_of_a_case_that_is_measured() -> None:
    cases = {(case.suite, case.name, case.size) for suite in Suite for case in CASES[suite](Sizes())}
    assert {target.case for target in TARGETS} <= cases
    assert {target.besides for target in TARGETS if target.besides} <= cases
