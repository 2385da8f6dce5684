"""What a step outside of transactions has left that was begun, and that its file says otherwise by now.

An index of it goes, whatever became of it. What nobody could make again is ended instead: a partition that is being
detached, an index that is being dropped. A database, a subscription and the like stay as they are.
https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from qb.kit.history.segments import SqlSegment
from qb.kit.history.statement_kinds import words_of
from qb.kit.running.cutting import seal
from qb.kit.running.journal import JournalRow
from qb.kit.running.settling import StepNote, StepOutcome, invalid_indexes, settle_step
from qb.kit.running.wanted_index import WantedIndex, indexes_there, of_its_kind, wanted_index
from qb.kit.sql_file import FileStatement
from qb.run.database.own_session import OwnSession


class LeftStep(msgspec.Struct, frozen=True):
    """A step that was begun, where its file says something else by now."""

    note: StepNote
    text: str | None
    """What is to be run there outside of a transaction, and can be looked up; None where that is nothing."""
    place: FileStatement
    """Where it is told."""
    segment: SqlSegment | None
    """What is there now."""


def left_step(row: JournalRow | None, cut: Sequence[SqlSegment], done: int) -> LeftStep | None:
    """The step that a migration has stopped in behind what is done; None where that is still the one of its file."""
    if row is None or row.step is None:
        return None
    note = msgspec.json.decode(row.note or "{}", type=StepNote)
    segment = cut[done] if done < len(cut) else None
    outside = segment is not None and not segment.transactional
    if not note.seal or (segment is not None and outside and note.is_of(seal(segment), marked=segment.marked)):
        return None
    last = segment or (cut[-1] if cut else None)
    place = FileStatement(note.sql, 1, 1) if last is None else last.statements[-1 if segment is None else 0]
    text = segment.statements[0].text if segment is not None and outside and not segment.marked else None
    return LeftStep(note, text, place, segment)


def take_back(session: OwnSession, note: StepNote, text: str | None, *, failed: bool) -> StepOutcome:
    """Clean up behind the statement of a note, where `text` is to be run now, or nothing. "done" is that what is there
    is what this one would make, "again" that it is to be run, and "unknown" that nobody can know what is there."""
    session.run("SELECT pg_catalog.set_config('search_path', $1, false)", note.path)
    old = None if note.marked else wanted_index(note.sql)
    if old is not None:
        return _index(session, old, note, None if text is None or failed else wanted_index(text))
    if not note.marked and words_of(note.sql, 3) == ("DROP", "INDEX", "CONCURRENTLY"):
        for each in invalid_indexes(session):
            if each.number == note.named and each.number not in note.invalid:
                session.run(f"DROP INDEX CONCURRENTLY IF EXISTS {each.sql}")
        return "again"
    found = settle_step(session, note.sql, note, failed=failed, marked=note.marked)
    return "unknown" if found == "unknown" else "again"


def _index(session: OwnSession, old: WantedIndex, note: StepNote, wanted: WantedIndex | None) -> StepOutcome:
    new = [each for each in indexes_there(session, old) if each.number not in note.indexes]
    made = of_its_kind(session, old, new)
    if made is None:
        return "unknown"
    good: frozenset[int] = frozenset()
    if wanted is not None:  # the same index, said in other words
        same = of_its_kind(session, wanted, indexes_there(session, wanted)) or ()
        good = frozenset(each.number for each in same if each.valid) & {each.number for each in made}
    for each in made:
        if each.number not in good:
            session.run(f"DROP INDEX CONCURRENTLY IF EXISTS {each.sql}")
    return "done" if good else "again"
