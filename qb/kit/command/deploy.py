"""`qb deploy`: runs committed migrations on a database, once the one before it has them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.migrating import (
    Backup,
    Contract,
    GuardsSaid,
    Keep,
    KeepBackups,
    Late,
    ShowKeys,
    Unproved,
    asked_shown,
    migrate_arguments,
    waiting_shown,
)
from qb.kit.command.frame.reply import Reply, refusals_shown
from qb.kit.command.frame.running import (
    Allow,
    Confirm,
    DryRun,
    LockTimeout,
    ServerWait,
    backups_of,
    history_of_config,
    patience_of,
    rules_of,
    telling_interrupts,
)
from qb.kit.command.frame.screen import printed
from qb.kit.command.frame.shell_command import shell_command
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode

if TYPE_CHECKING:
    from qb.kit.config_choice import ChosenDatabase
    from qb.kit.history.history import History
    from qb.kit.running.migrating import Migrated

_STAGING = "staging"


class NotOnStaging(KitError):
    """The database that goes first has not all that would be run."""

    code = "not-on-staging"
    exit_code = ExitCode.REFUSED

    def __init__(self, before: str, missing: tuple[str, ...]) -> None:
        super().__init__()
        self.before = before
        self.missing = missing

    @property
    def fix(self) -> str:
        """The command that goes first."""
        return f"qb deploy --env {self.before}"

    def __str__(self) -> str:
        return f"the database {self.before} goes first, and has not {', '.join(self.missing)} yet: `{self.fix}`"


@shell_command(
    "qb deploy --env staging",
    "qb deploy --env staging --dry-run",
    "qb deploy --env production --confirm production",
    "qb deploy --env blue --after green",
)
def perform(
    invocation: Invocation,
    *,
    env: Annotated[str, typer.Option(metavar="NAME", help="The database of the config.")],
    after: Annotated[
        str | None, typer.Option(metavar="NAME", help="The database that has to have them before; staging if there.")
    ] = None,
    wait: ServerWait = None,
    lock_timeout: LockTimeout = 2.0,
    allow: Allow = None,
    confirm: Confirm = None,
    unproved: Unproved = None,
    late: Late = None,
    contract: Contract = None,
    backup: Backup = None,
    keep_backups: KeepBackups = 5,
    keep: Keep = False,
    guards: GuardsSaid = "touched",
    show_keys: ShowKeys = False,
    dry_run: DryRun = False,
) -> Reply[Migrated]:
    """Run the migrations that are committed on a database, once the one that goes first has them.

    Nothing is run where a file of the history is in no commit, or was changed since; where the config has a database
    staging, or --after names another, that one has to have all of it, and no guard of rows that failed there. The plan
    is shown before it is run; all else is as for qb migrate.
    """
    from qb.kit.running.in_commit import committed, history_paths
    from qb.kit.running.migrating import migrate

    before = after or (_STAGING if _STAGING in invocation.config().databases and env != _STAGING else None)
    database = invocation.database(env)
    history = history_of_config(database)
    arguments = migrate_arguments(
        invocation,
        database,
        history,
        rules=rules_of(database, confirm=confirm, allow=allow, unproved=unproved, late=late),
        patience=patience_of(wait, lock_timeout),
        dry_run=True,
        keep=keep,
        contract=contract,
        guards=guards,
        show_keys=show_keys,
    )
    files = (*history_paths(history), *(Path(each.file) for each in (*arguments["before"], *arguments["after"])))
    commit = committed(database.migrations if len(history) else database.config.folder, files) if files else ""
    db = invocation.connect(database, direct=True, wait=wait)
    plan = unwrap(migrate(db, history, **arguments))
    if not invocation.json:
        for each in plan.plan:
            printed(f"{each.id} of commit {commit[:10]}", sys.stderr)
            for statement in each.statements:
                printed(f"  {statement.sql};{f'  -- {statement.lock}' if statement.lock else ''}", sys.stderr)
    if before is not None:
        _refuse_unstaged(invocation, invocation.database(before), history, plan, guards=guards != "none")
    if dry_run or plan.refused:
        said = f"{len(plan.plan)} migrations of commit {commit[:10]} are to be run"
        said = "\n".join((said, *waiting_shown(plan)))
        return Reply(plan, show=said, exit_code=plan.exit_code, problems=refusals_shown(plan.refused))
    arguments["dry_run"] = False
    with telling_interrupts(db, history, database.journal, f"qb deploy --env {env}"):
        backups = backups_of(backup, database, keep_backups)
        done = unwrap(migrate(db, history, backups=backups, **arguments))
    count = len(done.applied)
    said = f"{count} migration{'' if count == 1 else 's'} of commit {commit[:10]} applied" if count else "nothing to do"
    return Reply(done, show="\n".join((said, *asked_shown(done), *waiting_shown(done))), exit_code=done.exit_code)


def _refuse_unstaged(
    invocation: Invocation, first: ChosenDatabase, history: History, plan: Migrated, *, guards: bool
) -> None:
    from qb.kit.running.guard_errors import GuardsOpen
    from qb.kit.running.journal import Journal
    from qb.kit.running.row_guards import open_guards
    from qb.kit.running.status import status

    db = invocation.connect(first)
    there = unwrap(status(db, history, journal=first.journal))
    known = {each.id for each in there.migrations if each.state == "applied"}
    if missing := tuple(each.id for each in plan.plan if each.id not in known):
        raise NotOnStaging(first.name, missing)
    if guards and plan.plan and open_guards(db, Journal(first.journal)) is not None:
        raise GuardsOpen(first.name)
