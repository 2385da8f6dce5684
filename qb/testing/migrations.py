"""Each migration of a folder as a test of one's own."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from qb.errors.outcome import Failure, unwrap
from qb.kit.history.history import History
from qb.kit.history.migration_names import HistoryLayout
from qb.kit.history.reading import read_history
from qb.kit.round_trips import RoundTrip, round_trip
from qb.run.database.database import Database


class MigrationCase:
    """One migration, with all that it follows: what `migration_cases` gives; or all that come behind the one that a
    release had, as `release_cases` gives them. Its `str` is its id, of several both."""

    __slots__ = ("history", "id", "since")

    def __init__(self, history: History, id: str, since: str | None = None) -> None:
        self.history: History = history
        self.id: str = id
        self.since: str | None = since

    def __str__(self) -> str:
        return self.id if self.since is None else f"{self.since}..{self.id}"

    def __repr__(self) -> str:
        return f"<migration {self}>" if self.since is None else f"<migrations {self}>"


def migration_cases(folder: Path | str, layout: HistoryLayout = "folder") -> list[MigrationCase]:
    """The migrations of a folder, in order, for `pytest.mark.parametrize(..., ids=str)`.

    A folder that is not absolute is looked for beside the file that calls this, and upwards. Errors, raised: those of
    `read_history`, and FileNotFoundError where there is no such folder.

    >>> from qb.testing import migration_cases
    >>> migration_cases("nowhere/migrations")
    Traceback (most recent call last):
    FileNotFoundError: there is no folder nowhere/migrations beside ..., nor above it
    """
    history = _history(folder, layout, inspect.currentframe())
    return [MigrationCase(history, each.id) for each in history]


def release_cases(
    folder: Path | str, releases: Sequence[str] | None = None, layout: HistoryLayout = "folder"
) -> list[MigrationCase]:
    """From the last migration of each release to the head of the history, for `pytest.mark.parametrize(..., ids=str)`:
    what becomes of a database that was left at that release, with its rows.

    `releases` names the last migration of each, as `qb migrate --to` takes it; without it each migration counts as one.
    The rest is as of `migration_cases`. Errors, raised, too: `UnknownMigration`, and those of a history with two heads.

    >>> from qb.testing import release_cases
    >>> release_cases("nowhere/migrations", ["0004", "0011"])
    Traceback (most recent call last):
    FileNotFoundError: there is no folder nowhere/migrations beside ..., nor above it
    """
    history = _history(folder, layout, inspect.currentframe())
    head = unwrap(history.head())
    ids = history.ids if releases is None else [unwrap(history.find(each)).id for each in releases]
    return [MigrationCase(history, head.id, each) for each in ids if head is not None and each != head.id]


def _history(folder: Path | str, layout: HistoryLayout, frame: FrameType | None) -> History:
    where = Path(folder)
    if not where.is_absolute():
        caller = frame.f_back if frame is not None else None
        start = Path(caller.f_code.co_filename).parent.resolve() if caller is not None else Path.cwd()
        found = next((each / folder for each in (start, *start.parents) if (each / folder).is_dir()), None)
        if found is None:
            raise FileNotFoundError(f"there is no folder {folder} beside {start}, nor above it")
        where = found
    return unwrap(read_history(where, layout))


def assert_round_trip(db: Database, case: MigrationCase, *, journal: str = "qb") -> RoundTrip:
    """Hold that a migration goes up, down and up again on an empty database, with rows: see `qb.kit.round_trip`.

    AssertionError with the way, the object and both facts where it does not.

    >>> from qb.testing import MigrationCase, assert_round_trip
    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> made = Migration(id="0001_notes", up="CREATE TABLE notes (text text);", down="DROP TABLE notes;")
    >>> assert_round_trip(db, MigrationCase(history_of([made]).unwrap(), "0001_notes")).id
    '0001_notes'
    """
    found = round_trip(db, case.history, case.id, since=case.since, journal=journal)
    if isinstance(found, Failure):
        error = found.failure()
        raise AssertionError(f"{case}: {error}") from error
    return found.unwrap()
