"""`in_` and `not_in` among values of several classes: what is equal in Python, and no more."""

from __future__ import annotations

from typing import Any, cast

import pytest

from qb import Col, Success, Table, Tx, column, create_all, insert, new, pg, schema, select

LARGE = 2**53
NUMBERS = [1, 2, 3, LARGE, LARGE + 1, LARGE + 2]


class Number(Table, name="numbers among values"):
    big: Col[int] = column(primary_key=True)
    small: Col[int] = column(pg.smallint)


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.run(create_all(schema(Number))).unwrap()
    qb_tx.execute(insert(*(new(Number)(big=number, small=number % 1000) for number in NUMBERS))).unwrap()
    return qb_tx


@pytest.mark.parametrize(
    "values", [[1, LARGE + 1, 2.0], [2.0, 3.5], [LARGE + 2], [True + 0, 3.0, LARGE], [1.5, LARGE + 1], []]
)
def test_integers_beside_floats_stay_exact(tx: Tx, values: list[Any]) -> None:
    """All as floats, 2 to the 53rd and the number after it would be one."""
    big: Any = Number.big
    inside = [number for number in NUMBERS if number in values]
    assert tx.all(select(Number.big).where(big.in_(values)).order_by(Number.big)) == Success(inside)
    outside = [number for number in NUMBERS if number not in values]
    assert tx.all(select(Number.big).where(big.not_in(values)).order_by(Number.big)) == Success(outside)


def test_a_small_column_among_integers_and_floats(tx: Tx) -> None:
    small = cast("Any", Number.small)
    found = tx.all(select(Number.big).where(small.in_([1, 2.0, 70_000, 1e300])).order_by(Number.big))
    assert found == Success([1, 2])
