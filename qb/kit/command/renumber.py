"""`qb renumber`: puts a migration of a branch behind all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.running import DryRun
from qb.kit.command.frame.shell_command import shell_command

if TYPE_CHECKING:
    from qb.kit.reworking.renumbering import Renumbered


@shell_command("qb renumber add_slug", "qb renumber 0007_add_slug --dry-run")
def perform(
    invocation: Invocation,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which one: its name, its number, or a part of both.")],
    *,
    dry_run: DryRun = False,
) -> Reply[Renumbered]:
    """Give a migration, and what follows it, numbers behind all others, and have it follow them.

    It is for a branch that does not go together with another one, and for two with the same number. What it does then
    is to be proved again. A database that has it under its old name is rolled back before. No database is asked.
    """
    from qb.kit.reworking.renumbering import renumber

    database = invocation.database()
    done = unwrap(renumber(database.migrations, name, layout=database.layout, prefix=database.prefix, dry_run=dry_run))
    return Reply(done, show=lambda: _shown(done))


def _shown(done: Renumbered) -> str:
    if not done.names:
        return "it is behind all others already"
    lines = [f"{was} is {now}" for was, now in done.names.items()]
    if done.follows:
        lines.append(f"and follows {' and '.join(done.follows)}")
    return "\n".join(lines)
