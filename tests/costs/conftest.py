"""The tables of what is counted, filled."""

from collections.abc import Iterator

import pytest

import qb
from qb import Database
from tests.costs import work


@pytest.fixture(scope="module")
def filled(qb_url: str) -> Iterator[Database]:
    """A database with one connection."""
    with qb.connect(qb_url, max_size=1) as db:
        work.fill(db)
        yield db
        work.clear(db)
