"""Where the candidates of synchronous code run: threads beside the program's own.

By hand, beside `async_shadow`, as the two differ: a task is cancelled when its time is over, a thread is left behind.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextvars import copy_context
from queue import Empty, SimpleQueue
from threading import Condition, Thread
from time import monotonic, perf_counter
from types import TracebackType
from typing import Final, NamedTuple, Self

import msgspec

from qb.errors import DefinitionError
from qb.moving.apart import apart
from qb.moving.comparison import LOG, Comparison, Pairing, Part, candidate_part, late_part, raised_part

LEEWAY: Final = 1.0
"""Seconds that the end of a shadow waits for, beyond the time that candidates have."""


class ShadowReport(msgspec.Struct, frozen=True):
    """How many candidates run, and how many calls had none because all places were taken."""

    running: int
    left_out: int


class _Run(NamedTuple):
    comparison: Comparison
    candidate: Callable[[], object]
    deadline: float


class Shadow:
    """Where candidates run: `with Shadow() as shadow: ...`, for as long as the program does.

    At most `max_running` at a time, on threads of its own. A call that finds no place is answered by the primary alone,
    and counted in `report`. A candidate that takes longer than `timeout` seconds is told as timed out; its thread
    goes on, as none can be stopped, and keeps its place until it ends: give the candidate's database a
    `statement_timeout`. The end of the block waits for what runs, no longer than that.

    >>> from qb.moving import Shadow, compare_runs
    >>> reports = []
    >>> with Shadow() as shadow:
    ...     double = compare_runs(lambda n: n + n, lambda n: n * n, shadow=shadow, sink=reports.append, name="double")
    ...     double(2), double(3)
    (4, 6)
    >>> sorted((report.same, report.candidate.ended) for report in reports)
    [(False, 'answered'), (True, 'answered')]
    """

    def __init__(self, *, max_running: int = 8, timeout: float = 5.0) -> None:
        if max_running < 1 or timeout <= 0:
            raise DefinitionError("Shadow: max_running is 1 or more, and timeout more than 0 seconds")
        self._max_running, self._timeout = max_running, timeout
        self._process = os.getpid()
        self._changed = Condition()
        self._running = self._left_out = self._threads = 0
        self._open = True
        self._jobs: SimpleQueue[_Run | None] = SimpleQueue()
        self._told: SimpleQueue[Comparison | _Run | None] = SimpleQueue()
        self._judge: Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def report(self) -> ShadowReport:
        """How many candidates run, and how many found no place."""
        return ShadowReport(self._running, self._left_out)

    def close(self) -> None:
        """No more candidates; those that run are waited for, as long as they have time."""
        with self._changed:
            self._open = False
            self._changed.wait_for(lambda: not self._running, self._timeout + LEEWAY)
            threads, self._threads = self._threads, 0
        for _ in range(threads):
            self._jobs.put(None)
        if self._judge is not None:
            self._told.put(None)
            self._judge.join(LEEWAY)

    def begun(
        self,
        plan: Pairing,
        candidate: Callable[..., object],
        arguments: tuple[tuple[object, ...], Mapping[str, object]],
    ) -> Comparison | None:
        """A candidate that runs from now on, and waits for what the primary says; None where none does."""
        try:
            args, kwargs = arguments
            if not plan.samples(*args, **kwargs):
                return None
            own, named = apart(arguments)
            told = apart(arguments) if plan.values else arguments
            if not self._placed():
                return None
        except Exception as error:
            plan.refused(error)
            return None
        comparison = Comparison(plan, told, self._told.put)
        context = copy_context()  # what tracing keeps there
        self._jobs.put(_Run(comparison, lambda: context.run(candidate, *own, **named), monotonic() + self._timeout))
        return comparison

    def _placed(self) -> bool:
        """Whether there is a place, which is then taken, and a thread to work at it."""
        with self._changed:
            if not self._open or self._running >= self._max_running or os.getpid() != self._process:
                self._left_out += 1
                return False
            if self._judge is None:
                judge = Thread(target=self._tell, name="qb-shadow-judge", daemon=True)
                judge.start()
                self._judge = judge
            if self._threads <= self._running:
                Thread(target=self._work, name=f"qb-shadow-{self._threads}", daemon=True).start()
                self._threads += 1
            self._running += 1
            return True

    def _left(self) -> None:
        with self._changed:
            self._running -= 1
            self._changed.notify_all()

    def _work(self) -> None:
        while (run := self._jobs.get()) is not None:
            self._told.put(run)  # its time begins
            if not run.comparison.candidate_is(_ended(run.candidate)):
                self._left()  # it has been told as timed out before
            del run

    def _tell(self) -> None:
        """The judge: tells what both have said of, and whose time is over. One thread, so that reports come in turn."""
        started: dict[Comparison, _Run] = {}
        while True:
            first = next(iter(started.values()), None)
            try:
                given = self._told.get(timeout=None if first is None else max(0.0, first.deadline - monotonic()))
            except Empty:
                if first is not None:
                    del started[first.comparison]
                    first.comparison.candidate_is(late_part(self._timeout))
                continue
            if given is None:
                return
            if isinstance(given, _Run):
                started[given.comparison] = given
                continue
            started.pop(given, None)
            try:
                given.tell()
            except BaseException as error:  # what ends a thread is not to end all reports
                LOG.error("a report was not told: %s", type(error).__name__)
            if not given.late:  # else its thread is still at it, and leaves its place in the end
                self._left()
            del given, first


def _ended(candidate: Callable[[], object]) -> Part:
    started = perf_counter()
    try:
        answer = candidate()
        return candidate_part(answer, perf_counter() - started)
    except BaseException as error:  # whatever it is, it is not to end the thread
        return raised_part(error.with_traceback(None), perf_counter() - started)
