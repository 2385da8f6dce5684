"""What a run found out, as it goes to JSON: every sample, and what follows from them."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from benchmarks.contender import Operation
from benchmarks.data import Sizes
from benchmarks.machine import Machine
from benchmarks.memory import Streamed
from benchmarks.stats import Summary, median, ratios, summary

DOCUMENT = {
    Operation.SINGLE_FETCH: "0.61",
    Operation.BULK_INSERT: "4.92",
    Operation.COMPLEX_JOIN: "1.64",
    Operation.CONVERT: "0",
    Operation.STREAM: "180 before, 120",
}
"""From Promptliano's own migration document: Drizzle on SQLite, on a machine it does not name (memory: its target).

Milliseconds and megabytes.
"""


class Measured(msgspec.Struct, frozen=True):
    contender: str
    version: str
    by_hand: bool
    calls_a_round: int
    samples: list[float]
    """One figure a round: seconds a call, or for a stream the peak bytes of the whole process."""
    summary: Summary
    ratio: Summary
    """To the baseline, paired by round."""
    streams: list[Streamed] = []


class Measurement(msgspec.Struct, frozen=True):
    operation: Operation
    unit: str
    baseline: str
    document: str
    contenders: list[Measured]


class Verdict(msgspec.Struct, frozen=True):
    """A target of qb's: its time is to be at most that many times another's."""

    what: str
    against: str
    at_most: float
    ratio: float
    met: bool


class Report(msgspec.Struct, frozen=True):
    format: int
    started: datetime
    seconds: float
    quick: bool
    rounds: int
    seed: int
    sizes: Sizes
    machine: Machine
    server: dict[str, str]
    measurements: list[Measurement]
    targets: list[Verdict]


class Raw(msgspec.Struct, frozen=True):
    """A contender's samples before they are compared."""

    contender: str
    version: str
    by_hand: bool
    calls_a_round: int
    samples: list[float]
    streams: list[Streamed] = []


def measurement(operation: Operation, raw: Sequence[Raw]) -> Measurement:
    by_hand = [each for each in raw if each.by_hand]
    # The fastest round by round, as everything is compared: their medians alone may be of other rounds.
    baseline = min(by_hand, key=lambda each: median(ratios(each.samples, by_hand[0].samples)))
    return Measurement(
        operation=operation,
        unit="bytes" if operation is Operation.STREAM else "seconds",
        baseline=baseline.contender,
        document=DOCUMENT[operation],
        contenders=[
            Measured(
                contender=each.contender,
                version=each.version,
                by_hand=each.by_hand,
                calls_a_round=each.calls_a_round,
                samples=each.samples,
                summary=summary(each.samples),
                ratio=summary(ratios(each.samples, baseline.samples)),
                streams=each.streams,
            )
            for each in raw
        ],
    )
