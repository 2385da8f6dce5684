"""The database of the run without what other tests keep in it for all of them: here everything is counted."""

import pytest

from qb import Script, Tx


@pytest.fixture
def qb_tx(qb_tx: Tx) -> Tx:
    qb_tx.run(Script("DROP SCHEMA IF EXISTS model CASCADE")).unwrap()
    return qb_tx
