"""Running migrations: what runs, and what is known of it. They are run elsewhere, by the tests of `qb.kit.running`."""
# mypy: disallow-any-expr

from __future__ import annotations

from typing import assert_type

from qb import Database, Db, Failure, Outcome, Success, Tx
from qb.errors import DbError
from qb.kit import (
    DataStep,
    Forecast,
    HistoryAudit,
    HistoryStatus,
    Marked,
    Migrated,
    Promoted,
    Purged,
    RolledBack,
    StepBatch,
    WorkRates,
    audit,
    baseline,
    data_step,
    forecast,
    migrate,
    promote,
    purge,
    resolve_migration,
    rollback,
    status,
)
from qb.kit.errors import KitError
from qb.kit.history.adding import add_migration
from qb.kit.history.history import History, history_of
from qb.kit.history.migration import Migration
from qb.kit.history.reading import read_history
from qb.kit.running.rules import MigrationRules
from qb.typing import Schema


def running(db: Database, history: History) -> tuple[str, ...]:
    rules = MigrationRules(protected=True, confirm="default", allow=("drop-table:notes",))
    match migrate(db, history, to="0002", rules=rules):
        case Success(done):
            assert_type(done, Migrated)
            return done.applied
        case Failure(error):
            assert_type(error, KitError | DbError)
            return ()


def undoing(db: Database, history: History) -> tuple[str, ...]:
    assert_type(rollback(db, history, 2).unwrap(), RolledBack)
    assert_type(baseline(db, history).unwrap(), Marked)
    assert_type(resolve_migration(db, history, "0002", applied=True).unwrap(), Marked)
    return rollback(db, history, to="0001").unwrap().undone


def keeping(db: Database, history: History) -> tuple[str, ...]:
    assert_type(migrate(db, history, keep=True).unwrap().kept, tuple[str, ...])
    assert_type(rollback(db, history, everything=True).unwrap().lost, tuple[str, ...])
    match purge(db, older_than=0.5, dry_run=True):
        case Success(done):
            assert_type(done, Purged)
            return tuple(each.name for each in done.kept)
        case Failure(error):
            assert_type(error, KitError | DbError)
            return ()


def foreseeing(db: Db, made: Migration, wanted: Schema) -> tuple[str, float]:
    found = assert_type(forecast(db, made, rates=WorkRates(read=100)).unwrap(), Forecast)
    assert_type(found.statements[0].tables[0].rows, int | None)
    document = "quotes.meta", "customer.id", "quotes.customer_id", "bigint"
    done = assert_type(promote(wanted, "migrations", *document, db=db, check=True).unwrap(), Promoted)
    return done.descriptor, found.seconds


def looking(db: Db, history: History) -> DbError:
    assert_type(status(db, history).unwrap(), HistoryStatus)
    assert_type(audit(history).unwrap(), HistoryAudit)
    assert_type(history.head().unwrap(), Migration | None)
    return assert_type(status(db, history).failure(), DbError)


def writing(folder: str) -> History:
    made = Migration(id="0001_init", up="CREATE TABLE t ();")
    add_migration(folder, made).unwrap()
    assert_type(history_of([made]).unwrap(), History)
    return read_history(folder, "flat").unwrap()


@data_step(pause=0.1)
def shout(tx: Tx, after: int | None) -> Outcome[StepBatch[int] | None]:
    return Success(None if after else StepBatch(1, 2))


def steps(tx: Tx) -> StepBatch[int] | None:
    assert_type(shout, DataStep[int])
    return assert_type(shout(tx, 7).unwrap(), StepBatch[int] | None)
