"""What the function that `transact` runs may give back."""

from __future__ import annotations

from typing import Any, cast

import pytest

from qb import AsyncDb, Database, Db, Outcome, QueryError, Success, connect_async

PLAIN = r"^transact\(plain\): the transact of an async database takes a coroutine function, and this one returned "
COROUTINE = r"^transact takes a plain function, and this one returned a coroutine: write it without `async`, or use "


def plain(tx: Db) -> Outcome[int]:
    return Success(1)


async def coroutine(tx: AsyncDb) -> Outcome[int]:
    return Success(1)


@pytest.mark.anyio
async def test_coroutines_run_coroutine_functions(qb_url: str) -> None:
    async with connect_async(qb_url) as db:
        for transact in (db.transact, db.raising.transact):
            with pytest.raises(QueryError, match=rf"{PLAIN}Success: write it with `async def`"):
                await transact(cast("Any", plain))
        assert await db.transact(coroutine) == Success(1)


def test_plain_code_runs_plain_functions(qb_db: Database) -> None:
    for transact in (qb_db.transact, qb_db.raising.transact):
        with pytest.raises(QueryError, match=COROUTINE):
            transact(cast("Any", coroutine))
    assert qb_db.transact(plain) == Success(1)
