"""insert_many: any number of rows, all or none."""

import logging
from collections.abc import AsyncIterator, Awaitable
from functools import partial
from typing import Any, cast

import pytest

import qb
from qb import (
    AsyncDatabase,
    AsyncDb,
    CheckViolation,
    Col,
    DataException,
    EncodeError,
    New,
    Outcome,
    QueryError,
    Table,
    TransactionAborted,
    UniqueViolation,
    column,
    connect_async,
    create_all,
    delete,
    drop_all,
    excluded,
    fn,
    identity,
    insert,
    new,
    pg,
    schema,
    select,
    sql,
)
from qb.errors.outcome import Failure, Success
from qb.run.talk.bulk import BLOCK
from qb.run.talk.chunks import ROWS_AT_ONCE
from tests.run.loops import LOOPS  # sync:

pytestmark = LOOPS  # sync:


class Note(Table, name="bulk notes"):
    id: Col[int] = column(pg.integer, primary_key=True, default=identity())
    text: Col[str] = column(default="none")
    small: Col[int] = column(pg.smallint, default=1)
    big: Col[int | None] = column(pg.bigint, default=None)


class Odd(Table, name='COPY "odd", line 7, line'):
    id: Col[int] = column(pg.bigint, primary_key=True, check=lambda id: id > 0)


class Flagged(Table, name="bulk flagged"):
    id: Col[int] = column(pg.bigint, primary_key=True)
    label: Col[str] = column(pg.varchar(5))


NewNote, NewFlagged, NewOdd = new(Note), new(Flagged), new(Odd)


@pytest.fixture
async def async_db(qb_url: str) -> AsyncIterator[AsyncDatabase]:
    """The tables, empty, with a check that a row can fail."""
    tables = qb.schema(Note, Flagged)
    async with connect_async(qb_url, max_size=2) as db:
        (await db.run(qb.drop_all(tables, if_exists=True))).unwrap()
        (await db.run(qb.create_all(tables))).unwrap()
        limit = sql("ALTER TABLE {t} ADD CONSTRAINT short CHECK (length(label) < 4)", t=Flagged)
        (await db.execute(limit.command())).unwrap()
        yield db
        (await db.run(qb.drop_all(tables))).unwrap()


async def texts(db: AsyncDb) -> list[str]:
    return (await db.all(select(Note.text).order_by(Note.id))).unwrap()


async def count(db: AsyncDb) -> int:
    return (await db.scalar(select(fn.count()).from_(Note))).unwrap()


async def test_no_rows(async_db: AsyncDatabase) -> None:
    nothing: list[New[Note]] = []
    assert await async_db.insert_many(nothing) == Success(0)
    assert await async_db.insert_many(nothing, insert(Note).on_conflict(Note.id, nothing=True)) == Success(0)
    assert await async_db.insert_many(nothing, insert(Note).returning(Note.id)) == Success([])


@pytest.mark.parametrize(
    "size",
    # sync: [1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 57, ROWS_AT_ONCE, ROWS_AT_ONCE + 1, 2 * ROWS_AT_ONCE + 3],
    [1, BLOCK + 1, ROWS_AT_ONCE + 1],  # sync:
)
async def test_every_row_arrives_in_its_order(async_db: AsyncDatabase, size: int) -> None:
    expected = [f"row {n}" for n in range(size)]
    assert await async_db.insert_many(NewNote(text=text) for text in expected) == Success(size)
    assert await texts(async_db) == expected
    again = await async_db.insert_many((NewNote(text=text) for text in expected), insert(Note).returning(Note.text))
    assert again == Success(expected)
    assert await count(async_db) == 2 * size


async def test_rows_that_leave_out_different_columns(async_db: AsyncDatabase) -> None:
    rows = [
        NewNote(),
        NewNote(text="a"),
        NewNote(small=2),
        NewNote(text="b", big=None),
        NewNote(),
        NewNote(text="c", small=3),
    ]
    assert await async_db.insert_many(rows) == Success(6)
    found = (await async_db.insert_many(rows, insert(Note).returning(Note.text, Note.small))).unwrap()
    assert found == [("none", 1), ("a", 1), ("none", 2), ("b", 1), ("none", 1), ("c", 3)]
    stored = (await async_db.all(select(Note.text, Note.small))).unwrap()
    assert sorted(stored) == sorted(found * 2)


