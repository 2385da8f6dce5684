"""The command line of `python -m benchmarks.editor`."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.editor import project
from benchmarks.editor.checkers import Checked, check
from benchmarks.editor.language_server import language_server
from benchmarks.editor.questions import Answered, ask
from benchmarks.measure.machine import Machine, this_machine

ROOT = Path(__file__).resolve().parent.parent.parent
app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


class Report(msgspec.Struct, frozen=True):
    machine: Machine
    server: str
    answers: list[Answered]
    checks: list[Checked]


@app.command()
def main(
    server: Annotated[
        str, typer.Option(metavar="NAME", help="The language server: basedpyright-langserver or pyright-langserver.")
    ] = "basedpyright-langserver",
    checkers: Annotated[
        bool, typer.Option("--checkers", help="Check the project with mypy, pyright and basedpyright, too.")
    ] = False,
    json: Annotated[
        Path | None, typer.Option(metavar="PATH", dir_okay=False, help="Write all answers there, in full.")
    ] = None,
) -> None:
    """Writes a project of 150 tables and 300 queries, and asks a language server what an editor asks."""
    command = Path(sys.executable).parent / server
    console = Console()
    if not command.exists():
        console.print(f"{server} is not installed", style="red")
        raise typer.Exit(4)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        project.write(folder, ROOT)
        checks = list(check(folder)) if checkers else []
        with language_server((str(command), "--stdio"), folder) as spoken_to:
            answers = ask(spoken_to, folder)
    report = Report(this_machine(), server, answers, checks)
    show(report, console)
    if json is not None:
        json.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    if not all(each.clean for each in checks):
        raise typer.Exit(1)


def show(report: Report, console: Console) -> None:
    machine = report.machine
    console.print(
        f"{report.server}, {machine.system} {machine.architecture}, {machine.cores} cores, "
        f"load {machine.load_average:.1f}",
        highlight=False,
    )
    table = Table("question", "where", "answer", "ms", "at best", box=SIMPLE_HEAD)
    for each in report.answers:
        table.add_row(each.kind, each.where, brief(each), f"{each.seconds * 1000:.0f}", f"{each.fastest * 1000:.0f}")
    console.print(table, markup=False)
    if report.checks:
        checked = Table("checker", "seconds", "of the processors", "clean", box=SIMPLE_HEAD)
        for check in report.checks:
            figures = (f"{check.seconds:.1f}", f"{check.processor_seconds:.1f}")
            checked.add_row(check.checker, *figures, "yes" if check.clean else "no")
        console.print(checked)


def brief(answer: Answered) -> str:
    """As much of an answer as a table holds."""
    if answer.kind != "completion":
        return "\n".join(line[:120] for line in answer.lines[:2]) or "nothing"
    keywords = answer.keywords
    shown = ", ".join(keywords[:6]) + (", ..." if len(keywords) > 6 else "")
    return f"{len(answer.lines)} names" + (f", {len(keywords)} arguments: {shown}" if keywords else "")
