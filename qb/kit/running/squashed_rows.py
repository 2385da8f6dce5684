"""The journal's lines beside a history in which migrations were put into one: before it was, and behind it."""

from __future__ import annotations

from msgspec.structs import replace

from qb.kit.history.history import History
from qb.kit.history.migration import Migration
from qb.kit.running.cutting import cut_migration, seal
from qb.kit.running.journal import JournalRow


def squashed_rows(history: History, rows: tuple[JournalRow, ...]) -> tuple[JournalRow, ...]:
    """The same, where all that a migration replaces is one line of it."""
    for each in history:
        known = {row.id: row for row in rows}
        parts = [known[id] for id in each.replaces if id in known]
        there = {id for row in parts for id in (row.id, *row.replaces)}
        if each.id in known or not each.replaces or not there.issuperset(each.replaces) or any(r.half for r in parts):
            continue
        row = _row_of(each, parts[-1])
        others = {one.id for one in parts[:-1]}
        rows = tuple(row if one.id == parts[-1].id else one for one in rows if one.id not in others)
    return rows


def split_rows(history: History, rows: tuple[JournalRow, ...]) -> tuple[JournalRow, ...]:
    """The same, where a line that a history knows nothing of replaces what it has: as it was before they were one.

    What of those is not in the history is left out, as what was put together before, but for what comes last: there the
    database is ahead.
    """
    return tuple(one for row in rows for one in (rows_replaced(history, row) or (row,)))


def rows_replaced(history: History, row: JournalRow) -> tuple[JournalRow, ...]:
    """The lines of what one replaces that a history has instead of it; none where it has not."""
    if row.id in history or row.half or not any(id in history for id in row.replaces):
        return ()
    found: list[JournalRow] = []
    waiting: list[str] = []
    for id in row.replaces:
        if id not in history:
            waiting.append(id)
            continue
        if found:
            found[-1] = replace(found[-1], replaces=[*found[-1].replaces, *waiting])
            waiting = []
        found.append(replace(_row_of(history[id], row), replaces=waiting))
        waiting = []
    found[-1] = replace(found[-1], replaces=[*found[-1].replaces, row.id])  # what follows that follows this
    for id in waiting:
        found.append(replace(row, id=id, parents=[found[-1].id], down=None, replaces=[], seals=[], done=0))
    return tuple(found)


def _row_of(migration: Migration, like: JournalRow) -> JournalRow:
    """The line of a migration that is there, though nobody has run it by this name."""
    cut = cut_migration(migration)
    return replace(
        like,
        id=migration.id,
        checksum=migration.checksum,
        parents=list(migration.parents),
        done=len(cut),
        step=None,
        note=None,
        seals=list(map(seal, cut)),
        down=migration.down,
        replaces=list(migration.replaces),
    )
