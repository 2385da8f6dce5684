"""`qb rollback`: undoes what was applied last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.running import (
    Allow,
    Confirm,
    DryRun,
    LockTimeout,
    Wait,
    history_of_config,
    patience_of,
    rules_of,
    saying,
    telling_interrupts,
)
from qb.kit.command.frame.shell_command import shell_command

if TYPE_CHECKING:
    from qb.kit.running.rolling_back import RolledBack


@shell_command(
    "qb rollback --dry-run",
    "qb rollback -n 2 --allow drop-table:notes",
    "qb rollback --to 0001_init",
    "qb rollback --all",
)
def perform(
    invocation: Invocation,
    *,
    count: Annotated[int, typer.Option("-n", "--count", min=1, help="How many.")] = 1,
    to: Annotated[str | None, typer.Option(metavar="NAME", help="All behind this one, which stays.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them, so that none is applied.")] = False,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="Those that no file is there for, by the downs that the journal has kept.")
    ] = False,
    dry_run: DryRun = False,
    wait: Wait = 60.0,
    lock_timeout: LockTimeout = 2.0,
    allow: Allow = None,
    confirm: Confirm = None,
) -> Reply[RolledBack]:
    """Undo what was applied last, by its down.

    What the down destroys or changes has to be named. One that somebody was stopped in is gone on with. Exit codes are
    those of qb migrate.
    """
    from qb.kit.running.rolling_back import rollback

    database = invocation.database()
    history = history_of_config(database)
    db = invocation.connect(database, direct=True)
    with telling_interrupts(db, history, database.journal, "qb rollback"):
        done = unwrap(
            rollback(
                db,
                history,
                count,
                to=to,
                everything=everything,
                unknown=unknown,
                journal=database.journal,
                dry_run=dry_run,
                patience=patience_of(wait, lock_timeout),
                rules=rules_of(database, confirm=confirm, allow=allow),
                on_progress=saying(json=invocation.json),
            )
        )
    return Reply(done, show=lambda: _shown(done))


def _shown(done: RolledBack) -> str:
    lost = [f"does not come back, as it was purged: {each}" for each in done.lost]
    if done.plan:
        return "\n".join([*(f"would undo {each}" for each in done.plan), *lost])
    if not done.undone:
        return "nothing to undo"
    left = f"the last one is {done.applied[-1]} now" if done.applied else "none is left"
    back = [f"back as it was: {each}" for each in done.back]
    return "\n".join([f"undone: {', '.join(done.undone)}; {left}", *back, *lost])
