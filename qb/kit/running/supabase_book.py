"""The Supabase CLI's own journal, kept beside ours, so that neither tool runs what the other one has run.

A file of the flat layout is a version there. https://supabase.com/docs/guides/deployment/database-migrations
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from qb.errors.outcome import Failure
from qb.kit.config import Migrator
from qb.kit.history.history import History
from qb.kit.history.history_files import FLAT_FILE
from qb.kit.history.migration import Migration
from qb.kit.history.segments import SqlSegment
from qb.kit.running.cutting import cut_migration
from qb.kit.running.journal import Journal, JournalRow, text_array
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.run.database.own_session import OwnSession

_TABLE: Final = "supabase_migrations.schema_migrations"
_MADE: Final = (
    "CREATE SCHEMA IF NOT EXISTS supabase_migrations",
    f"CREATE TABLE {_TABLE} (version text NOT NULL PRIMARY KEY, statements text[], name text)",
)
"""As the CLI makes it, which goes on with one that is there."""
_COLUMNS: Final = """
SELECT attname FROM pg_catalog.pg_attribute
WHERE attrelid = pg_catalog.to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""


class SupabaseBook(msgspec.Struct, frozen=True):
    """The journal of the CLI, in a database that has it."""

    columns: frozenset[str]

    def versions(self, session: OwnSession) -> frozenset[str]:
        """What is applied, as the CLI says."""
        return frozenset(version or "" for (version,) in session.rows(f"SELECT version FROM {_TABLE}"))

    def done(self, session: OwnSession, migration: Migration, segment: SqlSegment, cut: tuple[SqlSegment, ...]) -> None:
        """Note that a segment is done: its file, where each is one, else that of all of them with the last."""
        files = files_of(migration)
        if len(files) == len(cut):
            self._add(session, files[segment.number - 1], (segment,))
        elif segment.number == len(cut):
            for each in files:
                self._add(session, each, cut)

    def applied(self, session: OwnSession, migration: Migration, cut: tuple[SqlSegment, ...]) -> None:
        """Note that all of a migration is there."""
        for segment in cut:
            self.done(session, migration, segment, cut)
        for each in files_of(migration) if not cut else ():
            self._add(session, each, cut)

    def undone(self, session: OwnSession, migration: Migration) -> None:
        """Note that a migration is there no more."""
        for each in files_of(migration):
            session.run(f"DELETE FROM {_TABLE} WHERE version = $1", _parts(each)[0])

    def _add(self, session: OwnSession, file: str, cut: tuple[SqlSegment, ...]) -> None:
        version, name = _parts(file)
        texts = tuple(each.text for segment in cut for each in segment.statements)
        values = {"version": version, "name": name, "statements": text_array(texts)}
        known = {column: value for column, value in values.items() if column in self.columns}
        places = ", ".join(f"${place}" for place in range(1, len(known) + 1))
        session.run(
            f"INSERT INTO {_TABLE} ({', '.join(known)}) VALUES ({places}) ON CONFLICT DO NOTHING", *known.values()
        )


def supabase_versions(db: Db) -> frozenset[str]:
    """What the CLI has run in a database; nothing where it never was there."""
    outcome = db.all(sql(f"SELECT version FROM {_TABLE}").rows(str))
    return frozenset() if isinstance(outcome, Failure) else frozenset(outcome.unwrap())


def supabase_book(session: OwnSession, history: History, coexist: Sequence[Migrator]) -> SupabaseBook | None:
    """The CLI's journal, where both run the same files, and the database has one."""
    if history.layout != "flat" or "supabase" not in coexist:
        return None
    columns = frozenset(name or "" for (name,) in session.rows(_COLUMNS, _TABLE))
    return SupabaseBook(columns) if columns else None


def supabase_begun(session: OwnSession, history: History, rows: tuple[JournalRow, ...]) -> None:
    """Make the CLI's journal where the CLI has never been, with what was run here before: it would run that again."""
    if history.layout != "flat" or session.rows(_COLUMNS, _TABLE):
        return
    session.run("BEGIN")
    for each in _MADE:
        session.run(each)
    book = SupabaseBook(frozenset(("version", "statements", "name")))
    for row in (each for each in rows if each.id in history):
        migration = history[row.id]
        cut = cut_migration(migration)
        for segment in cut if row.state == "applied" else cut[: row.done] if row.state == "running" else ():
            book.done(session, migration, segment, cut)
    session.run("COMMIT")


def files_of(migration: Migration) -> tuple[str, ...]:
    """The files of a migration's up."""
    return migration.parts or (f"{migration.id}.sql",)


def taken_over(history: History, rows: tuple[JournalRow, ...], versions: frozenset[str]) -> dict[str, int]:
    """What the CLI has run and our journal has not, all of it or more of it than we have, and how many of its files."""
    known = {each.id: each for each in rows}
    found: dict[str, int] = {}
    for each in history:
        files, row = files_of(each), known.get(each.id)
        there = next((n for n, file in enumerate(files) if _parts(file)[0] not in versions), len(files))
        if there and (row is None or (row.state == "running" and row.done < _segments(each, there))):
            found[each.id] = there
    return found


def _segments(migration: Migration, files: int) -> int:
    """How many segments its first files are: each file is one, but for a migration that is a single file."""
    whole = files == len(files_of(migration))
    return len(cut_migration(migration)) if whole else files


def take_over(session: OwnSession, journal: Journal, migration: Migration, files: int, seals: tuple[str, ...]) -> None:
    """Note in our journal what the CLI has run: all of a migration, or its first files. It knows no data steps."""
    done = _segments(migration, files)
    whole = files == len(files_of(migration)) and migration.data_steps is None
    session.run("BEGIN")
    journal.begun(session, migration)
    journal.moved(session, migration.id, done=done, seals=seals[:done], state="applied" if whole else "running")
    journal.event(session, "run by the Supabase CLI", migration.id, f"{files} files")
    session.run("COMMIT")


def _parts(file: str) -> tuple[str, str]:
    """Version and name of a file, as the CLI reads them."""
    found = FLAT_FILE.fullmatch(file)
    return (found[1], found[2]) if found is not None else ("", "")
