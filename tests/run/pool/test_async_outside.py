"""The database inside its own open transaction: told, unless it is meant, or somebody else's."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from qb import (
    AsyncDatabase,
    AsyncDb,
    Col,
    Command,
    Failure,
    New,
    Rows,
    Script,
    Success,
    Table,
    column,
    connect_async,
    insert,
    new,
    pg,
    sql,
    trusted,
)
from qb.run.pool.outside import OutsideTransaction
from tests.run.loops import LOOPS  # sync:

pytestmark = LOOPS  # sync:


class Thing(Table, name="things"):
    id: Col[int] = column(pg.integer)


@pytest.fixture
async def async_db(qb_url: str) -> AsyncIterator[AsyncDatabase]:
    async with connect_async(qb_url, max_size=3) as db:
        (await db.run(Script("DROP TABLE IF EXISTS things", "CREATE TABLE things (id int)"))).unwrap()
        yield db
        (await db.run(Script("DROP TABLE things"))).unwrap()


def rows(text: str) -> Rows[int]:
    return sql(trusted(text)).rows(int)


def do(text: str) -> Command:
    return sql(trusted(text)).command()


async def entered(db: AsyncDb) -> None:
    async with db.transaction():
        raise AssertionError


async def streamed(db: AsyncDb) -> None:
    async with db.stream(rows("select 1")):
        raise AssertionError


async def piped(db: AsyncDb) -> None:
    async with db.pipeline() as p:
        p.execute(do("select 2"))


async def repeated(db: AsyncDb) -> None:
    await db.transact(lambda tx: tx.ping())


ONE = new(Thing)(id=1)
USES: dict[str, tuple[Callable[[AsyncDb], Awaitable[object]], str]] = {
    "all": (lambda db: db.all(rows("select 1")), "select 1"),
    "one": (lambda db: db.one(rows("select 1")), "select 1"),
    "first": (lambda db: db.first(rows("select 1")), "select 1"),
    "scalar": (lambda db: db.scalar(rows("select 1")), "select 1"),
    "execute": (lambda db: db.execute(insert(ONE)), 'INSERT INTO "things"'),
    "ping": (lambda db: db.ping(), r"ping\(\)"),
    "insert_many": (lambda db: db.insert_many([ONE]), "things"),
    "insert_many in batches": (lambda db: db.insert_many(ONE for _ in range(6000)), "insert_many into things"),
    "insert_many with more": (lambda db: db.insert_many([ONE], insert(Thing).returning(Thing.id)), "things"),
    "stream": (streamed, "select 1"),
    "pipeline": (piped, "select 2"),
    "transaction": (entered, "BEGIN"),
    "transact": (repeated, "BEGIN"),
    "a view": (lambda db: db.options(lock_timeout=1).ping(), r"ping\(\)"),
}


WAYS = ("all", "ping", "insert_many", "stream", "pipeline", "transaction")  # sync: WAYS = tuple(USES)


async def test_every_statement_of_the_database_inside_its_own_transaction_is_told(async_db: AsyncDatabase) -> None:
    for use, named in map(USES.__getitem__, WAYS):
        async with async_db.transaction():
            with pytest.raises(OutsideTransaction, match=f"inside its own open transaction.*use tx.*: .*{named}"):
                await use(async_db)
            with pytest.raises(OutsideTransaction):  # each time
                await use(async_db)


async def test_it_is_a_warning_that_names_the_line(async_db: AsyncDatabase) -> None:
    with warnings.catch_warnings(record=True) as told:
        async with async_db.transaction():
            warnings.simplefilter("always")
            assert await async_db.scalar(rows("select 7")) == Success(7)
    assert [each.filename for each in told] == [__file__]


async def test_outside_of_a_transaction_nothing_is_told(async_db: AsyncDatabase) -> None:
    async with async_db.transaction():
        pass
    with pytest.raises(KeyError):
        async with async_db.transaction():
            raise KeyError
    with pytest.raises(KeyError):
        async with async_db.transaction(), async_db.apart.transaction():
            raise KeyError
    for use, _ in list(USES.values())[:4]:
        await use(async_db)
    assert await async_db.transact(lambda tx: tx.ping()) == Success(None)
    assert await async_db.ping() == Success(None)


async def test_the_transaction_itself_and_its_savepoints_are_meant(async_db: AsyncDatabase) -> None:
    async with async_db.transaction() as tx, tx.transaction() as inner:
        assert await tx.ping() == await inner.ping() == await tx.options(lock_timeout=1).ping() == Success(None)
        assert await tx.transact(lambda innermost: innermost.ping()) == Success(None)
        async with tx.stream(rows("select 1")) as found:
            assert [row async for row in found] == [1]


async def test_apart_says_that_it_is_meant(async_db: AsyncDatabase) -> None:
    async with async_db.transaction(rollback=True) as tx:
        assert await tx.execute(do("insert into things values (1)")) == Success(1)
        assert await async_db.apart.execute(do("insert into things values (2)")) == Success(1)
        assert await async_db.apart.options(lock_timeout=1).ping() == Success(None)
        async with async_db.apart.transaction() as other:
            assert await other.execute(do("insert into things values (3)")) == Success(1)
            with pytest.raises(OutsideTransaction):
                await async_db.ping()
    assert await async_db.all(rows("select id from things order by id")) == Success([2, 3])
    async with async_db.apart.transaction():
        with pytest.raises(OutsideTransaction):
            await async_db.ping()


async def test_another_database_is_another_thing(async_db: AsyncDatabase, qb_url: str) -> None:
    async with connect_async(qb_url) as other, async_db.transaction():
        assert await other.ping() == Success(None)


async def test_rows_that_are_read_from_the_database_while_they_are_inserted(async_db: AsyncDatabase) -> None:
    """The transaction that a long `insert_many` takes for itself is none of the user's."""

    async def more() -> AsyncIterator[New[Thing]]:
        for _ in range(11_000):
            yield ONE
        assert await async_db.ping() == Success(None)

    assert await async_db.insert_many(more()) == Success(11_000)


async def test_a_transaction_that_cannot_begin_is_not_open(qb_url: str) -> None:
    async with connect_async(qb_url, max_size=1, timeout=0.1) as db:
        async with db.transaction():
            assert isinstance(await db.apart.transact(lambda tx: tx.ping()), Failure)
        assert await db.ping() == Success(None)
