# Made by tools/sync.py from test_async_transaction.py: change that one, then run `make generate`.
"""Transactions: what is kept, what is undone, what is raised at the end, what is run again."""

import time
from collections.abc import Iterator
from typing import Any, assert_type

import pytest

from qb import Database, Db, Tx
from qb.errors import (
    ClosedError,
    ConnectionLost,
    DbError,
    NotFound,
    QueryError,
    ReadOnly,
    SerializationFailure,
    TransactionAborted,
    UniqueViolation,
)
from qb.errors.outcome import Failure, Outcome, Success
from tests.run.plain import database, do, failure, rows, table, values

TWICE = UniqueViolation("things_pkey", "things", "public", ("id",))


@pytest.fixture
def things(db: Database) -> Iterator[Database]:
    with table(db, "id int primary key, n int default 0"):
        yield db


def add(db: Db, number: int) -> Outcome[int]:
    """A repository function: takes a database or a transaction."""
    return db.execute(do("insert into things values ($1::bigint)", number))


def ids(db: Db) -> list[int]:
    found: list[int] = db.all(values("select id from things order by id")).unwrap()
    return found


# ---------------------------------------------------------------- with db.transaction()


def test_the_end_of_a_block_commits(things: Database) -> None:
    with things.transaction() as tx:
        add(tx, 1).unwrap()
        assert ids(tx) == [1]
        assert ids(things.apart) == []
    assert ids(things) == [1]


def test_an_exception_rolls_back_and_passes(things: Database) -> None:
    with pytest.raises(KeyError, match="mine"), things.transaction() as tx:
        add(tx, 1).unwrap()
        raise KeyError("mine")
    assert ids(things) == []


def test_an_unhandled_failure_is_raised_at_the_end_and_the_first_is_named(things: Database) -> None:
    with pytest.raises(TransactionAborted, match='constraint "things_pkey"') as caught, things.transaction() as tx:
        add(tx, 1).unwrap()
        assert failure(add(tx, 1)) == TWICE
        assert failure(add(tx, 2)).sqlstate == "25P02"
    assert caught.value.cause == TWICE
    assert ids(things) == []


def test_an_exception_is_not_hidden_by_a_failure(things: Database) -> None:
    with pytest.raises(KeyError), things.transaction() as tx:
        add(tx, 1).unwrap()
        failure(add(tx, 1))
        raise KeyError("mine")
    assert ids(things) == []


def test_failures_that_are_no_servers_do_not_doom(things: Database) -> None:
    with things.transaction() as tx:
        assert failure(tx.one(rows("select 1 where false"))) == NotFound("things")
        add(tx, 1).unwrap()
    assert ids(things) == [1]


def test_a_value_that_cannot_be_sent_dooms(things: Database) -> None:
    with pytest.raises(TransactionAborted, match="cannot hold NUL"), things.transaction() as tx:
        add(tx, 1).unwrap()
        failure(tx.one(rows("select $1::text", "\0")))
        failure(add(tx, 2))
    assert ids(things) == []


def test_a_commit_that_fails_is_raised(db: Database) -> None:
    with table(db, "id int primary key deferrable initially deferred"):
        with pytest.raises(TransactionAborted) as caught, db.transaction() as tx:
            add(tx, 1).unwrap()
            add(tx, 1).unwrap()
        assert caught.value.cause == TWICE

        def twice(tx: Tx) -> Outcome[int]:
            add(tx, 1).unwrap()
            return add(tx, 1)

        assert db.transact(twice) == Failure(TWICE)
        assert ids(db) == []


def test_rollback_keeps_nothing_and_raises_nothing(things: Database) -> None:
    with things.transaction(rollback=True) as tx:
        add(tx, 1).unwrap()
    with things.transaction(rollback=True) as tx:
        add(tx, 1).unwrap()
        failure(add(tx, 1))
    assert ids(things) == []


