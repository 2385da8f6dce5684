"""`status`: what of a history a database has. The journal alone is read."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from qb.errors import DbError
from qb.errors.outcome import Failure, Success
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.history.history import History
from qb.kit.history.migration import Migration
from qb.kit.running.cutting import cut_migration
from qb.kit.running.journal import Journal, JournalRow
from qb.kit.running.standing import Standing, standing_of
from qb.kit.running.waiting_contracts import waiting_contracts
from qb.kit.sql_file import SqlFileError
from qb.run.database.db import Db

MigrationState: TypeAlias = Literal[
    "applied", "pending", "waiting", "late", "half applied", "half undone", "edited", "unknown"
]
"""Of a migration: in the journal; not there; not there, and a contract that is run when it is named; not there, and
made without some that are; begun; its undoing begun; there, and its file is another one by now; there, and no file
is."""


class MigrationStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Where one migration stands."""

    id: str
    state: MigrationState
    file: str | None
    """None where there is none."""
    finished: str | None = None
    by: str | None = None
    down: bool
    """Whether it can be undone."""
    done: int = 0
    """Segments that are committed, of one that is begun."""
    of: int = 0
    """How many it has, as its file is now."""


class HistoryStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Where a database stands in a history."""

    migrations: tuple[MigrationStatus, ...]
    """In the order of the history; those that it has not at the end."""
    heads: tuple[str, ...]

    @property
    def pending(self) -> tuple[str, ...]:
        """What `migrate` would run, or would if the contract before it were named."""
        states = ("pending", "late", "half applied")
        return tuple(each.id for each in self.migrations if each.state in states)

    @property
    def level(self) -> bool:
        """Whether the database has all of the history and nothing else; a contract may wait."""
        return all(each.state in ("applied", "waiting") for each in self.migrations)

    @property
    def exit_code(self) -> ExitCode:
        """3 where the database has not all of the history, or more, or something else."""
        return ExitCode.DONE if self.level else ExitCode.DIFFERS


HistoryStanding: TypeAlias = Success[HistoryStatus] | Failure[DbError, HistoryStatus]
"""What comes back."""


def status(db: Db, history: History, *, journal: str = "qb") -> HistoryStanding:
    """Which migrations a database has, in one round trip: its journal is read, and nothing else.

    >>> from qb.kit import status
    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> found = status(db, history_of([Migration(id="0001_notes", up="CREATE TABLE notes ();")]).unwrap()).unwrap()
    >>> [(each.id, each.state) for each in found.migrations]
    [('0001_notes', 'pending')]
    """
    outcome = Journal(journal).read(db)
    if isinstance(outcome, Failure):
        return Failure(outcome.failure())
    standing = standing_of(history, outcome.unwrap())
    late = {each.id for each, _ in standing.late(standing.pending)}
    waits = waiting_contracts(standing, standing.pending, begun=bool(standing.rows)).ids
    known = tuple(_of(standing, id, late=id in late, waits=id in waits) for id in history.ids)
    unknown = tuple(_row(each, "unknown") for each in standing.unknown)
    return Success(HistoryStatus(migrations=known + unknown, heads=history.heads))


def _of(standing: Standing, id: str, *, late: bool, waits: bool) -> MigrationStatus:
    migration = standing.history[id]
    row = standing.row(id)
    if row is None:
        state: MigrationState = "waiting" if waits else "late" if late else "pending"
        return MigrationStatus(id=id, state=state, file=migration.file, down=migration.down is not None)
    state = "edited" if migration in standing.edited else "applied"
    found = _row(row, _half(row) or state)
    of = _segments(migration, row) if row.half else 0
    return msgspec.structs.replace(found, file=migration.file, down=migration.down is not None, of=of)


def _segments(migration: Migration, row: JournalRow) -> int:
    """0 where the file cannot be cut: `migrate` says why."""
    try:
        return len(cut_migration(migration, down=row.state == "undoing"))
    except (KitError, SqlFileError):
        return 0


def _row(row: JournalRow, state: MigrationState) -> MigrationStatus:
    return MigrationStatus(
        id=row.id,
        state=state,
        file=None,
        finished=row.finished,
        by=row.by,
        down=row.down is not None,
        done=row.done if row.half else 0,
    )


def _half(row: JournalRow) -> MigrationState | None:
    return {"running": "half applied", "undoing": "half undone"}.get(row.state)  # type: ignore[return-value]
