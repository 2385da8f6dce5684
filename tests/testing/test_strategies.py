"""`rows`: whatever Hypothesis draws, the server takes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from qb import Database, DefinitionError, New, Success, create_all, delete, drop_all, insert, schema, select
from qb.testing import factory, rows
from tests.testing.test_random_rows import Sale, Shop, by_span, one_place, ordered

WHOLE = schema(Shop, Sale, ordered, one_place, by_span)
QUICK = settings(
    max_examples=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def database(qb_db: Database) -> Iterator[Database]:
    qb_db.run(create_all(WHOLE)).unwrap()
    yield qb_db
    qb_db.run(drop_all(WHOLE)).unwrap()


@pytest.mark.slow
def test_the_server_takes_what_is_drawn(database: Database) -> None:
    @QUICK
    @given(rows(Shop, min_size=1, max_size=4))
    def written(shops: list[New[Shop]]) -> None:
        with database.transaction(rollback=True) as tx:
            tx.execute(delete(Shop).all_rows()).unwrap()
            assert tx.insert_many(shops) == Success(len(shops))
            assert len(tx.all(select(Shop)).unwrap()) == len(shops)

    written()


@pytest.mark.slow
def test_foreign_keys_point_to_the_parents(database: Database) -> None:
    make = factory(Shop)
    with database.transaction(rollback=True) as tx:
        shops = [tx.one(insert(make()).returning()).unwrap() for _ in range(2)]

        @QUICK
        @given(rows(Sale, parents=shops))
        def written(sales: list[New[Sale]]) -> None:
            with tx.transaction(rollback=True) as inner:
                assert inner.insert_many(sales) == Success(len(sales))
                assert {cast("Any", each).shop_id for each in sales} <= {each.id for each in shops}

        written()


def test_it_shrinks_and_draws_from_strategies_of_ones_own() -> None:
    shop = factory(Shop).row(twice=0)
    drawn = rows(Sale, parents=[shop], min_size=1, max_size=1, place=st.just(2))
    found: Any = find(drawn, lambda sales: True, settings=QUICK)
    (sale,) = found
    assert (sale.place, sale.shop_id, sale.first, sale.last) == (2, shop.id, 0, 0)


def test_misuse_is_told_where_it_is_written() -> None:
    with pytest.raises(DefinitionError, match=r"rows\(Sale\): shop_id points to factory_shops"):
        rows(Sale)
    with pytest.raises(DefinitionError, match=r"rows\(Sale\): nothing is no column that an insert may give"):
        rows(Sale, nothing=st.just(1))


def test_hypothesis_is_loaded_by_those_who_call_it() -> None:
    code = "import sys, qb.testing; assert not [each for each in sys.modules if each.split('.')[0] == 'hypothesis']"
    subprocess.run([sys.executable, "-c", code], check=True)
