"""`qb migrate`: runs what a database has not yet of its migrations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.reply import Reply
from qb.kit.command.frame.reworking import commuting_of
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
    from qb.kit.running.migrating import Migrated


@shell_command(
    "qb migrate",
    "qb migrate --dry-run",
    "qb migrate --database production --confirm production --wait 60",
    "qb migrate --to add_slug --allow drop-column:quotes.total",
)
def perform(
    invocation: Invocation,
    *,
    to: Annotated[
        str | None, typer.Option(metavar="NAME", help="The last one to run: its name, its number, or a part of both.")
    ] = None,
    dry_run: DryRun = False,
    wait: Wait = 60.0,
    lock_timeout: LockTimeout = 2.0,
    allow: Allow = None,
    confirm: Confirm = None,
    unproved: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A migration that a protected database takes unproved.")
    ] = None,
    late: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A migration to run though it comes before applied ones.")
    ] = None,
    backup: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Make a backup before each migration; stop where it fails.")
    ] = None,
    keep_backups: Annotated[int, typer.Option(min=1, help="How many backups of a database stay.")] = 5,
) -> Reply[Migrated]:
    """Run the migrations that a database has not yet.

    One runner at a time: others wait, and then have nothing to do. What is committed together is noted in the journal
    with it, so whoever is killed in the midst leaves what the next run goes on with. Statements that destroy or change
    rows have to be named. Exits with 4 where it is refused, with 5 where a lock was not had in time, with 130 where it
    is interrupted.
    """
    from qb.kit.running.migrating import migrate
    from qb.kit.running.repeatable import read_repeatable

    database = invocation.database()
    history = history_of_config(database)
    rules = rules_of(database, confirm=confirm, allow=allow, unproved=unproved, late=late)
    before, after = (
        unwrap(read_repeatable(each, database.config.folder))
        for each in (database.custom_before, database.custom_after)
    )
    db = invocation.connect(database, direct=True)
    with telling_interrupts(db, history, database.journal, "qb migrate"):
        done = unwrap(
            migrate(
                db,
                history,
                journal=database.journal,
                to=to,
                dry_run=dry_run,
                patience=patience_of(wait, lock_timeout),
                rules=rules,
                before=before,
                after=after,
                look=looking(invocation, database),
                backups=backups_of(backup, database, keep_backups),
                commutes=commuting_of(invocation, database, history),
                on_progress=saying(json=invocation.json),
            )
        )
    return Reply(done, show=lambda: _shown(done, dry_run=dry_run), exit_code=done.exit_code)


def _shown(done: Migrated, *, dry_run: bool) -> str:
    lines: list[str] = []
    for each in done.plan:
        lines.append(f"-- {each.id}{f': {each.done} segments are done' if each.done else ''}")
        lines += [f"--   loses {name}" for name in each.loses]
        segment = 0
        for statement in each.statements:
            if statement.segment != segment:
                segment = statement.segment
                lines.append(f"--   {segment}. {'in one transaction' if statement.transactional else 'by itself'}")
            lines.append(f"{statement.sql};")
    if dry_run:
        lines += [f"-- run again, as it has changed: {each}" for each in done.repeated]
        return "\n".join(lines) if lines else "nothing to do"
    if done.applied:
        count = len(done.applied)
        lines.append(f"{count} migration{'' if count == 1 else 's'} applied, the last one is {done.applied[-1]}")
    if done.repeated:
        lines.append(f"run again, as it has changed: {', '.join(done.repeated)}")
    elif not (done.applied or done.pending):
        lines.append("nothing to do")
    lines += [f"backup: {each}" for each in done.backups]
    if done.pending:
        lines.append(f"still to be run: {', '.join(done.pending)}")
    if done.unknown:
        lines.append(f"the database is ahead of these files: it has {', '.join(done.unknown)}, too")
    return "\n".join(lines)
