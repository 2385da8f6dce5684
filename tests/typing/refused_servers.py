"""What a program says of its servers: every line marked `# error` must be refused, as in `refused.py`."""
# fmt: off

from __future__ import annotations

from qb import AsyncDb, Database, Db, Tx, connect, connect_async, delete, select
from qb.testing import assert_uses, assert_uses_async
from tests.typing.accepted_servers import by_note, noted, notes
from tests.typing.common import Log

connect(role=5)                                                                         # error: a name
connect(search_path=5)                                                                  # error: names
connect(search_path=[Log])                                                              # error: names
connect(settings=[("work_mem", 5)])                                                     # error: by name
connect(settings={"work_mem": None})                                                    # error: no value
connect_async(settings={5: "x"})                                                        # error: by name


async def indexes(db: Db, other: AsyncDb) -> None:
    assert_uses(db, Log, by_note)                                                       # error: no query
    assert_uses(db, "SELECT 1", by_note)                                                # error: no query
    assert_uses(db, select(Log), Log.note)                                              # error: no index
    assert_uses(db, select(Log))                                                        # error: which index?
    assert_uses(select(Log), by_note)                                                   # error: asked of whom?
    assert_uses(other, noted("x"), by_note)                                             # error: assert_uses_async
    await assert_uses_async(db, noted("x"), by_note)                                    # error: assert_uses


def replicas(db: Database, tx: Tx, other: AsyncDb) -> None:
    db.replica.execute(delete(Log).all_rows())                                          # error: it only reads
    db.replica.transaction()                                                            # error: it has none
    db.replica.insert_many([])                                                          # error: it only reads
    db.replica.raising.execute(delete(Log).all_rows())                                  # error: it only reads
    db.replica.raising.transact(print)                                                  # error: it has none
    db.replica.options(max_lag="1s")                                                    # error: seconds
    tx.replica.all(noted("x"))                                                          # error: no part of a transaction
    other.replica.all(noted("x"))                                                       # error: a database has them
    notes(other)                                                                        # error: of the other half


connect("postgresql://a/x", replicas=5)                                                 # error: addresses
connect("postgresql://a/x", max_lag="1s")                                               # error: seconds
connect(telemetry=True)                                                                 # error: who is told
connect(telemetry=connect)                                                              # error: who is told


def slow(db: Database, tx: Tx) -> None:
    db.slow(by="speed")                                                                 # error: no such order
    db.slow("5")                                                                        # error: a number
    tx.slow()                                                                           # error: a database's
