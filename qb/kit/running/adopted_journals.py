"""What another program's journal said when its history was taken over, and whether it says something else by now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import msgspec

from qb.errors.outcome import unwrap
from qb.kit.config import Migrator
from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.ours.migrators import FoundJournal, journals_of_others
from qb.kit.running.journal import Journal
from qb.query.raw import sql
from qb.run.database.db import Db
from qb.run.database.own_session import OwnSession
from qb.types.identifier import quoted
from qb.types.trusted import trusted

KIND: Final = "adopted journal"
"""Of the event that keeps it."""


@dataclass(repr=False, eq=False)
class JournalMovedOn(KitError):
    """Another program has changed a database since its history was taken over."""

    migrator: Migrator
    table: str
    keys: tuple[str, ...]
    """What its journal has now, and had not."""
    gone: tuple[str, ...]
    """What it has no more."""
    code: ClassVar[str] = "journal-moved-on"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    @property
    def object(self) -> str:
        """Its journal."""
        return f"table {self.table}"

    @property
    def fix(self) -> str:
        """The line of the config."""
        return f'coexist = ["{self.migrator}"]'

    def __str__(self) -> str:
        has = f"has {_some(self.keys)}" if self.keys else f"has no {_some(self.gone)} any more"
        return (
            f"{self.migrator} has changed this database since its history was taken over ({self.table} {has}), and "
            f"none of these migrations knows of it: undo that with {self.migrator}, or write what it did as one of "
            f"these and say {self.fix} in the config"
        )


class _Kept(msgspec.Struct, frozen=True):
    migrator: Migrator
    keys: tuple[str, ...]


def note_journal(session: OwnSession, book: Journal, db: Db, migrators: Sequence[str], id: str | None) -> None:
    """Keep what the journals of these say now. DbErrors are raised."""
    for each in journals_of_others(db):
        if each.migrator in migrators and each.journal.key:
            kept = _Kept(each.migrator, _keys(db, each))
            book.event(session, KIND, id, msgspec.json.encode(kept).decode())


def refuse_moved_on(db: Db, book: Journal, coexist: Sequence[Migrator]) -> None:
    """Raise `JournalMovedOn` where a journal of a program that was taken over is not what it was then. One that
    `coexist` names may be; where nothing was taken over our journal alone is read."""
    noted = [msgspec.json.decode(each, type=_Kept) for each in book.details(db, KIND)]
    kept = {each.migrator: each.keys for each in noted if each.migrator not in coexist}
    if not kept:
        return
    for each in journals_of_others(db):
        if each.migrator in kept and each.journal.key:
            was, now = frozenset(kept[each.migrator]), frozenset(_keys(db, each))
            if was != now:
                table = f"{each.schema}.{each.table}"
                raise JournalMovedOn(each.migrator, table, tuple(sorted(now - was)), tuple(sorted(was - now)))


def _keys(db: Db, found: FoundJournal) -> tuple[str, ...]:
    where = f" WHERE {found.journal.where}" if found.journal.where else ""
    text = f"SELECT {found.journal.key} FROM {quoted(found.schema)}.{quoted(found.table)}{where} ORDER BY 1"
    return tuple(unwrap(db.all(sql(trusted(text.replace("{", "{{").replace("}", "}}"))).rows(str))))


def _some(keys: Sequence[str]) -> str:
    return ", ".join(keys[:5]) + (", ..." if len(keys) > 5 else "")
