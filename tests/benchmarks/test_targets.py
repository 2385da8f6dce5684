"""The verdicts on qb's targets, on figures that are made up."""

from benchmarks.contender import Operation
from benchmarks.results import Raw, measurement
from benchmarks.targets import verdicts


def raw(name: str, *samples: float, by_hand: bool = False) -> Raw:
    return Raw(name, "1", by_hand, 1, list(samples))


def test_a_target_is_met_by_the_median_of_the_rounds() -> None:
    fetch = measurement(
        Operation.SINGLE_FETCH,
        [raw("by hand", 1, 2, 4, by_hand=True), raw("qb", 1.2, 2.4, 40), raw("SQLAlchemy Core", 2, 4, 8)],
    )
    assert [(each.against, each.met) for each in verdicts([fetch])] == [("by hand", True), ("SQLAlchemy Core", False)]


def test_qb_is_compared_with_the_fastest_way_by_hand() -> None:
    insert = measurement(
        Operation.BULK_INSERT, [raw("slow", 2, by_hand=True), raw("fast", 1, by_hand=True), raw("qb", 1.5)]
    )
    (verdict,) = verdicts([insert])
    assert (verdict.against, verdict.ratio, verdict.met) == ("fast", 1.5, False)


def test_the_fastest_way_by_hand_is_found_round_by_round() -> None:
    insert = measurement(
        Operation.BULK_INSERT, [raw("behind", 9, 7, 2, by_hand=True), raw("ahead", 8, 8, 1, by_hand=True)]
    )
    assert insert.baseline == "ahead"


def test_without_qb_there_is_nothing_to_say() -> None:
    assert not list(verdicts([measurement(Operation.CONVERT, [raw("by hand", 1, by_hand=True)])]))
