"""Which file of a migration is another one than was applied."""

from __future__ import annotations

from qb.kit.history.checksum import checksum
from qb.kit.history.migration import Migration
from qb.kit.running.cutting import cut_migration, seal
from qb.kit.running.journal import JournalRow


def edited_file(migration: Migration, row: JournalRow | None) -> str:
    """Its SQL, or its data steps where the SQL is what was recorded, or run. Raises `SqlFileError`.

    >>> from qb.kit.history.migration import Migration
    >>> from qb.kit.running.edited_file import edited_file
    >>> edited_file(Migration(id="0001_a", up="SELECT 1;", file="0001_a/up.sql"), None)
    '0001_a/up.sql'
    """
    if migration.data_steps is None or row is None:
        return migration.file
    if migration.recorded is not None:
        same = migration.recorded[0] == checksum(migration.up)
    else:
        same = row.seals == list(map(seal, cut_migration(migration)))
    if not same:
        return migration.file
    from qb.kit.running.data_runner import steps_file  # who has nothing to do loads no runner

    return steps_file(migration)
