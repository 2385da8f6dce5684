"""Migrations put in the place of others: the new ones are written first, then the old ones go."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from qb.errors.outcome import Failure, Success
from qb.kit.errors import KitError
from qb.kit.history.adding import add_migration
from qb.kit.history.errors import UnwritableHistory
from qb.kit.history.history_files import DATA_STEPS, DOWN, RECORD, path_aside
from qb.kit.history.migration import Migration
from qb.kit.history.migration_json import record_bytes
from qb.kit.history.migration_names import HistoryLayout


def replace_migrations(
    folder: Path | str, old: Sequence[Migration], new: Sequence[Migration], layout: HistoryLayout = "folder"
) -> Success[tuple[Path, ...]] | Failure[KitError, tuple[Path, ...]]:
    """Write some migrations, and remove others. What cannot be written leaves all as it was.

    >>> import tempfile
    >>> from qb.kit.history.migration import Migration
    >>> from qb.kit.history.rewriting import replace_migrations
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     one = Migration(id="0001_a", up="SELECT 1;")
    ...     _ = replace_migrations(folder, [], [one]).unwrap()
    ...     files = replace_migrations(folder, [one], [Migration(id="0002_a", up="SELECT 1;")]).unwrap()
    ...     sorted(each.name for each in Path(folder).iterdir())
    ['0002_a']
    """
    where = Path(folder)
    files: list[Path] = []
    for place, each in enumerate(new):
        written = add_migration(where, each, layout)
        if isinstance(written, Failure):
            for before in new[:place]:
                _remove(where, before, layout)
            return written
        files += written.unwrap()
    for each in old:
        try:
            _remove(where, each, layout)
        except OSError as error:
            message = f"{error.strerror or error}: remove it, {', '.join(one.id for one in new)} is in its place"
            return Failure(UnwritableHistory(str(error.filename or where), message))
    return Success(tuple(files))


def follow_anew(folder: Path | str, migration: Migration, layout: HistoryLayout = "folder") -> Path:
    """Write the parents of a migration that is there anew. Raises OSError."""
    name = f"{migration.id}/{RECORD}" if layout == "folder" else path_aside(migration.id, RECORD)
    path = Path(folder) / name
    aside = path.with_name(f".{path.name}.writing")
    aside.write_bytes(
        record_bytes(migration, migration.parts or ((f"{migration.id}.sql",) if layout == "flat" else ()))
    )
    return aside.replace(path)


def unproved(migration: Migration) -> Migration:
    """The same, and nothing is known of where it stands, nor of an edited one what it does."""
    made = replace(migration, before=None, after=None, proved=None)
    return replace(made, up_steps=(), down_steps=()) if migration.edited else made


def _remove(where: Path, migration: Migration, layout: HistoryLayout) -> None:
    if layout == "folder":
        gone = where / f".gone-{migration.id}"
        (where / migration.id).rename(gone)
        shutil.rmtree(gone)
        return
    names = [*(migration.parts or (f"{migration.id}.sql",))]
    names += [path_aside(migration.id, each) for each in (DOWN, DATA_STEPS, RECORD)]
    for name in names:
        (where / name).unlink(missing_ok=True)
