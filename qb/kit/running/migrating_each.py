"""`migrate_each`: the same history for many databases, such as one for each organization."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from qb.kit.history.history import History
from qb.kit.running.backups import Backups
from qb.kit.running.comparing_catalogs import LookAtCatalog
from qb.kit.running.each_database import for_each
from qb.kit.running.lock_patience import Patience
from qb.kit.running.migrating import Commutes, Migrating, migrate
from qb.kit.running.repeatable import RepeatableSql
from qb.kit.running.row_guards import RowGuards
from qb.kit.running.rules import MigrationRules
from qb.kit.running.run_progress import OnProgress, silent
from qb.run.database.database import Database

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
    before: tuple[RepeatableSql, ...] = (),
    after: tuple[RepeatableSql, ...] = (),
    look: LookAtCatalog | None = None,
    commutes: Commutes | None = None,
    guards: RowGuards | None = None,
    backups: Callable[[K, str], Backups | None] = lambda key, address: None,
    on_begin: Callable[[K], None] = lambda _: None,
    on_progress: OnProgress = silent,
) -> dict[K, Migrating]:
    """Run the migrations that each of some databases has not yet, one database after another, and say what became of
    each: one that fails stops none of the others, but for
    one whose `guards` fail, behind which none is begun. Addresses are without a pooler in between; all else is as for
    `migrate`. `backups` gives of a key and its address where its backups go. `on_begin` is told each key before its
    database is asked. Errors: those of `migrate`, and `UnreadableAddress`.

    >>> from qb.kit import migrate_each
    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> history = history_of([Migration(id="0001_notes", up="CREATE TABLE notes ();")]).unwrap()
    >>> done = migrate_each({"nobody": "postgresql://nowhere.invalid/x"}, history)
    >>> {key: type(outcome.failure()).__name__ for key, outcome in done.items()}
    {'nobody': 'ConnectionRefused'}
    """

    def run(db: Database, key: K, address: str) -> Migrating:
        return migrate(
            db,
            history,
            journal=journal,
            to=to,
            dry_run=dry_run,
            patience=patience,
            rules=rules,
            keep=keep,
            before=before,
            after=after,
            look=look,
            commutes=commutes,
            guards=guards,
            backups=backups(key, address),
            on_progress=on_progress,
        )

    return for_each(addresses, run, on_begin)
