"""Running migrations: every line marked `# error` must be refused, as in `refused.py`."""
# fmt: off

from __future__ import annotations

from qb import AsyncDatabase, Database, Outcome, Success, Tx
from qb.kit import StepBatch, audit, data_step, forecast, migrate, purge, resolve_migration, rollback, status
from qb.kit.history.history import History
from qb.kit.history.migration import Migration
from qb.kit.history.reading import read_history
from qb.kit.running.rules import MigrationRules


def refused(db: Database, tx: Tx, other: AsyncDatabase, history: History, one: Migration) -> None:
    migrate(other, history)                                                             # error: an AsyncDatabase
    migrate(tx, history)                                                                # error: a transaction
    migrate(db, [one])                                                                  # error: history_of(...)
    migrate(db, history, to=2)                                                          # error: a name
    migrate(db, history, rules="default")                                               # error: MigrationRules(...)
    rollback(db, history, "0002")                                                       # error: to="0002"
    migrate(db, history, keep="total")                                                  # error: True or False
    purge(db, older_than="30 days")                                                     # error: a number of days
    forecast(db, history)                                                               # error: one migration
    resolve_migration(db, history, "0002")                                              # error: applied or not
    status(history, db)                                                                 # error: the other way round
    audit(db)                                                                           # error: a history
    read_history("migrations", "files")                                                 # error: no such layout
    MigrationRules("default")                                                           # error: by its name
    MigrationRules(coexist=("excel",))                                                  # error: no such migrator
    one.up = ""                                                                         # error: frozen
    status(db, history).unwrap().migrations[0].state == "done"                          # error: no such word


@data_step()                                                                            # error: a batch or None
def counts(tx: Tx, after: int | None) -> Outcome[int]:
    return Success(1)


@data_step()                                                                            # error: keys of two types
def mixed(tx: Tx, after: int | None) -> Outcome[StepBatch[str] | None]:
    return Success(None)
