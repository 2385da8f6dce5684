"""Pivotal Flow's database for the tests: one for the run, and a transaction for each test that is rolled back."""

from collections.abc import Iterator

import pytest

from qb import Database, Tx, connect, create_all, unwrap
from qb.run.server.embedded import Embedded
from tables.pivotal import schema
from tables.pivotal.seed import seed
from tables.scratch import scratch_database


@pytest.fixture(scope="session")
def pivotal_url(qb_server: Embedded) -> Iterator[str]:
    """The address of a database with all tables and no rows."""
    with scratch_database(qb_server.url, name="pivotal") as url:
        with connect(url) as db:
            unwrap(db.run(create_all(schema)))
        yield url


@pytest.fixture(scope="session")
def pivotal(pivotal_url: str) -> Iterator[Database]:
    with connect(pivotal_url) as db:
        yield db


@pytest.fixture
def empty(pivotal: Database) -> Iterator[Tx]:
    """Without a row."""
    with pivotal.transaction(rollback=True) as tx:
        yield tx


@pytest.fixture
def tx(empty: Tx) -> Tx:
    """With the rows that a new database begins with."""
    unwrap(seed(empty))
    return empty
