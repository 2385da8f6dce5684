"""`qb validate`: whether the rows of a database are what its descriptors say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.looked_at import Modules
from qb.kit.command.frame.reply import Reply, ReplyProblem
from qb.kit.command.frame.shell_command import shell_command
from qb.kit.exit_code import ExitCode

if TYPE_CHECKING:
    from rich.console import RenderableType

    from qb.kit.validating.report import Validated


@shell_command("qb validate", "qb validate --database production --sample 1000")
def perform(
    invocation: Invocation,
    *,
    modules: Modules = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="So many rows of each table, drawn at random; without it all.")
    ] = None,
    names: Annotated[list[str] | None, typer.Option(help="Look at tables of these names, as order*.")] = None,
    show_keys: Annotated[
        bool, typer.Option("--show-keys", help="Show the primary keys of bad rows, the first 20 of each kind.")
    ] = False,
) -> Reply[Validated]:
    """Read every row, and tell of those that are not what the descriptors say.

    Each value goes through its codec, each guarded document through its guard; checks, foreign keys and sequences are
    asked of the database. No value is shown. It changes nothing. Exits with 3 where something is wrong.
    """
    from qb.declare.ours import matching
    from qb.kit.validating.validate import validate
    from qb.types.identifier import PUBLIC

    database = invocation.database()
    wanted = invocation.modules(modules, Path.cwd()) if modules else invocation.schema(database)
    db = invocation.connect(database)
    with invocation.progress("Reading rows", len(wanted.tables)) as steps:
        found = unwrap(
            validate(
                wanted,
                db,
                of=matching(names=names or ()),
                sample=sample,
                show_keys=show_keys,
                told=lambda table, rows: steps.done(),
            )
        )
    titles = {each.title: f"table {each.source.schema or PUBLIC}.{each.source.name}" for each in wanted.tables}
    problems = tuple(
        ReplyProblem(each.kind.replace(" ", "-"), str(each), object=titles.get(each.table), fix=each.fix)
        for each in found.problems
    )
    code = ExitCode.DONE if found.ok else ExitCode.DIFFERS
    return Reply(found, show=lambda: _shown(found), exit_code=code, problems=problems, shows_problems=True)


def _shown(found: Validated) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    lines: list[Text] = []
    for each in found.problems:
        lines.append(Text.assemble((f"{each.kind} ", "bold yellow"), str(each)))
        if each.fix is not None:
            lines.append(Text(f"  {each.fix}", style="green"))
    tables = f"{len(found.tables)} table{'' if len(found.tables) == 1 else 's'}"
    wrong = f"{len(found.problems)} problem{'' if len(found.problems) == 1 else 's'}"
    return Group(*lines, Text(f"{found.rows:,} rows of {tables} read: {wrong}"))
