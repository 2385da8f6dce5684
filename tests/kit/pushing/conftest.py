"""A database of its own for each test, and a shadow that is open as long as the tests of a module run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qb import Database, connect
from qb.kit.shadow_server import SETTINGS
from qb.run.server.embedded import embedded
from tables.scratch import scratch_database


@pytest.fixture(scope="module")
def cache(server_folder: Path) -> Iterator[Path]:
    server_folder.chmod(0o755)
    with embedded(server_folder / "shadow-18", major=18, settings=SETTINGS):
        yield server_folder


@pytest.fixture
def url(qb_url: str) -> Iterator[str]:
    with scratch_database(qb_url, name="push") as url:
        yield url


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    with connect(url, max_size=3) as db:
        yield db
