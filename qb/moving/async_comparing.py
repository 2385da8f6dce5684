"""`compare_runs_async`: what answers, and what runs in its shadow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable
from functools import wraps
from time import perf_counter
from typing import Never, ParamSpec, TypeVar

from qb.moving.answers import AnswerDifference
from qb.moving.async_shadow import AsyncShadow
from qb.moving.comparison import Pairing
from qb.moving.report import RunReport
from qb.moving.sampled import pair_name, sampled  # sync: from qb.moving.sampled import plain_pair_name, sampled

C = TypeVar("C")
P = ParamSpec("P")
R = TypeVar("R")


def compare_runs_async(
    primary: Callable[P, Awaitable[R]],
    candidate: Callable[P, Awaitable[C]],
    /,
    *,
    shadow: AsyncShadow,
    sink: Callable[[RunReport], object],
    name: str = "",
    sample: float | Callable[P, bool] = 1.0,
    compare: Callable[[R, C], Iterable[AnswerDifference]] | None = None,
    values: bool = False,
) -> Callable[P, Coroutine[object, Never, R]]:  # sync: ) -> Callable[P, R]:
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

    >>> from qb.moving import AsyncShadow, compare_runs_async
    >>> async def by_text(user: int) -> list[str]:
    ...     return await db.raising.all(sql("SELECT title FROM tasks WHERE user_id = {u}", u=user).rows(str))
    >>> async def typed(user: int) -> Outcome[list[str]]:
    ...     return await db.all(select(Task.title).where(Task.user_id == user, ~Task.done))
    >>> reports = []
    >>> async with AsyncShadow() as shadow:
    ...     titles = compare_runs_async(by_text, typed, shadow=shadow, sink=reports.append, name="titles")
    ...     await titles(1)
    ['write', 'test']
    >>> for each in reports[0].differences:
    ...     print(each)
    $: 2 items, and 1 of the candidate
    $[0]: not the same
    """
    told = pair_name(primary, candidate, name)  # sync: told = plain_pair_name(primary, candidate, name)
    plan = Pairing(told, sink, sampled(sample), compare, values)

    @wraps(primary)
    async def answered(*args: P.args, **kwargs: P.kwargs) -> R:
        run = shadow.begun(plan, candidate, (args, kwargs))
        if run is None:
            return await primary(*args, **kwargs)
        started = perf_counter()
        try:
            answer = await primary(*args, **kwargs)
        except BaseException as error:
            run.primary_raised(error, perf_counter() - started)
            raise
        run.primary_answered(answer, perf_counter() - started)
        return answer

    return answered
