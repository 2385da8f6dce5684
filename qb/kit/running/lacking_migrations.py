"""What of a history a journal has not."""

from __future__ import annotations

from qb.kit.history.history import History
from qb.kit.running.journal import JournalRow
from qb.kit.running.standing import standing_of


def lacking_migrations(head: History | str, rows: tuple[JournalRow, ...]) -> tuple[str, ...]:
    """What a database lacks that has these rows, in words.

    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> from qb.kit.running.lacking_migrations import lacking_migrations
    >>> lacking_migrations(history_of([Migration(id="0001_notes")]).unwrap(), ())
    ('migration 0001_notes',)
    """
    if isinstance(head, str):
        row = next((each for each in rows if each.id == head or head in each.replaces), None)
        return () if row is not None and not row.half else (_said(head, begun=row is not None),)
    standing = standing_of(head, rows)
    return tuple(_said(each.id, begun=standing.row(each.id) is not None) for each in standing.pending)


def _said(id: str, *, begun: bool) -> str:
    return f"migration {id}{' (it was only begun)' if begun else ''}"
