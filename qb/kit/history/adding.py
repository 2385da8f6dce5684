"""A migration written into its folder: its files appear by rename, so that nobody ever reads a half of one."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from qb.errors.outcome import Failure, Success
from qb.kit.errors import KitError, UnreadableSql
from qb.kit.history.errors import UnwritableHistory
from qb.kit.history.history_files import KEPT_ASIDE, migration_files
from qb.kit.history.migration import Migration
from qb.kit.history.migration_names import HistoryLayout, is_good
from qb.kit.sql_file import SqlFileError


def add_migration(
    folder: Path | str, migration: Migration, layout: HistoryLayout = "folder"
) -> Success[tuple[Path, ...]] | Failure[KitError, tuple[Path, ...]]:
    """Write a migration's files, and give their paths. What is there is never written over.

    Errors: `UnwritableHistory`, and then nothing of it is there; `UnreadableSql`.

    >>> import tempfile
    >>> from qb.kit.history.adding import add_migration
    >>> from qb.kit.history.migration import Migration
    >>> from qb.kit.history.reading import read_history
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = add_migration(folder, Migration(id="0001_init", up="CREATE TABLE t (x int);")).unwrap()
    ...     found = read_history(folder).unwrap()
    >>> [each.name for each in files], found.ids
    (['up.sql', 'migration.json'], ('0001_init',))
    """
    where = Path(folder)
    if not is_good(migration.id):
        return Failure(UnwritableHistory(str(where), f"{migration.id!a} is no name for a migration"))
    try:
        files = migration_files(migration, layout)
    except SqlFileError as error:
        return Failure(UnreadableSql(error.file, error.line, error.column, error.message))
    for name in {migration.id: None} if layout == "folder" else files:
        if (where / name).exists():
            return Failure(UnwritableHistory(str(where / name), "it is there already"))
    try:
        _put(where, files, migration.id if layout == "folder" else None)
    except OSError as error:
        return Failure(UnwritableHistory(str(error.filename or where), error.strerror or str(error)))
    return Success(tuple(where / each for each in files))


def _put(where: Path, files: Mapping[str, bytes], whole: str | None) -> None:
    """Write files aside, then have them appear: a folder as a whole, single files in their order."""
    where.mkdir(parents=True, exist_ok=True)
    if whole is None:
        (where / KEPT_ASIDE).mkdir(exist_ok=True)
    apart = Path(tempfile.mkdtemp(prefix=".writing-", dir=where))
    there: list[Path] = []
    try:
        for name, content in files.items():
            path = apart / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for name in files if whole is None else (whole,):
            (apart / name).rename(where / name)
            there.append(where / name)
        _synced(where)
    except BaseException:
        for path in reversed(there):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(apart, ignore_errors=True)


def _synced(folder: Path) -> None:
    """Have the names themselves on the disk, where folders can be asked for that."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
