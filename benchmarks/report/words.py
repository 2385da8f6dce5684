"""Figures as text."""

from collections.abc import Callable, Sequence

from benchmarks.measure.stats import Interval, Summary, median
from benchmarks.report.results import Verdict


def spread(summary: Summary, amount: Callable[[float], str]) -> str:
    return f"{amount(summary.median)} ({amount(summary.p25)}–{amount(summary.p75)})"


def amount(values: Sequence[float], written: Callable[[float], str]) -> str:
    return written(median(values)) if values else ""


def milliseconds(seconds: float) -> str:
    """With three significant digits or so."""
    value = seconds * 1_000
    digits = next((digits for below, digits in ((0.1, 4), (1, 3), (10, 2)) if value < below), 1)
    return f"{value:,.{digits}f}"


def mebibytes(size: float) -> str:
    return f"{size / 2**20:.1f}"


def times(ratio: float) -> str:
    return f"{ratio:.2f}"


def microseconds(seconds: float) -> str:
    return f"{seconds * 1e6:,.2f}"


def ratio_of(ratio: Interval | None) -> str:
    return f"{times(ratio.median)} ({times(ratio.low)}–{times(ratio.high)})" if ratio else ""


def target_cells(verdict: Verdict) -> tuple[str, str, str, str, str, str]:
    """Work, against whom, at most, found, its interval, whether it is reached."""
    unit = f" {verdict.unit}" if verdict.unit else ""
    written = times if unit in ("", " µs", " MiB", " ms") else "{:.0f}".format
    at_most = f"{times(verdict.at_most) if not unit else f'{verdict.at_most:g}'}{unit}"
    if verdict.found is None:
        return verdict.what, verdict.against, at_most, "", "", "not measured"
    found = verdict.found
    between = f"{written(found.low)}–{written(found.high)}"
    said = "reached" if verdict.met else "not reached"
    return verdict.what, verdict.against, at_most, f"{written(found.median)}{unit}", between, said
