"""A link whose answers are out of step with what is asked: closed at once, whatever was being done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qb import Col, Database, Db, Table, column, connect, insert, new
from qb.errors import ConnectionLost, DbError
from qb.errors.outcome import Failure, Outcome, Success
from qb.query.raw import sql
from tests.run.meddler import EMPTY, READY, Meddler, meddler


class Stepped(Table, name="stepped"):
    id: Col[int] = column(primary_key=True)


ONE = sql("SELECT 41 + 1").rows(int)


def stream(db: Db) -> Outcome[Any]:
    with db.stream(ONE) as found:
        return Success(list(found))


def pipeline(db: Db) -> Outcome[Any]:
    with db.pipeline() as p:
        found = [p.one(ONE), p.one(ONE)]
    assert found[0].result() == found[1].result()
    return found[1].result()


def transaction(db: Db) -> Outcome[Any]:
    with db.transaction() as tx:
        return tx.one(ONE)


RUNS: dict[str, Callable[[Db], Outcome[Any]]] = {
    "one": lambda db: db.one(ONE),
    "all": lambda db: db.all(ONE),
    "execute": lambda db: db.execute(insert(new(Stepped)(id=7))),
    "ping": lambda db: db.ping(),
    "insert_many": lambda db: db.insert_many([new(Stepped)(id=8)]),
    "returning": lambda db: db.insert_many([new(Stepped)(id=9)], insert(Stepped).returning()),
    "script": lambda db: db.execute(sql("SELECT").command()),
    "transact": lambda db: db.transact(lambda tx: tx.one(ONE)),
    "stream": stream,
    "pipeline": pipeline,
    "transaction": transaction,
}


@pytest.fixture
def between(qb_url: str) -> Iterator[tuple[Database, Meddler]]:
    with connect(qb_url) as db:
        db.execute(sql("CREATE TABLE stepped (id bigint PRIMARY KEY)").command()).unwrap()
        with meddler(qb_url) as (url, found), connect(url, max_size=1, timeout=5.0) as meddled:
            yield meddled, found
        db.execute(sql("DROP TABLE stepped").command()).unwrap()


def tried(run: Callable[[Db], Outcome[Any]], db: Db) -> Outcome[Any]:
    try:
        return run(db)
    except DbError as error:  # blocks raise it
        return Failure(error)


@pytest.mark.slow
@pytest.mark.parametrize("injected", [READY, EMPTY + READY], ids=["empty", "another's"])
@pytest.mark.parametrize("warm", [False, True], ids=["new", "prepared"])
@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_an_answer_that_is_not_to_the_question(
    between: tuple[Database, Meddler], run: Callable[[Db], Outcome[Any]], injected: bytes, warm: bool
) -> None:
    db, meddled = between
    assert db.ping() == Success(None)
    if warm:
        tried(run, db)
    meddled.inject = injected + b"I" * injected.endswith(READY)
    assert isinstance(tried(run, db), Failure)
    assert meddled.inject == b""
    assert db.one(ONE) == Success(42)
    assert db.one(sql("SELECT 'another'").rows(str)) == Success("another")


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_an_answer_that_is_not_to_the_question_within_a_transaction(
    between: tuple[Database, Meddler], run: Callable[[Db], Outcome[Any]]
) -> None:
    db, meddled = between
    with pytest.raises(ConnectionLost), db.transaction() as tx:
        tx.execute(insert(new(Stepped)(id=1))).unwrap()
        meddled.inject = READY + b"T"
        assert isinstance(tried(run, tx), Failure)
        assert meddled.inject == b""
        assert isinstance(tx.one(ONE), Failure)
    assert db.one(sql("SELECT count(*) FROM stepped WHERE id = 1").rows(int)) == Success(0)
