"""Random pairs of databases: the up gives the second, the down the first, and there is nothing to do between equals."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from qb import Database, Script, connect, sql, trusted
from qb.kit import ours_of
from qb.kit.proving.lock_probes import MOST_SESSIONS
from qb.kit.shadow_server import worthless_server
from qb.run.server.url import with_database
from qb.types.identifier import quoted
from qb.typing import Schema
from tests.kit.planning.pairs import check_pairs
from tests.kit.planning.plan_elsewhere import Elsewhere, plans_elsewhere
from tests.kit.random_schemas import schemas
from tests.samples import samples

PAIRS = int(os.environ.get("QB_PAIRS", "2000"))
"""How many the slow tests try, all together."""
SEED = int(os.environ.get("QB_SEED", "0"))
"""The same pairs each time, unless one asks for others."""
PARTS = 2
"""In how many tests, so that several processes share them."""
CHAIN = 8
"""Pairs that begin with one random schema, one after another."""


class PairServer:
    """A server of one's own, as what is committed cannot be undone, and roles belong to all of a server."""

    def __init__(self, url: str, db: Database) -> None:
        self.url = url
        self.db = db
        self.numbers = count()

    @contextmanager
    def database(self) -> Generator[Database]:
        """One with nothing in it."""
        name = f"pairs_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            with connect(with_database(self.url, name), max_size=MOST_SESSIONS) as db:
                yield db
        finally:
            self.unsubscribe(name)
            self.run(f"DROP DATABASE {name} WITH (FORCE)")
            roles = self.db.all(sql("SELECT rolname::text FROM pg_roles WHERE oid >= 16384").rows(str)).unwrap()
            self.db.run(Script(*map(trusted, [f"DROP ROLE {quoted(each)}" for each in roles]))).unwrap()

    def unsubscribe(self, name: str) -> None:
        """Or the database could not be dropped."""
        with connect(with_database(self.url, name)) as db:
            for each in db.all(sql("SELECT subname::text FROM pg_subscription").rows(str)).unwrap():
                for line in ("ALTER {} DISABLE", "ALTER {} SET (slot_name = NONE)", "DROP {}"):
                    db.apart.execute(sql(trusted(line.format(f"SUBSCRIPTION {quoted(each)}"))).command()).unwrap()

    def run(self, statement: str) -> None:
        self.db.apart.execute(sql(trusted(statement)).command()).unwrap()


@pytest.fixture(scope="module")
def server(shadows: Path) -> Iterator[PairServer]:
    with worthless_server(shadows, "pairs", 18) as found, connect(found.url) as db:
        yield PairServer(found.url, db)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    with plans_elsewhere() as found:
        yield found


def check(server: PairServer, wanted: Schema, data: st.DataObject, elsewhere: Elsewhere, pairs: int = CHAIN) -> None:
    with server.database() as db:
        check_pairs(db, wanted, ours_of(wanted), data.draw, elsewhere, pairs)


@settings(samples(10), derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(schemas(toast=False), st.data())
def test_random_pairs(server: PairServer, elsewhere: Elsewhere, wanted: Schema, data: st.DataObject) -> None:
    check(server, wanted, data, elsewhere, 2)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_many_random_pairs(server: PairServer, elsewhere: Elsewhere, part: int) -> None:
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
        check(server, wanted, data, elsewhere)

    found()
