"""The figures on the project's own pages, each between two comments."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.measure.stats import median
from benchmarks.report.charts import CHOICE, machine, shown
from benchmarks.report.markdown import table
from benchmarks.report.results import Measurement, Report
from benchmarks.report.svg import figure
from benchmarks.report.words import times

PAGES = ("README.md", "docs/performance.md")
BEGIN = "<!-- benchmarks: begin; `python -m benchmarks --publish` wrote what stands here -->\n"
END = "\n<!-- benchmarks: end -->"


def publish(report: Report, root: Path) -> None:
    for name in PAGES:
        path = root / name
        path.write_text(with_figures(path.read_text(encoding="utf-8"), report), encoding="utf-8")


def with_figures(page: str, report: Report) -> str:
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the page has no place for figures: two comments")
    return "".join((before, begin, "\n", "\n".join(figures(report)), "\n", end, after))


def figures(report: Report) -> Iterator[str]:
    """Of each piece of work what everybody takes, and how many times that of qb it is."""
    cases = {title: found(report, case) for title, case in CHOICE.items()}
    there = {title: each for title, each in cases.items() if each is not None}
    names = [who.peer for who in report.peers if any(who.peer in shown(each) for each in there.values())]
    rows = [(bold(name), *(cell(each, name) for each in there.values())) for name in names]
    yield from table(("µs for each row", *(title[0].lower() + title[1:] for title in there)), iter(rows))
    yield ""
    yield (
        f"{machine(report)}; medians of one run on {report.started:%Y-%m-%d}, in brackets how many times qb's, the "
        "faster of its two halves; a row, a parent with its children, a query each. The latencies of single rows are "
        "of client and server on one core."
    )


def found(report: Report, case: tuple[str, str, int]) -> Measurement | None:
    return next((one for one in report.measurements if (one.suite, one.case, one.size) == case), None)


def bold(name: str) -> str:
    return f"**{name}**" if name.startswith("qb") else name


def cell(each: Measurement, name: str) -> str:
    times_of = shown(each)
    if name not in times_of:
        return ""
    ours: Sequence[float] = [value for peer, value in times_of.items() if peer.startswith("qb")]
    said = figure(times_of[name])
    if name.startswith("qb") or not ours:
        return said
    return f"{said} ({times(median([times_of[name]]) / min(ours))})"
