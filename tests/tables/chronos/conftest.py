"""Chronos' database for the tests: one for the run, with stand-ins for what others own, and transactions that are
rolled back."""

from collections.abc import Iterator

import pytest

from qb import Database, Tx, connect, create_all
from qb.run.server.embedded import Embedded
from tables.chronos import schema
from tables.scratch import scratch_database


@pytest.fixture(scope="session")
def chronos_url(qb_server: Embedded) -> Iterator[str]:
    """The address of a database with all tables, ours and theirs, and no rows."""
    with scratch_database(qb_server.url, name="chronos") as url:
        with connect(url) as db:
            db.run(create_all(schema, stand_ins=True)).unwrap()
        yield url


@pytest.fixture(scope="session")
def chronos(chronos_url: str) -> Iterator[Database]:
    """For tests that need several connections: they clear what they commit."""
    with connect(chronos_url, rebuild=True) as db:
        yield db


@pytest.fixture
def tx(chronos: Database) -> Iterator[Tx]:
    with chronos.transaction(rollback=True) as tx:
        yield tx


@pytest.fixture
def empty_url(qb_server: Embedded) -> Iterator[str]:
    """The address of an empty database."""
    with scratch_database(qb_server.url, name="chronos") as url:
        yield url
