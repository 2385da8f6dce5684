"""The database of the run for both halves, under names that `tools/sync.py` makes one of the other; a database with
nothing in it, and a folder in which shadows keep what they found."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qb import AsyncDatabase, AsyncTx, Database, connect
from tables.scratch import scratch_database


@pytest.fixture
def async_qb_db(qb_async_db: AsyncDatabase) -> AsyncDatabase:
    return qb_async_db


@pytest.fixture
def async_qb_tx(qb_async_tx: AsyncTx) -> AsyncTx:
    return qb_async_tx


@pytest.fixture(scope="session")
def bare_url(qb_url: str) -> Iterator[str]:
    """The address of a database in which nobody else makes anything."""
    with scratch_database(qb_url, name="bare") as url:
        yield url


@pytest.fixture(scope="session")
def bare(bare_url: str) -> Iterator[Database]:
    with connect(bare_url) as db:
        yield db


@pytest.fixture(scope="session")
def shadows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where shadow servers are, and what they found."""
    return tmp_path_factory.mktemp("shadows")
