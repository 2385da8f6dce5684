"""Pools of one test, whose connections must all be closed at its end."""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest

from tests.run.pool.links import AsyncLinks, Counted, SyncLinks


@pytest.fixture
def counted() -> Iterator[type[Counted]]:
    """A class of connections for one test, all of which must be closed at its end."""

    class Fresh(Counted):
        living: ClassVar[set[Counted]] = set()

    yield Fresh
    assert Fresh.living == set()


@pytest.fixture
def sync_pool(qb_url: str, counted: type[Counted]) -> Iterator[Callable[..., SyncLinks]]:
    pools: list[SyncLinks] = []

    def make(url: str = qb_url, **options: Any) -> SyncLinks:
        pools.append(SyncLinks(url, connection_class=counted, **options))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


@pytest.fixture
def async_pool(qb_url: str, counted: type[Counted]) -> Iterator[Callable[..., AsyncLinks]]:
    pools: list[AsyncLinks] = []

    def make(url: str = qb_url, **options: Any) -> AsyncLinks:
        pools.append(AsyncLinks(url, connection_class=counted, **options))
        return pools[-1]

    yield make
    assert all(pool.closed for pool in pools)  # within the event loop, by the tests
