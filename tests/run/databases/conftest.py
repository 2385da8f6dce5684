"""Organizations for the tests of one module."""

from collections.abc import Iterator

import pytest

from tests.run.databases.tenants import Tenants, tenants
from tests.run.databases.watched import Watched, watching


@pytest.fixture
def many(qb_url: str) -> Iterator[Tenants]:
    with tenants(qb_url) as found:
        yield found


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    with watching(monkeypatch) as found:
        yield found
