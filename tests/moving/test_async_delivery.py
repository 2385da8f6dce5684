"""Writes that wait, replayed in order; what fails waits, what dies half-way is there once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from qb import (
    AsyncDatabase,
    AsyncTx,
    Failure,
    Outcome,
    QueryError,
    Script,
    Success,
    connect_async,
    ignore,
    select,
    sql,
    unwrap,
)
from qb.errors import ConnectionLost, ConnectionRefused
from qb.moving import Delivery, QueuedWrite, WriteNumber, deliver_async, mirror, once_async
from tests.moving.writes import Account, AccountId, Closed, Opened, Paid, Write, old
from tests.run.loops import LOOPS  # sync:

pytestmark = LOOPS  # sync:

ONE, TWO = AccountId(1), AccountId(2)


@pytest.fixture
async def db(urls: tuple[str, str]) -> AsyncIterator[AsyncDatabase]:
    async with connect_async(urls[0], max_size=4) as db:
        yield db


@pytest.fixture
async def other(urls: tuple[str, str]) -> AsyncIterator[AsyncDatabase]:
    async with connect_async(urls[1], max_size=4) as db:
        yield db


async def queued(db: AsyncDatabase, *writes: Write, line: str = "") -> list[WriteNumber]:
    return [unwrap(await db.one(old.queue(write, line=line))) for write in writes]


class Applied:
    """The other storage as a list; `fails` are the numbers of calls that do not succeed, by what they give or raise."""

    def __init__(self, fails: dict[int, Any] | None = None) -> None:
        self.writes: list[Write] = []
        self.fails = fails or {}
        self.calls = 0

    async def __call__(self, write: QueuedWrite[Write]) -> Success[None] | Failure[str, None]:
        self.calls += 1
        said = self.fails.get(self.calls)
        if isinstance(said, BaseException):
            raise said
        if said is not None:
            return Failure(said)
        self.writes.append(write.write)
        return Success(None)


async def due(db: AsyncDatabase) -> None:
    """What failed is to wait no longer."""
    unwrap(await db.execute(old.retry()))


async def test_all_that_wait_in_their_order(db: AsyncDatabase) -> None:
    writes: list[Write] = [Opened(ONE), Paid(ONE, 3), Closed(ONE)]
    await queued(db, *writes)
    applied = Applied()
    assert await deliver_async(db, old, applied) == Success(Delivery(3, 0))
    assert applied.writes == writes
    assert unwrap(await db.one(old.backlog())).waiting == 0
    assert await deliver_async(db, old, applied) == Success(Delivery(0, 0))


async def test_at_most(db: AsyncDatabase) -> None:
    await queued(db, *(Paid(ONE, n) for n in range(5)))
    applied = Applied()
    assert await deliver_async(db, old, applied, most=2) == Success(Delivery(2, 0))
    assert await deliver_async(db, old, applied, most=0) == Success(Delivery(0, 0))
    assert applied.writes == [Paid(ONE, 0), Paid(ONE, 1)]
    assert unwrap(await db.one(old.backlog())).waiting == 3


async def test_one_line_alone(db: AsyncDatabase) -> None:
    await queued(db, Opened(ONE), Paid(ONE, 1), line="1")
    await queued(db, Opened(TWO), line="2")
    applied = Applied()
    assert await deliver_async(db, old, applied, line="2") == Success(Delivery(1, 0))
    assert await deliver_async(db, old, applied, line="3") == Success(Delivery(0, 0))
    assert await deliver_async(db, old, applied, line="1") == Success(Delivery(2, 0))
    assert applied.writes == [Opened(TWO), Opened(ONE), Paid(ONE, 1)]


async def test_another_mirrors_writes_are_another_matter(db: AsyncDatabase) -> None:
    unwrap(await db.one(mirror("another", Write).queue(Opened(ONE))))
    assert await deliver_async(db, old, Applied()) == Success(Delivery(0, 0))


@pytest.mark.parametrize("said", ["refused", ValueError("no"), ConnectionLost("gone")], ids=repr)
async def test_what_fails_stops_its_line_and_no_other(db: AsyncDatabase, said: Any) -> None:
    await queued(db, Opened(ONE), Paid(ONE, 1), line="1")
    await queued(db, Opened(TWO), Paid(TWO, 1), line="2")
    applied = Applied({1: said})
    assert await deliver_async(db, old, applied) == Success(Delivery(2, 1))
    assert applied.writes == [Opened(TWO), Paid(TWO, 1)]
    first, second = unwrap(await db.all(old.waiting()))
    assert (first.write, first.attempts, second.attempts) == (Opened(ONE), 1, 0)
    kept = sql("SELECT error, extract(epoch FROM due_at - now()) > 0 FROM qb_outbox WHERE attempts > 0")
    assert unwrap(await db.one(kept.rows(tuple[str, bool]))) == (type(said).__name__, True)
    # Until it is due nobody tries it, and then in its order.
    assert await deliver_async(db, old, applied) == Success(Delivery(0, 0))
    await due(db)
    assert await deliver_async(db, old, applied) == Success(Delivery(2, 0))
    assert applied.writes[2:] == [Opened(ONE), Paid(ONE, 1)]


async def test_each_failure_waits_longer(db: AsyncDatabase) -> None:
    await queued(db, Opened(ONE))
    waits: list[int] = []
    applied = Applied(dict.fromkeys(range(1, 12), "refused"))
    for _ in range(11):
        assert await deliver_async(db, old, applied) == Success(Delivery(0, 1))
        pause = sql("SELECT round(extract(epoch FROM due_at - now()))::integer FROM qb_outbox").rows(int)
        waits.append(unwrap(await db.scalar(pause)))
        await due(db)
    assert [abs(wait - min(300, 2**n)) <= 2 for n, wait in enumerate(waits)] == [True] * 11
    assert await deliver_async(db, old, applied) == Success(Delivery(1, 0))


async def test_a_write_that_can_never_be_done_is_given_up(db: AsyncDatabase) -> None:
    number, _ = await queued(db, Closed(ONE), Opened(TWO))
    applied = Applied({1: "refused"})
    assert await deliver_async(db, old, applied) == Success(Delivery(0, 1))
    unwrap(await db.execute(old.give_up(number)))
    assert await deliver_async(db, old, applied) == Success(Delivery(1, 0))
    assert applied.writes == [Opened(TWO)]


async def test_a_write_that_is_no_write_any_more_fails_as_others_do(db: AsyncDatabase) -> None:
    unwrap(await db.one(mirror("old", str).queue("of before")))
    await queued(db, Opened(ONE), line="another")
    applied = Applied()
    assert await deliver_async(db, old, applied) == Success(Delivery(1, 1))
    assert applied.writes == [Opened(ONE)]
    assert unwrap(await db.scalar(sql("SELECT error FROM qb_outbox").rows(str))) == "ValidationError"


async def test_a_primary_that_is_not_there(urls: tuple[str, str]) -> None:
    async with connect_async("postgresql://127.0.0.1:1/nowhere", timeout=5) as nowhere:
        found = await deliver_async(nowhere, old, Applied())
    assert isinstance(found.failure(), ConnectionRefused)


# ---------------------------------------------------------------------------------------------------- once in effect


async def paid(tx: AsyncTx, write: Write) -> Outcome[int]:
    match write:
        case Opened(account):
            return await tx.execute(sql("INSERT INTO mirrored_accounts VALUES ({id}, 0, '')", id=account).command())
        case Paid(account, amount, note):
            more = "UPDATE mirrored_accounts SET balance = balance + {n}, said = said || {s} WHERE id = {id}"
            return await tx.execute(sql(more, n=amount, s=note, id=account).command())
        case Closed(account):
            return await tx.execute(sql("DELETE FROM mirrored_accounts WHERE id = {id}", id=account).command())


async def balance(db: AsyncDatabase) -> list[int]:
    return unwrap(await db.all(select(Account.balance).order_by(Account.id)))


async def test_another_postgresql_does_each_write_once(db: AsyncDatabase, other: AsyncDatabase) -> None:
    await queued(db, Opened(ONE), Paid(ONE, 5), Paid(ONE, 7))

    async def apply(write: QueuedWrite[Write]) -> Outcome[int | None]:
        first = await once_async(other, write, lambda tx: paid(tx, write.write))
        again = await once_async(other, write, lambda tx: paid(tx, write.write))
        assert (first, again) == (Success(1), Success(None))
        return first

    assert await deliver_async(db, old, apply) == Success(Delivery(3, 0))
    assert await balance(other) == [12]


async def test_a_write_that_fails_there_leaves_nothing_and_is_done_later(
    db: AsyncDatabase, other: AsyncDatabase
) -> None:
    await queued(db, Opened(ONE), Opened(ONE), Paid(ONE, 5))

    async def apply(write: QueuedWrite[Write]) -> Outcome[int | None]:
        return await once_async(other, write, lambda tx: paid(tx, write.write))

    assert await deliver_async(db, old, apply) == Success(Delivery(1, 1))  # there is one of that number already
    await due(db)
    unwrap(await other.execute(sql("DELETE FROM mirrored_accounts").command()))
    assert await deliver_async(db, old, apply) == Success(Delivery(2, 0))
    assert await balance(other) == [5]


async def test_one_who_dies_between_the_write_and_its_end(db: AsyncDatabase, other: AsyncDatabase) -> None:
    """The write is committed there, and the primary's connection is cut before it is taken from the outbox."""
    await queued(db, Opened(ONE), Paid(ONE, 5), Paid(ONE, 7))
    cut = sql(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle in transaction'"
    ).rows(int)

    async def apply(write: QueuedWrite[Write]) -> Outcome[int | None]:
        found = await once_async(other, write, lambda tx: paid(tx, write.write))
        if write.write == Paid(ONE, 5) and found == Success(1):
            assert await db.apart.scalar(cut) == Success(1)
        return found

    lost = await deliver_async(db, old, apply)
    assert isinstance(lost.failure(), ConnectionLost)
    assert await balance(other) == [5]
    assert unwrap(await db.one(old.backlog())).waiting == 2
    assert await deliver_async(db, old, apply) == Success(Delivery(2, 0))
    assert await balance(other) == [12]


