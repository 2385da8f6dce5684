"""Threads in transactions. By hand: who waits in a thread and who waits in a task wait for different things."""

import threading
from collections.abc import Iterator

import pytest
from psycopg.conninfo import make_conninfo

from qb import Database, Tx
from qb.errors import QueryError
from qb.errors.outcome import Outcome, Success
from tests.run.plain import database, do, table, values


@pytest.fixture
def things(db: Database) -> Iterator[Database]:
    with table(db, "id int primary key, n int default 0"):
        yield db


def add(tx: Tx, number: int) -> None:
    tx.execute(do("insert into things values ($1::bigint)", number)).unwrap()


def test_threads_take_turns_in_a_transaction(things: Database) -> None:
    with things.transaction() as tx:
        threads = [threading.Thread(target=add, args=(tx, number)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert tx.all(values("select id from things order by id")) == Success(list(range(20)))
    assert things.all(values("select id from things order by id")) == Success(list(range(20)))


def hasty(url: str) -> str:
    """A server that looks for a deadlock after this time, not after a second."""
    return make_conninfo(url, options="-c deadlock_timeout=20ms")


def test_a_deadlock_is_run_again(qb_url: str) -> None:
    with database(hasty(qb_url), max_size=3) as db, table(db, "id int primary key, n int"):
        db.execute(do("insert into things values (1, 0), (2, 0)")).unwrap()
        barrier = threading.Barrier(2)
        attempts: list[int] = []
        found: list[Outcome[int]] = []
        through = threading.Event()

        def lock(first: int, second: int) -> None:
            def work(tx: Tx) -> Outcome[int]:
                attempts.append(first)
                update = "update things set n = n + 1 where id = $1::bigint"
                if len(attempts) > 2:
                    assert through.wait(10)  # else the loser may be back before the winner has woken up, and win
                tx.execute(do(update, first)).unwrap()
                if len(attempts) <= 2:
                    barrier.wait(10)
                return tx.execute(do(update, second))

            found.append(db.transact(work))
            through.set()

        threads = [threading.Thread(target=lock, args=pair) for pair in ((1, 2), (2, 1))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [Success(1), Success(1)]
        assert len(attempts) == 3
        assert db.all(values("select n from things")) == Success([2, 2])


def test_a_transaction_with_an_open_stream_refuses_other_threads(db: Database) -> None:
    with db.transaction() as tx, tx.stream(values("select n from generate_series(1, 1000000) n")) as stream:
        next(stream)
        found: list[BaseException] = []

        def elsewhere() -> None:
            try:
                tx.ping()
            except QueryError as error:
                found.append(error)

        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        assert len(found) == 1
