"""The database of the run for both halves, under names that `tools/sync.py` makes one of the other; a database with
nothing in it, a folder in which shadows keep what they found, and draws that are the same behind whatever tests."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

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
def shadows() -> Iterator[Path]:
    """Where shadow servers are, and what they found. (Under root pytest closes its own folders to the user that a
    server runs as, those of other runs included.)"""
    folder = Path(tempfile.mkdtemp(prefix="qb-shadows-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def same_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hypothesis draws numbers and texts that stand in whatever modules are loaded, and keeps them from one test to the
    next: others behind other tests."""
    monkeypatch.setattr(providers, "_get_local_constants", Constants)
    monkeypatch.setattr(providers, "CONSTANTS_CACHE", type(providers.CONSTANTS_CACHE)(1024))
