"""A script is no command: `run` takes it, and nothing else does."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast

import pytest

from qb import (
    AsyncDatabase,
    Col,
    InvalidSql,
    QueryError,
    SchemaMismatch,
    Script,
    Success,
    Table,
    column,
    connect_async,
    create_all,
    schema,
    select,
    sql,
    trusted,
)
from tests.examples import User
from tests.run.loops import LOOPS  # sync:
from tests.run.plain import failure

pytestmark = LOOPS  # sync:

NONE = cast("Any", Script("SELECT 1", "SELECT 2"))
SAID = r"^a script is several statements and no query: db\.run\(script\) runs it$"


@pytest.fixture
async def async_db(qb_url: str) -> AsyncIterator[AsyncDatabase]:
    async with connect_async(qb_url, max_size=2) as db:
        yield db


async def piped(db: AsyncDatabase) -> None:
    async with db.pipeline() as p:
        p.execute(NONE)


async def streamed(db: AsyncDatabase) -> None:
    async with db.stream(NONE):
        pass


WAYS: dict[str, Callable[[AsyncDatabase], Awaitable[object]]] = {
    "execute": lambda db: db.execute(NONE),
    "raising": lambda db: db.raising.execute(NONE),
    "all": lambda db: db.all(NONE),
    "one": lambda db: db.one(NONE),
    "first": lambda db: db.first(NONE),
    "scalar": lambda db: db.scalar(NONE),
    "pipeline": piped,
    "stream": streamed,
}


@pytest.mark.parametrize("way", WAYS)
async def test_a_script_is_no_query(async_db: AsyncDatabase, way: str) -> None:
    with pytest.raises(QueryError, match=SAID):
        await WAYS[way](async_db)


async def test_no_query_is_a_script(async_db: AsyncDatabase) -> None:
    with pytest.raises(QueryError, match=r"db\.run takes a script, such as create_all\(\.\.\.\), and this is Select$"):
        await async_db.run(cast("Any", select(User)))
    with pytest.raises(QueryError, match=r"db\.run takes a script.*and this is str$"):
        await async_db.raising.run(cast("Any", "SELECT 1"))
    with pytest.raises(QueryError, match=r"and this is Command: db\.execute\(\.\.\.\) runs it$"):
        await async_db.run(cast("Any", sql("SELECT 1").command()))


async def test_it_gives_how_many_statements_there_are(async_db: AsyncDatabase) -> None:
    async with async_db.transaction(rollback=True) as tx:
        assert await tx.run(Script("CREATE TABLE run_once (n int)", "INSERT INTO run_once VALUES (1), (2)")) == Success(
            2
        )
        assert await tx.raising.run(Script("INSERT INTO run_once VALUES (3)")) == 1
        assert await tx.scalar(sql("SELECT count(*) FROM run_once").rows(int)) == Success(3)
        assert await tx.run(Script()) == Success(0)


class Standing(Table, name="standing"):
    id: Col[int] = column(primary_key=True)
    name: Col[str] = column()


async def test_it_is_all_or_nothing(async_db: AsyncDatabase) -> None:
    error = failure(await async_db.run(Script("CREATE TABLE run_once (n int)", "SELECT no_such_thing")))
    assert isinstance(error, InvalidSql)
    assert error.statement == "SELECT no_such_thing"
    assert await async_db.scalar(sql("SELECT to_regclass('run_once') IS NULL").rows(bool)) == Success(True)


async def test_a_table_that_stands_there_and_is_another_one_is_a_failure(async_db: AsyncDatabase) -> None:
    async with async_db.transaction(rollback=True) as tx:
        (await tx.run(Script("CREATE TABLE standing (id bigint PRIMARY KEY)"))).unwrap()
        error = failure(await tx.run(create_all(schema(Standing), if_not_exists=True)))
        assert isinstance(error, SchemaMismatch)
        assert (error.column, error.found) == ("name", "no such column")


OPEN = {
    "begins": Script("INSERT INTO left_open VALUES (1); BEGIN"),
    "start": Script("BEGIN", "INSERT INTO left_open VALUES (1)"),
    "savepoint": Script("START TRANSACTION; SAVEPOINT a; INSERT INTO left_open VALUES (1); RELEASE a"),
    "chain": Script("BEGIN; ROLLBACK AND CHAIN; INSERT INTO left_open VALUES (1)"),
    "hidden": Script("/* COMMIT */ bEgIn -- COMMIT"),
}
PID = sql("SELECT pg_backend_pid()").rows(int)
LEFT = sql("SELECT count(*) FROM left_open").rows(int)


@pytest.fixture
async def one_link(qb_url: str) -> AsyncIterator[AsyncDatabase]:
    async with connect_async(qb_url, max_size=1) as db:
        (await db.run(Script("CREATE TABLE left_open (n int)"))).unwrap()
        yield db
        (await db.run(Script("DROP TABLE left_open"))).unwrap()


@pytest.mark.parametrize("how", OPEN)
async def test_a_script_that_leaves_a_transaction_open_is_undone(one_link: AsyncDatabase, how: str) -> None:
    pid = await one_link.scalar(PID)
    error = failure(await one_link.run(OPEN[how]))
    assert error.sqlstate == "25001"
    assert "the script begins a transaction and does not end it, so what it did in there was undone" in str(error)
    assert await one_link.scalar(LEFT) == Success(0)
    assert await one_link.scalar(PID) == pid  # nothing is open there, so nobody had to close it
    with pytest.raises(type(error), match="begins a transaction and does not end it"):
        await one_link.raising.run(OPEN[how])


async def test_what_a_script_committed_before_stays(one_link: AsyncDatabase) -> None:
    ended = Script("BEGIN; INSERT INTO left_open VALUES (1); COMMIT; BEGIN; INSERT INTO left_open VALUES (2)")
    assert failure(await one_link.run(ended)).sqlstate == "25001"
    assert await one_link.scalar(LEFT) == Success(1)
    assert await one_link.run(Script("BEGIN; INSERT INTO left_open VALUES (3); COMMIT")) == Success(1)
    assert await one_link.scalar(LEFT) == Success(2)


async def test_one_that_fails_within_its_transaction_leaves_none(one_link: AsyncDatabase) -> None:
    pid = await one_link.scalar(PID)
    error = failure(await one_link.run(Script("BEGIN", "INSERT INTO left_open VALUES (1)", "SELECT 1 / 0")))
    assert (error.sqlstate, error.statement) == ("22012", "SELECT 1 / 0")
    assert await one_link.scalar(LEFT) == Success(0)
    assert await one_link.scalar(PID) == pid


@pytest.mark.parametrize("text", ["BEGIN", "start transaction read only", "/**/ begin work"])
async def test_a_statement_that_begins_a_transaction_is_not_sent(one_link: AsyncDatabase, text: str) -> None:
    pid = await one_link.scalar(PID)
    error = failure(await one_link.execute(sql(trusted(text)).command()))
    assert error.sqlstate == "25001"
    assert "write `with db.transaction() as tx`" in str(error)
    assert failure(await one_link.all(sql(trusted(text)).rows(int))).sqlstate == "25001"
    assert await one_link.scalar(PID) == pid
