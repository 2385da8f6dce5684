"""What is told of two runs beside each other: how each ended, how long it took, where the answers differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

import msgspec

from qb.moving.answers import AnswerDifference

Ended: TypeAlias = Literal["answered", "failed", "raised", "timed out", "cancelled"]
"""How a run ended: with a value or a Success, with a Failure, with an exception, not in time, or as its task was."""


class Ran(msgspec.Struct, frozen=True):
    """How one of the two ran. `error` is the class of its error by name, and never its text, which may hold values."""

    ended: Ended
    seconds: float
    error: str = ""


class RunReport(msgspec.Struct, frozen=True):
    """One call, answered by the primary, beside the same call of the candidate.

    Without `values=True` there is no value in it: names of fields and of classes, numbers of items, seconds.
    """

    name: str
    primary: Ran
    candidate: Ran
    differences: tuple[AnswerDifference, ...] = ()
    uncompared: str = ""
    """The class of what the comparison itself raised; nothing is known then of the answers."""
    arguments: tuple[tuple[object, ...], Mapping[str, object]] | None = None
    """Those of the call, where values were asked for."""

    @property
    def same(self) -> bool:
        """Whether the candidate has said what the primary said."""
        told = ("answered", "failed", "raised")
        ends = self.primary.ended in told and self.candidate.ended in told
        return ends and not self.differences and not self.uncompared


class RunTotals(msgspec.Struct, frozen=True):
    """Many reports of one name in numbers: what one looks at before the candidate becomes the primary.

    Seconds are the median and the 95th percentile, of the runs that came to an end of their own.
    """

    runs: int
    same: int
    different: int
    candidate_failed: int
    """Where the primary answered, and the candidate failed or raised."""
    timed_out: int
    uncompared: int
    primary_seconds: tuple[float, float]
    candidate_seconds: tuple[float, float]


def run_totals(reports: Iterable[RunReport]) -> dict[str, RunTotals]:
    """Reports in numbers, by their names.

    >>> from qb.moving import Ran, RunReport, run_totals
    >>> reports = [RunReport("by_id", Ran("answered", 0.002), Ran("answered", each)) for each in (0.001, 0.002, 0.003)]
    >>> run_totals(reports)["by_id"].candidate_seconds
    (0.002, 0.003)
    """
    by_name: dict[str, list[RunReport]] = {}
    for each in reports:
        by_name.setdefault(each.name, []).append(each)
    return {name: _totals(each) for name, each in by_name.items()}


def _totals(reports: list[RunReport]) -> RunTotals:
    return RunTotals(
        runs=len(reports),
        same=sum(each.same for each in reports),
        different=sum(bool(each.differences) for each in reports),
        candidate_failed=sum(
            each.primary.ended == "answered" and each.candidate.ended in ("failed", "raised") for each in reports
        ),
        timed_out=sum(each.candidate.ended == "timed out" for each in reports),
        uncompared=sum(bool(each.uncompared) for each in reports),
        primary_seconds=_typical(each.primary for each in reports),
        candidate_seconds=_typical(each.candidate for each in reports),
    )


def _typical(runs: Iterable[Ran]) -> tuple[float, float]:
    seconds = sorted(each.seconds for each in runs if each.ended in ("answered", "failed", "raised"))
    count = len(seconds)
    return (seconds[count // 2], seconds[count * 95 // 100]) if seconds else (0.0, 0.0)
