"""Whether the columns of a key are one: the database is asked."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from qb import (
    Col,
    Database,
    EncodeError,
    Success,
    Table,
    column,
    connect,
    delete,
    fn,
    pg,
    select,
    update,
)
from qb.run.talk.chunks import ROWS_AT_ONCE
from tests.run.gate import gate
from tests.run.parts import (
    STOCKS,
    NewPart,
    Part,
    fill,
    run,
    stocks,
    tables,
)


@pytest.fixture
def parts(qb_url: str) -> Iterator[Database]:
    with tables(qb_url) as db:
        yield db


NO_INDEX = (
    "no unique index of keyed parts is on keyed parts.id alone, or on some of them: by(...) takes the primary key"
)


def test_a_primary_key_that_the_database_does_not_have_is_none(parts: Database, qb_url: str) -> None:
    fill(parts, 3)
    assert parts.update_many([(1, 1)], STOCKS) == Success(1)
    run(
        parts,
        """ALTER TABLE "keyed parts" DROP CONSTRAINT "keyed parts_pkey" """,
        """INSERT INTO "keyed parts" (id, c0) OVERRIDING SYSTEM VALUE VALUES (2, 'twin')""",
    )
    for rows in ([(2, 7)], iter([(number, 7) for number in range(ROWS_AT_ONCE + 1)])):
        assert NO_INDEX in str(parts.update_many(rows, STOCKS).failure())
    gone = delete(Part).by(Part.id)
    with connect(qb_url, max_size=2) as db:
        for keys in ([2], iter(range(2, ROWS_AT_ONCE + 3))):
            assert NO_INDEX in str(db.delete_many(keys, gone).failure())
            assert NO_INDEX in str(db.delete_many(keys, gone.returning(Part.id)).failure() if keys == [2] else NO_INDEX)
        with db.transaction() as tx:
            assert NO_INDEX in str(tx.transact(lambda inner: inner.delete_many([2], gone)).failure())
            assert tx.scalar(select(fn.count()).from_(Part)) == Success(4)
        run(
            parts, "DELETE FROM \"keyed parts\" WHERE c0 = 'twin'", """ALTER TABLE "keyed parts" ADD PRIMARY KEY (id)"""
        )
        assert db.delete_many([2], gone) == Success(1)
    assert parts.update_many([(1, 2)], STOCKS) == Success(1)
    assert stocks(parts) == {1: 2, 3: 0}


class Shown(Table, name="keyed_shown"):
    """A view, which has no index that the server could be asked for."""

    id: Col[int] = column(pg.bigint, primary_key=True)
    code: Col[str] = column()


def test_a_view_has_the_key_that_its_class_says(parts: Database) -> None:
    fill(parts, 3)
    run(parts, 'CREATE OR REPLACE VIEW keyed_shown AS SELECT id, c0 AS code FROM "keyed parts"')
    try:
        assert parts.update_many([(1, "one")], update(Shown).by(Shown.id).each(Shown.code)) == Success(1)
        assert parts.delete_many([2], delete(Shown).by(Shown.id)) == Success(1)
        by_code = parts.delete_many(["one"], delete(Shown).by(Shown.code)).failure()
        assert "no unique index of keyed_shown is on keyed_shown.code alone" in str(by_code)
        assert parts.all(select(Part.code).order_by(Part.id)) == Success(["one", "part 3"])
    finally:
        run(parts, "DROP VIEW keyed_shown")


def test_the_key_of_a_delete_is_asked_of_once(parts: Database, qb_url: str) -> None:
    fill(parts, 3)
    with gate(qb_url) as (url, between), connect(url, max_size=2) as db:
        db.ping().unwrap()
        turns: list[int] = []
        for key in (1, 2, 3):
            before = between.turns
            assert db.delete_many([key], delete(Part).by(Part.id)) == Success(1)
            turns.append(between.turns - before)
        assert turns == [2, 1, 1]


LARGE = 2**53


@pytest.mark.parametrize("wrong", [2.0, float(LARGE), Decimal(1), True, "1", b"1"])
@pytest.mark.parametrize("generator", [False, True])
def test_what_is_no_value_of_a_key_deletes_nothing(parts: Database, wrong: object, generator: bool) -> None:
    """Not even what is equal to one in Python: beside a float large integers are equal that are not."""
    parts.insert_many([NewPart(id=key, code=f"{key}") for key in (1, 2, LARGE, LARGE + 1)]).unwrap()
    keys: list[Any] = [1, LARGE + 1, wrong]
    error = parts.delete_many(iter(keys) if generator else keys, delete(Part).by(Part.id)).failure()
    assert isinstance(error, EncodeError)
    assert "cannot be sent: bigint takes int, not" in str(error) or "out of range" in str(error)
    assert parts.scalar(select(fn.count()).from_(Part)) == Success(4)
