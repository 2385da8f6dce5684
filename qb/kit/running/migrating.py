"""`migrate`: what a history has and a database has not is run, one runner at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.history.history import History
from qb.kit.history.losses import same_loss
from qb.kit.history.migration import Migration
from qb.kit.running.adopted_journals import refuse_moved_on
from qb.kit.running.comparing_catalogs import CatalogComparison, LookAtCatalog
from qb.kit.running.cutting import cut_migration, seal
from qb.kit.running.edited_file import edited_file
from qb.kit.running.errors import EditedMigration, HalfApplied, LateMigration, NotAsRecorded, UnknownApplied
from qb.kit.running.journal import Journal, JournalRow
from qb.kit.running.lock_patience import Patience
from qb.kit.running.other_migrators import refuse_others
from qb.kit.running.repeatable import RepeatableBook, RepeatableSql, to_repeat
from qb.kit.running.row_guards import RowGuards, open_guards
from qb.kit.running.rules import (
    MigrationRules,
    refuse_losses,
    refuse_owner,
    refuse_together,
    refuse_unproved,
    statement_texts,
)
from qb.kit.running.run_plan import PlannedMigration, planned_migration
from qb.kit.running.run_progress import OnProgress, RunProgress, silent
from qb.kit.running.run_refusal import RunRefusal, refusals, worst
from qb.kit.running.squashed_book import note_squashed, refuse_half_squashed
from qb.kit.running.standing import Standing, standing_of
from qb.kit.running.supabase_book import supabase_begun, supabase_book, supabase_versions, take_over, taken_over
from qb.kit.running.waiting_contracts import WaitingContracts, waiting_contracts
from qb.kit.sql_file import split
from qb.kit.validating.report import RowProblem
from qb.run.database.database import Database
from qb.run.database.own_session import OwnSession

if TYPE_CHECKING:  # who has nothing to do loads no runner
    from qb.kit.running.backups import Backups
    from qb.kit.running.segment_runner import SegmentRunner
    from qb.kit.running.taking_backups import TakenBackups

Commutes: TypeAlias = Callable[[Migration, Sequence[Migration]], bool]
"""Whether a migration and some that it does not follow come to the same in both orders: see `commuting`."""


class Migrated(msgspec.Struct, frozen=True, kw_only=True):
    """What `migrate` has done."""

    applied: tuple[str, ...] = ()
    """What was run, in order."""
    pending: tuple[str, ...] = ()
    """What is still to be run: with `to`, with `dry_run`, or as it waits."""
    waiting: tuple[str, ...] = ()
    """Contracts that nobody has named yet, and what follows them and does nothing: see `WaitingContracts`."""
    repeated: tuple[str, ...] = ()
    """Files of repeatable SQL that were run, as they have changed, or migrations were run; with `dry_run` those that
    would be."""
    unknown: tuple[str, ...] = ()
    """What the database has and the history has not: it is ahead of this code."""
    backups: tuple[str, ...] = ()
    """The files of the backups that were made."""
    kept: tuple[str, ...] = ()
    """What was dropped and is kept."""
    plan: tuple[PlannedMigration, ...] = ()
    """With `dry_run`: what would be run."""
    refused: tuple[RunRefusal, ...] = ()
    """With `dry_run`: why it would not be run."""
    asked: tuple[str, ...] = ()
    """With `guards`: the tables whose rows were asked behind it."""
    failing: tuple[RowProblem, ...] = ()
    """What those fail that they failed before, too."""

    @property
    def exit_code(self) -> ExitCode:
        """0: it is done, or there was nothing to do; with `dry_run` that of the refusal."""
        return worst(self.refused)


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
    keep: bool = False,
    before: tuple[RepeatableSql, ...] = (),
    after: tuple[RepeatableSql, ...] = (),
    look: LookAtCatalog | None = None,
    commutes: Commutes | None = None,
    guards: RowGuards | None = None,
    backups: Backups | None = None,
    on_progress: OnProgress = silent,
) -> Migrating:
    """Run the migrations that a database has not yet, in the order of the history, up to `to`.

    One runner at a time: others wait for it, and then have nothing to do. Each segment of a migration (see `segments`)
    is committed together with its line in the journal, so a runner that is killed at any moment leaves what is whole;
    the next one goes on there. Where there is nothing to do the journal alone is read. `dry_run` says what would be
    run, and why it would be refused. `look` gives the catalog's fingerprint, which is compared with what the migrations
    say that they make: a protected database that is something else is left alone, and one that has become something
    else is told.
    `before` and `after` are SQL that is run around the migrations whenever it has changed, `after` also behind each run
    of migrations, which may have dropped what it makes: see `read_repeatable`.
    `commutes` says whether one that comes late goes together with what is applied; without it that has to be named.
    `keep` puts tables and columns that are dropped out of the way, and `rollback` brings them back as they were, until
    `purge` removes them; what cannot be kept has to be named in `rules`.
    `guards` asks the rows of the tables that they write for what the schema says of them, before and behind all of it:
    what holds no more ends it with `GuardFailed`, and the next run asks again. What failed before is told.
    `backups` makes one before each migration, and stops where that fails.
    A contract, which takes away what old code uses, waits until `rules` or `to` name it; on a database that has no
    migration yet all is run.
    Errors: those of the history and the files, `EditedMigration`, `UnknownApplied`, `LateMigration`, `NotOwned`,
    `ConfirmationNeeded`, `LossNotNamed`, `UnprovedMigration`, `RunnerBusy`, `LockNotHad`, `StepFailed`, `HalfApplied`,
    `PoolerInBetween`, `CannotKeep`, `HeldOn`, `NoBackupTool`, `BackupFailed`, `HalfSquashed`, `RowsInTheWay`,
    `ContractFirst`, `GuardFailed`, and those of the world.
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
        chosen = _Choice(db, history, book, to, rules, commutes, keep=keep, dry_run=dry_run)
        chosen.before = [one.text for each in before for one in split(each.text, each.file, connects=False)]
        while True:
            found = chosen.look()
            around = RepeatableBook(book)
            files = (*before, *after)
            again = to_repeat(files, unwrap(around.read(db)), after if found else ()) if files else ()
            chosen.ask(partial(refuse_losses, db, rules, [each.as_migration for each in again]))
            asks = guards is not None and not found and open_guards(db, book) is not None
            if dry_run and found and chosen.standing.row(found[0].id) is None:  # of the others nobody knows yet
                from qb.kit.running.offending_rows import refuse_offending

                chosen.ask(partial(refuse_offending, db, found[0]))
            if not (found or again or asks) or dry_run:
                done = chosen.migrated((), dry_run=dry_run)
                return Success(msgspec.structs.replace(done, repeated=tuple(each.name for each in again)))
            refuse_owner(rules)
            from qb.kit.running.guarded_run import GuardedRun
            from qb.kit.running.runner_session import runner_session
            from qb.kit.running.taking_backups import TakenBackups

            guarded = GuardedRun(db, book, guards, on_progress)
            with runner_session(db, book, patience, on_progress) as runner:
                note_squashed(runner.session, book, history)
                chosen.take_over(runner)
                found = chosen.look(runner.session)  # somebody else may have run them meanwhile
                if not chosen.was_asked(found) or (
                    files and _more(to_repeat(files, around.rows(runner.session), after if found else ()), again)
                ):
                    continue  # or undone some, which are asked for as all others are
                guarded.begins(runner.session, [*found, *(each.as_migration for each in again)])
                repeated = around.run(runner, before)
                if found:
                    around.forget(runner.session, before)
                taken = TakenBackups(runner, backups)
                runner.keeping.drop = frozenset(map(same_loss, rules.allow))
                applied = _run(runner, chosen, found, look, taken)
                done = msgspec.structs.replace(
                    chosen.migrated(applied), backups=tuple(taken.taken), kept=tuple(runner.keeping.kept)
                )
                if set(done.pending) <= set(done.waiting):
                    repeated += around.run(runner, after)
                    done = msgspec.structs.replace(done, **guarded.ends(runner.session, done.applied))
                return Success(msgspec.structs.replace(done, repeated=repeated))
    except (KitError, DbError) as error:
        return Failure(error)


