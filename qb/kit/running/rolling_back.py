"""`rollback`: what was applied last is undone, by its down."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.history.history import History
from qb.kit.history.migration import Migration
from qb.kit.running.backups import Backups
from qb.kit.running.comparing_catalogs import CatalogComparison, LookAtCatalog
from qb.kit.running.cutting import cut_migration
from qb.kit.running.errors import HalfApplied, NotAsRecorded, UnknownApplied
from qb.kit.running.journal import Journal, JournalRow
from qb.kit.running.keeping.errors import UnclearReturn
from qb.kit.running.keeping.kept_book import KeptBook, KeptThing
from qb.kit.running.keeping.pairing import why_not_back
from qb.kit.running.kept_downs import of_journal
from qb.kit.running.lock_patience import Patience
from qb.kit.running.repeatable import RepeatableBook
from qb.kit.running.rules import MigrationRules, needed, refuse_losses, refuse_owner, refuse_unproved
from qb.kit.running.run_progress import OnProgress, RunProgress, silent
from qb.kit.running.run_refusal import RunRefusal, refusals, worst
from qb.kit.running.runner_session import runner_session
from qb.kit.running.segment_runner import SegmentRunner
from qb.kit.running.squashed_book import note_apart, note_squashed
from qb.kit.running.standing import Standing, standing_of
from qb.kit.running.supabase_book import supabase_book
from qb.kit.running.taking_backups import TakenBackups
from qb.kit.running.undoing_errors import MovedOn, NoDown
from qb.run.database.database import Database


class RolledBack(msgspec.Struct, frozen=True, kw_only=True):
    """What `rollback` has done."""

    undone: tuple[str, ...] = ()
    """In the order in which it was undone."""
    applied: tuple[str, ...] = ()
    """What is still there."""
    back: tuple[str, ...] = ()
    """What was kept of what the migrations had dropped, and is there again."""
    lost: tuple[str, ...] = ()
    """What was kept and cannot come back, as `purge` has removed it."""
    backups: tuple[str, ...] = ()
    """The files of the backups that were made."""
    plan: tuple[str, ...] = ()
    """With `dry_run`: what would be undone."""
    loses: tuple[str, ...] = ()
    """With `dry_run`: what that loses, as `--allow` takes it."""
    refused: tuple[RunRefusal, ...] = ()
    """With `dry_run`: why it would not be undone."""

    @property
    def exit_code(self) -> ExitCode:
        """0: it is done, or there was nothing to do; with `dry_run` that of the refusal."""
        return worst(self.refused)


RollingBack: TypeAlias = Success[RolledBack] | Failure[KitError | DbError, RolledBack]
"""What comes back."""


def rollback(
    db: Database,
    history: History,
    count: int = 1,
    *,
    to: str | None = None,
    everything: bool = False,
    unknown: bool = False,
    journal: str = "qb",
    dry_run: bool = False,
    patience: Patience = Patience(),
    rules: MigrationRules = MigrationRules(),
    look: LookAtCatalog | None = None,
    backups: Backups | None = None,
    on_progress: OnProgress = silent,
) -> RollingBack:
    """Undo the last migrations of a database: so many, or all behind `to`, which stays, or `everything`; with `unknown`
    those that the history has not, by the downs that the journal has kept.

    A down is run as an up is: see `migrate`. One that somebody was stopped in is gone on with. A number counts from
    what is there now: who cannot know whether the last call was done says `to`.
    What was kept (`migrate(keep=True)`) comes back where the down makes it again: rows, values, how far sequences had
    counted. Rows that were written since have their default in a column that comes back, or what the down says.
    A protected database takes downs alone that were proved, or that `rules` name. `look` gives the catalog's
    fingerprint: a protected database that is not what its migrations make is left alone, and where a down has not made
    what was there before, that is told, and nothing more is undone. `backups` makes one before each, and stops where
    that fails.
    `dry_run` says what would be undone and lost, and why it would be refused.
    Errors: `NoDown`, `UnclearReturn` where nobody knows which of the kept things comes back, `HalfApplied` where an up
    was only begun, `MovedOn`, `NotAsRecorded`, `UnprovedMigration`, `NoBackupTool`, `BackupFailed`, those of `migrate`.

    >>> from qb.kit import migrate, rollback
    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> made = Migration(id="0001_notes", up="CREATE TABLE notes (text text);", down="DROP TABLE notes;")
    >>> history = history_of([made]).unwrap()
    >>> migrate(db, history).unwrap().applied
    ('0001_notes',)
    >>> from qb.kit.running.rules import MigrationRules
    >>> rollback(db, history)
    <Failure: ...: drop-table:notes: rows are lost or changed, which has to be meant: --allow drop-table:notes>
    >>> rollback(db, history, rules=MigrationRules(allow=("drop-table:notes",))).unwrap().undone
    ('0001_notes',)
    """
    book = Journal(journal)
    try:
        stays = None if to is None else unwrap(history.find(to)).id
        standing = standing_of(history, unwrap(book.read(db)))
        chosen = _chosen(standing, len(standing.rows) if everything else count, stays, unknown=unknown)
        things = unwrap(KeptBook(book).read(db)) if chosen else ()
        half = standing.half
        done = {} if half is None else {half.id: half.done}
        checks = (
            partial(refuse_unproved, rules, chosen, down=True, kept=unknown),
            partial(refuse_losses, db, rules, chosen, down=True, done=done),
            *(partial(_refuse_unclear, each, things) for each in chosen),
        )
        if dry_run or not chosen:
            losses = (each.name for one in chosen for each in needed(one, down=True, done=done.get(one.id, 0)))
            return Success(
                RolledBack(
                    applied=tuple(each.id for each in standing.rows),
                    plan=tuple(each.id for each in chosen),
                    lost=_purged(things, chosen),
                    loses=tuple(losses),
                    refused=refusals(checks),
                )
            )
        refuse_owner(rules)
        for check in checks:
            check()
        undone: list[str] = []
        with runner_session(db, book, patience, on_progress) as runner:
            note_squashed(runner.session, book, history)
            runner.beside = supabase_book(runner.session, history, rules.coexist)
            standing = standing_of(history, book.rows(runner.session))
            chosen = _still(standing, chosen, stays, half, unknown=unknown)
            if rules.protected:  # rows may have come while it waited for the lock
                refuse_losses(db, rules, chosen, down=True, done=done)
            taken = TakenBackups(runner, backups)
            catalogs = _comparing(runner, standing, chosen, look, protected=rules.protected)
            left = list(standing.applied)
            note_apart(runner.session, book, history, [each.id for each in chosen])
            RepeatableBook(book).forget(runner.session)
            for number, each in enumerate(chosen, 1):
                if (row := standing.row(each.id)) is None:
                    continue  # _still has left these out
                taken.before(each.id, undoing=True)
                on_progress(RunProgress("begins", each.id, number, len(chosen)))
                runner.down(each, row)
                runner.afresh()
                undone.append(each.id)
                left = [id for id in left if id != each.id]
                on_progress(RunProgress("undone", each.id, number, len(chosen)))
                catalogs.undone(each, left)
            return Success(
                RolledBack(
                    undone=tuple(undone),
                    applied=tuple(each.id for each in standing.rows if each.id not in undone),
                    back=tuple(runner.keeping.back),
                    lost=tuple(runner.keeping.lost),
                    backups=tuple(taken.taken),
                )
            )
    except (KitError, DbError) as error:
        return Failure(error)


def _comparing(
    runner: SegmentRunner,
    standing: Standing,
    chosen: Sequence[Migration],
    look: LookAtCatalog | None,
    *,
    protected: bool,
) -> CatalogComparison:
    """What compares fingerprints behind each down. Raises `NotAsRecorded` where a protected database is something else
    now; of any other one that is told, and nothing compared. With what no file is there for nothing is known."""
    known = CatalogComparison(runner.db, runner.session, standing.history, None if standing.unknown else look)
    if not chosen or standing.half is not None or known.is_behind(chosen[0], standing.applied):
        return known
    if protected:
        raise NotAsRecorded(None, undone=True)
    runner.on_progress(RunProgress("differs", chosen[0].id, 1, len(chosen)))
    return CatalogComparison(runner.db, runner.session, standing.history, None)


def _chosen(standing: Standing, count: int, stays: str | None, *, unknown: bool) -> tuple[Migration, ...]:
    """What is to be undone, the last one first."""
    history = standing.history
    if standing.half is not None and standing.half.state == "running":
        id = standing.half.id
        file = history[id].file if id in history else id
        raise HalfApplied(file, 1, id, "somebody was stopped while applying it", "qb migrate")
    if unknown:
        chosen = [of_journal(each) for each in reversed(standing.unknown)]
    else:
        kept = history.ancestors(stays) | {stays} if stays is not None else frozenset[str]()
        behind = [history[id] for id in _last_first(standing) if id not in kept]
        chosen = behind if stays is not None else behind[:count]
    if not unknown and (ahead := _ahead(standing, {each.id for each in chosen})):
        undoable = all(each.down is not None for each in ahead)
        raise UnknownApplied(tuple(each.id for each in ahead), str(history.folder or "the history"), undoable)
    for each in chosen:
        if each.down is None:
            raise NoDown(each.id, each.down_file or each.id)
        cut_migration(each, down=True)
    return tuple(chosen)


def _ahead(standing: Standing, chosen: set[str]) -> tuple[JournalRow, ...]:
    """What no file is there for, and follows some of these."""
    known = {id: each for each in standing.rows for id in (each.id, *each.replaces)}
    follows = set(chosen)
    found: list[JournalRow] = []
    for _ in standing.unknown:
        for each in standing.unknown:
            before = {known[id].id if id in known else id for id in each.parents}
            before |= {one for id in before if id in standing.history for one in standing.history.ancestors(id)}
            if each not in found and before & follows:
                found.append(each)
                follows.add(each.id)
    return tuple(found)


def _last_first(standing: Standing) -> list[str]:
    """What is there of the history, as it was applied, the last one first; nothing before what follows it."""
    history = standing.history
    left = [each.id for each in standing.rows if each.id in history]
    found: list[str] = []
    while left:
        needed = {id for each in left for id in history.ancestors(each) if id != each}
        found.append(next(id for id in reversed(left) if id not in needed))
        left.remove(found[-1])
    return found


def _still(
    standing: Standing, asked: Sequence[Migration], stays: str | None, was: JournalRow | None, *, unknown: bool
) -> tuple[Migration, ...]:
    """What is still to be undone of what was asked for, under the lock. Raises `MovedOn` where that is not what comes
    next any more, or would begin elsewhere."""
    left = tuple(each for each in asked if standing.row(each.id) is not None)
    now = _chosen(standing, len(left), stays, unknown=unknown) if left else ()
    row = None if was is None else standing.row(was.id)
    if now != left or (row is not None and was is not None and (0 if row.state != "undoing" else row.done) < was.done):
        others = tuple(each.id for each in now if each not in left) or tuple(each.id for each in left)
        raise MovedOn(others)
    return left


def _refuse_unclear(migration: Migration, things: Sequence[KeptThing]) -> None:
    """Raise where nobody knows which of the things that were kept comes back, or with which values."""
    kept = [each for each in things if each.migration in (migration.id, *migration.replaces) and not each.over]
    drops = {each.position: each.as_drop for each in kept if each.kind != "type"}
    for each in (each for each in kept if each.position in drops and each.purged is None):
        why = why_not_back(drops[each.position], list(drops.values()), migration.down or "")
        if why is not None:
            raise UnclearReturn(each.loss, migration.down_file or migration.id, why)


def _purged(things: Sequence[KeptThing], chosen: Sequence[Migration]) -> tuple[str, ...]:
    ids = {id for each in chosen for id in (each.id, *each.replaces)}
    return tuple(each.loss for each in things if each.migration in ids and each.purged is not None)
