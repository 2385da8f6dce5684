"""The database of the run for both halves, under names that `tools/sync.py` makes one of the other."""

import pytest

from qb import AsyncDatabase


@pytest.fixture
def async_qb_db(qb_async_db: AsyncDatabase) -> AsyncDatabase:
    return qb_async_db
