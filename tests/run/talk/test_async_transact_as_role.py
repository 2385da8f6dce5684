"""`transact(role=..., claims=...)`: the handler of a request, whose refusals are values."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from qb import (
    AsyncDatabase,
    AsyncTx,
    ConnectionRefused,
    DataException,
    Failure,
    InsufficientPrivilege,
    Outcome,
    QueryError,
    Script,
    SerializationFailure,
    Success,
    TransactionAborted,
    connect_async,
    sql,
    trusted,
    unwrap,
)
from qb.types.identifier import quoted
from tests.run.loops import LOOPS  # sync:

pytestmark = LOOPS  # sync:

CLAIMS = {"sub": 'ada "☃" %s'}
WHO = sql("SELECT current_user::text, current_setting('request.jwt.claims', true)::jsonb ->> 'sub'")
WRITE = sql("INSERT INTO handled VALUES (1)").command()


@pytest.fixture
def someone(qb_url: str) -> str:
    """A role of this process's own: roles belong to the whole server."""
    return 'handler "of" ' + qb_url.partition("?")[0].rpartition("/")[2]


@pytest.fixture
async def db(qb_url: str, someone: str) -> AsyncIterator[AsyncDatabase]:
    async with connect_async(qb_url, max_size=1) as db:
        name = quoted(someone)
        made = f"CREATE TABLE handled (id int); CREATE ROLE {name}; GRANT SELECT ON handled TO {name}"
        unwrap(await db.run(Script(trusted(made))))
        yield db
        unwrap(await db.run(Script(trusted(f"DROP TABLE handled; DROP ROLE {name}"))))


async def who(tx: AsyncTx) -> Outcome[tuple[str, str | None]]:
    return await tx.one(WHO.rows(tuple[str, str | None]))


async def write(tx: AsyncTx) -> Outcome[int]:
    return await tx.execute(WRITE)


async def test_it_runs_as_that_role_and_nothing_stays_behind(db: AsyncDatabase, someone: str) -> None:
    assert await db.transact(who, role=someone, claims=CLAIMS) == Success((someone, CLAIMS["sub"]))
    assert await db.scalar(sql("SELECT current_user <> {s}", s=someone).rows(bool)) == Success(True)
    assert await db.raising.scalar(sql("SELECT current_setting('request.jwt.claims')").rows(str)) == ""


async def test_what_is_refused_is_a_value(db: AsyncDatabase, someone: str) -> None:
    refused = await db.transact(write, role=someone, claims=CLAIMS)
    assert isinstance(refused, Failure)
    assert isinstance(refused.failure(), InsufficientPrivilege)

    async def in_a_block() -> None:
        async with db.as_role(someone) as tx:
            assert isinstance((await write(tx)).failure(), InsufficientPrivilege)

    with pytest.raises(TransactionAborted):
        await in_a_block()
    absent = await db.transact(who, role="nobody of that name")
    assert isinstance(absent.failure(), DataException)
    async with db.transaction() as tx:
        inner = await tx.transact(write, role=someone)
        assert isinstance(inner.failure(), InsufficientPrivilege)
        assert isinstance((await tx.transact(who, role="nobody of that name")).failure(), DataException)
        assert await tx.execute(WRITE) == Success(1)
    assert await db.scalar(sql("SELECT count(*) FROM handled").rows(int)) == Success(1)


async def test_a_conflict_runs_it_again_as_that_role(db: AsyncDatabase, someone: str) -> None:
    seen: list[str] = []

    async def again(tx: AsyncTx) -> Outcome[str]:
        seen.append(unwrap(await who(tx))[0])
        return Failure(SerializationFailure()) if len(seen) == 1 else Success("done")

    assert await db.transact(again, role=someone, claims=CLAIMS) == Success("done")
    assert seen == [someone, someone]


async def test_what_cannot_be_asked_for(db: AsyncDatabase) -> None:
    with pytest.raises(QueryError, match="claims for a role, and there is none: say role="):
        await db.transact(who, claims=CLAIMS)
    with pytest.raises(QueryError, match="PostgreSQL's word for"):
        await db.transact(who, role="none")
    async with connect_async("postgresql://127.0.0.1:1/x") as nowhere:
        assert isinstance((await nowhere.transact(who, role="any")).failure(), ConnectionRefused)
