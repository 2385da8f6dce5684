"""What a program says of its servers, and tests ask of them: what the checkers know. It is run elsewhere."""
# mypy: disallow-any-expr

from __future__ import annotations

from collections.abc import Mapping, Sequence

from typing import assert_type

from qb import (
    AsyncDatabase,
    AsyncDb,
    Database,
    Db,
    Outcome,
    Tx,
    connect,
    connect_async,
    delete,
    index,
    prepare,
    select,
)
from qb.query.select import Select
from qb.otel import Telemetry
from qb.testing import assert_uses, assert_uses_async
from qb.typing import (
    AsyncRaisingReadDb,
    AsyncReadDb,
    AsyncReplica,
    Observed,
    ObservedPool,
    Observer,
    PoolReport,
    RaisingReadDb,
    ReadDb,
    Replica,
    ReplicaReport,
    SlowQuery,
)
from tests.typing.common import Log

by_note = index("typed_logs_note", Log.note)


@prepare
def noted(note: str) -> Select[Log]:
    return select(Log).where(Log.note == note)


def sessions(role: str | None, path: Sequence[str], settings: Mapping[str, str | int]) -> Database:
    connect(search_path="shop")
    connect(settings={"work_mem": "64MB", "enable_sort": False, "random_page_cost": 1.5, "jit_above_cost": 5})
    return connect(role=role, search_path=path, settings=settings)


def sessions_of_tasks(path: tuple[str, ...]) -> AsyncDatabase:
    return connect_async(role="reader", search_path=path, settings={"TimeZone": "UTC"})


def indexes(db: Db) -> bool:
    assert_uses(db, noted("x"), by_note)
    assert_uses(db, select(Log.id, Log.note).where(Log.note == "x"), "typed_logs_note")
    assert_uses(db, delete(Log).where(Log.note == "x"), by_note)
    return True


async def indexes_for_tasks(db: AsyncDb) -> bool:
    await assert_uses_async(db, noted("x"), by_note)
    return True


def notes(db: ReadDb) -> Outcome[list[str]]:
    return db.all(select(Log.note))


def plain_notes(db: RaisingReadDb) -> list[str]:
    return db.all(select(Log.note))


async def notes_for_tasks(db: AsyncReadDb) -> Outcome[list[str]]:
    return await db.all(select(Log.note))


def replicas(db: Database, tx: Tx) -> bool:
    connect("postgresql://a/x", replicas=["postgresql://b/x"], max_lag=2)
    assert_type(db.replica, Replica)
    assert_type(db.replica.options(max_lag=0.5, statement_timeout=1.0), Replica)
    assert_type(db.replica.scalar(select(Log.note)), Outcome[str])
    assert_type(db.replica.first(noted("x")), Outcome[Log | None])
    assert_type(db.replica.reports, tuple[ReplicaReport, ...])
    with db.replica.stream(noted("x")) as rows:
        assert_type([row.note for row in rows], list[str])
    notes(db)
    notes(tx)
    notes(db.replica)
    assert_type(db.replica.raising, RaisingReadDb)
    assert_type(db.replica.raising.first(noted("x")), Log | None)
    assert_type(db.replica.raising.outcomes, ReadDb)
    assert_type(db.raising.outcomes, Db)
    plain_notes(db.raising)
    plain_notes(tx.raising)
    plain_notes(db.replica.raising)
    return True


async def replicas_for_tasks(db: AsyncDatabase) -> bool:
    assert_type(db.replica, AsyncReplica)
    assert_type(await db.replica.all(noted("x")), Outcome[list[Log]])
    assert_type(db.replica.raising, AsyncRaisingReadDb)
    assert_type(await db.replica.raising.one(noted("x")), Log)
    await notes_for_tasks(db)
    await notes_for_tasks(db.replica)
    return True


class Lines:
    """Somebody else who is told."""

    def begun(self, sql: str, name: str | None, batch: int) -> Observed:
        raise NotImplementedError

    def watch(self, pool: ObservedPool) -> None:
        assert pool.report().waiting >= 0


def telemetry(db: Database) -> Observer:
    connect(telemetry=Telemetry())
    connect_async(telemetry=Lines())
    assert_type(db.pool, PoolReport)
    return Telemetry()


def slow(db: Database) -> list[str | None]:
    assert_type(db.slow(), Outcome[list[SlowQuery]])
    return [each.name for each in db.slow(5, by="mean").unwrap()]
