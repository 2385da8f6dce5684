"""Migrations as the files that they come with."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from qb.errors.outcome import Failure, Success
from qb.kit.errors import KitError, UnreadableSql
from qb.kit.history.errors import UnwritableHistory
from qb.kit.history.file_change import FileChange, change_files
from qb.kit.history.history_files import migration_files
from qb.kit.history.migration import Migration
from qb.kit.history.migration_names import HistoryLayout, is_good
from qb.kit.sql_file import SqlFileError


def new_files(folder: Path | str, migrations: Iterable[Migration], layout: HistoryLayout = "folder") -> FileChange:
    """The files of new migrations. Raises `UnwritableHistory` of a name that is none, `UnreadableSql`."""
    files: dict[str, bytes] = {}
    for each in migrations:
        if not is_good(each.id):
            raise UnwritableHistory(str(folder), f"{each.id!a} is no name for a migration")
        try:
            files |= migration_files(each, layout)
        except SqlFileError as error:
            raise UnreadableSql(error.file, error.line, error.column, error.message) from None
    return FileChange(files)


def add_migration(
    folder: Path | str, migration: Migration, layout: HistoryLayout = "folder", *, command: str = "qb generate"
) -> Success[tuple[Path, ...]] | Failure[KitError, tuple[Path, ...]]:
    """Write a migration's files, and give their paths. What is there is never written over; `command` is what goes on
    where it is stopped.

    Errors: `UnwritableHistory`, and then nothing of it is there; `UnreadableSql`, `UnfinishedChange`.

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
    try:
        change = new_files(folder, [migration], layout)
    except KitError as error:
        return Failure(error)
    return change_files(folder, change, command=command).map(
        lambda _: tuple(Path(folder) / each for each in change.puts)
    )
