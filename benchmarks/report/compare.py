"""A run beside an older one: what got slower, beyond noise.

Where both have a way by hand, ratios to it are compared: a machine that is busier, or another one, has both slower.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from random import Random

import msgspec

from benchmarks.measure.stats import RESAMPLES, Interval, median, quantile, ratios
from benchmarks.report.results import Measured, Measurement, Report
from benchmarks.suites.case import Kind

NOISE = 0.03
"""What a median may move by from run to run, whatever its interval says."""


class Change(StrEnum):
    SLOWER = "slower"
    FASTER = "faster"
    SAME = "no change beyond noise"


class Compared(msgspec.Struct, frozen=True):
    suite: str
    label: str
    peer: str
    kind: Kind
    relative: bool
    """Whether to the way by hand of each run."""
    before: float
    after: float
    ratio: Interval
    change: Change


def compared(new: Report, old: Report) -> Iterator[Compared]:
    """Of every case and peer that both have, and that is more than a yardstick."""
    before = {(each.suite, each.case, each.size): each for each in old.measurements}
    for each in new.measurements:
        other = before.get((each.suite, each.case, each.size))
        if other is None:
            continue
        for measured in each.peers:
            then = next((one for one in other.peers if one.peer == measured.peer), None)
            if then is not None and then.samples and measured.samples and measured.peer != each.baseline:
                yield one_of(each, measured, other, then)


def one_of(new: Measurement, measured: Measured, old: Measurement, then: Measured) -> Compared:
    relative = new.kind is Kind.TIME and new.baseline is not None and new.baseline == old.baseline
    after = ratios(measured.samples, baseline(new)) if relative else measured.samples
    before = ratios(then.samples, baseline(old)) if relative else then.samples
    ratio = ratio_of(after, before)
    change = Change.SAME
    if ratio.low > 1 + NOISE:
        change = Change.SLOWER
    elif ratio.high < 1 - NOISE:
        change = Change.FASTER
    return Compared(
        new.suite, new.label, measured.peer, new.kind, relative, median(before), median(after), ratio, change
    )


def baseline(measurement: Measurement) -> list[float]:
    return next(each.samples for each in measurement.peers if each.peer == measurement.baseline)


def ratio_of(after: Sequence[float], before: Sequence[float]) -> Interval:
    """Of the medians of two runs, whose rounds are no pairs: each is drawn anew by itself."""
    floor = min((each for each in before if each > 0), default=1.0)

    def over(a: float, b: float) -> float:
        return (a or floor) / (b or floor)  # nothing at all, as of memory, is not infinitely less

    draw = Random(len(after) * 1_000 + len(before))
    found = [
        over(median(draw.choices(after, k=len(after))), median(draw.choices(before, k=len(before))))
        for _ in range(RESAMPLES)
    ]
    return Interval(over(median(after), median(before)), quantile(found, 0.025), quantile(found, 0.975))
