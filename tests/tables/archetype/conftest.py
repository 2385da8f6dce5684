"""Archetype's builder database for the tests: one for the run, and a transaction for each test that is rolled back."""

from collections.abc import AsyncIterator, Iterator

import pytest

from qb import AsyncTx, Database, Tx, connect, connect_async, create_all
from qb.run.server.embedded import Embedded
from tables.archetype import schema
from tables.scratch import scratch_database


@pytest.fixture(scope="session")
def archetype_url(qb_server: Embedded) -> Iterator[str]:
    """The address of a database with all tables and no rows. Kysely's own tables are stand-ins."""
    with scratch_database(qb_server.url, name="archetype") as url:
        with connect(url) as db:
            db.run(create_all(schema, stand_ins=True)).unwrap()
        yield url


@pytest.fixture(scope="session")
def archetype(archetype_url: str) -> Iterator[Database]:
    """For tests that need several connections: they clear what they commit."""
    with connect(archetype_url, rebuild=True) as db:
        yield db


@pytest.fixture
def tx(archetype: Database) -> Iterator[Tx]:
    with archetype.transaction(rollback=True) as tx:
        yield tx


@pytest.fixture
async def async_tx(archetype_url: str) -> AsyncIterator[AsyncTx]:
    async with connect_async(archetype_url, rebuild=True) as db, db.transaction(rollback=True) as tx:
        yield tx
