"""Promptliano's database for the tests: one for the run, and a transaction for each test that is rolled back."""

from collections.abc import AsyncIterator, Iterator

import pytest

from qb import AsyncTx, Database, Tx, connect, connect_async, create_all
from qb.run.server.embedded import Embedded
from tables.promptliano import schema
from tables.scratch import scratch_database


@pytest.fixture(scope="session")
def promptliano_url(qb_server: Embedded) -> Iterator[str]:
    """The address of a database with all tables and no rows."""
    with scratch_database(qb_server.url, name="promptliano") as url:
        with connect(url) as db:
            db.run(create_all(schema)).unwrap()
        yield url


@pytest.fixture(scope="session")
def promptliano(promptliano_url: str) -> Iterator[Database]:
    """For tests that need several connections: they clear what they commit."""
    with connect(promptliano_url) as db:
        yield db


@pytest.fixture
def tx(promptliano: Database) -> Iterator[Tx]:
    with promptliano.transaction(rollback=True) as tx:
        yield tx


@pytest.fixture
async def async_tx(promptliano_url: str) -> AsyncIterator[AsyncTx]:
    async with connect_async(promptliano_url) as db, db.transaction(rollback=True) as tx:
        yield tx
