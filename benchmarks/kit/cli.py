"""The command line of `python -m benchmarks.kit`."""

from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.corpus.corpus import SIZES, areas
from benchmarks.kit.results import (
    BEGIN,
    END,
    MIGRATIONS_BEGIN,
    MIGRATIONS_END,
    Found,
    cells,
    conditions,
    headers,
    with_figures,
)
from benchmarks.kit.run import run, run_migrations

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "performance.md"
RESULTS = ROOT / "benchmarks" / "results" / "kit.json"
MIGRATIONS = ROOT / "benchmarks" / "results" / "migrations.json"

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command()
def main(
    tables: Annotated[
        list[int] | None, typer.Option(metavar="N", help="Of how many tables the database is, may be repeated.")
    ] = None,
    migrations: Annotated[
        bool, typer.Option("--migrations", help="Time a history of 300 migrations instead, beside Alembic's.")
    ] = False,
    rounds: Annotated[int, typer.Option(min=1, metavar="N", help="How often everybody has a turn.")] = 7,
    json: Annotated[Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Write every sample there.")] = None,
    publish: Annotated[
        bool, typer.Option("--publish", help="The same into benchmarks/results, and the figures in docs/.")
    ] = False,
    read: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", exists=True, dir_okay=False, help="Take what --json wrote."),
    ] = None,
) -> None:
    """Times the kit on a database with objects of every kind, beside pg_dump, SQLAlchemy's reflection and Alembic's
    autogenerate; or, with `--migrations`, a long history beside Alembic's."""
    for count in tables or ():
        try:
            areas(count)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--tables") from None
    console, errors = Console(), Console(stderr=True)
    say = partial(errors.print, style="dim", highlight=False)
    if read is None and migrations:
        found = run_migrations(rounds, say)
    elif read is None:
        found = run(tables or SIZES, rounds, say)
    else:
        found = msgspec.json.decode(read.read_bytes(), type=Found)
    show(found, console)
    for path in (json, (MIGRATIONS if migrations else RESULTS) if publish else None):
        if path is not None:
            path.write_bytes(msgspec.json.format(msgspec.json.encode(found)) + b"\n")
    if publish:
        marks = (MIGRATIONS_BEGIN, MIGRATIONS_END) if migrations else (BEGIN, END)
        PAGE.write_text(with_figures(PAGE.read_text(encoding="utf-8"), found, marks), encoding="utf-8")


def show(found: Found, console: Console) -> None:
    shown = Table(box=SIMPLE_HEAD)
    first, *rest = headers(found)
    shown.add_column(first)
    for header in rest:
        shown.add_column(header, justify="right")
    for name, *figures in cells(found):
        shown.add_row(name.replace("**", ""), *figures)
    console.print(shown, markup=False)
    console.print(conditions(found), style="dim", highlight=False)