async def test_a_storage_that_is_cut_off_in_the_middle_of_a_write(db: AsyncDatabase, other: AsyncDatabase) -> None:
    await queued(db, Opened(ONE), Paid(ONE, 5))
    cuts = [True]

    async def work(tx: AsyncTx, write: Write) -> Outcome[int]:
        count = await paid(tx, write)
        if isinstance(write, Paid) and cuts:
            cuts.clear()
            ignore(await tx.execute(sql("SELECT pg_terminate_backend(pg_backend_pid())").command()))
        return count

    async def apply(write: QueuedWrite[Write]) -> Outcome[int | None]:
        return await once_async(other, write, lambda tx: work(tx, write.write))

    assert await deliver_async(db, old, apply) == Success(Delivery(1, 1))
    assert await balance(other) == [0]
    await due(db)
    assert await deliver_async(db, old, apply) == Success(Delivery(1, 0))
    assert await balance(other) == [5]


async def test_a_write_that_would_be_taken_for_another_stays(db: AsyncDatabase, other: AsyncDatabase) -> None:
    async def apply(write: QueuedWrite[Write]) -> Success[int | None] | Failure[Any, int | None]:
        return await once_async(other, write, lambda tx: paid(tx, write.write))

    first = unwrap(await db.one(old.queue(Opened(ONE), line="l")))
    await queued(db, Paid(ONE, 5), line="l")
    assert unwrap(await deliver_async(db, old, apply)) == Delivery(2, 0)
    unwrap(await db.run(Script("TRUNCATE qb_outbox RESTART IDENTITY")))  # or made anew, or another primary's
    assert await queued(db, Paid(ONE, 7), line="l") <= [first]
    assert unwrap(await deliver_async(db, old, apply)) == Delivery(0, 1)
    (waiting,) = unwrap(await db.all(old.waiting()))
    assert (waiting.attempts, waiting.write) == (1, Paid(ONE, 7))
    with pytest.raises(QueryError, match="the outbox was made anew or restored"):
        await apply(waiting)
    assert await balance(other) == [5]