def test_a_transaction_is_dead_after_its_block(things: Database) -> None:
    with things.transaction() as tx:
        with tx.transaction() as inner:
            pass
        with pytest.raises(ClosedError, match="its block has ended"):
            inner.ping()
        assert tx.ping() == Success(None)
    for use in (tx.ping, lambda: add(tx, 1), lambda: tx.transaction().__enter__(), tx.options(lock_timeout=1).ping):
        with pytest.raises(ClosedError, match="the transaction is over: its block has ended"):
            use()
    with pytest.raises(ClosedError), tx.stream(rows("select 1")):
        raise AssertionError
    with pytest.raises(ClosedError), tx.pipeline() as p:
        p.one(rows("select 1"))


def test_characteristics(things: Database) -> None:
    names = ("transaction_isolation", "transaction_read_only", "transaction_deferrable")
    query = rows("select " + ", ".join(f"current_setting('{name}')" for name in names))
    with things.transaction(isolation="serializable", read_only=True, deferrable=True) as tx:
        assert tx.one(query) == Success(("serializable", "on", "on"))
    with things.transaction(isolation="repeatable read", read_only=False, deferrable=False) as tx:
        assert tx.one(query) == Success(("repeatable read", "off", "off"))
    with things.transaction() as tx:
        assert tx.one(query) == Success(("read committed", "off", "off"))
    with pytest.raises(TransactionAborted) as caught, things.transaction(read_only=True) as tx:
        add(tx, 1)
    assert caught.value.cause == ReadOnly()


# ---------------------------------------------------------------- savepoints


def test_savepoints_nest(things: Database) -> None:
    with things.transaction() as tx:
        add(tx, 1).unwrap()
        with tx.transaction() as inner:
            add(inner, 2).unwrap()
            with inner.transaction(rollback=True) as innermost:
                add(innermost, 3).unwrap()
            with inner.transaction() as innermost:
                add(innermost, 4).unwrap()
        with pytest.raises(KeyError), tx.transaction() as inner:
            add(inner, 5).unwrap()
            raise KeyError
        assert ids(tx) == [1, 2, 4]
    assert ids(things) == [1, 2, 4]


def test_what_fails_in_a_savepoint_is_undone_there_and_the_transaction_goes_on(things: Database) -> None:
    with things.transaction() as tx:
        add(tx, 1).unwrap()
        with pytest.raises(TransactionAborted) as caught, tx.transaction() as inner:
            add(inner, 2).unwrap()
            add(inner, 1)
        assert caught.value.cause == TWICE
        assert tx.transact(lambda inner: add(inner, 1)) == Failure(TWICE)
        add(tx, 3).unwrap()
    assert ids(things) == [1, 3]


def test_a_savepoint_in_a_failed_transaction_names_the_failure(things: Database) -> None:
    with pytest.raises(TransactionAborted) as caught, things.transaction() as tx:
        add(tx, 1).unwrap()
        add(tx, 1)
        with tx.transaction():
            raise AssertionError
    assert caught.value.cause == TWICE


