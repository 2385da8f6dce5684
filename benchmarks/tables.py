"""The report for a terminal."""

from collections.abc import Callable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.contender import Operation
from benchmarks.data import Sizes
from benchmarks.results import DOCUMENT, Measured, Measurement, Report, Verdict
from benchmarks.stats import Summary, median


def title(operation: Operation, sizes: Sizes) -> str:
    match operation:
        case Operation.SINGLE_FETCH:
            return "Single fetch: a ticket by its key"
        case Operation.BULK_INSERT:
            return f"Bulk insert of {sizes.bulk:,} tickets"
        case Operation.COMPLEX_JOIN:
            return "Complex join: a project's 20 tickets with tasks and counts"
        case Operation.CONVERT:
            return f"Type conversion: {sizes.convert:,} tickets to typed rows"
        case Operation.STREAM:
            return f"Peak memory of a process streaming {sizes.stream:,} tickets"


def show(report: Report, console: Console) -> None:
    machine, server = report.machine, report.server
    console.print(
        f"Python {machine.python}, PostgreSQL {server['server_version']}, {machine.system} {machine.architecture}, "
        f"{machine.cores} cores, load {machine.load_average:.1f}; "
        f"fsync {server['fsync']}, synchronous_commit {server['synchronous_commit']}; {report.rounds} rounds",
        highlight=False,
    )
    for each in report.measurements:
        console.print(table_of(each, report.sizes))
    for verdict in report.targets:
        console.print(sentence_of(verdict), style="green" if verdict.met else "yellow", highlight=False)
    versions = {measured.version for each in report.measurements for measured in each.contenders}
    console.print("; ".join(sorted(versions)), style="dim", highlight=False)
    console.print(
        "Medians over the rounds, the middle half in brackets. "
        "Ratios are taken round by round, to the fastest way by hand.\n"
        "The document's figures are its own: Drizzle on SQLite, on another machine (memory: its target).",
        style="dim",
        highlight=False,
    )


def sentence_of(verdict: Verdict) -> str:
    return (
        f"{'met' if verdict.met else 'missed'}: {verdict.what} with qb costs {times(verdict.ratio)} times "
        f"{verdict.against}, and is to cost at most {times(verdict.at_most)} times"
    )


def table_of(each: Measurement, sizes: Sizes) -> Table:
    streaming = each.operation is Operation.STREAM
    table = Table(
        title=title(each.operation, sizes), title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False
    )
    table.add_column("contender", no_wrap=True)
    for header in ("MB", "over baseline", "ratio", "rows/s") if streaming else ("ms", "ratio"):
        table.add_column(header, justify="right", no_wrap=True)
    for measured in each.contenders:
        cells = stream_cells(measured, sizes) if streaming else call_cells(measured)
        table.add_row(measured.contender, *cells, style="bold" if measured.contender == each.baseline else None)
    table.add_section()
    table.add_row("the document", DOCUMENT[each.operation], style="italic")
    return table


def call_cells(measured: Measured) -> list[str]:
    return [spread(measured.summary, milliseconds), spread(measured.ratio, times)]


def stream_cells(measured: Measured, sizes: Sizes) -> list[str]:
    over = median([each.over_baseline for each in measured.streams])
    seconds = median([each.seconds for each in measured.streams])
    return [
        mebibytes(measured.summary.median),
        mebibytes(over),
        times(measured.ratio.median),
        f"{sizes.stream / seconds:,.0f}",
    ]


def spread(summary: Summary, amount: Callable[[float], str]) -> str:
    return f"{amount(summary.median)} ({amount(summary.p25)}–{amount(summary.p75)})"


def milliseconds(seconds: float) -> str:
    """With three significant digits or so."""
    value = seconds * 1_000
    digits = next((digits for below, digits in ((0.1, 4), (1, 3), (10, 2)) if value < below), 1)
    return f"{value:.{digits}f}"


def mebibytes(size: float) -> str:
    return f"{size / 2**20:.1f}"


def times(ratio: float) -> str:
    return f"{ratio:.2f}"
