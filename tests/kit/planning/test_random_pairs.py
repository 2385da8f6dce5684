"""Random pairs of databases: the up gives the second, the down the first, and there is nothing to do between equals."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from qb import Database
from qb.kit import ours_of
from qb.typing import Schema
from tests.kit.planning.pairs import check_pairs
from tests.kit.random_schemas import schemas
from tests.samples import samples

PAIRS = int(os.environ.get("QB_PAIRS", "2000"))
"""How many the slow tests try, all together."""
SEED = int(os.environ.get("QB_SEED", "0"))
"""The same pairs each time, unless one asks for others."""
PARTS = 2
"""In how many tests, so that several processes share them."""
CHAIN = 5
"""Pairs that begin with one random schema, one after another."""


def check(db: Database, wanted: Schema, data: st.DataObject, count: int = CHAIN) -> None:
    with db.transaction(rollback=True) as tx:
        check_pairs(tx, wanted, ours_of(wanted), data.draw, count)


@settings(samples(10), derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(schemas(toast=False), st.data())
def test_random_pairs(bare: Database, wanted: Schema, data: st.DataObject) -> None:
    check(bare, wanted, data, 2)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_many_random_pairs(bare: Database, part: int) -> None:
    @seed(SEED * PARTS + part)
    @settings(
        max_examples=-(-PAIRS // PARTS // CHAIN),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.filter_too_much,
            HealthCheck.data_too_large,
            HealthCheck.large_base_example,
        ],
    )
    @given(schemas(toast=False), st.data())
    def found(wanted: Schema, data: st.DataObject) -> None:
        check(bare, wanted, data)

    found()
