"""Databases whose statements are plain SQL, see `plain`."""

from collections.abc import AsyncIterator, Iterator

import pytest

from qb import AsyncDatabase, Database
from tests.run.plain import async_database, database


@pytest.fixture
def db(qb_url: str) -> Iterator[Database]:
    """A database with two connections, each of which is in order after the test."""
    with database(qb_url, max_size=2, timeout=20.0) as found:
        yield found
        for _ in range(2):
            assert found.ping().unwrap() is None


@pytest.fixture
async def async_db(qb_url: str, anyio_backend: str) -> AsyncIterator[AsyncDatabase]:
    """The same for coroutines."""
    async with async_database(qb_url, max_size=2, timeout=20.0) as found:
        yield found
        for _ in range(2):
            assert (await found.ping()).unwrap() is None