def test_a_savepoint_has_no_isolation_of_its_own(things: Database) -> None:
    with things.transaction() as tx:
        with pytest.raises(QueryError, match="give them to the outer one"), tx.transaction(isolation="serializable"):
            raise AssertionError
        assert tx.ping() == Success(None)


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ({"isolation": "serializable"}, {"isolation": "serializable"}),
        ({"isolation": "serializable"}, {"isolation": "read committed"}),
        ({"isolation": "repeatable read"}, {"isolation": "repeatable read"}),
        ({"isolation": "serializable", "read_only": True}, {"isolation": "repeatable read", "read_only": True}),
        ({"read_only": True, "deferrable": True}, {"deferrable": True}),
        ({}, {"read_only": False, "deferrable": False}),
    ],
)
def test_a_function_that_wants_a_kind_of_transaction_runs_within_one(
    things: Database, outer: dict[str, Any], inner: dict[str, Any]
) -> None:
    def function(db: Db) -> Outcome[str]:
        return db.transact(lambda tx: tx.scalar(values("show transaction_isolation")), **inner)

    assert isinstance(function(things), Success)
    with things.transaction(**outer) as tx, tx.transaction() as savepoint:
        assert function(savepoint) == Success(outer.get("isolation", "read committed"))


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        ({"isolation": "repeatable read"}, {"isolation": "serializable"}),
        ({}, {"isolation": "read committed"}),
        ({}, {"read_only": True}),
        ({"read_only": True}, {"read_only": False}),
        ({"isolation": "serializable", "read_only": True}, {"deferrable": True}),
    ],
)
def test_a_savepoint_is_never_stricter_than_its_transaction(
    things: Database, outer: dict[str, Any], inner: dict[str, Any]
) -> None:
    with things.transaction(isolation="serializable", read_only=True, deferrable=True):
        pass  # whose kind the next one on this connection does not have
    with things.transaction(**outer) as tx:
        with pytest.raises(QueryError, match="at least as strict as the inner one wants"), tx.transaction(**inner):
            raise AssertionError
        assert tx.ping() == Success(None)


def test_limits_set_in_a_savepoint_end_with_it(things: Database) -> None:
    limit = values("select current_setting('statement_timeout')")
    with things.options(statement_timeout=9).transaction() as tx:
        with pytest.raises(KeyError), tx.options(statement_timeout=5).transaction() as inner:
            assert inner.scalar(limit) == Success("5s")
            raise KeyError
        assert tx.scalar(limit) == Success("9s")
        with pytest.raises(TransactionAborted), tx.options(statement_timeout=5).transaction() as inner:
            assert inner.scalar(limit) == Success("5s")
            inner.execute(do("select 1/0"))
        assert tx.scalar(limit) == Success("9s")
    assert things.scalar(limit) == Success("0")


# ---------------------------------------------------------------- transact


def test_transact_commits_on_success_and_rolls_back_on_failure(things: Database) -> None:
    added = things.transact(lambda tx: add(tx, 1))
    assert_type(added, Outcome[int])
    assert added == Success(1)

    def refused(tx: Tx) -> Success[int] | Failure[str]:
        add(tx, 2).unwrap()
        return Failure("not today")

    outcome = things.transact(refused)
    assert_type(outcome, Success[int] | Failure[str | DbError, int])
    assert outcome == Failure("not today")
    assert ids(things) == [1]


def test_transact_passes_exceptions_and_returns_raised_db_errors(things: Database) -> None:
    def broken(tx: Tx) -> Outcome[int]:
        add(tx, 1).unwrap()
        raise KeyError("mine")

    with pytest.raises(KeyError):
        things.transact(broken)

    def raising(tx: Tx) -> Outcome[int]:
        with tx.stream(rows("select 1/0")):
            raise AssertionError

    assert failure(things.transact(raising)).sqlstate == "22012"
    assert ids(things) == []


def test_transact_does_not_call_a_doomed_transaction_a_success(things: Database) -> None:
    def careless(tx: Tx) -> Outcome[str]:
        add(tx, 1).unwrap()
        add(tx, 1)
        return Success("fine")

    assert things.transact(careless) == Failure(TWICE)


def test_transact_gives_the_failure_that_came_first(things: Database) -> None:
    def returned(tx: Tx) -> Outcome[int]:
        add(tx, 1).unwrap()
        add(tx, 1)
        return add(tx, 2)

    def unwrapped(tx: Tx) -> Outcome[int]:
        return Success(returned(tx).unwrap())

    for work in (returned, unwrapped):
        error = failure(things.transact(work))
        assert (error, error.statement) == (TWICE, "insert into things values ($1::bigint)")
        with things.transaction() as tx:
            assert tx.transact(work) == Failure(TWICE)

    def own_error(tx: Tx) -> Success[int] | Failure[str, int]:
        return returned(tx).alt(lambda error: str(error.sqlstate))

    assert things.transact(own_error) == Failure("25P02")
    assert ids(things) == []


