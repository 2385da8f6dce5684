"""A statement that a closed idle link never ran is run on another link; what may have run is not repeated."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest

from qb import (
    AsyncDatabase,
    AsyncDb,
    Col,
    Script,
    Table,
    column,
    connect_async,
    fn,
    insert,
    new,
    pg,
    select,
    sql,
)
from qb.errors import ConnectionLost
from qb.errors.outcome import Outcome, Success
from qb.run.talk import converse
from tests.run.gate import Gate, fatal, gate
from tests.run.loops import LOOPS  # sync:
from tests.run.plain import failure

pytestmark = LOOPS  # sync:


class Kept(Table, name="kept"):
    id: Col[int] = column(pg.bigint, primary_key=True)


COUNT = select(fn.count()).from_(Kept)
ROW = insert(new(Kept)(id=7))
IDLE, SHUTDOWN = fatal("57P05"), fatal("57P01")


@pytest.fixture
async def kept(qb_url: str) -> AsyncIterator[AsyncDatabase]:
    """A database with one table, straight to the server."""
    async with connect_async(qb_url) as db:
        (await db.execute(sql("CREATE TABLE kept (id bigint PRIMARY KEY)").command())).unwrap()
        create = "CREATE FUNCTION own() RETURNS int LANGUAGE sql AS 'SELECT 1'"
        (await db.execute(sql(create).command())).unwrap()
        yield db
        (await db.run(Script("DROP FUNCTION own()", "DROP TABLE kept"))).unwrap()


@pytest.fixture
def through(kept: AsyncDatabase, qb_url: str) -> Iterator[tuple[str, Gate]]:
    with gate(qb_url) as found:
        yield found


async def written(kept: AsyncDatabase) -> int:
    return (await kept.scalar(COUNT)).unwrap()


async def emptied(kept: AsyncDatabase) -> None:
    (await kept.execute(sql("TRUNCATE kept").command())).unwrap()


async def pipeline(db: AsyncDb) -> Outcome[int]:
    async with db.pipeline() as p:
        done, _ = p.execute(ROW), p.scalar(COUNT)
    return done.result()


async def reading(db: AsyncDb) -> Outcome[int]:
    async with db.pipeline() as p:
        found = p.scalar(COUNT)
    return found.result()


async def streamed(db: AsyncDb) -> Outcome[int]:
    async with db.stream(COUNT) as rows:
        found = [row async for row in rows]
    return Success(found[0])


async def block(db: AsyncDb) -> Outcome[int]:
    async with db.transaction() as tx:
        return await tx.execute(ROW)


RUNS: dict[str, Callable[[AsyncDb], Awaitable[Outcome[Any]]]] = {
    "scalar": lambda db: db.scalar(COUNT),
    "all": lambda db: db.all(COUNT),
    "first": lambda db: db.first(select(Kept.id)),
    "raw": lambda db: db.scalar(sql("SELECT count(*) FROM kept").rows(int)),
    "own": lambda db: db.scalar(sql("SELECT own()").rows(int)),
    "ping": lambda db: db.ping(),
    "reading": reading,
    "stream": streamed,
    "execute": lambda db: db.execute(ROW),
    "returning": lambda db: db.one(ROW.returning(Kept.id)),
    "copy": lambda db: db.insert_many([new(Kept)(id=7)]),
    "values": lambda db: db.insert_many([new(Kept)(id=7)], insert(Kept).returning(Kept.id)),
    "script": lambda db: db.run(Script("INSERT INTO kept VALUES (7)")),
    "pipeline": pipeline,
    "block": block,
    "transact": lambda db: db.transact(lambda tx: tx.execute(ROW)),
}
WRITES = ("execute", "returning", "copy", "values", "script", "pipeline", "block", "transact")
BEGINS = ("ping", "block", "transact", "copy")
"""What does not begin with the statement itself: it is certainly not run by a link that is lost at once."""
READS = ("scalar", "all", "first", "raw", "reading", "stream")
# What is said to the server is the same in both halves: coroutines say one of each kind, once it is prepared.
WAYS = ("scalar", "execute", "copy", "pipeline", "block", "stream", "ping")  # sync: WAYS = tuple(RUNS)
STATES = (True,)  # sync: STATES = (False, True)
every = pytest.mark.parametrize("name", WAYS)
states = pytest.mark.parametrize("warm", STATES, ids=lambda warm: "prepared" if warm else "new")


async def tried(name: str, db: AsyncDb) -> Outcome[Any] | ConnectionLost:
    try:
        return await RUNS[name](db)
    except ConnectionLost as lost:
        return lost


async def warmed(db: AsyncDatabase, name: str, kept: AsyncDatabase) -> None:
    """A link on which the statement has been prepared, and which is idle now."""
    (await RUNS[name](db)).unwrap()
    await emptied(kept)


@every
@states
async def test_what_the_server_says_it_never_ran_is_run_on_another_link(
    kept: AsyncDatabase, through: tuple[str, Gate], name: str, warm: bool
) -> None:
    url, between = through
    async with connect_async(url, max_size=1) as db:
        (await db.ping()).unwrap()
        if warm:
            await warmed(db, name, kept)
        between.doom(IDLE)
        assert isinstance(await RUNS[name](db), Success)
        assert between.links == 2
    assert await written(kept) == (name in WRITES)


@every
@states
async def test_without_a_word_only_reads_and_what_was_not_sent_is_run_again(
    kept: AsyncDatabase, through: tuple[str, Gate], name: str, warm: bool
) -> None:
    url, between = through
    async with connect_async(url, max_size=1) as db:
        (await db.ping()).unwrap()
        if warm:
            await warmed(db, name, kept)
        between.doom()
        found = await tried(name, db)
    # A script soils its link, and what goes before the next one is a message of its own.
    preparing = warm == (name == "script")
    again = preparing or name in READS or name in BEGINS
    assert isinstance(found, Success) == again
    assert between.links == (2 if again else 1)
    assert await written(kept) == (again and name in WRITES)


@pytest.mark.parametrize("name", [name for name in WAYS if name in ("execute", "returning", "values", "own")])
async def test_what_may_have_run_is_not_repeated(kept: AsyncDatabase, through: tuple[str, Gate], name: str) -> None:
    url, between = through
    async with connect_async(url, max_size=1) as db:
        await warmed(db, name, kept)
        between.doom(late=True)
        assert isinstance(failure(await RUNS[name](db)), ConnectionLost)
    assert between.links == 1
    assert await written(kept) == (name in WRITES)


@pytest.mark.parametrize("name", ["scalar", "execute"])
@pytest.mark.parametrize("words", [SHUTDOWN, fatal("57P05", "pooler")], ids=["ended", "pooler"])
async def test_what_was_ended_on_purpose_is_not_begun_again(
    kept: AsyncDatabase, through: tuple[str, Gate], name: str, words: bytes
) -> None:
    url, between = through
    async with connect_async(url, max_size=1) as db:
        await warmed(db, name, kept)
        between.doom(words)
        assert isinstance(failure(await RUNS[name](db)), ConnectionLost)
    assert between.links == 1


@pytest.mark.parametrize("name", [name for name in WAYS if name in ("pipeline", "reading", "block", "copy", "ping")])
async def test_what_was_ended_before_it_read_anything_was_not_run(
    kept: AsyncDatabase, through: tuple[str, Gate], name: str
) -> None:
    url, between = through
    async with connect_async(url, max_size=1) as db:
        await warmed(db, name, kept)
        between.doom(SHUTDOWN)
        assert isinstance(await RUNS[name](db), Success)
    assert await written(kept) == (name in WRITES)


async def test_a_query_that_ran_for_a_while_may_be_what_ended_the_link(
    kept: AsyncDatabase, through: tuple[str, Gate], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, between = through
    async with connect_async(url, max_size=1) as db:
        await warmed(db, "scalar", kept)
        monkeypatch.setattr(converse, "PROMPT", 0.0)
        between.doom()
        assert isinstance(failure(await db.scalar(COUNT)), ConnectionLost)


async def test_once_and_never_within_a_transaction(kept: AsyncDatabase, through: tuple[str, Gate]) -> None:
    url, between = through
    strict = sql("SELECT 1 AS qb_strict").rows(int)
    async with connect_async(url, max_size=1) as db:
        (await db.scalar(strict)).unwrap()
        between.strict = True
        between.doom()
        assert isinstance(failure(await db.scalar(strict)), ConnectionLost)
        assert between.links == 2
        between.strict = False
        with pytest.raises(ConnectionLost):
            async with db.transaction() as tx:
                (await tx.scalar(COUNT)).unwrap()
                between.doom()
                assert isinstance(failure(await tx.scalar(COUNT)), ConnectionLost)
        links = between.links
        assert await db.ping() == Success(None)
        assert between.links == links + 1


async def test_a_pool_whose_links_are_all_closed(kept: AsyncDatabase, through: tuple[str, Gate]) -> None:
    url, between = through
    async with connect_async(url, max_size=4) as db:
        async with db.transaction(), db.apart.transaction(), db.apart.transaction():
            pass
        assert between.links == 3
        between.doom(IDLE)
        for _ in range(4):
            assert await db.execute(ROW) == Success(1)
            await emptied(kept)
        assert db.pool.idle == 3


async def test_a_server_that_is_gone_refuses(kept: AsyncDatabase, through: tuple[str, Gate]) -> None:
    url, between = through
    async with connect_async(url, max_size=1) as db:
        await warmed(db, "execute", kept)
        between.doom(IDLE)
        between.close()
        assert "could not connect" in str(failure(await db.execute(ROW)))
        assert db.pool.in_use == 0
