"""What all tests share: one PostgreSQL for the run, and every asynchronous test twice."""

import gc
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from qb import Database, sql, trusted
from tests.query.model import DDL
from tests.samples import samples

pytest_plugins = ["qb.testing", "pytester"]

settings.register_profile("qb", samples(100))  # without a deadline: that would say how busy the machine is
settings.load_profile("qb")


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Tests marked `anyio` run on both."""
    backend: str = request.param
    return backend


@pytest.fixture(scope="module")
def server_folder() -> Iterator[Path]:
    """A folder for a server of a module's own. (Under root, pytest's tmp_path is closed to the user it runs as.)"""
    folder = Path(tempfile.mkdtemp(prefix="qb-test-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def apes(qb_db: Database) -> Database:
    """The database with the two empty tables of the model of queries, made once for a run."""
    with qb_db.transaction() as tx:
        for statement in DDL:
            tx.execute(sql(trusted(statement)).command()).unwrap()
    return qb_db


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is tried with examples is run with all of them by `make test-slow`."""
    for item in items:
        if item.get_closest_marker("hypothesis"):
            item.add_marker(pytest.mark.sampled)


def pytest_collection_finish() -> None:
    """What is collected stays to the end of the run: the garbage collector need not look at it again for every test."""
    gc.collect()
    gc.freeze()