def test_a_serialization_failure_is_run_again(qb_url: str) -> None:
    with database(qb_url, max_size=3) as db, table(db, "id int primary key, n int"):
        db.execute(do("insert into things values (1, 0)")).unwrap()
        attempts: list[int] = []

        def increment(tx: Tx) -> Outcome[int]:
            attempts.append(1)
            number = tx.scalar(values("select n from things")).unwrap()
            if len(attempts) < 3:  # somebody comes in between, twice
                db.apart.execute(do("update things set n = n + 10")).unwrap()
            return tx.execute(do("update things set n = $1::bigint", number + 1))

        assert db.transact(increment, isolation="repeatable read") == Success(1)
        assert len(attempts) == 3
        assert db.scalar(values("select n from things")) == Success(21)

        attempts.clear()
        assert db.transact(increment, isolation="repeatable read", retries=1) == Failure(SerializationFailure())
        assert len(attempts) == 2


def test_what_doomed_a_transaction_decides_even_under_an_error_of_ones_own(qb_url: str) -> None:
    with database(qb_url, max_size=3) as db:
        attempts: list[int] = []

        def work(tx: Tx) -> Success[int] | Failure[str]:
            attempts.append(1)
            outcome = tx.execute(do("do $$ begin raise exception sqlstate '40001'; end $$"))
            return outcome if isinstance(outcome, Success) else Failure("could not")

        assert db.transact(work, retries=2) == Failure("could not")
        assert len(attempts) == 3


def test_within_a_transaction_the_outer_one_retries(qb_url: str) -> None:
    with database(qb_url) as db:
        attempts: list[str] = []

        def inner(tx: Tx) -> Outcome[int]:
            attempts.append("inner")
            return tx.execute(do("do $$ begin raise exception sqlstate '40001'; end $$"))

        def outer(tx: Tx) -> Outcome[int]:
            attempts.append("outer")
            return tx.transact(inner)

        assert db.transact(outer, retries=1) == Failure(SerializationFailure())
        assert attempts == ["outer", "inner"] * 2


def test_a_connection_lost_within_a_transaction_is_named(things: Database) -> None:
    with pytest.raises(ConnectionLost), things.transaction() as tx:
        pid = tx.scalar(values("select pg_backend_pid()")).unwrap()
        assert things.apart.scalar(values("select pg_terminate_backend($1::bigint::int)", pid)) == Success(True)
        assert isinstance(failure(add(tx, 1)), ConnectionLost)
    assert ids(things) == []


def test_a_connection_lost_before_the_commit_is_raised_as_such(things: Database) -> None:
    with pytest.raises(ConnectionLost), things.transaction() as tx:
        add(tx, 1).unwrap()
        pid = tx.scalar(values("select pg_backend_pid()")).unwrap()
        assert things.apart.scalar(values("select pg_terminate_backend($1::bigint::int)", pid)) == Success(True)
    assert ids(things) == []


def test_an_idle_transaction_that_the_server_ends_is_a_timeout(things: Database) -> None:
    with pytest.raises((TransactionAborted, ConnectionLost)), things.transaction() as tx:
        tx.execute(do("set local idle_in_transaction_session_timeout = 1")).unwrap()
        time.sleep(0.2)
        assert failure(add(tx, 1)).sqlstate in ("25P03", None)
    assert ids(things) == []


def test_a_function_that_says_neither_is_undone_and_raises(things: Database) -> None:
    def silent(tx: Tx) -> None:
        add(tx, 1).unwrap()

    with pytest.raises(QueryError, match="returns Success or Failure, and it returned NoneType"):
        things.transact(silent)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert ids(things) == []


def test_an_isolation_that_is_none(things: Database) -> None:
    wrong: Any = "snapshot"
    with pytest.raises(QueryError, match=r"isolation is .* not 'snapshot'"), things.transaction(isolation=wrong):
        pass
    assert things.ping() == Success(None)
