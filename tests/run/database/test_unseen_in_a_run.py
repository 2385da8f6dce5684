# Made by tools/sync.py from test_async_unseen_in_a_run.py: change that one, then run `make generate`.
"""Which failures of a run are told when nobody looks at them, and that none is told twice."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from returns.result import Result

from qb import Database, Db, Tx
from qb.errors import DbError, NotFound, SerializationFailure, TransactionAborted, UniqueViolation
from qb.errors.outcome import Failure, Outcome, Success, UnwrapFailedError, unwrap
from qb.errors.unseen import UnseenFailure
from tests.run.plain import do, failure, rows, table, values

INSERT = do("insert into things values (1)")
TWICE = UniqueViolation("things_pkey", "things", "public", ("id",))
LOST = "UniqueViolation of insert into things values (1)"
SERIAL = do("do $$ begin raise exception sqlstate '40001'; end $$")


@pytest.fixture
def things(db: Database) -> Generator[Database]:
    """A table that has the row already."""
    with table(db, "id int primary key"):
        db.execute(INSERT).unwrap()
        yield db


@contextmanager
def told() -> Generator[list[str]]:
    """What nobody looked at within the block, without the advice."""
    found: list[str] = []
    with warnings.catch_warnings(record=True) as record:
        warnings.simplefilter("always", UnseenFailure)
        yield found
    found += [str(each.message).removeprefix("nobody looked at a failure, ").partition(": match")[0] for each in record]


def piped(db: Db) -> None:
    with db.pipeline() as p:
        p.execute(do("select 1"))
        p.execute(INSERT)


def piped_and_asked(db: Db) -> None:
    with db.pipeline() as p:
        other = p.execute(do("select 1"))
        p.execute(INSERT)
    assert failure(other.result()).sqlstate == "25P02"  # it says which failed, so both have been seen


def both(tx: Db) -> Outcome[int]:
    tx.execute(INSERT)
    return tx.execute(do("select 1"))


def dropped(tx: Db) -> Outcome[int]:
    tx.execute(INSERT)
    return Success(1)


def mapped(db: Db) -> None:
    db.all(rows("select 1/0")).map(print)


def done(db: Db) -> None:
    outcome = db.all(rows("select 1/0"))
    cast("Any", Result).do(found for found in cast("Any", outcome))


DROPS: dict[str, tuple[Callable[[Db], object], list[str]]] = {
    "execute": (lambda db: db.execute(INSERT), [LOST]),
    "all": (lambda db: db.all(rows("select 1/0")), ["DataException of select 1/0"]),
    "one": (lambda db: db.one(rows("select 1 where false")), ["NotFound of select 1 where false"]),
    "first": (lambda db: db.first(rows("select 1/0")), ["DataException of select 1/0"]),
    "scalar": (lambda db: db.scalar(values("select 1/0")), ["DataException of select 1/0"]),
    "pipeline": (piped, [LOST]),
    "pipeline, another one asked": (piped_and_asked, []),
    "transact": (lambda db: db.transact(lambda tx: tx.execute(INSERT)), [LOST]),
    "mapped": (mapped, ["DataException of select 1/0"]),
    "do": (done, ["DataException of select 1/0"]),
    "transact, raised": (lambda db: db.transact(raised), ["UniqueViolation of transact(raised)"]),
    "transact, one's own": (lambda db: db.transact(own), ["str of transact(own)"]),
    "transact, a failure dropped in it": (lambda db: db.transact(dropped), ["UniqueViolation of transact(dropped)"]),
    "a success": (lambda db: db.first(rows("select 1")), []),
}


def raised(tx: Tx) -> Outcome[int]:
    return Success(unwrap(tx.execute(INSERT)))


def own(tx: Tx) -> Success[int] | Failure[str]:
    return Failure("not today")


WAYS = tuple(DROPS)


@pytest.mark.parametrize("name", WAYS)
def test_a_failure_that_is_dropped_is_told(things: Database, name: str) -> None:
    drop, expected = DROPS[name]
    with told() as found:
        drop(things)
    assert found == expected


def test_a_failure_that_is_looked_at_is_not(things: Database) -> None:
    with told() as found:
        assert things.execute(INSERT) == Failure(TWICE)
        assert things.transact(dropped) == Failure(TWICE)
        assert things.transact(lambda tx: tx.execute(INSERT)).value_or(0) == 0
    assert found == []


def test_a_block_that_raises_names_it_and_once_is_enough(things: Database) -> None:
    with told() as found:
        with pytest.raises(TransactionAborted) as caught, things.transaction() as tx:
            tx.execute(INSERT)
        assert caught.value.cause == TWICE
        with things.transaction() as tx:
            kept: list[object] = []
            with pytest.raises(TransactionAborted), tx.transaction() as inner:
                kept.append(inner.execute(INSERT))
            kept.clear()
    assert found == []


def test_a_block_that_does_not_tell_says_what_was_dropped(things: Database) -> None:
    with told() as found:
        with pytest.raises(KeyError), things.transaction() as tx:
            tx.execute(INSERT)
            raise KeyError
        with things.transaction(rollback=True) as tx:
            tx.execute(INSERT)
    assert found == [LOST] * 2


def first_of_two(tx: Db) -> Outcome[int]:
    first = tx.execute(INSERT)
    tx.execute(do("select 1"))
    return first


@pytest.mark.parametrize("work", [both, first_of_two])
def test_to_look_at_one_failure_of_a_doomed_transaction_is_to_look_at_all(
    things: Database, work: Callable[[Tx], Outcome[int]]
) -> None:
    with told() as found:
        assert failure(things.transact(work)).sqlstate == "23505"
        for rollback in (True, False):
            with pytest.raises(KeyError), things.transaction(rollback=rollback) as tx:
                kept = [tx.execute(INSERT), tx.execute(do("select 1"))]
                assert failure(kept[1]).sqlstate == "25P02"
                kept.clear()
                raise KeyError
    assert found == []
    with told() as found:
        things.transact(work)
    assert found == [LOST]


def test_what_dooms_no_transaction_is_told_at_once(things: Database) -> None:
    with things.transaction() as tx:
        with told() as found:
            tx.one(rows("select 1 where false"))
        assert found == ["NotFound of select 1 where false"]


def inserted(tx: Tx) -> Outcome[int]:
    return Success(tx.execute(INSERT).unwrap())


def test_unwrap_in_transact_is_as_good_as_qbs(things: Database) -> None:
    attempts: list[int] = []

    def by_method(tx: Tx) -> Outcome[int]:
        attempts.append(1)
        return Success(tx.execute(SERIAL).unwrap())

    assert things.transact(by_method, retries=2) == Failure(SerializationFailure())
    assert len(attempts) == 3
    assert things.transact(inserted) == Failure(TWICE)
    assert things.scalar(values("select count(*) from things")) == Success(1)

    def later(tx: Tx) -> Outcome[int]:
        attempts.append(1)
        return Success(tx.execute(SERIAL if len(attempts) < 3 else do("select 1")).unwrap())

    attempts.clear()
    assert things.transact(later) == Success(1)

    def of_another_kind(tx: Tx) -> Outcome[int]:
        outcome: Success[int] | Failure[str] = Failure("mine")
        return Success(outcome.unwrap())

    with pytest.raises(UnwrapFailedError):
        things.transact(of_another_kind)


def test_an_error_keeps_what_it_was_raised_through_to_itself(things: Database) -> None:
    for outcome in (things.execute(INSERT), things.transact(raised), things.transact(own)):
        error = outcome.failure()
        if isinstance(error, DbError):
            assert error.__traceback__ is None
            assert error.__context__ is None
    assert failure(things.one(rows("select 1 where false"))) == NotFound("things")
