"""The journal of a database whose migrations were put into one meanwhile."""

from __future__ import annotations

from msgspec.structs import replace

from qb.kit.history.history import History
from qb.kit.running.errors import HalfSquashed
from qb.kit.running.journal import Journal
from qb.kit.running.standing import Standing, squashed_rows
from qb.run.database.own_session import OwnSession


def refuse_half_squashed(standing: Standing) -> None:
    """Raise `HalfSquashed` where a database has some of what a migration replaces."""
    known = {each.id: each for each in standing.rows}
    for each in standing.history:
        if each.id in known or not each.replaces:
            continue
        there = tuple(id for id in each.replaces if id in known and not known[id].half)
        begun = tuple(id for id in each.replaces if id in known)
        if begun:
            missing = tuple(id for id in each.replaces if id not in there)
            raise HalfSquashed(each.id, each.file, there or begun, missing)


def note_squashed(session: OwnSession, journal: Journal, history: History) -> None:
    """Write into the journal what replaces what it has."""
    rows = journal.rows(session)
    before = {each.id for each in rows}
    for row in squashed_rows(history, rows):
        if row.id in before:
            continue
        migration = history[row.id]
        *others, last = [each for each in rows if each.id in migration.replaces]
        session.run("BEGIN")
        for each in others:
            journal.gone(session, each.id)
        journal.squashed(session, row.id, row.checksum, migration.parents, replace(row, id=last.id))
        journal.event(session, "squashed", row.id, ", ".join(migration.replaces))
        session.run("COMMIT")