async def test_a_return_that_is_missing(db: AsyncDatabase) -> None:
    async def forgets(write: QueuedWrite[Write]) -> None:
        return None

    await queued(db, Opened(ONE))
    with pytest.raises(QueryError, match="apply gave NoneType, and says Success or Failure: a return is missing"):
        await deliver_async(db, old, cast("Any", forgets))
    assert unwrap(await db.one(old.backlog())).waiting == 1


async def test_what_went_wrong_is_logged_without_what_others_say(
    db: AsyncDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    numbers = [(await queued(db, Opened(ONE), line=line))[0] for line in ("a", "b", "c")]
    heard: list[object] = []
    fails: dict[int, Any] = {1: OSError("hunter2"), 2: ConnectionRefused("no server listens there"), 3: "hunter2"}
    outcome = await deliver_async(db, old, Applied(fails), on_error=heard.append)
    assert outcome == Success(Delivery(delivered=0, failed=3))
    assert [str(each) for each in heard] == ["hunter2", "could not connect: no server listens there", "hunter2"]
    told = [each.getMessage() for each in caplog.records if each.name == "qb.moving"]
    assert "hunter2" not in "".join(told)
    assert told[0].startswith(f"{old!r}: write {numbers[0]} failed, and stays for another time (OSError, raised at ")
    assert told[0].endswith(" in __call__)")
    assert "(ConnectionRefused: could not connect: no server listens there, raised at " in told[1]
    assert told[2] == f"{old!r}: write {numbers[2]} failed, and stays for another time (str)"
