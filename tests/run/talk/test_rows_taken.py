"""What may happen while the rows of a write of many are taken: an interrupt, other statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest

import qb
from qb import (
    ConnectionLost,
    Database,
    Db,
    Failure,
    QueryError,
    Success,
    TransactionAborted,
    delete,
    excluded,
    insert,
    select,
    update,
)
from qb.run.talk import converse
from qb.run.talk.bulk import MANY
from qb.run.talk.chunks import ROWS_AT_ONCE
from tests.run.parts import (
    STOCKS,
    NewPart,
    Part,
    fill,
    stocks,
    tables,
)
from tests.run.plain import Struck, failure, striking


@pytest.fixture
def parts(qb_url: str) -> Iterator[Database]:
    with tables(qb_url) as db:
        yield db


def strike(*_: object) -> int:
    raise Struck


def test_an_interrupt_within_a_transaction_leaves_nothing_in_the_way(parts: Database) -> None:
    fill(parts, 3)
    with parts.transaction() as tx:
        for _ in range(2):
            with pytest.raises(Struck):
                tx.update_many([(1, 5)], STOCKS.returning(Part.id).map(strike))
            with tx.transaction() as inner:  # deeper than the table that was left
                assert inner.update_many([(1, 2), (3, 2)], STOCKS) == Success(2)
            with pytest.raises(Struck):
                tx.update_many([(1, 5)], STOCKS.returning(Part.id).map(strike))
            twice = tx.transact(lambda inner: inner.update_many([(1, 5), (1, 6)], STOCKS))
            assert "same keyed parts.id" in str(failure(twice))
            assert tx.delete_many([("part 9", 1)], delete(Part).by(Part.code, Part.id)) == Success(0)
            assert tx.update_many(((number, 4) for number in range(2, 2 * ROWS_AT_ONCE + 2)), STOCKS) == Success(2)
    assert stocks(parts) == {1: 5, 2: 4, 3: 4}


@pytest.mark.parametrize("at", range(9))
def test_an_interrupt_at_any_wait(parts: Database, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(parts, 3)

    with suppress(TransactionAborted, ConnectionLost), parts.transaction() as tx:
        tx.update_many([(1, 1)], STOCKS).unwrap()
        with monkeypatch.context() as patched:
            patched.setattr(converse, "wait", striking(at))
            with suppress(Struck):
                qb.ignore(tx.update_many([(2, 2)], STOCKS))
        with suppress(QueryError):
            outcome = tx.update_many([(3, 3)], STOCKS)
            if isinstance(outcome, Failure):
                assert "already exists" not in str(outcome.failure())
    assert stocks(parts) in ({1: 1, 2: 0, 3: 3}, {1: 1, 2: 2, 3: 3}, {1: 0, 2: 0, 3: 0})
    assert parts.update_many([(1, 7)], STOCKS) == Success(1)


FAR = 2 * ROWS_AT_ONCE + 2
"""More rows than are taken before the table is there."""
STILL = "still taking its rows, and another one cannot run meanwhile, on .*: put the rows into a list first"


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("kind", ["update", "delete"])
def test_what_gives_the_rows_may_not_stage_others_on_the_same_transaction(
    parts: Database, kind: str, many: bool
) -> None:
    fill(parts, 3)
    by_code = delete(Part).by(Part.code)

    def rows(tx: Db) -> Iterator[tuple[int, int]]:
        for number in range(1, FAR):
            if number == FAR - 1:
                if kind == "update":
                    tx.update_many(((n, 1) for n in range(ROWS_AT_ONCE + 1 if many else 1)), STOCKS)
                else:
                    tx.delete_many((f"part {n}" for n in range(ROWS_AT_ONCE + 1 if many else 1)), by_code)
            yield number, 5

    with parts.transaction() as tx:
        with pytest.raises(QueryError, match=STILL):
            tx.update_many(rows(tx), STOCKS)
        assert stocks(tx) == {1: 0, 2: 0, 3: 0}
        with pytest.raises(QueryError, match=STILL):
            tx.delete_many((f"part {number}" for number, _ in rows(tx)), by_code)
        assert tx.update_many([(1, 8)], STOCKS) == Success(1)
    assert stocks(parts) == {1: 8, 2: 0, 3: 0}


def test_what_gives_the_rows_may_run_anything_else_on_the_same_transaction(parts: Database) -> None:
    fill(parts, 3)
    named = insert(Part).on_conflict(Part.code, update=[Part.stock.to(excluded(Part.stock))])

    def rows(tx: Db, *, stages: bool = False) -> Iterator[int]:
        for number in range(1, FAR):
            if number in (ROWS_AT_ONCE, FAR - 1):
                more = [NewPart(code=f"more {n}", stock=1) for n in range(MANY)]
                assert tx.insert_many(more, named) == Success(MANY)
                assert tx.insert_many(iter(more[:2]), insert(Part).on_conflict(Part.code, nothing=True)) == Success(0)
                assert tx.delete_many([404_404], delete(Part).by(Part.id)) == Success(0)
                assert tx.execute(delete(Part).where(Part.code.like("more %"))) == Success(MANY)
                assert tx.execute(update(Part).set(Part.stock.to(9)).where(Part.id == 3)) == Success(1)
                with tx.transaction() as inner:
                    assert inner.one(select(Part.stock).where(Part.id == 3)) == Success(9)
                if stages:
                    assert tx.update_many([(2, 6)], STOCKS) == Success(1)
            yield number

    with parts.transaction() as tx:
        assert tx.update_many(((number, 5) for number in rows(tx)), STOCKS) == Success(3)
        assert stocks(tx) == {1: 5, 2: 5, 3: 5}
        for into in (None, named):
            given_ = (NewPart(code=f"part {number + 10}") for number in rows(tx, stages=True))
            assert (tx.insert_many(given_) if into is None else tx.insert_many(given_, into)) == Success(FAR - 1)
            assert tx.execute(delete(Part).where(Part.id > 3)) == Success(FAR - 1)
        assert stocks(tx) == {1: 5, 2: 6, 3: 9}
