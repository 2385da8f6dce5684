"""The journal is told what the database has, by who knows it. Both ways are events, which nothing takes out."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success, unwrap
from qb.kit.errors import KitError
from qb.kit.history.history import History
from qb.kit.history.migration import Migration
from qb.kit.running.cutting import cut_migration, seal
from qb.kit.running.errors import BaselineNotEmpty, NothingToResolve
from qb.kit.running.journal import Journal
from qb.kit.running.rules import MigrationRules, refuse_owner
from qb.kit.running.run_progress import OnProgress, silent
from qb.kit.running.runner_session import runner_session
from qb.kit.running.segment_runner import Patience, SegmentRunner
from qb.run.database.database import Database


class Marked(msgspec.Struct, frozen=True, kw_only=True):
    """What the journal was told."""

    applied: tuple[str, ...] = ()
    """What it says is there."""
    pending: tuple[str, ...] = ()
    """What it says is to be run."""


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
    journal: str = "qb",
    patience: Patience = Patience(),
    rules: MigrationRules = MigrationRules(),
    on_progress: OnProgress = silent,
) -> Marking:
    """Say of one migration that all of it is there, as its file is now; or that it is not.

    `applied=False` of one that was begun has the step run again that nobody can look up; of one that is done takes it
    out of the journal, so that `migrate` runs it. Nothing is run, and nothing is looked at: what is said is noted, with
    who has said it. Errors: `UnknownMigration`, `NothingToResolve`, and those of `migrate`.

    >>> from qb.kit import resolve_migration
    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> history = history_of([Migration(id="0001_users", up="CREATE TABLE users ();")]).unwrap()
    >>> resolve_migration(db, history, "0001", applied=True).unwrap().applied
    ('0001_users',)
    """
    book = Journal(journal)
    try:
        refuse_owner(rules)
        found = history.find(name)
        with runner_session(db, book, patience, on_progress) as runner:
            rows = {each.id: each for each in book.rows(runner.session)}
            if isinstance(found, Failure) and name in rows and not applied:  # one that no file is there for
                migration = Migration(id=name)
            else:
                migration = unwrap(found)
            row = rows.get(migration.id)
            session = runner.session
            session.run("BEGIN")
            if applied:
                note_applied(runner, book, migration)
            elif row is None:
                raise NothingToResolve(migration.id)
            elif row.state == "running" and row.step is not None:
                book.moved(session, row.id, done=row.done, seals=tuple(row.seals))
            elif row.state == "undoing":
                book.moved(session, row.id, done=row.done, seals=tuple(row.seals), state="undoing")
            else:
                book.gone(session, migration.id)
            book.event(session, "resolved as applied" if applied else "resolved as pending", migration.id)
            session.run("COMMIT")
        ids = (migration.id,)
        return Success(Marked(applied=ids) if applied else Marked(pending=ids))
    except (KitError, DbError) as error:
        return Failure(error)


def note_applied(runner: SegmentRunner, book: Journal, migration: Migration) -> None:
    """Write into the journal that a database has a migration."""
    cut = cut_migration(migration.up, migration.file)
    book.begun(runner.session, migration.id, migration.checksum, migration.parents, migration.down)
    seals = tuple(map(seal, cut))
    book.moved(runner.session, migration.id, done=len(cut), seals=seals, state="applied")
