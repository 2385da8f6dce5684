"""`migrate`: what a history has and a database has not is run, one runner at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Outcome, Success, unwrap
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.history.history import History
from qb.kit.history.migration import Migration
from qb.kit.running.errors import EditedMigration, HalfApplied, LateMigration, NotAsRecorded, UnknownApplied
from qb.kit.running.journal import Journal, JournalRow
from qb.kit.running.rules import MigrationRules, needed, refuse_losses, refuse_owner, refuse_unproved
from qb.kit.running.run_progress import OnProgress, RunProgress, silent
from qb.kit.running.runner_session import runner_session
from qb.kit.running.segment_runner import Patience, SegmentRunner, cut_migration
from qb.kit.running.standing import Standing, standing_of
from qb.run.database.database import Database
from qb.run.database.db import Db
from qb.run.database.own_session import OwnSession

LookAtCatalog: TypeAlias = Callable[[Db], Outcome[str]]
"""The fingerprint of a database's catalog, of what is ours of it."""


class PlannedStatement(msgspec.Struct, frozen=True):
    """A statement that would be run."""

    file: str
    line: int
    sql: str
    segment: int
    """What has the same number is committed together."""
    transactional: bool
    lock: str | None = None
    """The strongest lock it takes, where that was found when it was made."""
    says: str = ""


class PlannedMigration(msgspec.Struct, frozen=True):
    """A migration that would be run."""

    id: str
    statements: tuple[PlannedStatement, ...]
    loses: tuple[str, ...]
    done: int = 0
    """Segments that are done already."""


class Migrated(msgspec.Struct, frozen=True, kw_only=True):
    """What `migrate` has done."""

    applied: tuple[str, ...] = ()
    """What was run, in order."""
    pending: tuple[str, ...] = ()
    """What is still to be run: with `to`, or with `dry_run`."""
    unknown: tuple[str, ...] = ()
    """What the database has and the history has not: it is ahead of this code."""
    plan: tuple[PlannedMigration, ...] = ()
    """With `dry_run`: what would be run."""

    @property
    def exit_code(self) -> ExitCode:
        """0: it is done, or there was nothing to do."""
        return ExitCode.DONE


Migrating: TypeAlias = Success[Migrated] | Failure[KitError | DbError, Migrated]
"""What comes back: what was done, or why it was not, or only in part: the journal knows how far it is."""


def migrate(
    db: Database,
    history: History,
    *,
    journal: str = "qb",
    to: str | None = None,
    dry_run: bool = False,
    patience: Patience = Patience(),
    rules: MigrationRules = MigrationRules(),
    look: LookAtCatalog | None = None,
    on_progress: OnProgress = silent,
) -> Migrating:
    """Run the migrations that a database has not yet, in the order of the history, up to `to`.

    One runner at a time: others wait for it, and then have nothing to do. Each segment of a migration (see `segments`)
    is committed together with its line in the journal, so a runner that is killed at any moment leaves what is whole;
    the next one goes on there. Where there is nothing to do the journal alone is read. `dry_run` says what would be
    run. `look` gives the catalog's fingerprint, which is compared with what the migrations say that they make.
    Errors: those of the history and the files, `EditedMigration`, `UnknownApplied`, `LateMigration`, `NotOwned`,
    `ConfirmationNeeded`, `LossNotNamed`, `UnprovedMigration`, `RunnerBusy`, `LockNotHad`, `StepFailed`, `HalfApplied`,
    `PoolerInBetween`, and those of the world.
    https://www.postgresql.org/docs/current/sql-begin.html

    >>> from qb.kit import migrate
    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> history = history_of([Migration(id="0001_notes", up="CREATE TABLE notes (text text);")]).unwrap()
    >>> migrate(db, history).map(lambda done: done.applied)
    <Success: ('0001_notes',)>
    >>> migrate(db, history).map(lambda done: done.applied)
    <Success: ()>
    """
    book = Journal(journal)
    try:
        chosen = _Choice(db, history, book, to, rules)
        found = chosen.look()
        if not found or dry_run:
            return Success(chosen.migrated((), dry_run=dry_run))
        refuse_owner(rules)
        with runner_session(db, book, patience, on_progress) as runner:
            found = chosen.look(runner.session)  # somebody else may have run them meanwhile
            return Success(chosen.migrated(_run(runner, chosen, found, look, db)))
    except (KitError, DbError) as error:
        return Failure(error)


