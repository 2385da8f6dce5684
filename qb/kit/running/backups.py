"""Backups that are made before migrations: pg_dump of the server's own major version, kept in a folder.

https://www.postgresql.org/docs/current/app-pgdump.html
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec

from qb.kit.dump_tools import dump_tools, tool_complaint
from qb.kit.running.backup_errors import BackupFailed, NoBackupTool
from qb.run.server.url import with_password_apart

_ENDING: Final = ".dump"
_BEHIND_NAME: Final = r"-\d{8}_\d{6}-before-.*" + re.escape(_ENDING)


class Backups(msgspec.Struct, frozen=True, kw_only=True):
    """Where backups of a database go, and how many stay."""

    folder: Path
    address: str
    """Of the database, without a pooler in between."""
    name: str = "default"
    """What its files begin with; what would be no part of a file's name is written as in a URL."""
    keep: int = 5
    """How many of this database stay; older ones are removed once a new one is there."""
    wait: float = 60.0
    """For how many seconds pg_dump waits for a table that somebody has locked."""

    def take(self, migration: str, major: int, *, now: datetime | None = None) -> Path:
        """Write the backup before a migration, in pg_dump's custom format: pg_restore reads it. It appears once it is
        has been read again, and nobody else may read it. Raises `NoBackupTool` and `BackupFailed`."""
        tool = dump_tool(major)
        address, password = with_password_apart(self.address)
        when = (now or datetime.now(UTC)).strftime("%Y%m%d_%H%M%S")
        path = self.folder / f"{self._begin}-{when}-before-{quote(migration, safe=' ')}{_ENDING}"
        part = path.with_suffix(".part")
        command = [str(tool), "--format=custom", "--no-password", f"--file={part}", f"--dbname={address}"]
        command.append(f"--lock-wait-timeout={max(1, int(self.wait * 1000))}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part.unlink(missing_ok=True)
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            environ = {**os.environ, **({} if password is None else {"PGPASSWORD": password})}
            done = subprocess.run(command, env=environ, capture_output=True, text=True, errors="replace", check=False)
            if done.returncode:
                raise BackupFailed(migration, str(path), tool_complaint(done.stderr))
            if (wrong := _unreadable(tool, part)) is not None:
                raise BackupFailed(migration, str(path), f"it cannot be read again, is the disk full? {wrong}")
            part.replace(path)
        except OSError as error:
            raise BackupFailed(migration, str(path), error.strerror or str(error)) from None
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        for old in self.there()[: -self.keep or None] if self.keep else ():
            if old != path:
                old.unlink(missing_ok=True)
        return path

    def there(self) -> tuple[Path, ...]:
        """The backups of this database, the oldest first."""
        ours = re.compile(re.escape(self._begin) + _BEHIND_NAME)
        found = self.folder.iterdir() if self.folder.is_dir() else ()
        when = len(self._begin) + len("-20261123_093000")
        of = [each for each in found if ours.fullmatch(each.name)]
        return tuple(sorted(of, key=lambda each: (each.name[:when], each.stat().st_mtime_ns, each.name)))

    @property
    def _begin(self) -> str:
        return quote(self.name, safe=" ")


def _unreadable(tool: Path, backup: Path) -> str | None:
    """What pg_restore says of a backup that is cut off: pg_dump does not fail where its last bytes find no place."""
    command = [str(tool.with_name("pg_restore")), f"--file={os.devnull}", str(backup)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    return tool_complaint(done.stderr) if done.returncode else None


def dump_tool(major: int, *, environ: Mapping[str, str] = os.environ) -> Path:
    """The pg_dump of a major version: that of PG_DUMP, of the embedded server's package, on the path, or where packages
    of PostgreSQL install it. Raises `NoBackupTool`: another major's may not read all, or write what restores.

    >>> from qb.kit.running.backups import dump_tool
    >>> dump_tool(18, environ={}).name
    'pg_dump'
    """
    found: list[str] = []
    for tool, version in dump_tools(major, environ=environ):
        if version == major:
            return tool
        found.append(f"{tool} ({version or 'no version'})")
    raise NoBackupTool(major, tuple(found))
