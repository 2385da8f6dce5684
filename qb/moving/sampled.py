"""Which calls have a candidate."""

from __future__ import annotations

import random
from collections.abc import Callable

from qb.errors import DefinitionError


def sampled(sample: float | Callable[..., bool]) -> Callable[..., bool]:
    """Whether a call with these arguments has one: a share of them at random, or what a function says."""
    if callable(sample):
        return sample
    if not 0 <= sample <= 1:
        raise DefinitionError(f"compare_runs: sample is a share of the calls, from 0 to 1, not {sample}")
    share = float(sample)

    def drawn(*_: object, **_named: object) -> bool:
        return share == 1 or random.random() < share

    return drawn


def call_name(function: object) -> str:
    """What reports call a function that was given no name."""
    return getattr(function, "__name__", type(function).__name__)
