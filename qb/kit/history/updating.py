"""What is known of a migration, written anew beside its SQL, which stays as it is."""

from __future__ import annotations

from pathlib import Path

from qb.errors.outcome import Failure, Success
from qb.kit.errors import KitError
from qb.kit.history.errors import UnwritableHistory
from qb.kit.history.history_files import RECORD, path_aside
from qb.kit.history.migration import Migration
from qb.kit.history.migration_json import record_bytes
from qb.kit.history.migration_names import HistoryLayout


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
    flat = layout == "flat"
    path = Path(folder) / (path_aside(migration.id, RECORD) if flat else f"{migration.id}/{RECORD}")
    parts = migration.parts or (f"{migration.id}.sql",) if flat else ()
    aside = path.with_name(f".{path.name}.writing")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(record_bytes(migration, parts))
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        return Failure(UnwritableHistory(str(error.filename or path), error.strerror or str(error)))
    return Success(path)
