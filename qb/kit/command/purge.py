"""`qb purge`: removes what migrations have dropped and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.running import Allow, Confirm, DryRun, LockTimeout, Wait, patience_of, rules_of, saying
from qb.kit.command.frame.shell_command import shell_command

if TYPE_CHECKING:
    from qb.kit.running.keeping.purging import Purged


@shell_command(
    "qb purge --dry-run",
    "qb purge --older-than 90",
    "qb purge --database production --confirm production --allow drop-column:quotes.total",
)
def perform(
    invocation: Invocation,
    *,
    older_than: Annotated[
        float, typer.Option(min=0, metavar="DAYS", help="What was dropped so many days ago, or more.")
    ] = 30,
    dry_run: DryRun = False,
    wait: Wait = 60.0,
    lock_timeout: LockTimeout = 2.0,
    allow: Allow = None,
    confirm: Confirm = None,
) -> Reply[Purged]:
    """Remove what migrations have dropped and kept (qb migrate --keep), and list what is kept still.

    On a protected database each has to be named with --allow. What is removed no qb rollback brings back; it says so.
    Exit codes are those of qb migrate.
    """
    from qb.kit.running.keeping.purging import purge

    database = invocation.database()
    db = invocation.connect(database, direct=True)
    done = unwrap(
        purge(
            db,
            older_than=older_than,
            journal=database.journal,
            dry_run=dry_run,
            patience=patience_of(wait, lock_timeout),
            rules=rules_of(database, confirm=confirm, allow=allow),
            on_progress=saying(json=invocation.json),
        )
    )
    return Reply(done, show=lambda: _shown(done, dry_run=dry_run))


def _shown(done: Purged, *, dry_run: bool) -> str:
    lines = [f"{'would remove' if dry_run else 'removed'} {each}" for each in done.purged]
    lines += [f"kept {each}" for each in done.kept]
    return "\n".join(lines) if lines else "nothing is kept"
