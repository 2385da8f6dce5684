"""Where the candidates of coroutines run: tasks beside the program's own. By hand, beside `shadow`; see there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from functools import partial
from time import perf_counter
from types import TracebackType
from typing import Self

import anyio
from anyio import to_thread
from anyio.abc import TaskGroup

from qb.errors import DefinitionError
from qb.moving.apart import apart
from qb.moving.comparison import Comparison, Pairing, Part, candidate_part, late_part, raised_part
from qb.moving.shadow import LEEWAY, ShadowReport


class AsyncShadow:
    """Where candidates run: `async with AsyncShadow() as shadow: ...`, for as long as the program does.

    At most `max_running` at a time, as tasks of its own. A call that finds no place is answered by the primary alone,
    and counted in `report`. A candidate that takes longer than `timeout` seconds is cancelled, and with it its query on
    the server. Answers are compared on a thread, so that large ones do not hold up the loop. The end of the block waits
    for what runs, no longer than that.

    >>> from qb.moving import AsyncShadow, compare_runs_async
    >>> async def name(id: int) -> Outcome[str]:
    ...     return await db.one(select(User.name).where(User.id == id))
    >>> async def shouted(id: int) -> Outcome[str]:
    ...     return await db.one(select(fn.upper(User.name)).where(User.id == id))
    >>> reports = []
    >>> async with AsyncShadow() as shadow:
    ...     both = compare_runs_async(name, shouted, shadow=shadow, sink=reports.append)
    ...     await both(1)
    <Success: Ada>
    >>> reports[0].name, reports[0].differences
    ('name', (AnswerDifference(path='$', reason='not the same', values=None),))
    """

    def __init__(self, *, max_running: int = 8, timeout: float = 5.0) -> None:
        if max_running < 1 or timeout <= 0:
            raise DefinitionError("AsyncShadow: max_running is 1 or more, and timeout more than 0 seconds")
        self._max_running, self._timeout = max_running, timeout
        self._running = self._left_out = 0
        self._tasks: TaskGroup | None = None
        self._block = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._tasks = await self._block.enter_async_context(anyio.create_task_group())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tasks, self._tasks = self._tasks, None
        if tasks is not None:
            if error is not None:
                tasks.cancel_scope.cancel()
            tasks.cancel_scope.deadline = anyio.current_time() + self._timeout + LEEWAY  # a primary may take for ever
        await self._block.aclose()

    def report(self) -> ShadowReport:
        """How many candidates run, and how many found no place."""
        return ShadowReport(self._running, self._left_out)

    def begun(
        self,
        plan: Pairing,
        candidate: Callable[..., Awaitable[object]],
        arguments: tuple[tuple[object, ...], Mapping[str, object]],
    ) -> Comparison | None:
        """A candidate that runs from now on, and waits for what the primary says; None where none does."""
        try:
            args, kwargs = arguments
            if not plan.samples(*args, **kwargs):
                return None
            own, named = apart(arguments)
            told = apart(arguments) if plan.values else arguments
            if self._tasks is None or self._running >= self._max_running:
                self._left_out += 1
                return None
            settled = anyio.Event()
            comparison = Comparison(plan, told, lambda _: settled.set())
            begun = partial(candidate, *own, **named)
            self._tasks.start_soon(self._run, comparison, begun, settled, name=f"the candidate of {plan.name}")
        except Exception as error:
            plan.refused(error)
            return None
        self._running += 1
        return comparison

    async def _run(
        self, comparison: Comparison, candidate: Callable[[], Awaitable[object]], settled: anyio.Event
    ) -> None:
        try:
            comparison.candidate_is(await self._ended(candidate))
            await settled.wait()
            await to_thread.run_sync(comparison.compare)
            comparison.tell()
        finally:
            self._running -= 1

    async def _ended(self, candidate: Callable[[], Awaitable[object]]) -> Part:
        started = perf_counter()
        try:
            with anyio.move_on_after(self._timeout):
                answer = await candidate()
                return candidate_part(answer, perf_counter() - started)
        except Exception as error:
            return raised_part(error.with_traceback(None), perf_counter() - started)
        return late_part(perf_counter() - started)
