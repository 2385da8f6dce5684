"""`migrate_async`: what `migrate` does, for coroutines on asyncio or trio."""

from __future__ import annotations

from qb.kit.history.history import History
from qb.kit.running.backups import Backups
from qb.kit.running.comparing_catalogs import LookAtCatalog
from qb.kit.running.lock_patience import Patience
from qb.kit.running.migrating import Commutes, Migrating, migrate
from qb.kit.running.repeatable import RepeatableSql
from qb.kit.running.row_guards import RowGuards
from qb.kit.running.rules import MigrationRules
from qb.kit.running.run_progress import OnProgress, silent
from qb.run.database.async_database import AsyncDatabase
from qb.run.database.connect import connect
from qb.run.talk.aside import aside


async def migrate_async(
    db: AsyncDatabase,
    history: History,
    *,
    journal: str = "qb",
    to: str | None = None,
    dry_run: bool = False,
    patience: Patience = Patience(),
    rules: MigrationRules = MigrationRules(),
    keep: bool = False,
    direct_url: str | None = None,
    before: tuple[RepeatableSql, ...] = (),
    after: tuple[RepeatableSql, ...] = (),
    look: LookAtCatalog | None = None,
    commutes: Commutes | None = None,
    guards: RowGuards | None = None,
    backups: Backups | None = None,
    on_progress: OnProgress = silent,
) -> Migrating:
    """Run the migrations that a database has not yet: see `migrate`, which has its errors, too.

    It runs on a thread and on connections of its own to the same address, or where a pooler stands there to
    `direct_url`, so the event loop is never held up, and what is called back (`on_progress`, `look`, `commutes`, the
    schema of `guards`) is called there. A migration is not cancelled half done: a task that is cancelled ends once the
    run has.

    >>> from qb.kit import migrate_async
    >>> from qb.kit.history.history import history_of
    >>> from qb.kit.history.migration import Migration
    >>> history = history_of([Migration(id="0001_notes", up="CREATE TABLE notes (text text);")]).unwrap()
    >>> (await migrate_async(db, history)).map(lambda done: done.applied)
    <Success: ('0001_notes',)>
    """

    def run() -> Migrating:
        address = db._pool.conninfo  # pyright: ignore[reportPrivateUsage]
        with connect(direct_url or address, max_size=2) as own:
            return migrate(
                own,
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
                backups=backups,
                on_progress=on_progress,
            )

    return await aside(run)
