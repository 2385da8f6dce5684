"""What tests of conversations share."""

from collections.abc import Iterator

import pytest

from tables.scratch import scratch_database


@pytest.fixture
def own_url(qb_url: str) -> Iterator[str]:
    """The address of a database of the test's own."""
    with scratch_database(qb_url, name="own") as url:
        yield url
