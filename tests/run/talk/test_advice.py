# Made by tools/sync.py from test_async_advice.py: change that one, then run `make generate`.
"""What `insert_many` says of what it cannot take, and of rows that are one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest

from qb import (
    Col,
    Database,
    QueryError,
    Script,
    ServerError,
    Success,
    Table,
    column,
    connect,
    excluded,
    insert,
    new,
    update,
)


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
def db(qb_url: str) -> Iterator[Database]:
    with connect(qb_url, max_size=2) as db:
        db.raising.run(
            Script("DROP TABLE IF EXISTS visits", "CREATE TABLE visits (id bigint PRIMARY KEY, count bigint)")
        )
        yield db
        db.raising.run(Script("DROP TABLE visits"))


@pytest.mark.parametrize("others", [0, 98, 200])
def test_two_rows_that_are_one_within_a_statement(db: Database, others: int) -> None:
    rows = [ROW, ROW, *(new(Visit)(id=number, count=1) for number in range(2, 2 + others))]
    for outcome in (
        db.insert_many(rows, COUNTED),
        db.insert_many(rows, COUNTED.returning(Visit.id)),
    ):
        error = outcome.failure()
        assert isinstance(error, ServerError)
        assert str(error) == f"insert_many into visits: {SAID}"
        assert (error.statement or "").startswith('INSERT INTO "visits"')
    assert str(db.execute(COUNTED.values(ROW, ROW)).failure()) == SAID
    assert db.insert_many(rows, insert(Visit).on_conflict(Visit.id, nothing=True)) == Success(1 + others)


def test_two_rows_that_are_one_in_different_statements(db: Database) -> None:
    rows = [ROW, *(new(Visit)(id=number, count=1) for number in range(2, 151)), ROW]
    assert db.insert_many(rows, COUNTED) == Success(151)


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
def test_what_it_cannot_take(db: Database, rows: object, statement: object, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        db.insert_many(cast("Any", rows), cast("Any", statement))
