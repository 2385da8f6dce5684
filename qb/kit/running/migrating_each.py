"""`migrate_each`: the same history for many databases, such as one for each organization."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from qb.kit.history.history import History
from qb.kit.running.comparing_catalogs import LookAtCatalog
from qb.kit.running.migrating import Migrating, migrate
from qb.kit.running.rules import MigrationRules
from qb.kit.running.run_progress import OnProgress, silent
from qb.kit.running.segment_runner import Patience
from qb.run.database.connect import connect

K = TypeVar("K")


def migrate_each(
    addresses: Mapping[K, str],
    history: History,
    *,
    journal: str = "qb",
    to: str | None = None,
    dry_run: bool = False,
    patience: Patience = Patience(),
    rules: MigrationRules = MigrationRules(),
    keep: bool = False,
    look: LookAtCatalog | None = None,
    on_begin: Callable[[K], None] = lambda _: None,
    on_progress: OnProgress = silent,
) -> dict[K, Migrating]:
    """Run the migrations that each of some databases has not yet, one database after another, and say what became of
    each: one that fails stops none of the others. Addresses are without a pooler in between; all else is as for
    `migrate`. `on_begin` is told each key before its database is asked.

    >>> from qb.kit import migrate_each
    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> history = history_of([Migration(id="0001_notes", up="CREATE TABLE notes ();")]).unwrap()
    >>> done = migrate_each({"nobody": "postgresql://nowhere.invalid/x"}, history)
    >>> {key: type(outcome.failure()).__name__ for key, outcome in done.items()}
    {'nobody': 'ConnectionRefused'}
    """
    found: dict[K, Migrating] = {}
    for key, address in addresses.items():
        on_begin(key)
        with connect(address, max_size=2) as db:
            found[key] = migrate(
                db,
                history,
                journal=journal,
                to=to,
                dry_run=dry_run,
                patience=patience,
                rules=rules,
                keep=keep,
                look=look,
                on_progress=on_progress,
            )
    return found
