"""One call of a primary beside its candidate: what both said, until both have, and the report of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any, Final, NamedTuple, cast

from qb.errors.outcome import glimpsed
from qb.moving.answers import AnswerDifference, answer_differences
from qb.moving.apart import kept_apart
from qb.moving.report import Ran, RunReport
from qb.run.talk.counts import is_failure

LOG: Final = logging.getLogger("qb.moving")


class Pairing(NamedTuple):
    """What is the same of every call of a pair."""

    name: str
    sink: Callable[[RunReport], object]
    samples: Callable[..., bool]
    compare: Callable[[Any, Any], Iterable[AnswerDifference]] | None
    values: bool

    def refused(self, error: Exception) -> None:
        """For the log: that a candidate was not even begun, and no value."""
        LOG.error("the candidate of %s was not begun: %s", self.name, type(error).__name__)


class Part(NamedTuple):
    """How one of the two ended, and with what."""

    ran: Ran
    answer: Any


class Comparison:
    """Both parts of a call. Whoever says the second of them has `settled` called with it, once."""

    __slots__ = ("_arguments", "_candidate", "_found", "_lock", "_plan", "_primary", "_settled")

    def __init__(
        self,
        plan: Pairing,
        arguments: tuple[tuple[object, ...], Mapping[str, object]],
        settled: Callable[[Comparison], object],
    ) -> None:
        self._plan = plan
        self._arguments = arguments
        self._settled = settled
        self._primary: Part | None = None
        self._candidate: Part | None = None
        self._found: tuple[tuple[AnswerDifference, ...], str] | None = None
        self._lock = Lock()

    def primary_answered(self, answer: object, seconds: float) -> None:
        """The caller gets the answer, and may change lists and dicts that it was given: so it is kept apart."""
        error = glimpsed(answer)
        ran = Ran("answered", seconds) if error is None else Ran("failed", seconds, type(error).__name__)
        self._primary_is(Part(ran, kept_apart(answer) if error is None else error))

    def primary_raised(self, error: BaseException, seconds: float) -> None:
        """As well when the task or the thread of the caller was stopped."""
        stopped = not isinstance(error, Exception)
        self._primary_is(Part(Ran("cancelled" if stopped else "raised", seconds, type(error).__name__), error))

    def _primary_is(self, part: Part) -> None:
        with self._lock:
            self._primary, both = part, self._candidate is not None
        if both:
            self._settled(self)

    def candidate_is(self, part: Part) -> bool:
        """Whether it is the first word on it: what comes after its time is over is no answer."""
        with self._lock:
            if self._candidate is not None:
                return False
            self._candidate, both = part, self._primary is not None
        if both:
            self._settled(self)
        return True

    @property
    def late(self) -> bool:
        """Whether the candidate's time was over first."""
        return self._candidate is not None and self._candidate.ran.ended == "timed out"

    def compare(self) -> None:
        """Find the differences: all that takes time."""
        self._found = self._compared()

    def tell(self) -> None:
        """Give the report to the sink. Nothing of it is raised."""
        primary, candidate, plan = self._primary, self._candidate, self._plan
        assert primary is not None
        assert candidate is not None
        differences, uncompared = self._found or self._compared()
        arguments = self._arguments if plan.values else None
        try:
            plan.sink(RunReport(plan.name, primary.ran, candidate.ran, differences, uncompared, arguments))
        except Exception as error:
            LOG.error("the sink of %s raised %s", plan.name, type(error).__name__)

    def _compared(self) -> tuple[tuple[AnswerDifference, ...], str]:
        primary, candidate, plan = self._primary, self._candidate, self._plan
        assert primary is not None
        assert candidate is not None
        ends = primary.ran.ended, candidate.ran.ended
        if "timed out" in ends or "cancelled" in ends:
            return (), ""
        try:
            if plan.compare is not None and ends == ("answered", "answered"):
                return tuple(plan.compare(primary.answer, candidate.answer)), ""
            return answer_differences(primary.answer, candidate.answer, values=plan.values), ""
        except Exception as error:
            return (), type(error).__name__


def candidate_part(answer: object, seconds: float) -> Part:
    """Of a candidate that came to its end. Its failure is looked at here: nobody else is told of it."""
    if is_failure(answer):
        error: object = cast("Any", answer).failure()
        return Part(Ran("failed", seconds, type(error).__name__), error)
    return Part(Ran("answered", seconds), answer)


def raised_part(error: BaseException, seconds: float) -> Part:
    """Of a candidate that raised."""
    return Part(Ran("raised", seconds, type(error).__name__), error)


def late_part(seconds: float) -> Part:
    """Of a candidate whose time is over."""
    return Part(Ran("timed out", seconds), None)
