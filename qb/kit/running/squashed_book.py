"""The journal of a database whose migrations were put into one meanwhile."""

from __future__ import annotations

from collections.abc import Container

from msgspec.structs import replace

from qb.kit.history.history import History
from qb.kit.running.errors import HalfSquashed
from qb.kit.running.journal import Journal
from qb.kit.running.squashed_rows import rows_replaced, squashed_rows
from qb.kit.running.standing import Standing
from qb.run.database.own_session import OwnSession


def refuse_half_squashed(standing: Standing) -> None:
    """Raise `HalfSquashed` where a database has some of what a migration replaces."""
    known = {each.id: each for each in standing.rows}
    names = {id for each in standing.rows if not each.half for id in (each.id, *each.replaces)}
    for each in standing.history:
        if each.id in known or not each.replaces:
            continue
        there = tuple(id for id in each.replaces if id in names)
        begun = tuple(id for id in each.replaces if id in names or id in known)
        if begun:
            missing = tuple(id for id in each.replaces if id not in there)
            raise HalfSquashed(each.id, each.file, there or begun, missing)


def note_squashed(session: OwnSession, journal: Journal, history: History) -> None:
    """Write into the journal what replaces what it has."""
    rows = journal.rows(session)
    before = {each.id: each for each in rows}
    for row in squashed_rows(history, rows):
        if row.id in before:
            if row.id in history and tuple(row.replaces) != history[row.id].replaces:
                journal.now_replaces(session, row.id, history[row.id].replaces)
            continue
        *others, last = [each.id for each in rows if each.id in history[row.id].replaces]
        session.run("BEGIN")
        for each in others:
            journal.gone(session, each)
        journal.squashed(session, row, last)
        journal.event(session, "squashed", row.id, ", ".join(row.replaces))
        session.run("COMMIT")


def note_apart(session: OwnSession, journal: Journal, history: History, ids: Container[str]) -> None:
    """Write into the journal the migrations that were put into one later, where some of these are to be undone."""
    for row in journal.rows(session):
        parts = rows_replaced(history, row)
        if any(each.id in ids for each in parts):
            session.run("BEGIN")
            own = [replace(each, replaces=[id for id in each.replaces if id != row.id]) for each in parts]
            journal.apart(session, row.id, own)
            session.run("COMMIT")
