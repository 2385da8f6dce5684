"""LIMIT and OFFSET WITH TIES against the same on a Python list, and what cannot be said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb import (
    Arg,
    Database,
    Failure,
    ManyRows,
    QueryError,
    Success,
    Target,
    compile,
    create_all,
    function,
    prepare,
    schema,
    select,
    value,
)
from qb.query.select import Select
from tests.query.model import Ape, Row, fill, rows
from tests.samples import samples

TIED = select(Ape.a).where(Ape.a.is_not_null()).order_by(Ape.a)


@pytest.mark.sampled
@pytest.mark.parametrize("twice", [False, True], ids=["select", "union"])
def test_those_that_are_equal_to_the_last_come_as_well(apes: Database, twice: bool) -> None:
    @samples(60)
    @given(rows(8), st.integers(0, 9), st.none() | st.integers(0, 9))
    def check(contents: list[Row], limit: int, offset: int | None) -> None:
        query = select(Ape.a).where(Ape.a.is_not_null())
        query = query.union_all(query) if twice else query
        query = query.order_by(Ape.a).limit(limit, with_ties=True)
        query = query if offset is None else query.offset(offset)
        values = sorted(row.a for row in contents for _ in range(1 + twice) if row.a is not None)[offset or 0 :]
        last = values[limit - 1 : limit]
        wanted = [value for number, value in enumerate(values) if number < limit or [value] == last]
        with apes.transaction(rollback=True) as tx:
            fill(tx, Ape, contents)
            assert tx.all(query) == Success(wanted)

    check()


def test_an_argument_of_a_function_is_a_count(apes: Database) -> None:
    @function(volatility="stable", name="page of apes")
    def page(least: Arg[int], most: Arg[int] = 1) -> Select[Ape]:
        return select(Ape).order_by(Ape.id).limit(most).offset(least)

    some, one = page(1, 2), page(0)
    with apes.transaction(rollback=True) as tx:
        tx.run(create_all(schema(Ape, page), if_not_exists=True)).unwrap()
        fill(tx, Ape, [Row(number, 7, None, None, None) for number in (1, 2, 3, 4)])
        assert tx.all(select(some.id).order_by(some.id)) == Success([2, 3])
        assert tx.all(select(one.id)) == Success([1])
    with pytest.raises(QueryError, match="limit takes an int, and an expression of text is none"):
        select(Ape).limit(value("5"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_one_and_first_see_the_ties(apes: Database) -> None:
    contents = [Row(number, 7, None, None, None) for number in (1, 2)]
    with apes.transaction(rollback=True) as tx:
        fill(tx, Ape, contents)
        assert tx.one(TIED.limit(1, with_ties=True)) == Failure(ManyRows("apes"))
        assert tx.one(TIED.limit(1)) == Success(7)
        assert tx.first(TIED.limit(1, with_ties=True)) == Success(7)


def test_the_number_is_a_parameter() -> None:
    @prepare
    def top(count: int) -> Select[int | None]:
        return TIED.limit(count, with_ties=True)

    assert compile(top(3)).sql.endswith(b"FETCH FIRST ($1::bigint) ROWS WITH TIES")
    assert compile(TIED.limit(3, with_ties=True).offset(1)).sql.endswith(
        b" OFFSET $1::bigint FETCH FIRST ($2::bigint) ROWS WITH TIES"
    )


def test_what_has_no_order_has_no_ties() -> None:
    for query in (select(Ape.a), select(Ape.a).union(select(Ape.b))):
        with pytest.raises(QueryError, match=r"^limit\(with_ties=True\) says nothing without an order: add .order_by"):
            compile(query.limit(1, with_ties=True))


def test_ties_and_skipped_rows_cannot_both_be() -> None:
    with pytest.raises(QueryError, match=r"^limit\(with_ties=True\) and skip_locked cannot be used together"):
        compile(TIED.limit(1, with_ties=True).for_("update", skip_locked=True))


def test_an_older_server_has_none() -> None:
    with pytest.raises(QueryError, match=r"limit\(with_ties=True\) came with PostgreSQL 13, and this is for"):
        compile(TIED.limit(1, with_ties=True), target=Target(12))
