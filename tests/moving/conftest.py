"""A primary and another storage, empty for each test."""

from collections.abc import Iterator

import pytest

from qb.run.server.embedded import Embedded
from tests.moving.writes import emptied, storages


@pytest.fixture(scope="module")
def both_storages(qb_server: Embedded) -> Iterator[tuple[str, str]]:
    with storages(qb_server.url) as urls:
        yield urls


@pytest.fixture
def urls(both_storages: tuple[str, str]) -> tuple[str, str]:
    """Their addresses."""
    emptied(*both_storages)
    return both_storages