async def test_an_iterator_that_fails_half_way_leaves_nothing(async_db: AsyncDatabase) -> None:
    async def rows(stop: int) -> AsyncIterator[New[Note]]:
        for number in range(2 * ROWS_AT_ONCE + 10):
            if number == stop:
                raise RuntimeError("half-way")
            yield NewNote(text=str(number))

    for stop in (3, 2 * ROWS_AT_ONCE + 5):
        with pytest.raises(RuntimeError, match="half-way"):
            await async_db.insert_many(rows(stop))
        assert await count(async_db) == 0
        with pytest.raises(RuntimeError, match="half-way"):
            await async_db.insert_many(rows(stop), insert(Note).returning(Note.id))
        assert await count(async_db) == 0
    found = await async_db.insert_many(rows(-1), insert(Note).returning(Note.text))
    assert found == Success([str(number) for number in range(2 * ROWS_AT_ONCE + 10)])
    assert await async_db.insert_many(rows(-1)) == Success(2 * ROWS_AT_ONCE + 10)


@pytest.mark.parametrize("bad", [0, 99, ROWS_AT_ONCE + 7])
async def test_a_row_that_the_server_refuses_leaves_nothing(async_db: AsyncDatabase, bad: int) -> None:
    rows = [NewFlagged(id=n, label="long" if n == bad else "ok") for n in range(ROWS_AT_ONCE + 10)]
    for outcome in (
        await async_db.insert_many(rows),
        await async_db.insert_many(rows, insert(Flagged).returning(Flagged.id)),
    ):
        assert isinstance(outcome, Failure)
        assert outcome.failure() == CheckViolation("short", "bulk flagged", "public")
        assert await async_db.scalar(select(fn.count()).from_(Flagged)) == Success(0)


async def test_a_value_deep_in_a_list_leaves_nothing(async_db: AsyncDatabase) -> None:
    rows = [NewNote(text="long enough to fill more than a message", small=n) for n in (*range(20_000), 70_000, 1)]
    outcome = await async_db.insert_many(rows)
    assert isinstance(outcome, Failure)
    said = 'a value for "bulk notes"."small" cannot be sent: the number is out of range for smallint'
    said = f"row {20_000} of the input: {said}"
    assert str(outcome.failure()) == said
    assert await count(async_db) == 0
    async with async_db.transaction() as tx:
        (await tx.insert_many(rows[:9000])).unwrap()
        assert isinstance(await tx.transact(lambda inner: inner.insert_many(rows)), Failure)
        assert await tx.insert_many(rows[9000:9001]) == Success(1)
    assert await count(async_db) == 9001


def of_all(rows: list[New[Note]], into: Any, inner: AsyncDb) -> Awaitable[Outcome[Any]]:
    written: Awaitable[Outcome[Any]] = cast("Any", inner).insert_many(rows, into)
    return written


async def test_a_value_deep_among_rows_that_come_back_leaves_nothing(async_db: AsyncDatabase) -> None:
    rows = [NewNote(text="a", small=n) for n in (*range(250), 70_000, *range(100))]
    said = 'a value for "bulk notes"."small" cannot be sent: the number is out of range for smallint'
    said = f"row {250} of the input: {said}"
    for into in (insert(Note).returning(Note.id), insert(Note).on_conflict(Note.id, nothing=True)):
        outcome = await async_db.insert_many(rows, into)
        assert isinstance(outcome, Failure)
        assert str(outcome.failure()) == said
        assert await count(async_db) == 0
        async with async_db.transaction() as tx:
            (await tx.insert_many(rows[:5])).unwrap()
            assert isinstance(await tx.transact(partial(of_all, rows, into)), Failure)
            assert await tx.insert_many(rows[5:6]) == Success(1)
            assert await count(tx) == 6
            (await tx.execute(delete(Note).all_rows())).unwrap()


async def test_values_of_the_statement_stand_beside_those_of_each_block(async_db: AsyncDatabase) -> None:
    rows = [NewNote(id=n, text=str(n)) for n in range(1, 251)]
    louder = Note.text.to(excluded(Note.text) + "!")
    again = insert(Note).on_conflict(Note.id, update=[louder], update_where=Note.id > 5)
    for found in (0, 250):
        texts = (await async_db.insert_many(rows, again.returning(Note.text))).unwrap()
        assert texts == [f"{n}{'!' if found else ''}" for n in range(6 if found else 1, 251)]


