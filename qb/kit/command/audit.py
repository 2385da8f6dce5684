"""`qb audit`: what is doubtful about a history, and about a database's journal beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply, ReplyProblem
from qb.kit.command.frame.running import history_of_config
from qb.kit.command.frame.shell_command import shell_command

if TYPE_CHECKING:
    from rich.text import Text

    from qb.kit.running.auditing import HistoryAudit


@shell_command("qb audit", "qb audit --files --json")
def perform(
    invocation: Invocation,
    *,
    files: Annotated[bool, typer.Option("--files", help="Look at the files alone, and at no database.")] = False,
) -> Reply[HistoryAudit]:
    """Look for what is doubtful about the migrations.

    Numbers twice or left out, several heads, files that were edited or are missing, what was applied out of order or
    half; and every statement, up or down, that destroys or changes rows. Exits with 3 where something is wrong; what
    destroys rows is told, and no mistake.
    """
    from qb.kit.running.auditing import audit

    database = invocation.database()
    history = history_of_config(database)
    db = None if files else invocation.connect(database)
    found = unwrap(audit(history, db, journal=database.journal))
    problems = tuple(
        ReplyProblem(
            each.kind.replace(" ", "-"), str(each), object=f"migration {each.migration}", file=each.file, line=each.line
        )
        for each in found.findings
        if each.wrong
    )
    return Reply(found, show=lambda: _shown(found), exit_code=found.exit_code, problems=problems, shows_problems=True)


def _shown(found: HistoryAudit) -> Text:
    from rich.text import Text

    text = Text()
    for each in found.findings:
        text.append(f"{each.kind:<20}", "bold red" if each.wrong else "yellow").append(f"{each}\n")
    wrong = sum(each.wrong for each in found.findings)
    text.append(f"{len(found.findings)} findings, {wrong} of them wrong" if found.findings else "nothing is doubtful")
    return text
