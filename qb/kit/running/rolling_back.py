"""`rollback`: what was applied last is undone, by its down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from qb.errors import DbError
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.errors import KitError
from qb.kit.history.history import History
from qb.kit.history.migration import Migration
from qb.kit.running.cutting import cut_migration
from qb.kit.running.errors import HalfApplied, MovedOn, NoDown
from qb.kit.running.journal import Journal, JournalRow
from qb.kit.running.keeping.errors import UnclearReturn
from qb.kit.running.keeping.kept_book import KeptBook, KeptThing
from qb.kit.running.keeping.pairing import why_not_back
from qb.kit.running.rules import MigrationRules, refuse_losses, refuse_owner
from qb.kit.running.run_progress import OnProgress, RunProgress, silent
from qb.kit.running.runner_session import runner_session
from qb.kit.running.segment_runner import Patience
from qb.kit.running.squashed_book import note_squashed
from qb.kit.running.standing import Standing, standing_of
from qb.kit.running.supabase_book import supabase_book
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
    plan: tuple[str, ...] = ()
    """With `dry_run`: what would be undone."""


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
    on_progress: OnProgress = silent,
) -> RollingBack:
    """Undo the last migrations of a database: so many, or all behind `to`, which stays, or `everything`; with `unknown`
    those that the history has not, by the downs that the journal has kept.

    A down is run as an up is: see `migrate`. One that somebody was stopped in is gone on with. A number counts from
    what is there now: who cannot know whether the last call was done says `to`.
    What was kept (`migrate(keep=True)`) comes back where the down makes it again: rows, values, how far sequences had
    counted. Rows that were written since have their default in a column that comes back, or what the down says.
    Errors: `NoDown`, `UnclearReturn` where nobody knows which of the kept things comes back, `HalfApplied` where an
    up was only begun, `MovedOn`, and those of `migrate`.

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
        for each in chosen:
            _refuse_unclear(each, things)
        if dry_run or not chosen:
            left = tuple(each.id for each in standing.rows)
            lost = _purged(things, chosen)
            return Success(RolledBack(applied=left, plan=tuple(each.id for each in chosen), lost=lost))
        refuse_owner(rules)
        half = standing.half
        refuse_losses(db, rules, chosen, down=True, done={} if half is None else {half.id: half.done})
        undone: list[str] = []
        with runner_session(db, book, patience, on_progress) as runner:
            note_squashed(runner.session, book, history)
            if "supabase" in rules.coexist:
                runner.beside = supabase_book(runner.session, history)
            standing = standing_of(history, book.rows(runner.session))
            chosen = _still(standing, chosen, stays, half, unknown=unknown)
            for number, each in enumerate(chosen, 1):
                if (row := standing.row(each.id)) is None:
                    continue  # _still has left these out
                on_progress(RunProgress("begins", each.id, number, len(chosen)))
                runner.down(each, row)
                runner.afresh()
                undone.append(each.id)
                on_progress(RunProgress("undone", each.id, number, len(chosen)))
            return Success(
                RolledBack(
                    undone=tuple(undone),
                    applied=tuple(each.id for each in standing.rows if each.id not in undone),
                    back=tuple(runner.keeping.back),
                    lost=tuple(runner.keeping.lost),
                )
            )
    except (KitError, DbError) as error:
        return Failure(error)


def _chosen(standing: Standing, count: int, stays: str | None, *, unknown: bool) -> tuple[Migration, ...]:
    """What is to be undone, the last one first."""
    history = standing.history
    if standing.half is not None and standing.half.state == "running":
        id = standing.half.id
        file = history[id].file if id in history else id
        raise HalfApplied(file, 1, id, "somebody was stopped while applying it, and `qb migrate` goes on")
    if unknown:
        chosen = [_of_journal(each) for each in reversed(standing.unknown)]
    else:
        kept = history.ancestors(stays) | {stays} if stays is not None else frozenset[str]()
        behind = [history[id] for id in _last_first(standing) if id not in kept]
        chosen = behind if stays is not None else behind[:count]
    for each in chosen:
        if each.down is None:
            raise NoDown(each.id, each.down_file or each.id)
        cut_migration(each.down, each.down_file)
    return tuple(chosen)


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


def _of_journal(row: JournalRow) -> Migration:
    """A migration that no file is there for, with the down that was kept."""
    made = Migration(id=row.id, parents=tuple(row.parents), down=row.down)
    return replace(made, file=f"{row.id}/up.sql", down_file=f"the journal's down of {row.id}")