class _Choice:
    """What is to be run."""

    def __init__(self, db: Database, history: History, book: Journal, to: str | None, rules: MigrationRules) -> None:
        self.db = db
        self.history = history
        self.book = book
        self.rules = rules
        self.to = None if to is None else unwrap(history.find(to)).id
        self.standing = standing_of(history, ())
        self.chosen: tuple[Migration, ...] = ()

    def look(self, session: OwnSession | None = None) -> tuple[Migration, ...]:
        """Read the journal, and say what is to be run. Raises where that is not to be run."""
        rows = unwrap(self.book.read(self.db)) if session is None else self.book.rows(session)
        self.standing = standing = standing_of(self.history, rows)
        for each in standing.edited:
            raise EditedMigration(each.id, each.file)
        self.chosen = _wanted(standing, self.to)
        if not self.chosen:
            return ()
        _refuse_half(standing)
        if standing.unknown:
            undoable = all(each.down is not None for each in standing.unknown)
            folder = str(self.history.folder or "the history")
            raise UnknownApplied(tuple(each.id for each in standing.unknown), folder, undoable)
        if self.to is None:
            unwrap(self.history.head())
        for late, without in standing.late(self.chosen):
            if late.id not in self.rules.late:
                raise LateMigration(late.id, late.file, without)
        for each in self.chosen:
            cut_migration(each.up, each.file)
        refuse_unproved(self.rules, self.chosen)
        if session is None:
            refuse_losses(self.db, self.rules, [each for each in self.chosen if standing.row(each.id) is None])
        return self.chosen

    def migrated(self, applied: tuple[str, ...], *, dry_run: bool = False) -> Migrated:
        return Migrated(
            applied=applied,
            pending=tuple(each.id for each in self.standing.pending if each.id not in applied),
            unknown=tuple(each.id for each in self.standing.unknown),
            plan=tuple(planned_migration(each, self.standing.row(each.id)) for each in self.chosen) if dry_run else (),
        )


def _wanted(standing: Standing, to: str | None) -> tuple[Migration, ...]:
    if to is None:
        return standing.pending
    wanted = {each.id for each in standing.history.up_to(to)}
    return tuple(each for each in standing.pending if each.id in wanted)


def _refuse_half(standing: Standing) -> None:
    half = standing.half
    if half is not None and half.state == "undoing":
        file = standing.history[half.id].down_file if half.id in standing.history else half.id
        raise HalfApplied(file, 1, half.id, "somebody was stopped while undoing it, and `qb rollback` goes on")


def _run(
    runner: SegmentRunner, choice: _Choice, chosen: tuple[Migration, ...], look: LookAtCatalog | None, db: Database
) -> tuple[str, ...]:
    standing = choice.standing
    if chosen and look is not None and standing.half is None:
        _compare(look, db, chosen[0].before, None)
    applied: list[str] = []
    for number, migration in enumerate(chosen, 1):
        runner.on_progress(RunProgress("begins", migration.id, number, len(chosen)))
        runner.up(migration, standing.row(migration.id))
        runner.afresh()
        applied.append(migration.id)
        runner.on_progress(RunProgress("done", migration.id, number, len(chosen)))
        if look is not None:
            _compare(look, db, migration.after, migration.id)
    return tuple(applied)


def _compare(look: LookAtCatalog, db: Database, wanted: str | None, last: str | None) -> None:
    if wanted is not None and unwrap(look(db)) != wanted:
        raise NotAsRecorded(last)


def planned_migration(migration: Migration, row: JournalRow | None = None) -> PlannedMigration:
    """What a migration would run."""
    records = {} if migration.edited else {each.number: each for each in migration.up_steps}
    statements: list[PlannedStatement] = []
    for segment in cut_migration(migration.up, migration.file):
        for number, each in enumerate(segment.statements, segment.first):
            record = records.get(number)
            statements.append(
                PlannedStatement(
                    migration.file,
                    each.line,
                    each.text,
                    segment.number,
                    segment.transactional,
                    None if record is None else record.lock,
                    "" if record is None else record.says,
                )
            )

    return PlannedMigration(
        migration.id, tuple(statements), tuple(each.name for each in needed(migration)), 0 if row is None else row.done
    )
