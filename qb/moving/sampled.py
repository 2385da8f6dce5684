"""Which functions can be compared, and which calls have a candidate."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable

from qb.errors import DefinitionError
from qb.moving.same_calls import callable_name, check_same_calls


class NotTwice(TypeError):
    """An argument that can be read once: two runs of one call cannot both have it."""


def pair_name(primary: object, candidate: object, name: str) -> str:
    """What reports call the two; DefinitionError where their answers are not there when they return."""
    for each in (primary, candidate):
        if inspect.isgeneratorfunction(each) or inspect.isasyncgenfunction(each):
            raise DefinitionError(f"{callable_name(each)}: a generator gives no answer to compare: make a list of it")
        if not callable(each):
            raise DefinitionError(f"compare_runs takes two functions, and this is {type(each).__name__}")
    check_same_calls("compare_runs", primary, candidate)
    return name or callable_name(primary)


def plain_pair_name(primary: object, candidate: object, name: str) -> str:
    """The same of functions that are none of coroutines."""
    for each in (primary, candidate):
        if inspect.iscoroutinefunction(each):
            raise DefinitionError(f"{callable_name(each)} is a coroutine function: compare_runs_async takes those")
    return pair_name(primary, candidate, name)


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
