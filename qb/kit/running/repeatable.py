"""SQL files that are run whenever they change: before the migrations (extensions), or behind them (functions, views).
Those behind them are run again behind each run of migrations, too, which may have dropped what they make, with its
table or by CASCADE.

Each is one transaction, with its checksum in the journal, and has to be such as can be run again and again:
`CREATE OR REPLACE`, `IF NOT EXISTS`. That is tried in the same transaction. Patterns are those of the config:
`custom.before = ["sql/*.sql"]`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from qb.errors.outcome import Failure, Outcome, Success
from qb.kit.errors import KitError, UnreadableSql
from qb.kit.history.checksum import checksum
from qb.kit.history.migration import Migration
from qb.kit.history.segments import segments
from qb.kit.running.journal import Journal
from qb.kit.sql_file import SqlFileError, file_text
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.run.database.own_session import OwnSession
from qb.types.identifier import quoted
from qb.types.trusted import trusted

if TYPE_CHECKING:
    from qb.kit.running.segment_runner import SegmentRunner

_MISSING: Final = ("42P01", "3F000")


class RepeatableSql(msgspec.Struct, frozen=True):
    """One such file."""

    name: str
    """What the journal calls it: its path from the config's folder on."""
    text: str
    file: str

    @property
    def checksum(self) -> str:
        """What tells that it has changed."""
        return checksum(self.text)

    @property
    def as_migration(self) -> Migration:
        """It as what is asked whether it loses rows."""
        return Migration(id=self.name, up=self.text, file=self.file)


def read_repeatable(
    patterns: Sequence[Path], folder: Path
) -> Success[tuple[RepeatableSql, ...]] | Failure[KitError, tuple[RepeatableSql, ...]]:
    """The files that patterns name, in their order, those of one pattern by their names; each once.

    Errors: `UnreadableSql`, where a file cannot be read, cannot be cut, or is more than one transaction, and where a
    pattern names none.

    >>> from pathlib import Path
    >>> from qb.kit.running.repeatable import read_repeatable
    >>> read_repeatable([Path("/nowhere/sql/*.sql")], Path("/nowhere"))
    <Failure: /nowhere/sql/*.sql:1:1: there is no such file: write it, or take it out of custom in the config>
    """
    found: dict[str, RepeatableSql] = {}
    try:
        for pattern in patterns:
            paths = sorted(pattern.parent.glob(pattern.name))
            if not paths:
                message = "there is no such file: write it, or take it out of custom in the config"
                return Failure(UnreadableSql(str(pattern), 1, 1, message))
            for path in paths:
                name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
                found.setdefault(name, _read(path, name))
    except SqlFileError as error:
        return Failure(UnreadableSql(error.file, error.line, error.column, error.message))
    return Success(tuple(found.values()))


def _read(path: Path, name: str) -> RepeatableSql:
    try:
        text = file_text(path.read_bytes(), str(path))
    except OSError as error:
        raise SqlFileError(str(path), 1, 1, f"it cannot be read: {error.strerror}") from None
    cut = segments(text, str(path))
    for each in cut[1:] or (one for one in cut if not one.transactional):
        place = each.statements[0]
        message = "a file that is run again and again is one transaction: write a migration for this"
        raise SqlFileError(str(path), place.line, place.column, message)
    return RepeatableSql(name, text, str(path))


class RepeatableBook(msgspec.Struct, frozen=True):
    """Which of them a database has, beside the journal's other tables."""

    journal: Journal

    @property
    def _table(self) -> str:
        return f"{quoted(self.journal.schema)}.repeatable"

    def read(self, db: Db) -> Outcome[Mapping[str, str]]:
        """Checksums by name; none where there is no table yet."""
        table = self._table.replace("{", "{{").replace("}", "}}")
        outcome = db.all(sql(trusted(f"SELECT name, checksum FROM {table}")).rows(tuple[str, str]))
        if isinstance(outcome, Failure):
            error = outcome.failure()
            return Success({}) if error.sqlstate in _MISSING else Failure(error)
        return Success(dict(outcome.unwrap()))

    def rows(self, session: OwnSession) -> Mapping[str, str]:
        """The same, as a runner reads them, which makes the table where it is not there."""
        session.run(
            f"CREATE TABLE IF NOT EXISTS {self._table} (name text PRIMARY KEY, checksum text NOT NULL, "
            "finished timestamptz NOT NULL DEFAULT clock_timestamp())"
        )
        found = session.rows(f"SELECT name, checksum FROM {self._table}")
        return {name or "": mark or "" for name, mark in found}

    def forget(self, session: OwnSession, but: Sequence[RepeatableSql] = ()) -> None:
        """Note of all others that they are to be run again: migrations are going to be run, or undone, which may take
        away what they have made. It is noted before, so that it is known whatever becomes of the runner."""
        if session.rows("SELECT pg_catalog.to_regclass($1)", self._table) == [(None,)]:
            return
        stays = {each.name for each in but}
        for (name,) in session.rows(f"SELECT name FROM {self._table} WHERE checksum <> ''"):
            if name not in stays:
                session.run(f"UPDATE {self._table} SET checksum = '' WHERE name = $1", name)

    def put(self, session: OwnSession, file: RepeatableSql) -> None:
        """Note that one was run."""
        session.run(
            f"INSERT INTO {self._table} (name, checksum) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE "
            "SET checksum = excluded.checksum, finished = pg_catalog.clock_timestamp()",
            *(file.name, file.checksum),
        )

    def run(self, runner: SegmentRunner, files: Sequence[RepeatableSql]) -> tuple[str, ...]:
        """Run those that have changed or are forgotten, and say which. Raises `NotRepeatable`."""
        if not files:
            return ()
        from qb.kit.running.repeated_run import run_repeated

        chosen = to_repeat(files, self.rows(runner.session))
        for each in chosen:
            run_repeated(runner, each.as_migration, partial(self.put, file=each), twice=True)
            runner.afresh()
        return tuple(each.name for each in chosen)


def to_repeat(
    files: Sequence[RepeatableSql], known: Mapping[str, str], behind: Sequence[RepeatableSql] = ()
) -> tuple[RepeatableSql, ...]:
    """Those that a database has not, or has as they were, and all that are run `behind` migrations."""
    return tuple(each for each in files if known.get(each.name) != each.checksum or each in behind)
