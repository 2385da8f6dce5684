"""A database of its own for each test of taking over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qb import Database, connect
from tables.scratch import scratch_database


@pytest.fixture
def url(qb_url: str) -> Iterator[str]:
    with scratch_database(qb_url, name="adopt") as url:
        yield url


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    with connect(url, max_size=3) as db:
        yield db
