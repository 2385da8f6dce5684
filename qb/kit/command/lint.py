"""`qb lint`: what somebody should know of SQL that was written by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply, ReplyProblem
from qb.kit.command.frame.shell_command import shell_command

if TYPE_CHECKING:
    from qb.kit.running.linting import LintedSql


@shell_command("qb lint change.sql", "qb lint migrations/*/up.sql --json")
def perform(
    invocation: Invocation,
    files: Annotated[list[Path], typer.Argument(help="Files of SQL.")],
) -> Reply[LintedSql]:
    """Say what the SQL in some files destroys or changes, which locks it takes, and what is not run at all.

    Exits with 3 where something is not run, or keeps others waiting though there is another way. No server and no
    config is asked.
    """
    from qb.kit.running.linting import lint

    found = unwrap(lint(*files))
    problems = tuple(
        ReplyProblem(
            each.kind.replace(" ", "-"), each.says, None, file=each.file, line=each.line, fix=each.instead or None
        )
        for each in found.findings
        if each.wrong
    )
    return Reply(found, show=lambda: _shown(found), exit_code=found.exit_code, problems=problems, shows_problems=True)


def _shown(found: LintedSql) -> str:
    lines = [f"{each.kind:<14} {each}" for each in found.findings]
    return "\n".join(lines) if lines else "nothing to say"
