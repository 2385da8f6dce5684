"""Backups while migrations run: each is noted, and told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qb.kit.running.backups import Backups
from qb.kit.running.run_progress import RunProgress

if TYPE_CHECKING:
    from qb.kit.running.segment_runner import SegmentRunner

UNDOING = "undoing-"
"""What is before the name of a migration in that of a backup that was made before it was undone."""


class TakenBackups:
    """What makes a backup before a migration goes up, or down; nothing where nobody wants one."""

    def __init__(self, runner: SegmentRunner, backups: Backups | None) -> None:
        self.runner = runner
        self.backups = backups
        self.taken: list[str] = []

    def before(self, id: str, *, undoing: bool = False) -> None:
        """Make one. Raises `NoBackupTool` and `BackupFailed`."""
        if self.backups is None:
            return
        ((version,),) = self.runner.session.rows("SELECT pg_catalog.current_setting('server_version_num')")
        path = self.backups.take(f"{UNDOING}{id}" if undoing else id, int(version or 0) // 10_000)
        self.taken.append(str(path))
        self.runner.on_progress(RunProgress("backed up", id, says=str(path)))