def _more(now: Sequence[RepeatableSql], asked: Sequence[RepeatableSql]) -> bool:
    return not {each.name for each in now} <= {each.name for each in asked}


class _Choice:
    """What is to be run."""

    def __init__(
        self,
        db: Database,
        history: History,
        book: Journal,
        to: str | None,
        rules: MigrationRules,
        commutes: Commutes | None,
        *,
        keep: bool,
        dry_run: bool,
    ) -> None:
        self.keep = keep
        self.dry_run = dry_run
        self.commutes = commutes
        self.db = db
        self.history = history
        self.book = book
        self.rules = rules
        self.to = None if to is None else unwrap(history.find(to)).id
        self.standing = standing_of(history, ())
        self.waiting = WaitingContracts()
        self.chosen: tuple[Migration, ...] = ()
        self.before: Sequence[str] = ()
        """SQL that is run before all of it."""
        self.asked: dict[str, int] = {}
        """What was asked for losses, and behind how many of its segments."""
        self.refused: tuple[RunRefusal, ...] = ()

    def ask(self, check: Callable[[], None]) -> None:
        """Raise why something is not to be run; where nothing is, keep it beside the plan."""
        if self.dry_run:
            self.refused += refusals([check])
        else:
            check()

    def look(self, session: OwnSession | None = None) -> tuple[Migration, ...]:
        """Read the journal, and say what is to be run. Raises where that is not to be run."""
        rows = unwrap(self.book.read(self.db)) if session is None else self.book.rows(session)
        self.standing = standing = standing_of(self.history, rows)
        for each in standing.edited:
            raise EditedMigration(each.id, edited_file(each, standing.row(each.id)))
        wanted = _wanted(standing, self.to)
        begun = bool(rows) or (session is None and bool(self._run_by_others(rows)))
        self.waiting = waiting_contracts(standing, wanted, (*self.rules.contracts, self.to), begun=begun)
        self.chosen = tuple(each for each in wanted if each.id not in self.waiting.ids)
        if session is None:
            self.ask(partial(refuse_moved_on, self.db, self.book, self.rules.coexist))
        if self.waiting.behind:
            self.ask(partial(self.waiting.refuse, self.chosen))
            self.chosen = tuple(each for each in self.chosen if each.id not in self.waiting.behind)
        if not self.chosen:
            return ()
        _refuse_half(standing)
        refuse_half_squashed(standing)
        if standing.unknown:
            undoable = all(each.down is not None for each in standing.unknown)
            folder = str(self.history.folder or "the history")
            raise UnknownApplied(tuple(each.id for each in standing.unknown), folder, undoable)
        if self.to is None:
            unwrap(self.history.head())
        for late, without in standing.late(self.chosen):
            together = self.commutes is not None and self.commutes(late, [self.history[each] for each in without])
            if late.id not in self.rules.late and not together:
                self.ask(partial(self._late, late, without))
        for each in self.chosen:
            cut_migration(each)
            if each.data_steps is not None and session is None:
                from qb.kit.running.data_runner import steps_file
                from qb.kit.running.data_steps import load_steps

                load_steps(each.data_steps, steps_file(each), each.id)
        self.ask(partial(refuse_unproved, self.rules, self.chosen))
        if session is None:
            self.ask(partial(refuse_others, self.db, self.rules.coexist, self.book.schema))
            ran = self._run_by_others(rows)
            self.asked = {each.id: self._done(each) for each in self.chosen if each.id not in ran}
        if session is None or self.rules.protected:  # rows may have come while it waited for the lock
            from qb.kit.running.keeping.kept_book import KeptBook

            checks: list[Callable[[], None]] = []
            there = list(self.before)
            for each in self.chosen:
                if each.id in self.asked:
                    half = standing.row(each.id) is not None
                    keep = self.keep or (half and KeptBook(self.book).kept_by(self.db, each.id))
                    ask = partial(refuse_losses, self.db, self.rules, [each], keep=keep, done=self.asked)
                    checks.append(partial(ask, before=tuple(there)))
                there += statement_texts(each)
            for check in checks if self.dry_run else [partial(refuse_together, checks)]:
                self.ask(check)
        return self.chosen

    def _late(self, late: Migration, without: tuple[str, ...]) -> None:
        why = "" if self.commutes is None else ", and the two do not go together"
        raise LateMigration(late.id, late.file, without, why)

    def _done(self, migration: Migration) -> int:
        row = self.standing.row(migration.id)
        return 0 if row is None else row.done

    def was_asked(self, found: Sequence[Migration]) -> bool:
        """Whether what is run of these was asked for losses, before there was a lock."""
        return all(each.id in self.asked and self._done(each) >= self.asked[each.id] for each in found)

    def _run_by_others(self, rows: tuple[JournalRow, ...]) -> Collection[str]:
        if "supabase" not in self.rules.coexist or self.history.layout != "flat":
            return ()
        return taken_over(self.history, rows, supabase_versions(self.db))

    def take_over(self, runner: SegmentRunner) -> None:
        """Note what the Supabase CLI has run meanwhile, where both run the same files."""
        rows = self.book.rows(runner.session)
        if "supabase" in self.rules.coexist:
            supabase_begun(runner.session, self.history, rows)
        if (beside := supabase_book(runner.session, self.history, self.rules.coexist)) is None:
            return
        runner.beside = beside
        for id, files in taken_over(self.history, rows, beside.versions(runner.session)).items():
            migration = self.history[id]
            seals = tuple(map(seal, cut_migration(migration)))
            take_over(runner.session, self.book, migration, files, seals)

    def migrated(self, applied: tuple[str, ...], *, dry_run: bool = False) -> Migrated:
        return Migrated(
            applied=applied,
            pending=tuple(each.id for each in self.standing.pending if each.id not in applied),
            waiting=self.waiting.ids,
            unknown=tuple(each.id for each in self.standing.unknown),
            plan=tuple(self.planned()) if dry_run else (),
            refused=self.refused,
        )

    def planned(self) -> Iterator[PlannedMigration]:
        """What would be run."""
        for each in self.chosen:
            yield planned_migration(self.db, each, self.standing.row(each.id), self.rules, keep=self.keep)


