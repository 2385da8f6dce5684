"""A history beside the journal of a database: what is there, what is to come, and what does not fit."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from qb.kit.history.history import History
from qb.kit.history.migration import Migration
from qb.kit.running.journal import JournalRow
from qb.kit.running.squashed_rows import split_rows, squashed_rows


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a database stands in a history."""

    history: History
    rows: tuple[JournalRow, ...]
    """What the journal has, in its order."""
    applied: tuple[str, ...]
    """What is done, of the history's."""
    half: JournalRow | None
    """What somebody was stopped in."""
    pending: tuple[Migration, ...]
    """What is to be run, in order; what is half done among it."""
    unknown: tuple[JournalRow, ...]
    """What the journal has and the history has not."""
    edited: tuple[Migration, ...]
    """What is done, of which the file is another one by now."""

    def row(self, id: str) -> JournalRow | None:
        """The journal's line of a migration."""
        return next((each for each in self.rows if each.id == id), None)

    def late(self, chosen: Iterable[Migration]) -> tuple[tuple[Migration, tuple[str, ...]], ...]:
        """Which of the pending ones were made without some that are applied, and without which."""
        found: list[tuple[Migration, tuple[str, ...]]] = []
        for each in chosen:
            before = self.history.ancestors(each.id)
            if without := tuple(id for id in self.applied if id not in before):
                found.append((each, without))
        return tuple(found)


def standing_of(history: History, rows: tuple[JournalRow, ...]) -> Standing:
    """Where a database stands whose journal has these rows.

    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> from qb.kit.running.standing import standing_of
    >>> found = standing_of(history_of([Migration(id="0001_init")]).unwrap(), ())
    >>> found.pending, found.applied
    ((<migration 0001_init>,), ())
    """
    rows = split_rows(history, squashed_rows(history, rows))
    by_id = {each.id: each for each in rows}
    applied = tuple(id for id in history.ids if id in by_id and not by_id[id].half)
    return Standing(
        history=history,
        rows=rows,
        applied=applied,
        half=next((each for each in rows if each.half), None),
        pending=tuple(each for each in history if each.id not in applied),
        unknown=tuple(each for each in rows if each.id not in history),
        edited=tuple(history[id] for id in applied if history[id].checksum != by_id[id].checksum),
    )
