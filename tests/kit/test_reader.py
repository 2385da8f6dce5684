# Made by tools/sync.py from test_async_reader.py: change that one, then run `make generate`.
"""A catalog is the same for coroutines; what is dropped while it is read has it read anew."""

from __future__ import annotations

import pytest

from qb import Database
from qb.errors import DbError, ServerError
from qb.errors.outcome import Failure, Outcome
from qb.kit import Catalog, introspect
from qb.kit import reader as module
from qb.run.database.db import Db
from tests.kit.alone import differences


def test_a_transaction_reads_the_same(qb_db: Database) -> None:
    whole = introspect(qb_db).unwrap()
    with qb_db.transaction() as tx:
        assert differences(whole, introspect(tx).unwrap()) == ()


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (ServerError("cache lookup failed for constraint 16400", sqlstate="XX000"), 6),
        (ServerError("out of memory", sqlstate="53200"), 1),
    ],
    ids=["vanished", "other"],
)
def test_what_vanishes_meanwhile_has_it_read_anew(
    qb_db: Database, monkeypatch: pytest.MonkeyPatch, error: DbError, tries: int
) -> None:
    seen: list[Db] = []

    def read(db: Db) -> Outcome[Catalog]:
        seen.append(db)
        return Failure(error)

    monkeypatch.setattr(module, "_read", read)
    assert introspect(qb_db).failure() is error
    assert len(seen) == tries
