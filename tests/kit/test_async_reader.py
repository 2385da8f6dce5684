"""A catalog is the same for coroutines; what is dropped while it is read has it read anew."""

from __future__ import annotations

import pytest

from qb import AsyncDatabase
from qb.errors import DbError, ServerError
from qb.errors.outcome import Failure, Outcome
from qb.kit import Catalog, introspect_async
from qb.kit import async_reader as module
from qb.run.database.async_db import AsyncDb
from tests.kit.alone import differences

pytestmark = pytest.mark.anyio  # sync:


async def test_a_transaction_reads_the_same(async_qb_db: AsyncDatabase) -> None:
    whole = (await introspect_async(async_qb_db)).unwrap()
    async with async_qb_db.transaction() as tx:
        assert differences(whole, (await introspect_async(tx)).unwrap()) == ()


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (ServerError("cache lookup failed for constraint 16400", sqlstate="XX000"), 6),
        (ServerError("out of memory", sqlstate="53200"), 1),
    ],
    ids=["vanished", "other"],
)
async def test_what_vanishes_meanwhile_has_it_read_anew(
    async_qb_db: AsyncDatabase, monkeypatch: pytest.MonkeyPatch, error: DbError, tries: int
) -> None:
    seen: list[AsyncDb] = []

    async def read(db: AsyncDb) -> Outcome[Catalog]:
        seen.append(db)
        return Failure(error)

    monkeypatch.setattr(module, "_read", read)
    assert (await introspect_async(async_qb_db)).failure() is error
    assert len(seen) == tries
