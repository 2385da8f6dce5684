"""`qb migrate`: runs what a database has not yet of its migrations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qb.errors.outcome import unwrap
from qb.kit.command.frame.each import Each, Org, addresses_of, backups_of_each, beginning, reply_of_each, rules_of_each
from qb.kit.command.frame.invocation import Invocation
from qb.kit.command.frame.migrating import (
    Backup,
    Contract,
    GuardsSaid,
    Keep,
    KeepBackups,
    Late,
    MigrateArguments,
    ShowKeys,
    Unproved,
    asked_shown,
    migrate_arguments,
    refuse_beside,
    repeatable_of,
    waiting_shown,
)
from qb.kit.command.frame.reply import Reply, refusals_shown
from qb.kit.command.frame.reworking import replays_of
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
from qb.kit.command.frame.shell_command import shell_command

if TYPE_CHECKING:
    from qb.kit.config_choice import ChosenDatabase
    from qb.kit.history.history import History
    from qb.kit.rehearsing.ephemeral import Ephemeral
    from qb.kit.running.migrating import Migrated
    from qb.kit.running.repeatable import RepeatableSql


@shell_command(
    "qb migrate",
    "qb migrate --dry-run",
    "qb migrate --ephemeral",
    "qb migrate --backup ../backups",
    "qb migrate --keep",
    "qb migrate --contract 0005",
    "qb migrate --each",
    "qb migrate --each shop.tenants:addresses --org 7",
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
    ephemeral: Annotated[
        bool,
        typer.Option("--ephemeral", help="On a server that is thrown away: up, down, up again, seeds twice, guards."),
    ] = False,
    each: Each = None,
    org: Org = None,
) -> Reply[Migrated] | Reply[Ephemeral] | Reply[dict[str, Migrated | None]]:
    """Run the migrations that a database has not yet.

    One runner at a time: others wait, and then have nothing to do. What is committed together is noted in the journal
    with it, so whoever is killed in the midst leaves what the next run goes on with. Statements that destroy or change
    rows have to be named, and so do contracts, which take away what old code uses. The rows of tables that are written
    are read before and behind it: where some are no more what the schema says it exits with 6, and asks them again when
    it is run again. Exits with 4 where it is refused,
    with 5 where a lock was not had in time, with 130 where it is interrupted.
    """
    from qb.kit.running.migrating import migrate

    database = invocation.database()
    history = history_of_config(database)
    if ephemeral:
        said: dict[str, object] = {
            "--each": each is not None,
            "--org": org,
            "--to": to,
            "--dry-run": dry_run,
            "--backup": backup,
        }
        said |= {
            "--keep": keep,
            "--allow": allow,
            "--confirm": confirm,
            "--unproved": unproved,
            "--late": late,
            "--contract": contract,
        }
        said |= {"--guards": guards != "touched", "--show-keys": show_keys}
        refuse_beside("--ephemeral", said)
        return _tried(invocation, database, history, *repeatable_of(database))
    arguments = migrate_arguments(
        invocation,
        database,
        history,
        rules=rules_of(database, confirm=confirm, allow=allow, unproved=unproved, late=late),
        patience=patience_of(wait, lock_timeout),
        to=to,
        dry_run=dry_run,
        keep=keep,
        contract=contract,
        guards=guards,
        show_keys=show_keys,
    )
    addresses = addresses_of(invocation, database, each, org)
    if addresses is not None:
        return _each(invocation, database, history, addresses, arguments, backup, keep_backups)
    db = invocation.connect(database, direct=True, wait=wait)
    with telling_interrupts(db, history, database.journal, "qb migrate"):
        backups = backups_of(backup, database, keep_backups)
        done = unwrap(migrate(db, history, backups=backups, **arguments))
    beside = f"\nthe databases of {database.each} are others: qb migrate --each" if database.each else ""
    return Reply(
        done,
        show=lambda: _shown(done, dry_run=dry_run) + beside,
        exit_code=done.exit_code,
        problems=refusals_shown(done.refused),
    )


def _each(
    invocation: Invocation,
    database: ChosenDatabase,
    history: History,
    addresses: dict[str, str],
    arguments: MigrateArguments,
    backup: Path | None,
    keep_backups: int,
) -> Reply[dict[str, Migrated | None]]:
    from qb.kit.running.migrating_each import migrate_each

    arguments["rules"] = rules_of_each(database, addresses, arguments["rules"])
    done = migrate_each(
        addresses,
        history,
        backups=backups_of_each(backup, database, keep_backups),
        on_begin=beginning(invocation),
        **arguments,
    )
    left = [outcome.map(lambda each: set(each.pending) - set(each.waiting)) for outcome in done.values()]
    level = sum(not each.value_or({""}) for each in left)
    last = f"{level} of {len(done)} databases have all of it"
    return reply_of_each(done, lambda each: _shown(each, dry_run=arguments["dry_run"]), last)


def _tried(
    invocation: Invocation,
    database: ChosenDatabase,
    history: History,
    before: tuple[RepeatableSql, ...],
    after: tuple[RepeatableSql, ...],
) -> Reply[Ephemeral]:
    from qb.kit.rehearsing.ephemeral import ephemeral
    from qb.kit.seeding.seeds import load_seeds

    replays = replays_of(invocation, database)
    done = unwrap(
        ephemeral(
            history,
            wanted=replays.wanted,
            ours=replays.ours,
            before=before,
            after=after,
            seeds=unwrap(load_seeds(database.seeds, folder=database.config.folder)),
            guarded=invocation.schema(database) if database.schema else None,
            journal=database.journal,
            major=replays.major,
            cache=replays.cache,
        )
    )
    lines = [f"{'wrong' if each.wrong else 'good':<6} {each.what}" for each in done.steps]
    lines += [f"  {each.what}: {wrong}" for each in done.steps for wrong in each.wrong]
    return Reply(done, show="\n".join(lines), exit_code=done.exit_code)


def _shown(done: Migrated, *, dry_run: bool) -> str:
    lines: list[str] = []
    for each in done.plan:
        lines.append(f"-- {each.id}{f': {each.done} segments are done' if each.done else ''}")
        if each.contract:
            lines.append("--   takes away what old code uses")
        lines += [f"--   loses {name}" for name in each.loses]
        lines += [f"--   keeps {name}" for name in each.keeps]
        segment = 0
        expected = {} if each.forecast is None else {one.line: one for one in each.forecast.statements if one.tables}
        for statement in each.statements:
            if statement.segment != segment:
                segment = statement.segment
                lines.append(f"--   {segment}. {'in one transaction' if statement.transactional else 'by itself'}")
            if (found := expected.get(statement.line)) is not None:
                lines.append(f"--   {found}")
            lines.append(f"{statement.sql};")
        if expected:
            lines.append(f"-- {each.forecast}")
    if dry_run:
        lines += [f"-- run again, as it has changed: {each}" for each in done.repeated]
        return "\n".join((*(lines or ["nothing to do"]), *waiting_shown(done)))
    if done.applied:
        count = len(done.applied)
        lines.append(f"{count} migration{'' if count == 1 else 's'} applied, the last one is {done.applied[-1]}")
    if done.repeated:
        lines.append(f"run again, as it has changed: {', '.join(done.repeated)}")
    left = [each for each in done.pending if each not in done.waiting]
    if not (done.applied or done.repeated or left or done.asked):
        lines.append("nothing to do")
    lines += asked_shown(done)
    lines += [f"kept: {each}" for each in done.kept]
    lines += [f"backup: {each}" for each in done.backups]
    if left:
        lines.append(f"still to be run: {', '.join(left)}")
    lines += waiting_shown(done)
    if done.unknown:
        lines.append(f"the database is ahead of these files: it has {', '.join(done.unknown)}, too")
    return "\n".join(lines)
