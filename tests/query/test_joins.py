"""Random joins give the pairs of rows that a double loop over Python lists gives."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb import Database, Select, alias, compile, many, maybe, select
from tests.query.model import Ape, Bee, Pair, Row, condition, fill, rows
from tests.samples import samples

SAMPLES = samples(60)
Joined = list[tuple[Row | None, Row | None]]


def joined(kind: str, left: list[Row], right: list[Row], offset: int) -> Joined:
    """What a join on `left.a = right.b + offset` gives."""

    def meets(x: Row, y: Row) -> bool:
        return x.a is not None and y.b is not None and x.a == y.b + offset

    pairs: Joined = [(x, y) for x in left for y in right if kind == "cross" or meets(x, y)]
    if kind in ("left", "full"):
        pairs += [(x, None) for x in left if not any(meets(x, y) for y in right)]
    if kind in ("right", "full"):
        pairs += [(None, y) for y in right if not any(meets(x, y) for x in left)]
    return pairs


def keyed(pairs: list[Any]) -> list[tuple[int, ...]]:
    """The pairs by their ids, in an order of their own."""
    return sorted(tuple(-1 if row is None else row.id for row in pair) for pair in pairs)


@pytest.mark.sampled
@pytest.mark.parametrize("kind", ["inner", "left", "right", "full", "cross"])
@pytest.mark.parametrize("other", ["another table", "the same table"])
def test_a_join_gives_the_pairs_that_meet_and_whom_nobody_met(apes: Database, kind: str, other: str) -> None:
    there: Any = Bee if other == "another table" else alias(Ape, "other ape")

    @SAMPLES
    @given(rows(4), rows(4), st.integers(-1, 1))
    def check(left: list[Row], right: list[Row], offset: int) -> None:
        right = right if there is Bee else left
        on = Ape.a == there.b + offset
        start = select(maybe(Ape), maybe(there)).from_(Ape)
        query: Select[Any]
        match kind:
            case "inner":
                query = start.join(there, on=on)
            case "left":
                query = start.left_join(there, on=on)
            case "right":
                query = start.right_join(there, on=on)
            case "full":
                query = start.full_join(there, on=on)
            case _:
                query = start.cross_join(there)
        with apes.transaction(rollback=True) as tx:
            fill(tx, Ape, left)
            if there is Bee:
                fill(tx, Bee, right)
            assert keyed(tx.all(query).unwrap()) == keyed(joined(kind, left, right, offset))

    check()


@pytest.mark.sampled
def test_an_absent_row_is_told_from_a_row_of_nulls(apes: Database) -> None:
    @SAMPLES
    @given(rows(4), rows(4), condition(Bee, 1))
    def check(left: list[Row], right: list[Row], test: Pair) -> None:
        # Its first column, and every other one that may be, is NULL in the row that is there.
        blank = [Row(row.id, None, None, None, None) for row in right]
        query = select(Ape.id, maybe(Bee)).left_join(Bee, on=(Bee.id == Ape.id) & test.expr)
        with apes.transaction(rollback=True) as tx:
            fill(tx, Ape, left)
            fill(tx, Bee, blank)
            found = {ident: bee is not None for ident, bee in tx.all(query).unwrap()}
        there = {row.id for row in blank if test.value(row) is True}
        assert found == {row.id: row.id in there for row in left}

    check()


@pytest.mark.sampled
def test_many_gives_each_row_the_rows_that_belong_to_it(apes: Database) -> None:
    @SAMPLES
    @given(rows(4), rows(6), condition(Bee, 1), st.none() | st.integers(0, 2))
    def check(outer: list[Row], inner: list[Row], test: Pair, limit: int | None) -> None:
        mine = select(Bee.id, Bee.s).where(Bee.a == Ape.a, test.expr).order_by(Bee.id.desc())
        query = select(Ape.id, many(mine if limit is None else mine.limit(limit))).order_by(Ape.id)
        with apes.transaction(rollback=True) as tx:
            fill(tx, Ape, outer)
            fill(tx, Bee, inner)
            found = tx.all(query).unwrap()
        kept = [bee for bee in reversed(inner) if test.value(bee) is True]
        wanted = [(ape.id, [(bee.id, bee.s) for bee in kept if ape.a is not None and bee.a == ape.a]) for ape in outer]
        assert found == [(ident, bees[:limit]) for ident, bees in wanted]

    check()


@pytest.mark.parametrize("kind", ["join", "left_join", "right_join", "full_join"])
def test_the_condition_may_stand_by_position(kind: str) -> None:
    start: Any = select(maybe(Ape.id), maybe(Bee.id)).from_(Ape)
    on = Bee.id == Ape.id
    assert str(compile(getattr(start, kind)(Bee, on))) == str(compile(getattr(start, kind)(Bee, on=on)))
