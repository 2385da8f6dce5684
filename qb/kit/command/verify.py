"""`qb verify`: whether PostgreSQL takes what a program will send it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.looked_at import Live
from qb.kit.command.frame.reply import Reply, ReplyProblem
from qb.kit.command.frame.shell_command import shell_command
from qb.kit.exit_code import ExitCode

if TYPE_CHECKING:
    from rich.console import RenderableType

    from qb.kit.verifying.report import Verified


@shell_command(
    "qb verify shop.queries", "qb verify shop.queries --live --database production", "qb verify shop --no-raw"
)
def perform(
    invocation: Invocation,
    *,
    modules: Annotated[
        list[str] | None,
        typer.Argument(help="Modules or packages with prepared queries; without any those of the schema."),
    ] = None,
    live: Live = False,
    no_raw: Annotated[
        bool, typer.Option("--no-raw", help="List each place where SQL is written by hand, and exit with 3 for one.")
    ] = False,
) -> Reply[Verified]:
    """Prepare every query in its variants, and compare what comes back with what Python promises.

    The schema of the config is created on the shadow and rolled back, so that every default, check, view and policy is
    read by PostgreSQL; with --live the database itself is asked whether it takes them, and nothing is created. No query
    runs.
    """
    from qb.kit.project_modules import importable
    from qb.kit.verifying.submodules import modules_named
    from qb.kit.verifying.verify import verify
    from qb.model.target import NEWEST

    database = invocation.database()
    at = invocation.shadow_of(database)
    schema = invocation.schema(database)
    with importable(Path.cwd()):
        found = modules_named([*database.schema, *(modules or ())])
    db = invocation.connect(database) if live else None
    with invocation.progress("Preparing queries") as steps:
        told = unwrap(
            verify(
                schema,
                *found,
                db=db,
                major=at.major or NEWEST,
                shadow=at.shadow,
                cache=at.cache,
                told=lambda name: steps.done(),
            )
        )
    problems = [
        ReplyProblem("unverified", str(each), object=each.what, file=each.file, line=each.line, fix=each.fix)
        for each in told.problems
    ]
    if no_raw:
        problems += [
            ReplyProblem("raw-sql", str(each), object=each.within or None, file=each.file, line=each.line)
            for each in told.raw
        ]
    code = ExitCode.DIFFERS if problems else ExitCode.DONE
    return Reply(told, show=lambda: _shown(told, no_raw), exit_code=code, problems=tuple(problems), shows_problems=True)


def _shown(told: Verified, no_raw: bool) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    lines: list[Text] = []
    for each in told.problems:
        lines.append(Text.assemble(("refused ", "bold red"), str(each)))
        if each.fix is not None:
            lines.append(Text(f"  {each.fix}", style="green"))
    if no_raw:
        lines += (Text.assemble(("by hand ", "bold yellow"), str(each)) for each in told.raw)
    for query in told.queries:
        if query.left:
            lines.append(
                Text.assemble(
                    ("note ", "bold cyan"),
                    f"{query.file}:{query.line}: {query.name} has {query.variants + query.left} variants: "
                    f"{query.variants} were prepared, with each choice in one of them",
                )
            )
    all_variants = f" of {told.variants + told.left}" if told.left else ""
    counts = [
        f"{len(told.queries)} {'query' if len(told.queries) == 1 else 'queries'}",
        f"{told.variants}{all_variants} variant{'' if told.variants == 1 else 's'}",
        f"{told.relations} {'table or view' if told.relations == 1 else 'tables and views'}",
    ]
    refused = f"{len(told.problems)} refused, SQL by hand in {len(told.raw)} place{'' if len(told.raw) == 1 else 's'}"
    return Group(*lines, Text(f"{', '.join(counts)}: {refused}"))
