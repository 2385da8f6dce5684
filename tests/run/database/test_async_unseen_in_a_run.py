"""Which failures of a run are told when nobody looks at them, and that none is told twice."""

from __future__ import annotations

import warnings
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import Any, cast

import pytest
from returns.result import Result

from qb import AsyncDatabase, AsyncDb, AsyncTx
from qb.errors import DbError, NotFound, SerializationFailure, TransactionAborted, UniqueViolation
from qb.errors.outcome import Failure, Outcome, Success, UnwrapFailedError, unwrap
from qb.errors.unseen import UnseenFailure
from tests.run.loops import LOOPS  # sync:
from tests.run.plain import async_table, do, failure, rows, values

pytestmark = LOOPS  # sync:

INSERT = do("insert into things values (1)")
TWICE = UniqueViolation("things_pkey", "things", "public", ("id",))
LOST = "UniqueViolation of insert into things values (1)"
SERIAL = do("do $$ begin raise exception sqlstate '40001'; end $$")


@pytest.fixture
async def things(async_db: AsyncDatabase) -> AsyncGenerator[AsyncDatabase]:
    """A table that has the row already."""
    async with async_table(async_db, "id int primary key"):
        (await async_db.execute(INSERT)).unwrap()
        yield async_db


@contextmanager
def told() -> Generator[list[str]]:
    """What nobody looked at within the block, without the advice."""
    found: list[str] = []
    with warnings.catch_warnings(record=True) as record:
        warnings.simplefilter("always", UnseenFailure)
        yield found
    found += [str(each.message).removeprefix("nobody looked at a failure, ").partition(": match")[0] for each in record]


async def piped(db: AsyncDb) -> None:
    async with db.pipeline() as p:
        p.execute(do("select 1"))
        p.execute(INSERT)


async def piped_and_asked(db: AsyncDb) -> None:
    async with db.pipeline() as p:
        other = p.execute(do("select 1"))
        p.execute(INSERT)
    assert failure(other.result()).sqlstate == "25P02"  # it says which failed, so both have been seen


async def both(tx: AsyncDb) -> Outcome[int]:
    await tx.execute(INSERT)
    return await tx.execute(do("select 1"))


async def dropped(tx: AsyncDb) -> Outcome[int]:
    await tx.execute(INSERT)
    return Success(1)


async def mapped(db: AsyncDb) -> None:
    (await db.all(rows("select 1/0"))).map(print)


async def done(db: AsyncDb) -> None:
    outcome = await db.all(rows("select 1/0"))
    cast("Any", Result).do(found for found in cast("Any", outcome))


DROPS: dict[str, tuple[Callable[[AsyncDb], Awaitable[object]], list[str]]] = {
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


async def raised(tx: AsyncTx) -> Outcome[int]:
    return Success(unwrap(await tx.execute(INSERT)))


async def own(tx: AsyncTx) -> Success[int] | Failure[str]:
    return Failure("not today")


WAYS = ("execute", "one", "pipeline", "transact")  # sync: WAYS = tuple(DROPS)


@pytest.mark.parametrize("name", WAYS)
async def test_a_failure_that_is_dropped_is_told(things: AsyncDatabase, name: str) -> None:
    drop, expected = DROPS[name]
    with told() as found:
        await drop(things)
    assert found == expected


async def test_a_failure_that_is_looked_at_is_not(things: AsyncDatabase) -> None:
    with told() as found:
        assert await things.execute(INSERT) == Failure(TWICE)
        assert await things.transact(dropped) == Failure(TWICE)
        assert (await things.transact(lambda tx: tx.execute(INSERT))).value_or(0) == 0
    assert found == []


async def test_a_block_that_raises_names_it_and_once_is_enough(things: AsyncDatabase) -> None:
    with told() as found:
        with pytest.raises(TransactionAborted) as caught:
            async with things.transaction() as tx:
                await tx.execute(INSERT)
        assert caught.value.cause == TWICE
        async with things.transaction() as tx:
            kept: list[object] = []
            with pytest.raises(TransactionAborted):
                async with tx.transaction() as inner:
                    kept.append(await inner.execute(INSERT))
            kept.clear()
    assert found == []


async def test_a_block_that_does_not_tell_says_what_was_dropped(things: AsyncDatabase) -> None:
    with told() as found:
        with pytest.raises(KeyError):
            async with things.transaction() as tx:
                await tx.execute(INSERT)
                raise KeyError
        async with things.transaction(rollback=True) as tx:
            await tx.execute(INSERT)
    assert found == [LOST] * 2


async def first_of_two(tx: AsyncDb) -> Outcome[int]:
    first = await tx.execute(INSERT)
    await tx.execute(do("select 1"))
    return first


@pytest.mark.parametrize("work", [both, first_of_two])
async def test_to_look_at_one_failure_of_a_doomed_transaction_is_to_look_at_all(
    things: AsyncDatabase, work: Callable[[AsyncTx], Awaitable[Outcome[int]]]
) -> None:
    with told() as found:
        assert failure(await things.transact(work)).sqlstate == "23505"
        for rollback in (True, False):
            with pytest.raises(KeyError):
                async with things.transaction(rollback=rollback) as tx:
                    kept = [await tx.execute(INSERT), await tx.execute(do("select 1"))]
                    assert failure(kept[1]).sqlstate == "25P02"
                    kept.clear()
                    raise KeyError
    assert found == []
    with told() as found:
        await things.transact(work)
    assert found == [LOST]


async def test_what_dooms_no_transaction_is_told_at_once(things: AsyncDatabase) -> None:
    async with things.transaction() as tx:
        with told() as found:
            await tx.one(rows("select 1 where false"))
        assert found == ["NotFound of select 1 where false"]


async def inserted(tx: AsyncTx) -> Outcome[int]:
    return Success((await tx.execute(INSERT)).unwrap())


async def test_unwrap_in_transact_is_as_good_as_qbs(things: AsyncDatabase) -> None:
    attempts: list[int] = []

    async def by_method(tx: AsyncTx) -> Outcome[int]:
        attempts.append(1)
        return Success((await tx.execute(SERIAL)).unwrap())

    assert await things.transact(by_method, retries=2) == Failure(SerializationFailure())
    assert len(attempts) == 3
    assert await things.transact(inserted) == Failure(TWICE)
    assert await things.scalar(values("select count(*) from things")) == Success(1)

    async def later(tx: AsyncTx) -> Outcome[int]:
        attempts.append(1)
        return Success((await tx.execute(SERIAL if len(attempts) < 3 else do("select 1"))).unwrap())

    attempts.clear()
    assert await things.transact(later) == Success(1)

    async def of_another_kind(tx: AsyncTx) -> Outcome[int]:
        outcome: Success[int] | Failure[str] = Failure("mine")
        return Success(outcome.unwrap())

    with pytest.raises(UnwrapFailedError):
        await things.transact(of_another_kind)


async def test_an_error_keeps_what_it_was_raised_through_to_itself(things: AsyncDatabase) -> None:
    for outcome in (await things.execute(INSERT), await things.transact(raised), await things.transact(own)):
        error = outcome.failure()
        if isinstance(error, DbError):
            assert error.__traceback__ is None
            assert error.__context__ is None
    assert failure(await things.one(rows("select 1 where false"))) == NotFound("things")
