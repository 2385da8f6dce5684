"""The report for a terminal."""

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.report.compare import Change, Compared
from benchmarks.report.results import Measured, Measurement, Report
from benchmarks.report.words import amount, mebibytes, microseconds, milliseconds, ratio_of, spread, target_cells, times
from benchmarks.suites.case import Kind
from benchmarks.suites.operations import SUITE, document

QUICKLY = " (a quick run: of less data than is said)"


def show(report: Report, console: Console) -> None:
    machine, server = report.machine, report.server
    console.print(
        f"Python {machine.python}, PostgreSQL {server['server_version']}, {machine.system} {machine.architecture}, "
        f"{machine.cores} cores, load {machine.load_average:.1f}; "
        f"fsync {server['fsync']}, synchronous_commit {server['synchronous_commit']}",
        highlight=False,
    )
    for each in report.measurements:
        console.print(table_of(each))
        for line in asides(each):
            console.print(line, style="dim", highlight=False, markup=False)
    for missing in report.missing:
        console.print(f"{missing.peer} took no part: {missing.why}", style="yellow", highlight=False, markup=False)
    if report.targets:
        console.print(target_table(report))
    for who in report.peers:
        libraries = ", ".join(f"{name} {version}" for name, version in who.versions.items())
        console.print(f"{who.peer}: {libraries}, {who.runtime}", style="dim", highlight=False)
    console.print(
        "Medians over the rounds, the middle half in brackets; ratios are taken round by round, to the fastest way by "
        "hand, in brackets\nwhere they lie with 95 %. CPU is the client's; the server's is beside it. "
        "The document's figures are its own:\nDrizzle on SQLite, on another machine (memory: its target).",
        style="dim",
        highlight=False,
    )


def target_table(report: Report) -> Table:
    title = "What qb is to reach" + (QUICKLY if report.quick else "")
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    table.add_column("work")
    table.add_column("against")
    for header in ("at most", "found", "95 %", ""):
        table.add_column(header, justify="right", no_wrap=True)
    for verdict in report.targets:
        table.add_row(*target_cells(verdict), style={True: "green", False: "yellow", None: "dim"}[verdict.met])
    return table


def asides(each: Measurement) -> Iterator[str]:
    """How it was measured, and who took no part."""
    said = [f"{each.rounds} rounds"]
    if each.kind is Kind.TIME:
        said.append("client and server on one core" if each.pinned else "not pinned")
    if each.objects is not None:
        said.append(f"the collector on, over {each.objects:,} objects")
    yield "; ".join(said)
    for absent in each.absent:
        yield f"{absent.peer} took no part: {absent.why}"


def table_of(each: Measurement) -> Table:
    table = Table(title=f"{each.suite}: {each.title}", title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    table.add_column("peer", no_wrap=True)
    for header in headers(each):
        table.add_column(header, justify="right", no_wrap=True)
    for measured in each.peers:
        table.add_row(measured.peer, *cells(each, measured), style="bold" if measured.peer == each.baseline else None)
    if each.suite == SUITE and (figure := document(each.case)):
        table.add_section()
        table.add_row("the document", figure, style="italic")
    return table


def headers(each: Measurement) -> Sequence[str]:
    match each.kind:
        case Kind.MEMORY:
            return ("MB over start", "MB of the process", "rows/s")
        case Kind.TURNS:
            return ("turns",)
        case Kind.IMPORT:
            return ("ms over the interpreter",)
        case Kind.TIME:
            return ("ms", *(("µs each",) if each.per > 1 else ()), "ratio", "CPU ms", "server ms")


def cells(each: Measurement, measured: Measured) -> list[str]:
    match each.kind:
        case Kind.MEMORY:
            rate = f"{each.per / measured.seconds:,.0f}" if measured.seconds else ""
            return [mebibytes(measured.summary.median), mebibytes(measured.resident or 0), rate]
        case Kind.TURNS:
            return [f"{measured.summary.median:.0f}"]
        case Kind.IMPORT:
            return [spread(measured.summary, milliseconds)]
        case Kind.TIME:
            return [
                spread(measured.summary, milliseconds),
                *([microseconds(measured.summary.median / each.per)] if each.per > 1 else ()),
                ratio_of(measured.ratio),
                amount(measured.cpu, milliseconds),
                "" if measured.server is None else milliseconds(measured.server),
            ]


def show_compared(found: Sequence[Compared], console: Console) -> None:
    """What changed; the rest as a number."""
    table = Table(title="Since the older run", title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for header in ("work", "peer", "before", "after", "times", "95 %", ""):
        table.add_column(
            header, no_wrap=header != "work", justify="left" if header in ("work", "peer", "") else "right"
        )
    for each in found:
        if each.change is not Change.SAME:
            style = "red" if each.change is Change.SLOWER else "green"
            table.add_row(*compared_cells(each), style=style)
    if table.row_count:
        console.print(table)
    same = sum(each.change is Change.SAME for each in found)
    console.print(f"{same} of {len(found)} did not change beyond noise.", highlight=False)


def compared_cells(each: Compared) -> tuple[str, ...]:
    def written(value: float) -> str:
        if each.relative:
            return f"{times(value)} of by hand"
        match each.kind:
            case Kind.MEMORY:
                return f"{mebibytes(value)} MB"
            case Kind.TURNS:
                return f"{value:.0f} turns"
            case Kind.TIME | Kind.IMPORT:
                return f"{milliseconds(value)} ms"

    between = f"{times(each.ratio.low)}–{times(each.ratio.high)}"
    work = f"{each.suite}: {each.label}"
    return work, each.peer, written(each.before), written(each.after), times(each.ratio.median), between, each.change
