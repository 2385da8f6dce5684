"""`qb merge`: joins the heads of a history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.reworking import replays_of
from qb.kit.command.frame.running import DryRun
from qb.kit.command.frame.shell_command import shell_command

if TYPE_CHECKING:
    from qb.kit.reworking.merging import Merged


@shell_command("qb merge", "qb merge --name 'search and orders'", "qb merge --dry-run")
def perform(
    invocation: Invocation,
    *,
    name: Annotated[str, typer.Option(help="What the joining migration is called.")] = "merge",
    dry_run: DryRun = False,
) -> Reply[Merged]:
    """Join the heads of the history, where two people have gone on from the same migration.

    Their branches are replayed on a shadow, in both orders. Where they do not touch the same, and make the same, a
    migration that does nothing is written which follows all of them; else both files, the object, and how to have
    one follow the other. No database of yours is asked.
    """
    from qb.kit.reworking.merging import merge

    database = invocation.database()
    with invocation.progress("Replaying both orders"):
        done = unwrap(
            merge(
                database.migrations,
                name=name,
                layout=database.layout,
                prefix=database.prefix,
                replays=replays_of(invocation, database),
                dry_run=dry_run,
            )
        )
    return Reply(done, show=lambda: _shown(done))


def _shown(done: Merged) -> str:
    if done.id is None:
        return "there is one head, or none: nothing to join"
    joined = f"{done.id} joins {' and '.join(done.parents)}: in both orders they make the same"
    return "\n".join((*done.files, joined))