async def test_a_list_that_gives_other_columns_at_its_end(async_db: AsyncDatabase) -> None:
    rows = [NewNote(text="a") for _ in range(ROWS_AT_ONCE + 100)] + [NewNote(text="b", small=2) for _ in range(100)]
    assert await async_db.insert_many([*rows, NewNote()]) == Success(len(rows) + 1)
    assert (await texts(async_db))[-3:] == ["b", "b", "none"]


async def test_a_taken_key_is_a_unique_violation(async_db: AsyncDatabase) -> None:
    (await async_db.insert_many([NewNote(id=1)])).unwrap()
    outcome = await async_db.insert_many([NewNote(id=2), NewNote(id=1)])
    assert isinstance(outcome, Failure)
    assert outcome.failure() == UniqueViolation("bulk notes_pkey", "bulk notes", "public", ("id",))
    assert await count(async_db) == 1


async def test_on_conflict(async_db: AsyncDatabase) -> None:
    (await async_db.insert_many(NewNote(id=n, text="old") for n in range(1, 4))).unwrap()
    rows = [NewNote(id=n, text=f"new {n}") for n in range(2, 6)]
    assert await async_db.insert_many(rows, insert(Note).on_conflict(Note.id, nothing=True)) == Success(2)
    found = await async_db.insert_many(
        rows,
        insert(Note)
        .on_conflict(Note.id, update=[Note.text.to(excluded(Note.text) + "!")], update_where=Note.text == "old")
        .returning(Note.id, Note.text),
    )
    assert found == Success([(2, "new 2!"), (3, "new 3!")])
    assert await texts(async_db) == ["old", "new 2!", "new 3!", "new 4", "new 5"]


