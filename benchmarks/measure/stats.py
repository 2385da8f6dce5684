"""Statistics that noise does not spoil: quantiles, and ratios paired by round. No averages."""

from collections.abc import Sequence
from math import floor
from random import Random

import msgspec


class Summary(msgspec.Struct, frozen=True):
    median: float
    p25: float
    p75: float


def quantile(values: Sequence[float], q: float) -> float:
    """Linear between the two nearest values; `q` from 0 to 1."""
    if not values:
        raise ValueError("no values")
    if not 0 <= q <= 1:
        raise ValueError(f"a quantile lies between 0 and 1: {q}")
    ordered = sorted(values)
    place = q * (len(ordered) - 1)
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    low, high = ordered[below], ordered[above]
    # Not low + (high - low) * part: rounding could carry that past `high`.
    return min(max(low * (1 - (place - below)) + high * (place - below), low), high)


def median(values: Sequence[float]) -> float:
    return quantile(values, 0.5)


def summary(values: Sequence[float]) -> Summary:
    return Summary(median(values), quantile(values, 0.25), quantile(values, 0.75))


def ratios(values: Sequence[float], baseline: Sequence[float]) -> list[float]:
    """Round by round: what disturbs a whole round, a busy machine or a slow clock, disturbs both and cancels out.

    What was measured once is compared with the median of the other.
    """
    if len(values) == 1:
        baseline = [median(baseline)]
    elif len(baseline) == 1:
        baseline = [*baseline] * len(values)
    return [value / base for value, base in zip(values, baseline, strict=True)]


RESAMPLES = 1_000


class Interval(msgspec.Struct, frozen=True):
    """A median, and where it lies with 95 % when rounds are drawn anew from those that were."""

    median: float
    low: float
    high: float


def interval(values: Sequence[float], resamples: int = RESAMPLES) -> Interval:
    """By the bootstrap, with a seed of its own: the same values give the same interval."""
    draw = Random(len(values))
    medians = [median(draw.choices(values, k=len(values))) for _ in range(resamples)]
    return Interval(median(values), quantile(medians, 0.025), quantile(medians, 0.975))
