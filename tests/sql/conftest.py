"""The tables of the model, once for a run."""

import pytest

from qb import sql
from qb.run.db import Database
from tests.sql.model import DDL


@pytest.fixture(scope="session")
def apes(qb_db: Database) -> Database:
    """The database with the model's two empty tables."""
    with qb_db.transaction() as tx:
        for statement in DDL:
            tx.execute(sql(statement).command()).unwrap()
    return qb_db
