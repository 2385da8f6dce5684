"""Migrations put in the place of others, as a change of files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from msgspec.structs import replace

from qb.kit.history.adding import new_files
from qb.kit.history.file_change import FileChange
from qb.kit.history.history_files import DATA_STEPS, DOWN, RECORD, path_aside
from qb.kit.history.migration import Migration
from qb.kit.history.migration_json import record_bytes
from qb.kit.history.migration_names import HistoryLayout


def replaced(
    folder: Path | str, old: Iterable[Migration], new: Iterable[Migration], layout: HistoryLayout = "folder"
) -> FileChange:
    """Some migrations go, and others come. Raises as `new_files` does.

    >>> from qb.kit.history.migration import Migration
    >>> from qb.kit.history.rewriting import replaced
    >>> change = replaced("migrations", [Migration(id="0001_a")], [Migration(id="0002_a", up="SELECT 1;")])
    >>> change.removes, list(change.puts)
    (('0001_a',), ['0002_a/up.sql', '0002_a/migration.json'])
    """
    gone = tuple(name for each in old for name in _names(each, layout))
    return FileChange(removes=gone) | new_files(folder, new, layout)


def recorded_anew(migration: Migration, layout: HistoryLayout = "folder") -> FileChange:
    """What is known of a migration that is there, such as its parents, and not its SQL."""
    flat = layout == "flat"
    name = path_aside(migration.id, RECORD) if flat else f"{migration.id}/{RECORD}"
    parts = migration.parts or (f"{migration.id}.sql",)
    return FileChange(over={name: record_bytes(migration, parts if flat else ())})


def unproved(migration: Migration) -> Migration:
    """The same, and nothing is known of where it stands, nor of an edited one what it does."""
    made = replace(migration, before=None, after=None, between={}, ours=None, proved=None)
    return replace(made, up_steps=(), down_steps=()) if migration.edited else made


def _names(migration: Migration, layout: HistoryLayout) -> tuple[str, ...]:
    if layout == "folder":
        return (migration.id,)
    aside = (path_aside(migration.id, each) for each in (DOWN, DATA_STEPS, RECORD))
    return (*(migration.parts or (f"{migration.id}.sql",)), *aside)
