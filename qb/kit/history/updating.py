"""What is known of a migration, written anew beside its SQL, which stays as it is."""

from __future__ import annotations

from pathlib import Path

from qb.errors.outcome import Failure, Success
from qb.kit.errors import KitError
from qb.kit.history.file_change import change_files
from qb.kit.history.migration import Migration
from qb.kit.history.migration_names import HistoryLayout
from qb.kit.history.rewriting import recorded_anew


def update_record(
    folder: Path | str, migration: Migration, layout: HistoryLayout = "folder"
) -> Success[Path] | Failure[KitError, Path]:
    """Write the JSON of a migration that is there, and give its path. It appears by rename. Errors:
    `UnwritableHistory`.

    >>> import tempfile
    >>> from msgspec.structs import replace
    >>> from qb.kit.history.adding import add_migration
    >>> from qb.kit.history.migration import Migration, Proof
    >>> from qb.kit.history.reading import read_history
    >>> from qb.kit.history.updating import update_record
    >>> made = Migration(id="0001_init", up="CREATE TABLE t (x int);")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = add_migration(folder, made).unwrap()
    ...     record = update_record(folder, replace(made, proved=Proof(up=True))).unwrap()
    ...     proved = read_history(folder).unwrap()["0001_init"].is_proved
    >>> record.name, proved
    ('migration.json', True)
    """
    change = recorded_anew(migration, layout)
    (name,) = change.over
    return change_files(folder, change, command="qb prove").map(lambda _: Path(folder) / name)
