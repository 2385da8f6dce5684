"""What tests of faults share."""

from collections.abc import Iterator

import pytest

import qb
from qb import Database
from qb.run.database.connect import connect
from tests.faults.scenes import Pair
from tests.faults.strike import only_new_garbage


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    with only_new_garbage():
        yield


@pytest.fixture
def observer(qb_url: str) -> Iterator[Database]:
    """A database that is never interrupted, with the table."""
    with connect(qb_url) as db:
        qb.unwrap(db.execute(qb.sql("DROP TABLE IF EXISTS pairs").command()))
        qb.unwrap(db.run(qb.create_all(qb.schema(Pair))))
        for number in (-3, -2):
            qb.unwrap(db.insert_many(qb.new(Pair)(id=number * 10 - side, number=number) for side in range(2)))
        yield db
        qb.unwrap(db.run(qb.drop_all(qb.schema(Pair))))
