"""What `insert_many` says of what it cannot take, and of rows that are one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from qb import (
    AsyncDatabase,
    Col,
    QueryError,
    Script,
    ServerError,
    Success,
    Table,
    column,
    connect_async,
    excluded,
    insert,
    new,
    update,
)

pytestmark = pytest.mark.anyio  # sync:


class Visit(Table, name="visits"):
    id: Col[int] = column(primary_key=True)
    count: Col[int] = column()


ROW = new(Visit)(id=1, count=1)
COUNTED = insert(Visit).on_conflict(Visit.id, update=[Visit.count.to(Visit.count + excluded(Visit.count))])
SAID = (
    "two of the rows are the same by the columns of on_conflict, and one statement, of up to 100 rows in insert_many, "
    "changes a row once: make the rows distinct by these columns first, or say nothing=True (SQLSTATE 21000)"
)


@pytest.fixture
async def async_db(qb_url: str) -> AsyncIterator[AsyncDatabase]:
    async with connect_async(qb_url, max_size=2) as db:
        await db.raising.run(
            Script("DROP TABLE IF EXISTS visits", "CREATE TABLE visits (id bigint PRIMARY KEY, count bigint)")
        )
        yield db
        await db.raising.run(Script("DROP TABLE visits"))


@pytest.mark.parametrize("others", [0, 98, 200])
async def test_two_rows_that_are_one_within_a_statement(async_db: AsyncDatabase, others: int) -> None:
    rows = [ROW, ROW, *(new(Visit)(id=number, count=1) for number in range(2, 2 + others))]
    for outcome in (
        await async_db.insert_many(rows, COUNTED),
        await async_db.insert_many(rows, COUNTED.returning(Visit.id)),
    ):
        error = outcome.failure()
        assert isinstance(error, ServerError)
        assert str(error) == f"insert_many into visits: {SAID}"
        assert (error.statement or "").startswith('INSERT INTO "visits"')
    assert str((await async_db.execute(COUNTED.values(ROW, ROW))).failure()) == SAID
    assert await async_db.insert_many(rows, insert(Visit).on_conflict(Visit.id, nothing=True)) == Success(1 + others)


async def test_two_rows_that_are_one_in_different_statements(async_db: AsyncDatabase) -> None:
    rows = [ROW, *(new(Visit)(id=number, count=1) for number in range(2, 151)), ROW]
    assert await async_db.insert_many(rows, COUNTED) == Success(151)


WRONG: dict[str, tuple[object, object, str]] = {
    "one row": (ROW, None, r"^insert_many takes any number of rows, and this is one row, NewVisit: put it into a list"),
    "a table": (Visit, None, r"^insert_many takes any number of rows, and this is \w+: give it a list or a generator$"),
    "a number": (1, None, r"^insert_many takes any number of rows, and this is int: give it a list or a generator$"),
    "nothing": (None, None, r"and this is NoneType: give it a list or a generator$"),
    "a whole insert": ([ROW], insert(ROW), r"it has from its first argument: write insert\(visits\) in the place of"),
    "one with a conflict": (
        [ROW],
        COUNTED.values(ROW),
        r"insert\(new\(\.\.\.\)\(\.\.\.\)\), and what follows as it is",
    ),
    "one that returns": (
        [ROW],
        insert(ROW).returning(Visit.id),
        r"^insert_many takes the statement without rows, which",
    ),
    "an update": ([ROW], update(Visit).set(Visit.count.to(1)).all_rows(), r"such as insert\(Table\).*, not Update$"),
}


@pytest.mark.parametrize(("rows", "statement", "said"), WRONG.values(), ids=WRONG)
async def test_what_it_cannot_take(async_db: AsyncDatabase, rows: object, statement: object, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        await async_db.insert_many(cast("Any", rows), cast("Any", statement))
