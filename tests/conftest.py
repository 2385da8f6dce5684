"""What all tests share: one PostgreSQL for the run, and every asynchronous test twice."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest_plugins = ["qb.testing", "pytester"]


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
