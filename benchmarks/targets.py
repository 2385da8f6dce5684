"""What qb wants to reach, compared with what a run has measured. For information: nothing fails when one is missed."""

from collections.abc import Iterator, Sequence

import msgspec

from benchmarks.contender import Operation
from benchmarks.results import Measurement, Verdict
from benchmarks.stats import median, ratios

QB = "qb"
CORE = "SQLAlchemy Core"


class Target(msgspec.Struct, frozen=True):
    """qb's time, in relation to another's: the fastest way by hand unless one is named."""

    operation: Operation
    what: str
    at_most: float
    against: str | None = None


TARGETS: Sequence[Target] = (
    Target(Operation.SINGLE_FETCH, "a prepared single fetch", 1.25),
    Target(Operation.SINGLE_FETCH, "a prepared single fetch", 0.5, CORE),
    Target(Operation.CONVERT, "reading many typed rows", 1.1),
    Target(Operation.BULK_INSERT, "insert_many", 1.25),
)


def verdicts(measurements: Sequence[Measurement]) -> Iterator[Verdict]:
    """Of the targets whose contenders took part. Ratios are paired by round, as in the tables."""
    by_operation = {each.operation: each for each in measurements}
    for target in TARGETS:
        measurement = by_operation.get(target.operation)
        if measurement is None:
            continue
        samples = {each.contender: each.samples for each in measurement.contenders}
        against = target.against or measurement.baseline
        if QB in samples and against in samples:
            ratio = median(ratios(samples[QB], samples[against]))
            yield Verdict(target.what, against, target.at_most, ratio, ratio <= target.at_most)