@pytest.mark.parametrize("way", ["values", "copy", "many", "unsendable"])
async def test_a_failure_dooms_its_transaction(async_db: AsyncDatabase, way: str) -> None:
    rows = {
        "values": [NewNote(id=1), NewNote(text="second", id=1)],
        "copy": [NewNote(id=1, text="a"), NewNote(id=1, text="b")],
        "many": [NewNote(id=1 + n // 6000) for n in range(7000)],
        "unsendable": [NewNote(text=chr(0))],
    }[way]
    outcome: Outcome[int] = Success(0)
    with pytest.raises(TransactionAborted) as raised:
        async with async_db.transaction() as tx:
            (await tx.insert_many([NewNote(text="before")])).unwrap()
            outcome = await tx.insert_many(rows)
            assert isinstance(await tx.insert_many([NewNote(text="after")]), Failure)
            assert (await tx.execute(delete(Note).all_rows())).failure().sqlstate == "25P02"
    assert raised.value.cause == outcome.failure()
    assert isinstance(outcome.failure(), EncodeError if way == "unsendable" else UniqueViolation)
    assert await count(async_db) == 0


async def test_one_that_may_fail_is_a_transaction_of_its_own(async_db: AsyncDatabase) -> None:
    async with async_db.transaction() as tx:
        (await tx.insert_many([NewNote(text="kept")])).unwrap()
        outcome = await tx.transact(lambda inner: inner.insert_many(NewNote(id=1 + n // 6000) for n in range(7000)))
        assert isinstance(outcome.failure(), UniqueViolation)
        assert await tx.insert_many([NewNote(text="also")]) == Success(1)
    assert await texts(async_db) == ["kept", "also"]


async def test_a_value_that_cannot_be_sent_dooms_a_transaction_that_has_not_begun(async_db: AsyncDatabase) -> None:
    with pytest.raises(TransactionAborted, match="cannot hold NUL"):
        async with async_db.transaction() as tx:
            qb.ignore(await tx.execute(insert(NewNote(text=chr(0)))))
            qb.ignore(await tx.execute(insert(NewNote(text="after"))))
    with pytest.raises(TransactionAborted, match="cannot hold NUL"):
        async with async_db.transaction() as tx:
            async with tx.pipeline() as p:
                lost, never = p.execute(insert(NewNote(text="first"))), p.execute(insert(NewNote(text=chr(0))))
            qb.ignore(lost.result())
            qb.ignore(never.result())
            qb.ignore(await tx.execute(insert(NewNote(text="after"))))
    assert await count(async_db) == 0


async def test_a_failure_says_which_row_it_was(async_db: AsyncDatabase) -> None:
    many = [NewNote(text=f"note {n}") for n in range(2 * ROWS_AT_ONCE)]
    mixed = [*many[:70], *(NewNote(id=10**6 + n) for n in range(3)), *many[70:200]]
    for rows in (many[:1], many[:2], many[:99], many, mixed):
        unsendable = [*rows, NewNote(text="\0"), *many[:5]]
        for statement in (insert(Note), insert(Note).on_conflict(Note.id, nothing=True)):
            for given in (unsendable, iter(unsendable)):
                error = (await async_db.insert_many(given, statement)).failure()
                assert isinstance(error, EncodeError)
                assert error.input_row == len(rows)
                assert str(error).startswith(f"row {len(rows)} of the input: a value for")
        error = (await async_db.insert_many(iter([*rows, NewNote(id=-1), NewNote(id=-1)]))).failure()
        assert isinstance(error, UniqueViolation)


async def test_a_copy_that_the_server_refuses_says_which_row_it_was(async_db: AsyncDatabase) -> None:
    (await async_db.run(create_all(schema(Odd)))).unwrap()
    good = [NewOdd(id=n) for n in range(1, 2 * ROWS_AT_ONCE)]
    for before in (good[:1], good[:50], good[: ROWS_AT_ONCE + 3], good):
        for bad in (NewOdd(id=-1), NewOdd(id=1)):
            rows = [*before, bad, *good[len(before) :]]
            for given in (rows, iter(rows)):
                error = (await async_db.insert_many(given)).failure()
                assert isinstance(error, CheckViolation | UniqueViolation)
                assert error.input_row == len(before)
                assert str(error).startswith(f"row {len(before)} of the input: ")
    one = (await async_db.execute(insert(NewOdd(id=-1)))).failure()
    assert one.input_row is None
    (await async_db.run(drop_all(schema(Odd)))).unwrap()


async def test_a_transaction_that_is_rolled_back_keeps_nothing(async_db: AsyncDatabase) -> None:
    with pytest.raises(KeyError):
        async with async_db.transaction() as tx:
            (await tx.insert_many(NewNote() for _ in range(ROWS_AT_ONCE + 1))).unwrap()
            raise KeyError
    assert await count(async_db) == 0


async def test_a_failure_at_commit_comes_back(async_db: AsyncDatabase) -> None:
    (
        await async_db.execute(
            sql("ALTER TABLE {t} ADD CONSTRAINT late UNIQUE (text) DEFERRABLE INITIALLY DEFERRED", t=Note).command()
        )
    ).unwrap()
    outcome = await async_db.insert_many(NewNote(text="same") for _ in range(ROWS_AT_ONCE + 1))
    assert isinstance(outcome, Failure)
    assert isinstance(outcome.failure(), UniqueViolation)
    assert await count(async_db) == 0


async def test_only_new_rows_of_one_table(async_db: AsyncDatabase) -> None:
    row = qb.row(Flagged, id=1, label="a")
    with pytest.raises(QueryError, match=r"insert_many takes rows made by new\(Table\)\(...\), not Flagged"):
        await async_db.insert_many([row])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType, reportCallIssue]
    with pytest.raises(QueryError, match="a NewFlagged among new rows of bulk notes"):
        await async_db.insert_many([NewNote(), NewFlagged(id=1, label="a")])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    assert await count(async_db) == 0


async def test_the_log_tells_of_it_without_values(async_db: AsyncDatabase, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "qb.sql"):
        (await async_db.insert_many([NewNote(text="secret"), NewNote(text="secret")])).unwrap()
    assert "2 rows: insert_many into bulk notes" in caplog.text
    assert "secret" not in caplog.text


async def test_a_doomed_transaction_says_so(async_db: AsyncDatabase) -> None:
    with pytest.raises(TransactionAborted):
        async with async_db.transaction() as tx:
            await tx.execute(sql("SELECT 1 / 0").command())
            outcome = await tx.insert_many([NewNote(), NewNote(text="a")])
            assert isinstance(outcome, Failure)
            assert isinstance(outcome.failure(), DataException)
    assert await count(async_db) == 0
