"""Migrations that no file is there for, as the journal has kept them."""

from __future__ import annotations

from qb.kit.history.migration import Migration
from qb.kit.running.journal import JournalRow


def of_journal(row: JournalRow) -> Migration:
    """One of them, with the down that was kept."""
    file, down_file = f"{row.id}/up.sql", f"the journal's down of {row.id}"
    return Migration(id=row.id, parents=tuple(row.parents), down=row.down, file=file, down_file=down_file)
