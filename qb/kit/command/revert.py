"""`qb revert`: writes the migration that undoes another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.reworking import answered_or, replays_of
from qb.kit.command.frame.running import Allow, DryRun
from qb.kit.command.frame.shell_command import shell_command

if TYPE_CHECKING:
    from qb.kit.generating.questions import Question
    from qb.kit.reworking.reverting import Reverted


@shell_command("qb revert add_slug", "qb revert 0007 --allow drop-column:users.slug", "qb revert 0007 --dry-run")
def perform(
    invocation: Invocation,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which one: its name, its number, or a part of both.")],
    *,
    allow: Allow = None,
    dry_run: DryRun = False,
) -> Reply[Reverted | list[Question]]:
    """Write a migration that undoes one of the past, for databases that have it and go on.

    Its up is the down of that one. Both are replayed on a shadow, and the end has to be what the history makes without
    it. What is lost has to be named: else it exits with 2, and says how. No database of yours is asked.
    """
    from qb.kit.reworking.reverting import revert

    database = invocation.database()
    with invocation.progress("Replaying the history without it"):
        done = revert(
            database.migrations,
            name,
            allow=allow or (),
            layout=database.layout,
            prefix=database.prefix,
            replays=replays_of(invocation, database),
            dry_run=dry_run,
        )
    return answered_or(done, lambda made: _shown(made, dry_run=dry_run))


def _shown(made: Reverted, *, dry_run: bool) -> str:
    lines = [f"-- {made.id}", made.up.rstrip()] if dry_run else [*made.files]
    lines.append(
        f"{made.id} undoes {made.undoes}: proved by replaying the history without it"
        + (f"; with rows it is not proved: {made.unproved}" if made.unproved else f", and with {made.rows} rows")
    )
    return "\n".join(lines)
