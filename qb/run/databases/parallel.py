"""The same for many, so many at once: with threads, and with tasks."""

from __future__ import annotations

import contextvars
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, cast

import anyio
from returns.result import Result

from qb.errors import QueryError

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


def each(keys: Iterable[K], work: Callable[[K], T], at_once: int) -> dict[K, T]:
    """What a function gives for each key, in their order. What it raises is raised, and no further one is begun."""
    wanted = _wanted(keys, at_once)
    found: dict[K, T] = {}
    if not wanted:
        return found
    waiting = iter(wanted)
    threads = min(at_once, len(wanted))

    def worker() -> None:
        for key in waiting:  # an iterator of a list gives each item to one thread alone
            try:
                found[key] = work(key)
            except BaseException:
                for _ in waiting:
                    pass
                raise

    with ThreadPoolExecutor(threads, thread_name_prefix="qb") as pool:
        try:
            running = [pool.submit(contextvars.copy_context().run, worker) for _ in range(threads)]
            for each_of in running:
                each_of.result()
        except BaseException:  # Ctrl-C, too: those that have begun come to their end
            for _ in waiting:
                pass
            raise
    return {key: found[key] for key in wanted}


async def each_async(keys: Iterable[K], work: Callable[[K], Awaitable[T]], at_once: int) -> dict[K, T]:
    """The same on an event loop; what is raised cancels the others."""
    wanted = _wanted(keys, at_once)
    found: dict[K, T] = {}
    waiting = iter(wanted)

    async def worker() -> None:
        for key in waiting:
            found[key] = await work(key)

    try:
        async with anyio.create_task_group() as tasks:
            for _ in wanted[:at_once]:
                tasks.start_soon(worker)
    except BaseExceptionGroup as group:
        first = _first(group)
    else:
        return {key: found[key] for key in wanted}
    raise first


def check_outcome(outcome: object) -> None:
    """QueryError for a function that says neither Success nor Failure: what failed is told by that."""
    kind = type(outcome).__name__
    if isinstance(outcome, Coroutine):
        cast("Coroutine[object, object, object]", outcome).close()
    if not isinstance(outcome, Result):
        raise QueryError(
            "each takes a function that returns Success or Failure, as statements do, and it returned "
            f"{kind}: return what a statement gave, or Success(...)"
        )


def _first(error: BaseException) -> BaseException:
    """What was raised first, of a group within groups."""
    inner: tuple[BaseException, ...] = getattr(error, "exceptions", ())
    return _first(inner[0]) if inner else error


def _wanted(keys: Iterable[K], at_once: int) -> list[K]:
    """Each key once."""
    if at_once < 1:
        raise QueryError(f"at_once is {at_once}, and nothing would ever run: give 1 or more")
    return list(dict.fromkeys(keys))
