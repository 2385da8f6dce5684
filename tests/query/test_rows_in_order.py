"""ORDER BY, LIMIT, DISTINCT, GROUP BY, aggregates, windows and set operations against the same on Python lists."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb import Database, Expr, Select, fn, maybe, select
from qb.typing import Nulls
from tests.query.model import Ape, Bee, Pair, Row, condition, fill, numeric, rows
from tests.samples import samples

SAMPLES = samples(60)
KEYS: dict[str, tuple[Expr[Any], Callable[[Row], Any]]] = {
    "a": (Ape.a, lambda row: row.a),
    "s": (Ape.s, lambda row: row.s),
    "ok": (Ape.ok, lambda row: row.ok),
}


def sort(contents: list[Row], key: Callable[[Row], Any], descending: bool, nulls: str | None) -> list[Row]:
    """A stable sort with NULLs where PostgreSQL puts them: last, or first when descending."""
    some = sorted((row for row in contents if key(row) is not None), key=key, reverse=False)
    if descending:
        values = sorted({key(row) for row in some}, reverse=True)
        some = [row for value in values for row in some if key(row) == value]
    none = [row for row in contents if key(row) is None]
    first = nulls == "first" if nulls else descending
    return none + some if first else some + none


EITHER: list[Nulls | None] = [None, "first", "last"]
orders = st.lists(
    st.tuples(st.sampled_from(sorted(KEYS)), st.booleans(), st.sampled_from(EITHER)),
    max_size=3,
)


@pytest.mark.sampled
def test_order_limit_and_offset(apes: Database) -> None:
    @SAMPLES
    @given(rows(8), orders, st.none() | st.integers(0, 9), st.none() | st.integers(0, 9))
    def check(
        contents: list[Row], order: list[tuple[str, bool, Nulls | None]], limit: int | None, offset: int | None
    ) -> None:
        query = select(Ape.id)
        wanted = contents
        for name, descending, nulls in order:
            expr, _ = KEYS[name]
            query = query.order_by(expr.desc(nulls=nulls) if descending else expr.asc(nulls=nulls))
        for name, descending, nulls in reversed(order):
            wanted = sort(wanted, KEYS[name][1], descending, nulls)
        query = query.order_by(Ape.id)
        query = query if limit is None else query.limit(limit)
        query = query if offset is None else query.offset(offset)
        with apes.transaction(rollback=True) as tx:
            fill(tx, Ape, contents)
            found = tx.all(query).unwrap()
        rest = [row.id for row in wanted][offset or 0 :]
        assert found == (rest if limit is None else rest[:limit])

    check()


@pytest.mark.sampled
def test_distinct_and_distinct_on(apes: Database) -> None:
    @SAMPLES
    @given(rows(8), numeric(Ape, 1))
    def check(contents: list[Row], number: Pair) -> None:
        plain = select(maybe(number.expr), Ape.ok).from_(Ape)
        first = select(Ape.a, Ape.id).distinct_on(Ape.a).order_by(Ape.a, Ape.id.desc())
        with apes.transaction(rollback=True) as tx:
            fill(tx, Ape, contents)
            found = tx.all(plain.distinct()).unwrap()
            each = tx.all(first).unwrap()
        assert Counter(found) == Counter({(number.value(row), row.ok) for row in contents})
        assert dict(each) == {row.a: row.id for row in contents}

    check()


def total(values: list[Any]) -> Any:
    """What an aggregate does: NULLs are passed over, and of nothing it gives NULL."""
    kept = [value for value in values if value is not None]
    return sum(kept) if kept else None


def mean(values: list[Any]) -> Decimal | None:
    kept = [value for value in values if value is not None]
    return Decimal(sum(kept)) / len(kept) if kept else None


@pytest.mark.sampled
def test_groups_with_having_and_aggregates(apes: Database) -> None:
    @SAMPLES
    @given(rows(8), condition(Ape, 1), condition(Ape, 1), numeric(Ape, 1), st.integers(0, 3))
    def check(contents: list[Row], keep: Pair, some: Pair, number: Pair, least: int) -> None:
        expr = number.expr
        query = (
            select(
                Ape.ok,
                fn.count(),
                fn.count(Ape.a),
                fn.count(Ape.a, distinct=True),
                fn.count().filter(some.expr),
                fn.sum(expr),
                fn.min(expr),
                fn.max(Ape.s),
                fn.avg(Ape.a),
                fn.array_agg(Ape.b, order_by=Ape.id.desc()),
                fn.string_agg(Ape.s, "|", order_by=Ape.id),
                fn.bool_or(Ape.a > 0),
            )
            .where(keep.expr)
            .group_by(Ape.ok)
            .having(fn.count() >= least)
        )
        with apes.transaction(rollback=True) as tx:
            fill(tx, Ape, contents)
            found = tx.all(query).unwrap()
        kept = [row for row in contents if keep.value(row) is True]
        assert {row[0] for row in found} == {
            ok for ok, count in Counter(row.ok for row in kept).items() if count >= least
        }
        for ok, count, filled, different, chosen, sum_, min_, max_, avg, listed, texts, positive in found:
            group = [row for row in kept if row.ok is ok]
            values = [number.value(row) for row in group]
            known = [value for value in values if value is not None]
            a = [row.a for row in group if row.a is not None]
            s = [row.s for row in group if row.s is not None]
            assert count == len(group)
            assert filled == len(a)
            assert different == len(set(a))
            assert chosen == sum(some.value(row) is True for row in group)
            assert sum_ == total(values)
            assert type(sum_) in (int, type(None))
            assert min_ == min(known, default=None)
            assert max_ == max(s, default=None)
            assert (avg is None) == (not a)
            assert avg is None or abs(avg - Decimal(sum(a)) / len(a)) < Decimal("1e-12")
            assert listed == [row.b for row in reversed(group)]
            assert texts == ("|".join(s) if s else None)
            assert positive == (any(x > 0 for x in a) if a else None)

    check()


@pytest.mark.sampled
def test_window_functions(apes: Database) -> None:
    @SAMPLES
    @given(rows(8))
    def check(contents: list[Row]) -> None:
        query = select(
            Ape.id,
            fn.row_number().over(partition_by=Ape.ok, order_by=[Ape.a.asc(nulls="first"), Ape.id]),
            fn.rank().over(order_by=Ape.ok.asc(nulls="last")),
            fn.dense_rank().over(order_by=Ape.ok.asc(nulls="last")),
            fn.lag(Ape.id).over(order_by=Ape.id),
            fn.lead(Ape.id, 2).over(order_by=Ape.id),
            fn.sum(Ape.a).over(partition_by=[Ape.ok, Ape.s]),
            fn.count().filter(Ape.a > 0).over(),
            fn.first_value(Ape.id).over(order_by=Ape.id.desc()),
        ).order_by(Ape.id)
        with apes.transaction(rollback=True) as tx:
            fill(tx, Ape, contents)
            found = tx.all(query).unwrap()
        ids = [row.id for row in contents]
        by_ok = sort(contents, lambda row: row.ok, descending=False, nulls="last")
        groups = [list(group) for _, group in groupby(by_ok, key=lambda row: row.ok)]
        for row, result in zip(contents, found, strict=True):
            ident, number, rank, dense, before, after, sum_, positive, last = result
            mates = sort([r for r in contents if r.ok is row.ok], lambda r: r.a, descending=False, nulls="first")
            place = next(index for index, group in enumerate(groups) if row in group)
            assert ident == row.id
            assert number == mates.index(row) + 1
            assert rank == sum(map(len, groups[:place])) + 1
            assert dense == place + 1
            assert before == (row.id - 1 if row.id > 0 else None)
            assert after == (row.id + 2 if row.id + 2 in ids else None)
            assert sum_ == total([r.a for r in contents if r.ok is row.ok and r.s == row.s])
            assert positive == sum(r.a is not None and r.a > 0 for r in contents)
            assert last == ids[-1]

    check()


OPERATIONS: dict[str, Callable[[Counter[Any], Counter[Any]], Counter[Any]]] = {
    "union": lambda x, y: Counter(set(x) | set(y)),
    "union_all": lambda x, y: x + y,
    "intersect": lambda x, y: Counter(set(x) & set(y)),
    "intersect_all": lambda x, y: x & y,
    "except_": lambda x, y: Counter(set(x) - set(y)),
    "except_all": lambda x, y: x - y,
}


@pytest.mark.sampled
@pytest.mark.parametrize("operation", OPERATIONS)
def test_set_operations(apes: Database, operation: str) -> None:
    @samples(25)
    @given(rows(6), rows(6), st.integers(0, 4))
    def check(left: list[Row], right: list[Row], limit: int) -> None:
        one: Select[Any] = select(Ape.a, Ape.ok)
        two: Select[Any] = select(Bee.a, Bee.ok).order_by(Bee.id)
        query = getattr(one, operation)(two)
        ordered = query.order_by(Ape.a.asc(nulls="first"), Ape.ok.desc(nulls="last")).limit(limit).offset(1)
        chained = query.union(select(Ape.id, Ape.ok).limit(2).order_by(Ape.id))
        with apes.transaction(rollback=True) as tx:
            fill(tx, Ape, left)
            fill(tx, Bee, right)
            found = tx.all(query).unwrap()
            some = tx.all(ordered).unwrap()
            more = tx.all(chained).unwrap()
        wanted = OPERATIONS[operation](Counter((r.a, r.ok) for r in left), Counter((r.a, r.ok) for r in right))
        assert Counter(found) == wanted
        rank = {True: 0, False: 1, None: 2}
        in_order = sorted(wanted.elements(), key=lambda pair: (pair[0] is not None, pair[0] or 0, rank[pair[1]]))
        assert some == in_order[1 : 1 + limit]
        assert Counter(more) == Counter(set(wanted) | {(r.id, r.ok) for r in left[:2]})

    check()
