"""The charts of a report: curves of growth, and the one that compares what people choose between."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from benchmarks.measure.stats import median
from benchmarks.report.results import Measurement, Report
from benchmarks.report.svg import bars, colours, curves
from benchmarks.suites.case import Kind


class Curve(msgspec.Struct, frozen=True):
    suite: str
    case: str
    title: str
    up: str
    each: bool
    """Whether figures are of one row or query."""


CURVES = (
    Curve("rows", "many", "Reading typed rows with two documents", "µs a row", each=True),
    Curve("rows", "wide", "Reading 1,000 rows of more and more columns", "ms", each=False),
    Curve("bulk", "insert", "Inserting rows, nothing back", "µs a row", each=True),
    Curve("compile", "compile", "Building and compiling a query for the first time", "ms", each=False),
    Curve("concurrency", "tasks", "Single rows by concurrent tasks over a pool of 8", "µs a row", each=True),
    Curve("concurrency", "pool", "Single rows by 64 callers, by the connections of the pool", "µs a row", each=True),
)

CHOICE: Mapping[str, tuple[str, str, int]] = {
    "A row by its key, prepared": ("rows", "single", 1),
    "A query built on the fly": ("rows", "built", 1),
    "10,000 typed rows with two documents": ("rows", "many", 10_000),
    "10,000 rows inserted": ("bulk", "insert", 10_000),
    "500 parents and their 5,000 children": ("relations", "nested", 500),
    "64 concurrent tasks": ("concurrency", "tasks", 64),
}
"""What a user who chooses wants to know, in units of one row, parent or query."""
CHOSEN = ("qb", "asyncpg", "SQLAlchemy", "drizzle", "Drizzle", "psycopg by hand")
"""Beginnings of the names of those who are shown."""


def charts(report: Report) -> Iterator[tuple[str, str]]:
    """Names of files, and what is in them."""
    palette = colours([each.peer for each in report.peers])
    for curve in CURVES:
        points = series(report, curve)
        if points:
            axis = next(
                each.axis for each in report.measurements if (each.suite, each.case) == (curve.suite, curve.case)
            )
            yield f"{curve.suite}-{curve.case}.svg", curves(curve.title, axis, curve.up, points, palette)
    groups = choice(report)
    if groups:
        under = f"µs for each row, parent or query; shorter is faster. {machine(report)}"
        yield "choice.svg", bars("qb beside what else one could choose", under, groups, palette, "µs")


def machine(report: Report) -> str:
    server = report.server["server_version"].split()[0]
    return f"Python {report.machine.python}, PostgreSQL {server}, {report.machine.cores} cores, Unix socket"


def series(report: Report, curve: Curve) -> Mapping[str, Sequence[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = {}
    cases = [each for each in report.measurements if (each.suite, each.case) == (curve.suite, curve.case)]
    for each in sorted(cases, key=lambda each: each.size):
        for measured in each.peers:
            value = measured.summary.median * (1e6 / each.per if curve.each else 1e3)
            found.setdefault(measured.peer, []).append((each.size, value))
    return {name: points for name, points in found.items() if len(points) > 1}


def choice(report: Report) -> Mapping[str, Mapping[str, float]]:
    found: dict[str, Mapping[str, float]] = {}
    for title, case in CHOICE.items():
        each = next((one for one in report.measurements if (one.suite, one.case, one.size) == case), None)
        if each is not None and each.kind is Kind.TIME:
            found[title] = shown(each)
    return found


def shown(each: Measurement) -> Mapping[str, float]:
    return {
        measured.peer: median(measured.samples) * 1e6 / each.per
        for measured in each.peers
        if measured.peer.startswith(CHOSEN)
    }
