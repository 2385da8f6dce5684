"""The journal is told what the database has, by who knows it. Both ways are events, which nothing takes out. The
Supabase CLI's journal is told, too, where both run the same files.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from qb.errors import DbError, DefinitionError
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.errors import KitError
from qb.kit.history.history import History
from qb.kit.history.migration import Migration
from qb.kit.running.cutting import cut_migration, seal
from qb.kit.running.errors import EditedMigration
from qb.kit.running.journal import Journal, JournalRow, JournalState
from qb.kit.running.kept_downs import of_journal
from qb.kit.running.lock_patience import Patience
from qb.kit.running.marking_errors import BaselineNotEmpty, NothingToResolve
from qb.kit.running.rules import MigrationRules, refuse_owner
from qb.kit.running.run_progress import OnProgress, silent
from qb.kit.running.runner_session import runner_session
from qb.kit.running.segment_runner import SegmentRunner
from qb.kit.running.supabase_book import supabase_book
from qb.run.database.database import Database


class Marked(msgspec.Struct, frozen=True, kw_only=True):
    """What the journal was told."""

    applied: tuple[str, ...] = ()
    """What it says is there."""
    pending: tuple[str, ...] = ()
    """What it says is to be run."""
    undone: tuple[str, ...] = ()
    """What it says is there no more, as the step was the last one of a down."""


Marking: TypeAlias = Success[Marked] | Failure[KitError | DbError, Marked]
"""What comes back."""


def baseline(
    db: Database,
    history: History,
    to: str | None = None,
    *,
    journal: str = "qb",
    patience: Patience = Patience(),
    rules: MigrationRules = MigrationRules(),
    on_progress: OnProgress = silent,
) -> Marking:
    """Say of a database that was there before its history that it has a migration, and all that this one follows; of
    all of the history without `to`. Nothing is run, and nothing is looked at.

    Errors: `BaselineNotEmpty` where the journal has something already, `SeveralHeads`, `UnknownMigration`, and those of
    `migrate`.

    >>> from qb.kit import baseline, status
    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> history = history_of([Migration(id="0001_users", up="CREATE TABLE users ();")]).unwrap()
    >>> baseline(db, history).unwrap().applied
    ('0001_users',)
    >>> status(db, history).unwrap().level
    True
    """
    book = Journal(journal)
    try:
        refuse_owner(rules)
        last = unwrap(history.head()) if to is None else unwrap(history.find(to))
        chosen = () if last is None else history.up_to(last.id)
        with runner_session(db, book, patience, on_progress) as runner:
            runner.beside = supabase_book(runner.session, history, rules.coexist)
            if there := book.rows(runner.session):
                raise BaselineNotEmpty(tuple(each.id for each in there))
            runner.session.run("BEGIN")
            for each in chosen:
                note_applied(runner, book, each)
            book.event(runner.session, "baseline", None if last is None else last.id)
            runner.session.run("COMMIT")
        return Success(Marked(applied=tuple(each.id for each in chosen)))
    except (KitError, DbError) as error:
        return Failure(error)


def resolve_migration(
    db: Database,
    history: History,
    name: str,
    *,
    applied: bool,
    step_done: bool = False,
    forget: bool = False,
    journal: str = "qb",
    patience: Patience = Patience(),
    rules: MigrationRules = MigrationRules(),
    on_progress: OnProgress = silent,
) -> Marking:
    """Say of one migration that all of it is there, as its file is now; or that it is not.

    `applied=False` has the step run again that it stopped in, and that nobody can look up. With `step_done` that one is
    taken for done, as its file has it now, and `migrate`, or `rollback`, goes on behind it. With `forget` all of it is
    taken out of the journal, so that `migrate` runs it from its beginning. Nothing is run, and nothing is looked at:
    what is said is noted, with who has said it. Errors: `UnknownMigration`, `NothingToResolve` where no step is in
    doubt (said once, it is not said again), `EditedMigration`, and those of `migrate`.

    >>> from qb.kit import resolve_migration
    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> history = history_of([Migration(id="0001_users", up="CREATE TABLE users ();")]).unwrap()
    >>> resolve_migration(db, history, "0001", applied=True).unwrap().applied
    ('0001_users',)
    """
    if applied + step_done + forget > 1:
        raise DefinitionError(
            "resolve_migration: all of it is there, its step is done, or it is forgotten: say one of applied, "
            "step_done and forget"
        )
    book = Journal(journal)
    try:
        refuse_owner(rules)
        found = history.find(name)
        with runner_session(db, book, patience, on_progress) as runner:
            runner.beside = supabase_book(runner.session, history, rules.coexist)
            rows = {each.id: each for each in book.rows(runner.session)}
            if isinstance(found, Failure) and name in rows and not applied:  # one that no file is there for
                migration = of_journal(rows[name])
            else:
                migration = unwrap(found)
            row = rows.get(migration.id)
            session = runner.session
            session.run("BEGIN")
            if applied:
                note_applied(runner, book, migration)
            elif row is not None and forget:
                book.gone(session, migration.id)
                _gone_beside(runner, migration)
            elif row is None or row.step is None:
                raise NothingToResolve(migration.id, None if row is None else row.state)
            elif step_done:
                _note_step(runner, book, migration, row)
            else:
                book.moved(session, row.id, done=row.done, seals=tuple(row.seals), state=row.state)
            said = "resolved as applied" if applied else "forgotten" if forget else "resolved as pending"
            if step_done and row is not None:
                book.event(session, "step resolved as done", migration.id, f"segment {row.step}")
            else:
                book.event(session, said, migration.id)
            session.run("COMMIT")
            left = {each.id: each.state for each in book.rows(session)}
        ids = (migration.id,)
        if left.get(migration.id) == "applied":
            return Success(Marked(applied=ids))
        return Success(Marked(undone=ids) if step_done and migration.id not in left else Marked(pending=ids))
    except (KitError, DbError) as error:
        return Failure(error)


def _note_step(runner: SegmentRunner, book: Journal, migration: Migration, row: JournalRow) -> None:
    """Write into the journal that the step is done that a migration has stopped in."""
    undoing = row.state == "undoing"
    file = migration.down_file if undoing else migration.file
    cut = cut_migration(migration, down=undoing)
    seals = tuple(map(seal, cut))
    if row.step is None or row.step > len(cut) or tuple(row.seals) != seals[: row.done]:
        raise EditedMigration(migration.id, file, half=True)
    if row.step == len(cut) and undoing:
        runner.keeping.ended(migration)
        book.gone(runner.session, migration.id)
        book.event(runner.session, "undone", migration.id)
        _gone_beside(runner, migration)
        return
    whole = row.step == len(cut) and migration.data_steps is None
    if not undoing:
        book.begun(runner.session, migration)
    state: JournalState = "applied" if whole and not undoing else row.state
    book.moved(runner.session, row.id, done=row.step, seals=seals[: row.step], state=state)
    if runner.beside is not None and not undoing:
        runner.beside.done(runner.session, migration, cut[row.step - 1], cut)


def _gone_beside(runner: SegmentRunner, migration: Migration) -> None:
    if runner.beside is not None:
        runner.beside.undone(runner.session, migration)


def note_applied(runner: SegmentRunner, book: Journal, migration: Migration) -> None:
    """Write into the journal that a database has a migration, and into the one beside it."""
    cut = cut_migration(migration)
    book.begun(runner.session, migration)
    seals = tuple(map(seal, cut))
    book.moved(runner.session, migration.id, done=len(cut), seals=seals, state="applied")
    if runner.beside is not None:
        runner.beside.applied(runner.session, migration, cut)
