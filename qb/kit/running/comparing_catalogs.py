"""Whether a database is what its migrations say that they make, before they run and behind each of them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeAlias

from qb.errors.outcome import Outcome, unwrap
from qb.kit.history.history import History
from qb.kit.history.migration import Migration, OursRecord
from qb.kit.running.errors import NotAsRecorded
from qb.run.database.database import Database
from qb.run.database.db import Db
from qb.run.database.own_session import OwnSession

LookAtCatalog: TypeAlias = Callable[[Db, OursRecord | None], Outcome[str]]
"""The fingerprint of a database's catalog, of what was ours of it by a record, or is ours of it."""


class CatalogComparison:
    """Compares fingerprints, where one is known: of a migration that was made for this server's version, in a database
    that has what it follows and nothing else."""

    def __init__(self, db: Database, session: OwnSession, history: History, look: LookAtCatalog | None) -> None:
        self.db = db
        self.history = history
        self.look = look
        self.major: int = 0
        if look is not None:
            ((version,),) = session.rows("SELECT pg_catalog.current_setting('server_version_num')")
            self.major = int(version or 0) // 10_000

    def before(self, migration: Migration, applied: Collection[str]) -> bool:
        """Whether the database is what a migration begins with; True where that is not known."""
        if migration.before is None or not self._known(migration, applied, frozenset()):
            return True
        return self._found(migration) == migration.before

    def is_behind(self, migration: Migration, applied: Collection[str]) -> bool:
        """Whether the database is what a migration has made of it; True where that is not known."""
        if migration.after is None or not self._known(migration, applied, frozenset((migration.id,))):
            return True
        return self._found(migration) == migration.after

    def behind(self, migration: Migration, applied: Collection[str]) -> None:
        """Raise `NotAsRecorded` where the database is not what a migration makes of it."""
        if not self.is_behind(migration, applied):
            raise NotAsRecorded(migration.id)

    def undone(self, migration: Migration, applied: Collection[str]) -> None:
        """Raise `NotAsRecorded` where the database is not what it was before a migration, which is undone. How it was
        does not follow from what its files say by now."""
        wanted = migration.before
        if (
            wanted is not None
            and self._known(migration, applied, frozenset(), edited=True)
            and self._found(migration) != wanted
        ):
            raise NotAsRecorded(migration.id, undone=True)

    def within(self, migration: Migration, applied: Collection[str], segment: int) -> None:
        """Raise `NotAsRecorded` where the database is not what it is behind a segment that is no transaction."""
        wanted = migration.between.get(str(segment))
        if wanted is not None and self._known(migration, applied, frozenset()) and self._found(migration) != wanted:
            raise NotAsRecorded(migration.id, segment)

    def _known(
        self, migration: Migration, applied: Collection[str], itself: frozenset[str], *, edited: bool = False
    ) -> bool:
        if self.look is None or (migration.edited and not edited) or migration.major not in (None, self.major):
            return False
        return frozenset(applied) == self.history.ancestors(migration.id) | itself

    def _found(self, migration: Migration) -> str:
        assert self.look is not None, "it is asked for where somebody can look"
        return unwrap(self.look(self.db, migration.ours))