def _wanted(standing: Standing, to: str | None) -> tuple[Migration, ...]:
    if to is None:
        return standing.pending
    wanted = {each.id for each in standing.history.up_to(to)}
    return tuple(each for each in standing.pending if each.id in wanted)


def _refuse_half(standing: Standing) -> None:
    half = standing.half
    if half is not None and half.state == "undoing":
        file = standing.history[half.id].down_file if half.id in standing.history else half.id
        raise HalfApplied(file, 1, half.id, "somebody was stopped while undoing it", "qb rollback")


def _run(
    runner: SegmentRunner,
    choice: _Choice,
    chosen: tuple[Migration, ...],
    look: LookAtCatalog | None,
    backups: TakenBackups,
) -> tuple[str, ...]:
    standing = choice.standing
    catalogs = CatalogComparison(choice.db, runner.session, choice.history, look)
    there = list(standing.applied)
    if chosen and standing.half is None and not catalogs.before(chosen[0], there):
        if choice.rules.protected:
            raise NotAsRecorded(None)
        runner.on_progress(RunProgress("differs", chosen[0].id, 1, len(chosen)))
        catalogs = CatalogComparison(choice.db, runner.session, choice.history, None)
    for number, migration in enumerate(chosen, 1):
        row = standing.row(migration.id)
        if row is None:
            from qb.kit.running.offending_rows import refuse_offending

            refuse_offending(choice.db, migration)
        backups.before(migration.id)
        runner.on_progress(RunProgress("begins", migration.id, number, len(chosen)))
        runner.keeping.begins(migration, keep=choice.keep, anew=row is None)
        runner.behind = partial(catalogs.within, migration, tuple(there))
        runner.up(migration, row)
        runner.behind = None
        runner.afresh()
        there.append(migration.id)
        runner.on_progress(RunProgress("done", migration.id, number, len(chosen)))
        catalogs.behind(migration, there)
    return tuple(each.id for each in chosen)
