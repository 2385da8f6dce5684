"""A failure found in the rows of a write: undone where there are several steps, said where there is only one."""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from qb import AsyncDatabase, AsyncDb, Col, Table, column, delete, insert, new, pg, select, sql, update
from qb.errors import DbError, DecodeError, ManyRows, NotFound, SchemaMismatch, UniqueViolation
from qb.errors.outcome import Outcome, Success
from qb.query.statement import Rows
from qb.run.database.async_connect import connect_async
from tests.run.plain import failure

pytestmark = pytest.mark.anyio  # sync:


class Day(Table, name="days"):
    """A table whose year of five digits Python cannot hold."""

    id: Col[int] = column(pg.integer, primary_key=True)
    at: Col[dt.date] = column(default=dt.date(2026, 1, 1))
    n: Col[int] = column(pg.integer, default=0)


STAYS = "what the statement wrote is committed: only a transaction would have rolled it back"


@pytest.fixture
async def days(qb_url: str) -> AsyncIterator[AsyncDatabase]:
    async with connect_async(qb_url, max_size=2) as db:
        (await db.execute(sql("DROP TABLE IF EXISTS days").command())).unwrap()
        create = "CREATE TABLE days (id int PRIMARY KEY, at date NOT NULL DEFAULT '12026-01-01', n int DEFAULT 0)"
        (await db.execute(sql(create).command())).unwrap()
        yield db
        (await db.execute(sql("DROP TABLE days").command())).unwrap()


async def count(db: AsyncDatabase) -> int:
    return (await db.scalar(sql("SELECT count(*) FROM days").rows(int))).unwrap()


def unreadable(number: int) -> Rows[Any]:
    return insert(new(Day)(id=number)).returning(Day.at)


TWO = "INSERT INTO days VALUES (1), (2) RETURNING id"
MANY = ManyRows("days")
UNREADABLE = DecodeError("days", "at", 0, None, "date too large (after year 10K)")
INSIDE = "WITH w AS (INSERT INTO days VALUES (1)) SELECT 1 WHERE false"
RUNS: dict[str, tuple[Callable[[AsyncDb], Awaitable[Outcome[Any]]], DbError, int]] = {
    "one, of two": (lambda db: db.one(insert(new(Day)(id=1), new(Day)(id=2)).returning(Day.id)), MANY, 2),
    "scalar, of two": (lambda db: db.scalar(insert(new(Day)(id=1), new(Day)(id=2)).returning(Day.id)), MANY, 2),
    "raw": (lambda db: db.one(sql(TWO).rows(int)), ManyRows(), 2),
    "one": (lambda db: db.one(unreadable(1)), UNREADABLE, 1),
    "first": (lambda db: db.first(unreadable(1)), UNREADABLE, 1),
    "all": (lambda db: db.all(unreadable(1)), UNREADABLE, 1),
    "insert_many of one statement": (
        lambda db: db.insert_many([new(Day)(id=1)], insert(Day).returning(Day.at)),
        UNREADABLE,
        1,
    ),
    "a write inside a query": (lambda db: db.one(sql(INSIDE).rows(int)), NotFound(), 1),
}


@pytest.mark.parametrize(("run", "error", "written"), RUNS.values(), ids=RUNS)
async def test_one_statement_outside_a_transaction_is_committed_and_says_so(
    days: AsyncDatabase, run: Callable[[AsyncDb], Awaitable[Outcome[Any]]], error: DbError, written: int
) -> None:
    found = failure(await run(days))
    assert type(found) is type(error)
    assert found.committed is True  # type: ignore[attr-defined]
    assert STAYS in str(found)
    assert await count(days) == written
    (await days.execute(delete(Day).all_rows())).unwrap()
    # In a transaction the end decides: here it keeps nothing.
    inside = await days.transact(lambda tx: run(tx))
    assert failure(inside) == error
    assert STAYS not in str(inside)
    assert await count(days) == 0


async def test_a_query_commits_nothing(days: AsyncDatabase) -> None:
    (await days.insert_many([new(Day)(id=1), new(Day)(id=2)])).unwrap()
    assert failure(await days.one(select(Day.id))) == MANY
    assert failure(await days.all(select(Day.at))) == UNREADABLE
    assert failure(await days.one(select(Day.id).where(Day.id == 404).for_("update"))) == NotFound("days")


async def test_a_write_that_writes_nothing_and_one_that_writes_too_many(days: AsyncDatabase) -> None:
    nobody = update(Day).set(Day.n.to(1)).where(Day.id == 404).returning(Day.id)
    assert failure(await days.one(nobody)) == NotFound("days")
    assert await days.execute(insert(new(Day)(id=1), new(Day)(id=2))) == Success(2)
    many = update(Day).set(Day.n.to(1)).all_rows().returning(Day.id)
    assert failure(await days.one(many)) == ManyRows("days", committed=True)


async def test_a_stream_is_read_to_its_end_so_that_its_error_is_true(days: AsyncDatabase) -> None:
    with pytest.raises(DecodeError, match=STAYS):
        async with days.stream(unreadable(1)) as rows:
            async for _ in rows:
                pass
    assert await count(days) == 1


