"""What queues a write, and what says how many wait: statements, and a write that would not come back as it is."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb import (
    Database,
    DefinitionError,
    Failure,
    NotFound,
    QueryError,
    Success,
    Tx,
    connect,
    create_all,
    schema,
    unwrap,
)
from qb.moving import Backlog, Ledger, MirrorName, Outbox, QueuedWrite, mirror
from qb.moving.mirrors import failed
from qb.testing import bare_keys
from tests.moving.writes import Account, AccountId, Closed, Opened, Paid, Write, old, written


@pytest.fixture
def db(urls: tuple[str, str]) -> Iterator[Database]:
    with connect(urls[0]) as db:
        yield db


@pytest.fixture
def tx(db: Database) -> Iterator[Tx]:
    with db.transaction(rollback=True) as tx:
        yield tx


def test_a_write_is_kept_with_the_transaction_or_not_at_all(db: Database) -> None:
    assert written(db, Opened(AccountId(1))) == Success(1)
    assert isinstance(written(db, Opened(AccountId(1))), Failure)  # there already: its write is not queued either
    (queued,) = unwrap(db.all(old.waiting()))
    assert (queued.write, queued.line, queued.mirror, queued.attempts) == (Opened(AccountId(1)), "", "old", 0)
    assert abs(queued.queued_at - datetime.now(UTC)) < timedelta(minutes=5)


def test_the_backlog(tx: Tx) -> None:
    assert tx.one(old.backlog()) == Success(Backlog(0, 0, 0, None))
    numbers = [unwrap(tx.one(old.queue(Closed(AccountId(n)), line=f"{n % 2}"))) for n in range(5)]
    unwrap(tx.one(mirror("another", Write).queue(Closed(AccountId(9)))))
    unwrap(tx.execute(failed(numbers[0], "Refused", timedelta(hours=1))))
    backlog = unwrap(tx.one(old.backlog()))
    assert (backlog.waiting, backlog.failing, backlog.lines) == (5, 1, 2)
    assert backlog.oldest == unwrap(tx.all(old.waiting(limit=1)))[0].queued_at
    assert [each.number for each in unwrap(tx.all(old.waiting()))] == numbers == sorted(numbers)


def test_given_up_and_retried(tx: Tx) -> None:
    first, second = (unwrap(tx.one(old.queue(Closed(AccountId(n))))) for n in (1, 2))
    for number in (first, second):
        unwrap(tx.execute(failed(number, "Refused", timedelta(hours=1))))
    other = mirror("another", Write)
    assert (tx.execute(other.give_up(first)), tx.execute(other.retry())) == (Success(0), Success(0))  # none of its own
    assert (tx.execute(old.give_up(first)), tx.execute(old.retry())) == (Success(1), Success(1))
    (left,) = unwrap(tx.all(old.waiting()))
    assert (left.number, left.attempts) == (second, 1)


HOSTILE = ["", "'", '"', "%s", "{x}", "$1", "\\", "ü日本\U0001f600", "\x1f", "select", "x" * 5000, "a\nb"]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_line_and_any_text(tx: Tx, text: str) -> None:
    write = Paid(AccountId(1), 1, text + "\0")  # in JSON even this is a text
    unwrap(tx.one(old.queue(write, line=text)))
    (queued,) = unwrap(tx.all(old.waiting()))
    assert (queued.line, queued.write) == (text, write)


class Whole(msgspec.Struct, frozen=True):
    """A value of each kind that JSON has no own form for."""

    number: int
    exact: Decimal
    share: float
    moment: datetime
    key: UUID
    raw: bytes
    pairs: dict[str, tuple[int, str]]
    maybe: int | None = None


@given(
    write=st.builds(
        Whole,
        st.integers(),
        st.decimals(allow_nan=False, allow_infinity=False),
        st.floats(allow_nan=False, allow_infinity=False),
        st.datetimes(timezones=st.just(UTC)),
        st.uuids(),
        st.binary(),
        st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"])),
            st.tuples(st.integers(), st.text(st.characters(exclude_categories=["Cs"]))),
            max_size=2,
        ),
    )
)
def test_any_write_comes_back_as_it_was(both_storages: tuple[str, str], write: Whole) -> None:
    wholes = mirror("wholes", Whole)
    with connect(both_storages[0], max_size=1) as db, db.transaction(rollback=True) as tx:
        unwrap(tx.one(wholes.queue(write)))
        (queued,) = unwrap(tx.all(wholes.waiting()))
        assert queued.write == write


def test_what_would_not_come_back_is_refused() -> None:
    class Wider(Paid, frozen=True, tag=True):
        more: int = 0

    with pytest.raises(QueryError, match="a Wider cannot be written as JSON and read again"):
        old.queue(cast("Any", Wider(AccountId(1), 2)))
    with pytest.raises(QueryError, match="a str cannot be written as JSON and read again"):
        old.queue(cast("Any", "Opened"))
    with pytest.raises(QueryError, match="a Paid cannot be written as JSON"):
        old.queue(Paid(AccountId(1), 2, "\ud800"))
    with pytest.raises(QueryError, match="a float cannot be written as JSON and read again"):
        mirror("floats", float).queue(float("nan"))
    with pytest.raises(QueryError, match="a list would be read back as another value"):
        mirror("lists", list[object]).queue([(1, 2)])


def test_no_text_of_an_error_holds_a_value() -> None:
    secret = "a value that no error may show"
    with pytest.raises(QueryError) as caught:
        mirror("numbers", int).queue(cast("Any", secret))
    assert secret not in str(caught.value)


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_no_name(name: str) -> None:
    with pytest.raises(DefinitionError, match="mirror takes its name, such as 'old'"):
        mirror(name, Write)


def test_no_type() -> None:
    with pytest.raises(DefinitionError, match=r"mirror\('x', ...\): no document can be read as complex"):
        mirror("x", complex)


def test_a_mirror_is_a_frozen_value() -> None:
    again = mirror("old", Write)
    assert (again, hash(again)) == (old, hash(old))
    assert mirror("other", Write) != old != mirror("old", Opened)
    assert pickle.loads(pickle.dumps(old)) == old
    assert repr(old).startswith("<mirror 'old' of ")
    with pytest.raises(AttributeError):
        old.name = MirrorName("x")


def test_its_tables_are_described_as_others_are(db: Database) -> None:
    assert bare_keys(Outbox, Ledger, Account) == []
    assert isinstance(db.run(create_all(schema(Account, Outbox), if_not_exists=True)), Success)


def test_a_write_that_is_no_write_any_more(tx: Tx) -> None:
    unwrap(tx.one(mirror("old", str).queue("a write of before")))
    with pytest.raises(msgspec.ValidationError):
        tx.all(old.waiting())
    assert tx.all(mirror("old", str).waiting()).map(lambda found: [each.write for each in found]) == Success(
        ["a write of before"]
    )
    assert isinstance(unwrap(tx.first(mirror("old", str).waiting())), QueuedWrite)
    assert tx.one(mirror("nobody", str).waiting()) == Failure(NotFound("qb_outbox"))
