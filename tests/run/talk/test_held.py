"""A statement of a transaction from within another one of it, which would wait for itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from qb import Col, Database, Db, Outcome, QueryError, Script, Success, Table, Tx, column, connect, pg, select, sql

WAITS = "a statement of this transaction is still running, .* would wait for itself: read the rows first"


class Thing(Table, name="things"):
    id: Col[int] = column(pg.integer)


@pytest.fixture
def db(qb_url: str) -> Iterator[Database]:
    with connect(qb_url, max_size=3) as db:
        db.run(Script("DROP TABLE IF EXISTS things", "CREATE TABLE things (id int)")).unwrap()
        yield db
        db.run(Script("DROP TABLE things")).unwrap()


def count(db: Db) -> int:
    return db.scalar(sql("SELECT count(*) FROM things").rows(int)).unwrap()


READS: dict[str, Callable[[Tx], Outcome[object]]] = {
    "all": lambda tx: tx.all(select(Thing.id).map(lambda _: count(tx))),
    "one": lambda tx: tx.one(select(Thing.id).limit(1).map(lambda _: count(tx))),
    "first": lambda tx: tx.first(select(Thing.id).map(lambda _: count(tx))),
    "a view": lambda tx: tx.all(select(Thing.id).map(lambda _: count(tx.options(lock_timeout=1)))),
    "a transaction in it": lambda tx: tx.all(select(Thing.id).map(lambda _: tx.transact(lambda inner: inner.ping()))),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize("nested", [False, True])
def test_rows_that_run_statements_of_their_own_transaction_are_refused(
    db: Database, read: Callable[[Tx], Outcome[object]], nested: bool
) -> None:
    with db.transaction() as outer:
        outer.execute(sql("INSERT INTO things VALUES (1), (2)").command()).unwrap()
        with outer.transaction() as inner:
            tx = inner if nested else outer
            with pytest.raises(QueryError, match=WAITS):
                read(tx)
            assert count(tx) == 2  # and the transaction goes on
        numbers = [count(outer) for _ in outer.all(select(Thing)).unwrap()]
        assert numbers == [2, 2]


def test_a_savepoint_inside_and_its_transaction_are_one(db: Database) -> None:
    with db.transaction() as outer, outer.transaction() as inner:
        outer.execute(sql("INSERT INTO things VALUES (1)").command()).unwrap()
        with pytest.raises(QueryError, match=WAITS):
            inner.all(select(Thing.id).map(lambda _: count(outer)))


def test_rows_that_run_statements_on_another_connection_are_not(db: Database) -> None:
    db.execute(sql("INSERT INTO things VALUES (1)").command()).unwrap()
    assert db.all(select(Thing.id).map(lambda _: count(db))) == Success([1])
    with db.transaction() as tx:
        assert tx.all(select(Thing.id).map(lambda _: count(db.apart))) == Success([1])


def test_a_thread_that_waits_for_another_is_let_in(db: Database) -> None:
    with db.transaction() as tx:
        tx.execute(sql("INSERT INTO things VALUES (1)").command()).unwrap()
        found: list[int] = []
        thread = threading.Thread(target=lambda: found.append(count(tx)))

        def start(_: int) -> int:
            thread.start()
            return 0

        assert tx.all(select(Thing.id).map(start)) == Success([0])
        thread.join()
        assert found == [1]
