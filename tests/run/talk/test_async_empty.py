"""SQL without a statement, which does nothing: PostgreSQL has an answer of its own for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import LiteralString

import pytest

from qb import AsyncDatabase, QueryError, Script, Success, connect_async, sql
from tests.examples import User

pytestmark = pytest.mark.anyio  # sync:

EMPTY = ("", " \n", ";", "; ;", "-- x", "/* x */", "/* /* x */ */;")
PID = sql("SELECT pg_backend_pid()").rows(int)
SETTING = sql("SET qb.dirty TO 1").command()


@pytest.fixture
async def async_db(qb_url: str) -> AsyncIterator[AsyncDatabase]:
    async with connect_async(qb_url, max_size=2) as db:
        yield db


@pytest.mark.parametrize("text", EMPTY)
async def test_a_script_of_nothing_does_nothing(async_db: AsyncDatabase, text: LiteralString) -> None:
    assert await async_db.run(Script(text)) == Success(0)
    assert await async_db.run(Script(text, text)) == Success(0)
    assert await async_db.run(Script("SELECT 1", text, "SELECT 2")) == Success(2)
    async with async_db.transaction() as tx:
        assert await tx.run(Script(text)) == Success(0)
        assert await tx.raising.run(Script(text, "SELECT 1")) == 1


@pytest.mark.parametrize("prepare", [True, False])
@pytest.mark.parametrize("text", EMPTY)
async def test_a_command_of_nothing_touches_no_rows(qb_url: str, text: LiteralString, *, prepare: bool) -> None:
    async with connect_async(qb_url, max_size=1, prepare=prepare) as db:
        pid = await db.scalar(PID)
        assert await db.execute(sql(text).command()) == Success(0)
        assert await db.execute(SETTING) == Success(0)
        assert await db.execute(sql(text).command()) == Success(0)  # in one message with what brings the session back
        async with db.transaction() as tx:
            assert await tx.execute(sql(text).command()) == Success(0)
            async with tx.pipeline() as p:
                inner, one = p.execute(sql(text).command()), p.scalar(sql("SELECT 1").rows(int))
        async with db.pipeline() as p:
            before, done, after = (
                p.execute(SETTING),
                p.execute(sql(text).command()),
                p.scalar(sql("SELECT 1").rows(int)),
            )
        assert [each.result() for each in (inner, one, before, done, after)] == [Success(n) for n in (0, 1, 0, 0, 1)]
        assert await db.scalar(PID) == pid  # no connection was given up


@pytest.mark.parametrize("text", EMPTY)
def test_rows_of_nothing_are_refused_where_they_are_asked_for(text: LiteralString) -> None:
    with pytest.raises(QueryError, match=r"^sql: the text is empty, so there are no rows to read: write a query$"):
        sql(text).rows(int)


async def test_a_comment_with_a_name_in_it_has_no_rows_either(async_db: AsyncDatabase) -> None:
    query = sql("/* {user} */", user=User).rows(int)
    assert str((await async_db.all(query)).failure()) == "the result has 0 columns, and 1 is declared"
    with pytest.raises(QueryError, match=r"^the SQL is empty, so there are no rows to read: write a query$"):
        async with async_db.pipeline() as p:
            p.all(query)
