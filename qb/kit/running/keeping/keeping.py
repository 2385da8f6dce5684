"""The statements of a runner, where some of what they drop is kept, and comes back."""

from __future__ import annotations

from typing import Final

from qb.kit.history.losses import SET_ASIDE, same_loss
from qb.kit.history.migration import Migration
from qb.kit.ours.keepers import KEPT_NAME
from qb.kit.running.journal import Journal, JournalState
from qb.kit.running.keeping.aside import by_itself
from qb.kit.running.keeping.dropping import (
    KeptDrop,
    SqlName,
    altered_table,
    attached_table,
    created_table,
    dropped_types,
    drops_of,
    inserted_table,
)
from qb.kit.running.keeping.kept_book import KeptBook
from qb.kit.running.keeping.parking import KeptAside
from qb.kit.running.keeping.returning import KeptReturn
from qb.kit.sql_file import FileStatement
from qb.run.database.own_session import OwnSession

_KEPT_COLUMNS: Final = """
SELECT pg_catalog.quote_ident(a.attname), pg_catalog.format_type(a.atttypid, a.atttypmod)
FROM pg_catalog.pg_attribute a WHERE a.attrelid = pg_catalog.to_regclass($1) AND pg_catalog.starts_with(a.attname, $2)
  AND NOT a.attisdropped ORDER BY a.attnum
"""


class Keeping:
    """Sends the statements of migrations. What is not in a transaction is sent as it is."""

    def __init__(self, session: OwnSession, journal: Journal) -> None:
        self.session: Final = session
        self.book: Final = KeptBook(journal)
        self.on: bool = False
        """Whether what is dropped is kept."""
        self.drop: frozenset[str] = frozenset()
        """What is dropped all the same, as `--allow` says it."""
        self.kept: Final[list[str]] = []
        self.back: Final[list[str]] = []
        self.lost: Final[list[str]] = []
        """What cannot come back, as it was removed."""
        self._of: tuple[str, KeptReturn] | None = None

    def send(self, migration: Migration, statement: FileStatement, way: JournalState) -> int:
        """How many rows a statement has touched, or what is done instead of it."""
        text = statement.text
        if not self.session.in_transaction:
            return self.session.run(text)
        if names := dropped_types(text):
            if self.book.rows(self.session):
                done = KeptAside(self.session, self.book, migration).types(text, names)
                return self.session.run(text) if done is None else done
        elif (joins := _attached(text)) is not None:
            self._like_its_table(*joins)
        elif way == "undoing":
            return self._back(migration, text)
        elif self.on and (drops := self._wanted(text)):
            parking = KeptAside(self.session, self.book, migration)
            touched = parking.drops(statement, drops)
            self.kept.extend(parking.kept)
            return touched
        return self.session.run(text)

    def _like_its_table(self, table: SqlName, partition: SqlName) -> None:
        """A table that becomes a partition has what is kept of the other one, too."""
        if not self.book.rows(self.session):
            return
        with by_itself(self.session, path=True):
            for column, of in self.session.rows(_KEPT_COLUMNS, table.sql, KEPT_NAME):
                self.session.run(f"ALTER TABLE {partition.sql} ADD COLUMN IF NOT EXISTS {column} {of}")

    def begins(self, migration: Migration, *, keep: bool, anew: bool) -> None:
        """Note that what a migration drops is kept, for who goes on with it, too."""
        if keep and anew:
            self.book.journal.event(self.session, "keeps", migration.id)
        self.on = keep or (not anew and self.book.keeps(self.session, migration.id))

    def undone(self, kept: int) -> None:
        """A transaction was undone, before which so many things were kept: what was done in it is forgotten."""
        del self.kept[kept:]
        self._of = None

    def ended(self, migration: Migration) -> None:
        """The down of a migration is done, in the transaction that notes it."""
        found = self._returning(migration)
        found.ended()
        self.back.extend(each.loss.partition(":")[2] for each, _ in found.back)
        self.lost.extend(each.loss for each in found.lost)
        self._of = None

    def _wanted(self, text: str) -> list[KeptDrop]:
        return [
            each
            for each in drops_of(text)
            if same_loss(each.loss) not in self.drop and not each.name.parts[0].startswith(SET_ASIDE)
        ]

    def _back(self, migration: Migration, text: str) -> int:
        found = self._returning(migration)
        if not (found.things or found.back):
            return self.session.run(text)
        if (altered := altered_table(text)) is not None:
            found.dropped(drops_of(text))
            rest = found.columns(altered)
            return self.session.run(rest) if rest else 0
        if (name := inserted_table(text)) is not None and found.has_table(name):
            return 0  # its rows are those that were kept
        found.dropped(drops_of(text))
        touched = self.session.run(found.filled(text))
        if (name := created_table(text)) is not None:
            found.table(name)
        return touched

    def _returning(self, migration: Migration) -> KeptReturn:
        if self._of is None or self._of[0] != migration.id:
            ids = (migration.id, *migration.replaces)
            things = tuple(each for each in self.book.rows(self.session) if each.migration in ids and not each.over)
            self._of = migration.id, KeptReturn(self.session, self.book, things)
        return self._of[1]


def _attached(text: str) -> tuple[SqlName, SqlName] | None:
    """The table that gets a partition, and what becomes one."""
    altered = altered_table(text)
    if altered is None:
        return None
    return next(((altered.name, each) for each in map(attached_table, altered.actions) if each is not None), None)
