"""What of a history a journal has not."""

from __future__ import annotations

from qb.kit.history.history import History
from qb.kit.running.journal import JournalRow
from qb.kit.running.standing import standing_of
from qb.kit.running.waiting_contracts import waiting_contracts


def lacking_migrations(head: History | str, rows: tuple[JournalRow, ...]) -> tuple[str, ...]:
    """What a database lacks that has these rows, in words. A contract that waits is no lack: it only takes away.

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
    wait = waiting_contracts(standing, standing.pending, begun=bool(rows)).ids
    begun = {each.id for each in rows}
    missing = [each for each in standing.pending if each.id not in wait and not (each.contract and each.id in begun)]
    return tuple(_said(each.id, begun=each.id in begun) for each in missing)


def _said(id: str, *, begun: bool) -> str:
    return f"migration {id}{' (it was only begun)' if begun else ''}"
