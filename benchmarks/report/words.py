"""Figures as text."""

from collections.abc import Callable, Sequence

from benchmarks.measure.stats import Summary, median


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
