"""The report as a page, with its charts beside it."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from benchmarks.report.charts import CURVES, charts, machine
from benchmarks.report.results import Measurement, Report
from benchmarks.report.terminal import QUICKLY, asides, cells, headers
from benchmarks.report.words import target_cells

README = "README.md"
RESULTS = "results.json"


def write(report: Report, folder: Path) -> None:
    """The page, its charts and every sample."""
    folder.mkdir(parents=True, exist_ok=True)
    names: list[str] = []
    for name, drawn in charts(report):
        (folder / name).write_text(drawn, encoding="utf-8")
        names.append(name)
    (folder / README).write_text("\n".join(page(report, names)) + "\n", encoding="utf-8")
    (folder / RESULTS).write_bytes(msgspec.json.encode(report))


def page(report: Report, drawn: Sequence[str]) -> Iterator[str]:
    yield "# What the benchmarks found"
    yield ""
    server = report.server
    command = f"python -m benchmarks --publish{' --quick' if report.quick else ''}"
    yield (
        f"Written by `{command}` on {report.started:%Y-%m-%d}, "
        f"in {report.seconds / 60:.0f} minutes. {machine(report)}, {report.machine.system}, "
        f"load {report.machine.load_average:.1f} when it began. `fsync` {server['fsync']}, "
        f"`synchronous_commit` {server['synchronous_commit']}. Medians over the rounds, the middle half in brackets; "
        "ratios are taken round by round, to the fastest way by hand, and stand with the interval in which they lie "
        "with 95 % by the bootstrap. CPU is the client's, the server's is beside it. Every sample is in `results.json`."
    )
    if report.later:
        yield f"\nMeasured again afterwards, by themselves: {'; '.join(report.later)}."
    if "choice.svg" in drawn:
        yield "\n![qb beside what else one could choose](choice.svg)"
    yield f"\n## What qb is to reach{QUICKLY if report.quick else ''}\n"
    yield from table(("work", "against", "at most", "found", "95 %", ""), map(target_cells, report.targets))
    yield from profiles(report)
    yield "\n## Growth\n"
    for curve in CURVES:
        if (name := f"{curve.suite}-{curve.case}.svg") in drawn:
            yield f"![{curve.title}]({name})\n"
    suite = ""
    for each in report.measurements:
        if each.suite != suite:
            suite = each.suite
            yield f"\n## {suite}"
        yield from section(each)
    yield "\n## Who took part\n"
    versions = (
        (who.peer, ", ".join(f"{name} {version}" for name, version in who.versions.items()), who.runtime)
        for who in report.peers
    )
    yield from table(("peer", "with", "on"), versions)
    for missing in report.missing:
        yield f"\n{missing.peer} took no part: {missing.why}."


def profiles(report: Report) -> Iterator[str]:
    """Where the time goes of what is not reached."""
    if not report.profiles:
        return
    yield "\n## Where the time goes of what is not reached\n"
    yield "By a profiler (cProfile), which makes every call in Python look dearer than it is; shares of the whole."
    for each in report.profiles:
        yield f"\n### {each.title}: {each.peer}\n"
        rows = (
            (f"{spent.seconds / each.profile.seconds:.0%}", f"{spent.calls:,}", f"`{spent.where}`")
            for spent in each.profile.functions
        )
        yield from table(("share", "calls", "function"), rows)


def section(each: Measurement) -> Iterator[str]:
    yield f"\n### {each.title}\n"
    rows = ((measured.peer, *cells(each, measured)) for measured in each.peers)
    yield from table(("peer", *headers(each)), rows)
    first, *others = asides(each)
    yield f"\n{first[0].upper()}{first[1:]}."
    if others:
        yield "\n" + "; ".join(others) + "."


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headers)} |"
    yield "|" + "---|" * len(headers)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
