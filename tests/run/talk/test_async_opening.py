"""A transaction begins with its first statement, in one message, whatever that statement is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, cast

import pytest

from qb import (
    AsyncDatabase,
    AsyncTx,
    Col,
    Script,
    Select,
    Success,
    Table,
    column,
    connect_async,
    delete,
    fn,
    insert,
    new,
    pg,
    prepare,
    select,
    sql,
    unwrap,
    update,
)
from qb.errors import ConnectionLost, InvalidSql, SchemaMismatch, TransactionAborted
from qb.run.talk.bulk import MANY
from tests.run.gate import Gate, gate
from tests.run.plain import failure

pytestmark = pytest.mark.anyio  # sync:


class Opened(Table, name="opened"):
    id: Col[int] = column(pg.bigint, primary_key=True)
    note: Col[str | None] = column(default=None)


ROW = insert(new(Opened)(id=7))
COUNT = select(fn.count()).from_(Opened)
INSIDE = sql("SELECT pg_current_xact_id_if_assigned() IS NOT NULL").rows(bool)


@prepare
def at_least(id: int) -> Select[Opened]:
    return select(Opened).where(Opened.id >= id)


@pytest.fixture
async def opened(qb_url: str) -> AsyncIterator[AsyncDatabase]:
    async with connect_async(qb_url, max_size=2) as db:
        (await db.run(Script("CREATE TABLE opened (id bigint PRIMARY KEY, note text)"))).unwrap()
        yield db
        (await db.run(Script("DROP TABLE opened"))).unwrap()


@pytest.fixture
def between(qb_url: str) -> Iterator[tuple[str, Gate]]:
    with gate(qb_url) as found:
        yield found


async def piped(tx: AsyncTx) -> object:
    async with tx.pipeline() as p:
        done = p.execute(ROW)
    return done.result()


async def streamed(tx: AsyncTx) -> object:
    async with tx.stream(ROW.returning(Opened.id)) as rows:
        return [row async for row in rows]


async def inner(tx: AsyncTx) -> object:
    async with tx.transaction() as deeper:
        return await deeper.execute(ROW)


def before_a_row(first: Callable[[AsyncTx], Awaitable[object]]) -> Callable[[AsyncTx], Awaitable[object]]:
    """What changes nothing, and then a row."""

    async def both(tx: AsyncTx) -> object:
        unwrap(await cast("Any", first(tx)))
        return await tx.execute(ROW)

    return both


FIRST: dict[str, Callable[[AsyncTx], Awaitable[object]]] = {
    "execute": lambda tx: tx.execute(ROW),
    "one": lambda tx: tx.one(ROW.returning(Opened.id)),
    "all": lambda tx: tx.all(ROW.returning(Opened.id)),
    "first": lambda tx: tx.first(ROW.returning(Opened.id)),
    "scalar": lambda tx: tx.scalar(ROW.returning(Opened.id)),
    "raw": lambda tx: tx.execute(sql("INSERT INTO opened VALUES (7)").command()),
    "lingering": lambda tx: tx.execute(sql("DO 'BEGIN INSERT INTO opened VALUES (7); END'").command()),
    "copy": lambda tx: tx.insert_many([new(Opened)(id=7)]),
    "copies": lambda tx: tx.insert_many(new(Opened)(id=n) for n in range(7, 6_000)),
    "values": lambda tx: tx.insert_many([new(Opened)(id=7)], insert(Opened).returning(Opened.id)),
    "blocks": lambda tx: tx.insert_many(
        [new(Opened)(id=n) for n in range(7, 500)], insert(Opened).returning(Opened.id)
    ),
    "script": lambda tx: tx.run(Script("INSERT INTO opened VALUES (7)", "INSERT INTO opened VALUES (8)")),
    "pipeline": piped,
    "stream": streamed,
    "savepoint": inner,
    "update_many": before_a_row(lambda tx: tx.update_many([(8, "x")], update(Opened).by(Opened.id).each(Opened.note))),
    "delete_many": before_a_row(lambda tx: tx.delete_many([8, 9], delete(Opened).by(Opened.id))),
    "upsert": lambda tx: tx.insert_many(
        [new(Opened)(id=n) for n in range(7, 7 + MANY)], insert(Opened).on_conflict(Opened.id, nothing=True)
    ),
    "ping": before_a_row(lambda tx: tx.ping()),
    "limits": lambda tx: tx.options(statement_timeout=3).execute(ROW),
    "transact": lambda tx: tx.transact(lambda deeper: deeper.execute(ROW)),
}
every = pytest.mark.parametrize("name", FIRST)


@every
@pytest.mark.parametrize("dirty", [False, True], ids=["", "dirty"])
@pytest.mark.parametrize("warm", [False, True], ids=["new", "prepared"])
async def test_the_first_statement_is_part_of_the_transaction(
    opened: AsyncDatabase, name: str, warm: bool, dirty: bool
) -> None:
    for _ in range(1 + warm):
        if dirty:
            (await opened.execute(sql("SET search_path TO public").command())).unwrap()
        async with opened.transaction(rollback=True) as tx:
            await FIRST[name](tx)
            assert await tx.scalar(INSIDE) == Success(True)
            assert (await tx.scalar(COUNT)).unwrap() > 0
        assert await opened.scalar(COUNT) == Success(0)
    async with opened.transaction() as tx:
        await FIRST[name](tx)
    assert (await opened.scalar(COUNT)).unwrap() > 0


async def test_a_transaction_that_says_nothing_sends_nothing(opened: AsyncDatabase, between: tuple[str, Gate]) -> None:
    url, counted = between
    async with connect_async(url, max_size=1) as db:
        (await db.ping()).unwrap()
        before = counted.turns
        async with db.transaction(isolation="serializable"):
            pass
        async with db.transaction(rollback=True):
            pass
        assert counted.turns == before
        assert await db.scalar(sql("SHOW transaction_isolation").rows(str)) == Success("read committed")


async def test_what_the_transaction_is_holds_for_its_first_statement(opened: AsyncDatabase) -> None:
    shown = sql("SELECT current_setting('transaction_isolation') || ', ' || current_setting('statement_timeout')")
    async with opened.options(statement_timeout=2).transaction(isolation="repeatable read") as tx:
        assert await tx.scalar(shown.rows(str)) == Success("repeatable read, 2s")
    async with opened.options(statement_timeout=2).transaction() as tx:
        assert await tx.options(statement_timeout=9).scalar(shown.rows(str)) == Success("read committed, 9s")
        assert await tx.scalar(shown.rows(str)) == Success("read committed, 2s")
    async with opened.transaction(read_only=True, rollback=True) as tx:
        assert "read-only" in str(failure(await tx.execute(ROW)))
    assert await opened.scalar(shown.rows(str)) == Success("read committed, 0")


@pytest.mark.parametrize("warm", [False, True], ids=["new", "prepared"])
async def test_a_first_statement_that_fails_dooms_the_transaction(opened: AsyncDatabase, warm: bool) -> None:
    if warm:
        (await opened.execute(ROW)).unwrap()
    else:
        (await opened.execute(sql("INSERT INTO opened VALUES (7)").command())).unwrap()
    with pytest.raises(TransactionAborted, match="has the same value"):
        async with opened.transaction() as tx:
            failure(await tx.execute(ROW))
            assert "25P02" in str(failure(await tx.scalar(COUNT)))
    wrong = sql("SELECT nothing FROM nowhere").rows(int)
    with pytest.raises(TransactionAborted, match="nowhere"):
        async with opened.transaction() as tx:
            assert isinstance(failure(await tx.scalar(wrong)), InvalidSql)
    assert await opened.scalar(COUNT) == Success(1)


async def test_a_first_result_of_many_rows(opened: AsyncDatabase) -> None:
    (await opened.insert_many([new(Opened)(id=n) for n in range(1_700)])).unwrap()
    for _ in range(2):
        async with opened.transaction() as tx:
            assert len((await tx.all(at_least(0))).unwrap()) == 1_700
            assert len((await tx.all(at_least(1_700))).unwrap()) == 0
            assert len((await tx.all(at_least(1_000))).unwrap()) == 700
    halfway = select(1 // (fn.coalesce(Opened.id, 0) - 1_200)).order_by(Opened.id)
    for _ in range(2):
        with pytest.raises(TransactionAborted, match="division by zero"):
            async with opened.transaction() as tx:
                assert "division by zero" in str(failure(await tx.all(halfway)))
        assert "division by zero" in str(failure(await opened.all(halfway)))
        assert await opened.scalar(COUNT) == Success(1_700)


async def test_a_statement_that_does_not_fit_is_told_by_its_first_use(opened: AsyncDatabase) -> None:
    wrong = sql("SELECT 'a'::text FROM opened").rows(int)
    for _ in range(2):
        assert isinstance(failure(await opened.all(wrong)), SchemaMismatch)
        async with opened.transaction(rollback=True) as tx:
            (await tx.execute(ROW)).unwrap()
            assert isinstance(failure(await tx.all(wrong)), SchemaMismatch)
            assert failure(await tx.execute(ROW)).sqlstate == "25P02"
    prepared = sql("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT ''a''%'")
    assert await opened.scalar(prepared.rows(int)) == Success(0)


async def test_a_link_that_is_gone_when_its_transaction_begins(
    opened: AsyncDatabase, between: tuple[str, Gate]
) -> None:
    url, counted = between
    async with connect_async(url, max_size=1) as db:
        for name in ("execute", "one", "copies", "pipeline", "savepoint", "limits", "update_many", "upsert"):
            (await db.ping()).unwrap()
            links = counted.links
            counted.doom()
            async with db.transaction() as tx:
                assert await FIRST[name](tx) != Success(0)
                assert await tx.scalar(INSIDE) == Success(True)
            assert counted.links == links + 1
            assert (await opened.scalar(COUNT)).unwrap() > 0
            (await opened.run(Script("TRUNCATE opened"))).unwrap()
        counted.doom(late=True)  # the server had it all: it rolls back what nobody commits
        async with db.transaction() as tx:
            (await tx.execute(ROW)).unwrap()
        assert await opened.scalar(COUNT) == Success(1)
        with pytest.raises(ConnectionLost):
            async with db.transaction() as tx:
                (await tx.scalar(COUNT)).unwrap()
                counted.doom()
                assert isinstance(failure(await tx.execute(ROW)), ConnectionLost)
                assert isinstance(failure(await tx.execute(ROW)), ConnectionLost)
