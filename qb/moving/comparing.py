# Made by tools/sync.py from async_comparing.py: change that one, then run `make generate`.
"""`compare_runs`: what answers, and what runs in its shadow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from time import perf_counter
from typing import ParamSpec, TypeVar

from qb.moving.answers import AnswerDifference
from qb.moving.comparison import Pairing
from qb.moving.report import RunReport
from qb.moving.sampled import plain_pair_name, sampled
from qb.moving.shadow import Shadow

C = TypeVar("C")
P = ParamSpec("P")
R = TypeVar("R")


def compare_runs(
    primary: Callable[P, R],
    candidate: Callable[P, C],
    /,
    *,
    shadow: Shadow,
    sink: Callable[[RunReport], object],
    name: str = "",
    sample: float | Callable[P, bool] = 1.0,
    compare: Callable[[R, C], Iterable[AnswerDifference]] | None = None,
    values: bool = False,
) -> Callable[P, R]:
    """The primary, as a function to use in its place; while it runs, so does the candidate with the same arguments.

    The caller has the primary's answer, or its exception, as soon as it is there. What the candidate does, failures,
    exceptions and delays included, is told to `sink` alone: as a `RunReport`, with how both ended, how long they took
    and where their answers differ (`answer_differences`, or `compare` where the order of rows means nothing, say).
    `values` adds arguments and values to it: without, there are none. `sample` is a share of the calls, or asks the
    arguments.

    Both functions get their database from where they are made, not as an argument: a transaction of the primary's is no
    place for a candidate. They are for reading. Of lists, tuples, dicts and sets among the arguments
    the candidate has its own; any other object is shared, and neither may change it. A call with an iterator, which can
    be read once, has no candidate, and the log says so. Errors: DefinitionError for a share that is not from 0 to 1,
    for generators, and for a candidate that does not take each call which the primary takes.

    >>> from qb.moving import Shadow, compare_runs
    >>> def by_text(user: int) -> list[str]:
    ...     return db.raising.all(sql("SELECT title FROM tasks WHERE user_id = {u}", u=user).rows(str))
    >>> def typed(user: int) -> Outcome[list[str]]:
    ...     return db.all(select(Task.title).where(Task.user_id == user, ~Task.done))
    >>> reports = []
    >>> with Shadow() as shadow:
    ...     titles = compare_runs(by_text, typed, shadow=shadow, sink=reports.append, name="titles")
    ...     titles(1)
    ['write', 'test']
    >>> for each in reports[0].differences:
    ...     print(each)
    $: 2 items, and 1 of the candidate
    $[0]: not the same
    """
    told = plain_pair_name(primary, candidate, name)
    plan = Pairing(told, sink, sampled(sample), compare, values)

    @wraps(primary)
    def answered(*args: P.args, **kwargs: P.kwargs) -> R:
        run = shadow.begun(plan, candidate, (args, kwargs))
        if run is None:
            return primary(*args, **kwargs)
        started = perf_counter()
        try:
            answer = primary(*args, **kwargs)
        except BaseException as error:
            run.primary_raised(error, perf_counter() - started)
            raise
        run.primary_answered(answer, perf_counter() - started)
        return answer

    return answered
