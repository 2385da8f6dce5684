"""SQL that is no migration, run as one is: with patience for locks, and in one transaction with what notes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

from qb.errors import DbError
from qb.kit.errors import KitError
from qb.kit.history.migration import Migration
from qb.kit.history.segments import SqlSegment
from qb.kit.running.cutting import cut_migration
from qb.kit.running.errors import StepFailed
from qb.kit.running.segment_runner import SegmentRun, SegmentRunner
from qb.run.database.own_session import OwnSession

_AGAIN: Final = "qb_again"


@dataclass(repr=False, eq=False)
class NotRepeatable(KitError):
    """A file that is to be run whenever it changes fails where it has run already. All of it is undone."""

    file: str
    line: int
    cause: DbError
    code: ClassVar[str] = "not-repeatable"

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: it cannot be run a second time: {self.cause}: say CREATE OR REPLACE, "
            "IF NOT EXISTS, or DROP ... IF EXISTS before it"
        )


def run_repeated(
    runner: SegmentRunner,
    file: Migration,
    note: Callable[[OwnSession], None],
    *,
    cut: tuple[SqlSegment, ...] | None = None,
    twice: bool = False,
) -> None:
    """Run a text in its segments, or as somebody has cut it. With `twice` each one is run once more behind a savepoint
    that is gone back to, and all of it undone where that fails: `NotRepeatable`."""
    segments = cut_migration(file) if cut is None else cut
    runner.at, runner.keeping.on = (file.id, 0, len(segments)), False
    if segments:
        _Repeated(runner, file, segments, note, twice=twice).run(0)
    else:
        note(runner.session)


class _Repeated(SegmentRun):
    """Its segments: something else than the journal's line is written of them."""

    def __init__(
        self,
        runner: SegmentRunner,
        file: Migration,
        cut: tuple[SqlSegment, ...],
        note: Callable[[OwnSession], None],
        *,
        twice: bool,
    ) -> None:
        super().__init__(runner, file, cut, None, "running")
        self.noted = note
        self.twice = twice

    def all_of(self, segment: SqlSegment) -> int:
        """Its statements, and once more to see whether they can be."""
        rows = super().all_of(segment)
        if self.twice:
            self.session.run(f"SAVEPOINT {_AGAIN}")
            try:
                super().all_of(segment)
            except StepFailed as error:
                raise NotRepeatable(error.file, error.line, error.cause) from None
            self.session.run(f"ROLLBACK TO SAVEPOINT {_AGAIN}")
        return rows

    def line(self, done: int, *, step: int | None = None, note: str | None = None, rows: int = 0) -> None:
        """What notes it."""
        self.noted(self.session)

    def told(self, segment: SqlSegment) -> None:
        """No other tool knows of it."""
