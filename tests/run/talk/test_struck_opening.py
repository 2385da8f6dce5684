"""A transaction whose first statement is interrupted before the answer, so that nobody knows yet whether it began."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from qb import (
    Col,
    ConnectionLost,
    Database,
    Db,
    Script,
    Success,
    Table,
    TransactionAborted,
    Tx,
    UniqueViolation,
    column,
    connect,
    delete,
    fn,
    ignore,
    insert,
    new,
    pg,
    select,
    sql,
    update,
)
from qb.run.talk import converse
from qb.run.talk.bulk import MANY
from tests.run.plain import Struck, striking


class Struckling(Table, name="struck"):
    id: Col[int] = column(pg.bigint, primary_key=True)
    note: Col[str | None] = column(default=None)


ROW = insert(new(Struckling)(id=7))
COUNT = select(fn.count()).from_(Struckling)
ROWS = [new(Struckling)(id=n) for n in range(MANY)]
LEFT = sql(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'struck' "
    "AND state NOT IN ('idle', 'disabled')"
).rows(int)


def piped(tx: Tx) -> None:
    with tx.pipeline() as p:
        done = p.execute(ROW)
    ignore(done.result())


def streamed(tx: Tx) -> None:
    # How often is waited depends on the machine: where nothing was struck, the row is there by the second time.
    with suppress(UniqueViolation), tx.stream(ROW.returning(Struckling.id)) as rows:
        list(rows)


FIRST: dict[str, Callable[[Tx], object]] = {
    "execute": lambda tx: ignore(tx.execute(ROW)),
    "all": lambda tx: ignore(tx.all(ROW.returning(Struckling.id))),
    "lingering": lambda tx: ignore(tx.execute(sql("DO 'BEGIN INSERT INTO struck VALUES (7); END'").command())),
    "copy": lambda tx: ignore(tx.insert_many([new(Struckling)(id=7)])),
    "upsert": lambda tx: ignore(tx.insert_many(ROWS, insert(Struckling).on_conflict(Struckling.id, nothing=True))),
    "update_many": lambda tx: ignore(
        tx.update_many([(7, "x")], update(Struckling).by(Struckling.id).each(Struckling.note))
    ),
    "delete_many": lambda tx: ignore(tx.delete_many([7], delete(Struckling).by(Struckling.id))),
    "script": lambda tx: ignore(tx.run(Script("INSERT INTO struck VALUES (7)", "INSERT INTO struck VALUES (8)"))),
    "pipeline": piped,
    "stream": streamed,
    "ping": lambda tx: ignore(tx.ping()),
}


@pytest.fixture
def struck(qb_url: str) -> Iterator[Database]:
    with connect(qb_url, max_size=2) as db:
        db.run(Script("CREATE TABLE struck (id bigint PRIMARY KEY, note text)")).unwrap()
        yield db
        db.run(Script("DROP TABLE struck")).unwrap()


def rests(db: Db, other: Db) -> None:
    """Whether a pool of one has a link that is at rest, outside of a transaction, and nobody else's."""
    assert db.scalar(sql("SELECT pg_current_xact_id_if_assigned() IS NULL").rows(bool)) == Success(True)
    assert db.scalar(COUNT) == other.scalar(COUNT) == Success(0)
    deadline = time.monotonic() + 10
    while other.scalar(LEFT) != Success(0):  # the backend of a link that was closed takes a moment to go
        assert time.monotonic() < deadline, "a transaction stays open"
        time.sleep(0.001)


@pytest.mark.parametrize("name", FIRST)
@pytest.mark.parametrize("caught", [False, True], ids=["", "caught within"])
def test_the_link_is_at_rest_or_closed_and_no_transaction_is_left(
    struck: Database, qb_url: str, name: str, caught: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    joint = "&" if "?" in qb_url else "?"
    with connect(f"{qb_url}{joint}application_name=struck", max_size=1) as db:
        for at in range(4):
            with suppress(Struck, TransactionAborted, ConnectionLost), db.transaction(rollback=True) as tx:
                with monkeypatch.context() as patched:
                    patched.setattr(converse, "wait", striking(at))
                    if not caught:
                        FIRST[name](tx)
                    with suppress(Struck):
                        FIRST[name](tx)
                ignore(tx.execute(ROW))
            rests(db, struck)
            with db.transaction(rollback=True) as tx:
                assert tx.execute(ROW) == Success(1)
                assert tx.scalar(COUNT) == Success(1)
            rests(db, struck)
