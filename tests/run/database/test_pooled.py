"""Whether a pooler is in between: with each, and without."""

from __future__ import annotations

from typing import Literal

import pytest

from qb import Database, connect
from qb.run.database.pooled import pooled
from tests.run.bouncer import bouncer


def test_the_server_itself_is_none(qb_db: Database) -> None:
    assert pooled(qb_db).unwrap() is False
    with qb_db.transaction() as tx:
        assert pooled(tx).unwrap() is False


@pytest.mark.parametrize("mode", ["transaction", "session"])
def test_a_pooler_is_one(qb_url: str, mode: Literal["transaction", "session"]) -> None:
    with bouncer(qb_url, mode) as address, connect(address) as db:
        assert pooled(db).unwrap() is True


def test_nobody_is_there() -> None:
    with connect("postgresql://127.0.0.1:1/nowhere") as db:
        assert str(pooled(db).failure()).startswith("could not connect: ")
