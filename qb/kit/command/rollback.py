"""`qb rollback`: undoes what was applied last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from qb.errors.outcome import Success, unwrap
from qb.kit.command.frame.each import Each, Org, addresses_of, backups_of_each, beginning, reply_of_each, rules_of_each
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.migrating import Backup, KeepBackups, Unproved
from qb.kit.command.frame.reply import Reply, refusals_shown
from qb.kit.command.frame.running import (
    Allow,
    Confirm,
    DryRun,
    LockTimeout,
    Wait,
    backups_of,
    history_of_config,
    looking,
    patience_of,
    rules_of,
    saying,
    telling_interrupts,
)
from qb.kit.command.frame.shell_command import shell_command

if TYPE_CHECKING:
    from qb.kit.running.comparing_catalogs import LookAtCatalog
    from qb.kit.running.lock_patience import Patience
    from qb.kit.running.rolling_back import RolledBack
    from qb.kit.running.run_progress import OnProgress


class _Arguments(TypedDict):
    """All that `rollback` and `rollback_each` are told alike."""

    to: str | None
    everything: bool
    unknown: bool
    journal: str
    dry_run: bool
    patience: Patience
    look: LookAtCatalog | None
    on_progress: OnProgress


@shell_command(
    "qb rollback --dry-run",
    "qb rollback -n 2 --allow drop-table:notes",
    "qb rollback --to 0001_init",
    "qb rollback --all",
    "qb rollback --each --to 0001_init",
    "qb rollback --database production --confirm production --backup ../backups",
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
    unproved: Unproved = None,
    backup: Backup = None,
    keep_backups: KeepBackups = 5,
    each: Each = None,
    org: Org = None,
) -> Reply[RolledBack] | Reply[dict[str, RolledBack | None]]:
    """Undo what was applied last, by its down.

    What the down destroys or changes has to be named, and a protected database takes what was proved alone. Where the
    database is not afterwards what it was before the migration, that is told. One that somebody was stopped in is gone
    on with. Exit codes are those of qb migrate.
    """
    from qb.kit.running.rolling_back import rollback
    from qb.kit.running.rolling_back_each import rollback_each

    database = invocation.database()
    history = history_of_config(database)
    rules = rules_of(database, confirm=confirm, allow=allow, unproved=unproved)
    arguments: _Arguments = {
        "to": to,
        "everything": everything,
        "unknown": unknown,
        "journal": database.journal,
        "dry_run": dry_run,
        "patience": patience_of(wait, lock_timeout),
        "look": looking(invocation, database),
        "on_progress": saying(json=invocation.json),
    }
    addresses = addresses_of(invocation, database, each, org)
    if addresses is not None:
        every = rollback_each(
            addresses,
            history,
            count,
            rules=rules_of_each(database, addresses, rules),
            backups=backups_of_each(backup, database, keep_backups),
            on_begin=beginning(invocation),
            **arguments,
        )
        good = sum(isinstance(outcome, Success) for outcome in every.values())
        return reply_of_each(every, _shown, f"{good} of {len(every)} databases are done")
    db = invocation.connect(database, direct=True)
    with telling_interrupts(db, history, database.journal, "qb rollback"):
        backups = backups_of(backup, database, keep_backups)
        done = unwrap(rollback(db, history, count, rules=rules, backups=backups, **arguments))
    return Reply(done, show=lambda: _shown(done), exit_code=done.exit_code, problems=refusals_shown(done.refused))


def _shown(done: RolledBack) -> str:
    lost = [f"does not come back, as it was purged: {each}" for each in done.lost]
    if done.plan:
        return "\n".join(
            [*(f"would undo {each}" for each in done.plan), *(f"loses {each}" for each in done.loses), *lost]
        )
    if not done.undone:
        return "nothing to undo"
    left = f"the last one is {done.applied[-1]} now" if done.applied else "none is left"
    back = [f"back as it was: {each}" for each in done.back]
    backups = [f"backup: {each}" for each in done.backups]
    return "\n".join([f"undone: {', '.join(done.undone)}; {left}", *back, *lost, *backups])
