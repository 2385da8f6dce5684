"""What qb wants to reach, compared with what a run has measured. For information: nothing fails when one is missed."""

from collections.abc import Iterator, Sequence

import msgspec

from benchmarks.measure.stats import Interval, interval, median, ratios
from benchmarks.peers.registry import ENTRIES, Key, Role
from benchmarks.report.results import Measurement, Verdict


class Target(msgspec.Struct, frozen=True):
    """qb's figure in relation to another's: the fastest way by hand unless one is named."""

    case: tuple[str, str, int]
    """Suite, name, size."""
    what: str
    at_most: float
    against: Sequence[Key] = ()
    """The fastest of these that took part."""
    ours: Key = Key.QB


TARGETS: Sequence[Target] = (
    Target(("operations", "single_fetch", 1), "a prepared single fetch", 1.03),
    Target(("operations", "convert", 1), "reading many typed rows", 1.1),
    Target(("operations", "bulk_insert", 1), "insert_many", 1.25),
)


def verdicts(measurements: Sequence[Measurement], targets: Sequence[Target] = TARGETS) -> Iterator[Verdict]:
    """Of the targets whose peers took part. Ratios are paired by round, as in the tables."""
    by_case = {(each.suite, each.case, each.size): each for each in measurements}
    for target in targets:
        measurement = by_case.get(target.case)
        if measurement is None:
            continue
        ours = measurement.samples(ENTRIES[target.ours].name)
        against = fastest(measurement, target.against)
        theirs = against and measurement.samples(against)
        if ours and theirs and against:
            found = interval(ratios(ours, theirs))
            yield Verdict(target.what, against, target.at_most, found, found.median <= target.at_most)


def fastest(measurement: Measurement, keys: Sequence[Key]) -> str | None:
    """The name of the peer to be compared with."""
    if not keys:
        return measurement.baseline
    names = [ENTRIES[key].name for key in keys]
    there = [each for each in measurement.peers if each.peer in names]
    return min(there, key=lambda each: median(each.samples)).peer if there else None


__all__ = ["TARGETS", "Interval", "Role", "Target", "verdicts"]
