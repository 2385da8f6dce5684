"""Why no backup was made, so that nothing was run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from qb.kit.errors import KitError


@dataclass(repr=False, eq=False)
class NoBackupTool(KitError):
    """No pg_dump of the server's own version is there."""

    major: int
    found: tuple[str, ...]
    code: ClassVar[str] = "no-backup-tool"

    @property
    def fix(self) -> str:
        """How to have one."""
        return f"apt-get install postgresql-client-{self.major}"

    def __str__(self) -> str:
        others = f", only {' and '.join(self.found)}" if self.found else ""
        return (
            f"there is no pg_dump of PostgreSQL {self.major}, the server's version{others}: install one "
            f"(`{self.fix}`), or say in PG_DUMP where it is; nothing was run"
        )


@dataclass(repr=False, eq=False)
class BackupFailed(KitError):
    """The backup before a migration could not be made, so the migration was not run."""

    migration: str
    file: str
    message: str
    code: ClassVar[str] = "backup-failed"

    @property
    def object(self) -> str:
        """Which migration."""
        return f"migration {self.migration}"

    def __str__(self) -> str:
        return f"{self.file}: {self.message}: no backup was made, so {self.migration} was not run"