async def test_rows_that_the_commit_then_refuses_are_not_said_to_be_committed(days: AsyncDatabase) -> None:
    (await days.execute(sql("ALTER TABLE days ADD UNIQUE (n) DEFERRABLE INITIALLY DEFERRED").command())).unwrap()
    both = insert(new(Day)(id=1), new(Day)(id=2)).returning(Day.at)
    with pytest.raises(DecodeError) as raised:
        async with days.stream(both) as rows:
            async for _ in rows:
                pass
    assert raised.value == UNREADABLE
    assert failure(await days.all(both)) == UNREADABLE
    assert isinstance(failure(await days.one(both)), UniqueViolation)
    assert await count(days) == 0


@pytest.mark.parametrize("rows", [101, 5_001])
async def test_insert_many_in_several_steps_is_undone(days: AsyncDatabase, rows: int) -> None:
    every = [new(Day)(id=number) for number in range(rows)]
    assert failure(await days.insert_many(every, insert(Day).returning(Day.at))) == UNREADABLE
    assert await count(days) == 0
    assert await days.insert_many(every, insert(Day).returning(Day.id)) == Success(list(range(rows)))
    assert await count(days) == rows


async def test_insert_many_in_several_steps_is_undone_by_what_the_commit_finds(days: AsyncDatabase) -> None:
    (await days.execute(sql("ALTER TABLE days ADD UNIQUE (n) DEFERRABLE INITIALLY DEFERRED").command())).unwrap()
    every = [new(Day)(id=number) for number in range(101)]
    assert isinstance(failure(await days.insert_many(every, insert(Day).returning(Day.id))), UniqueViolation)
    assert await count(days) == 0


class Refused(Exception):
    """What a function of the user's raises."""


def refuses(number: int) -> int:
    raise Refused(f"not {number}")


MAPPED: dict[str, Callable[[AsyncDb], Awaitable[object]]] = {
    "one": lambda db: db.one(insert(new(Day)(id=1)).returning(Day.id).map(refuses)),
    "all": lambda db: db.all(insert(new(Day)(id=1)).returning(Day.id).map(refuses)),
    "first": lambda db: db.first(insert(new(Day)(id=1)).returning(Day.id).map(refuses)),
}


@pytest.mark.parametrize("run", MAPPED.values(), ids=MAPPED)
async def test_an_exception_of_a_map_passes_and_says_what_became_of_the_write(
    days: AsyncDatabase, run: Callable[[AsyncDb], Awaitable[object]]
) -> None:
    with pytest.raises(Refused) as raised:
        await run(days)
    assert [note for note in raised.value.__notes__ if "what the statement wrote is committed" in note]
    assert await count(days) == 1
    (await days.execute(delete(Day).all_rows())).unwrap()
    with pytest.raises(Refused) as inside:
        async with days.transaction() as tx:
            await run(tx)
    assert not hasattr(inside.value, "__notes__")
    assert await count(days) == 0


async def test_an_exception_of_a_map_of_a_query_or_of_several_steps_says_nothing(days: AsyncDatabase) -> None:
    mapped = insert(new(Day)(id=1)).returning(Day.id).map(refuses)
    with pytest.raises(Refused) as raised:
        async with days.pipeline() as p:
            p.one(mapped)
    assert not hasattr(raised.value, "__notes__")
    assert await count(days) == 0
    (await days.execute(insert(new(Day)(id=1)))).unwrap()
    with pytest.raises(Refused) as raised:
        await days.all(select(Day.id).map(refuses))
    assert not hasattr(raised.value, "__notes__")


WRONG = "ALTER TABLE days ALTER COLUMN n DROP DEFAULT, ALTER COLUMN n TYPE text"
ROW: Callable[[int], Rows[Any]] = lambda number: insert(new(Day)(id=number)).returning(Day.n)  # noqa: E731


@pytest.mark.parametrize("prepare", [True, False])
async def test_a_write_whose_rows_would_be_others_never_runs(days: AsyncDatabase, qb_url: str, prepare: bool) -> None:
    (await days.execute(sql(WRONG).command())).unwrap()
    async with connect_async(qb_url, prepare=prepare) as db:
        for run in (db.one, db.all, db.first, db.scalar):
            found = failure(await run(ROW(1)))
            assert isinstance(found, SchemaMismatch)
            assert not found.committed
        with pytest.raises(SchemaMismatch):
            async with db.stream(ROW(1)) as rows:
                async for _ in rows:
                    pass
    assert await count(days) == 0


async def test_a_write_without_a_name_whose_rows_have_become_others_says_that_it_is_committed(
    days: AsyncDatabase, qb_url: str
) -> None:
    async with connect_async(qb_url, prepare=False, max_size=1) as db:
        for number, run in enumerate((db.one, db.all, db.first, db.scalar)):
            (await run(ROW(10 * number))).unwrap()
            (await days.execute(sql(WRONG).command())).unwrap()
            found = failure(await run(ROW(10 * number + 1)))
            assert isinstance(found, SchemaMismatch)
            assert found.committed
            assert STAYS in str(found)
            assert await count(days) == 2 * number + 2
            back = "ALTER TABLE days ALTER COLUMN n TYPE int USING n::int, ALTER n SET DEFAULT 0"
            (await days.execute(sql(back).command())).unwrap()
