"""`rollback_each`: what was applied last is undone in many databases, such as one for each organization."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from qb.kit.history.history import History
from qb.kit.running.backups import Backups
from qb.kit.running.comparing_catalogs import LookAtCatalog
from qb.kit.running.each_database import for_each
from qb.kit.running.lock_patience import Patience
from qb.kit.running.rolling_back import RollingBack, rollback
from qb.kit.running.rules import MigrationRules
from qb.kit.running.run_progress import OnProgress, silent
from qb.run.database.database import Database

K = TypeVar("K")


def rollback_each(
    addresses: Mapping[K, str],
    history: History,
    count: int = 1,
    *,
    to: str | None = None,
    everything: bool = False,
    unknown: bool = False,
    journal: str = "qb",
    dry_run: bool = False,
    patience: Patience = Patience(),
    rules: MigrationRules = MigrationRules(),
    look: LookAtCatalog | None = None,
    backups: Callable[[K, str], Backups | None] = lambda key, address: None,
    on_begin: Callable[[K], None] = lambda _: None,
    on_progress: OnProgress = silent,
) -> dict[K, RollingBack]:
    """Undo the last migrations of each of some databases, one database after another, and say what became of each: one
    that fails stops none of the others. A number counts from what each of them has, so `to` is what brings all to the
    same. All else is as for `rollback` and `migrate_each`, errors among it.

    >>> from qb.kit import rollback_each
    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> history = history_of(
    ...     [Migration(id="0001_notes", up="CREATE TABLE notes ();", down="DROP TABLE notes;")]
    ... ).unwrap()
    >>> done = rollback_each({"nobody": "postgresql://nowhere.invalid/x"}, history)
    >>> {key: type(outcome.failure()).__name__ for key, outcome in done.items()}
    {'nobody': 'ConnectionRefused'}
    """

    def undo(db: Database, key: K, address: str) -> RollingBack:
        return rollback(
            db,
            history,
            count,
            to=to,
            everything=everything,
            unknown=unknown,
            journal=journal,
            dry_run=dry_run,
            patience=patience,
            rules=rules,
            look=look,
            backups=backups(key, address),
            on_progress=on_progress,
        )

    return for_each(addresses, undo, on_begin)
