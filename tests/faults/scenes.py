"""What is interrupted: short pieces of work on pairs of rows, of which both are there or neither.

Each scene is a generator of nothing but statements, written for threads and once more for tasks, as its users would.
"""

from collections.abc import Awaitable, Callable

import qb
from qb import AsyncDatabase, AsyncDb, Col, Database, Db, Table, column, insert, new, select
from qb.query.values import NewRow
from tests.faults.strike import Struck


class Pair(Table, name="pairs"):
    id: Col[int] = column(primary_key=True)
    number: Col[int]


NewPair = new(Pair)
OTHER = 1_000_000_000


def both(number: int) -> list[NewRow[Pair]]:
    return [NewPair(id=number, number=number), NewPair(id=number + OTHER, number=number)]


def read(db: Db, number: int) -> None:
    qb.unwrap(db.all(select(Pair).where(Pair.number == number)))


def write(db: Db, number: int) -> None:
    first, second = both(number)
    qb.unwrap(db.execute(insert(first, second)))


def transaction(db: Database, number: int) -> None:
    with db.transaction() as tx:
        for row in both(number):
            qb.unwrap(tx.execute(insert(row)))


def nested(db: Database, number: int) -> None:
    first, second = both(number)
    with db.transaction() as tx:
        qb.unwrap(tx.execute(insert(first)))
        with tx.transaction() as inner:
            qb.unwrap(inner.execute(insert(second)))


def caught(db: Database, number: int) -> None:
    """The interrupt is caught between the savepoint and its transaction, which goes on."""
    with db.transaction() as tx:
        try:
            with tx.transaction() as inner:
                for row in both(number):
                    qb.unwrap(inner.execute(insert(row)))
        except Struck:
            pass
        qb.unwrap(tx.all(select(Pair).where(Pair.number == number)))


def transact(db: Database, number: int) -> None:
    def work(tx: qb.Tx) -> qb.Outcome[int]:
        first, second = both(number)
        qb.unwrap(tx.execute(insert(first)))
        return tx.execute(insert(second))

    qb.unwrap(db.transact(work))


def stream(db: Database, number: int) -> None:
    with db.stream(select(Pair.id).order_by(Pair.id), size=2) as rows:
        for _ in zip(rows, range(3), strict=False):
            pass


def stream_in_transaction(db: Database, number: int) -> None:
    with db.transaction() as tx:
        with tx.stream(select(Pair.id).order_by(Pair.id), size=2) as rows:
            for _ in zip(rows, range(3), strict=False):
                pass
        for row in both(number):
            qb.unwrap(tx.execute(insert(row)))


def pipeline(db: Database, number: int) -> None:
    with db.pipeline() as p:
        done = [p.execute(insert(row)) for row in both(number)]
    for each in done:
        qb.unwrap(each.result())


def copied(db: Database, number: int) -> None:
    qb.unwrap(db.insert_many(both(number)))


def returned(db: Database, number: int) -> None:
    qb.unwrap(db.insert_many(both(number), insert(Pair).returning(Pair.id)))


SCENES: dict[str, Callable[[Database, int], None]] = {
    scene.__name__: scene
    for scene in (
        read,
        write,
        transaction,
        nested,
        caught,
        transact,
        stream,
        stream_in_transaction,
        pipeline,
        copied,
        returned,
    )
}


async def read_async(db: AsyncDb, number: int) -> None:
    qb.unwrap(await db.all(select(Pair).where(Pair.number == number)))


async def nested_async(db: AsyncDatabase, number: int) -> None:
    first, second = both(number)
    async with db.transaction() as tx:
        qb.unwrap(await tx.execute(insert(first)))
        async with tx.transaction() as inner:
            qb.unwrap(await inner.execute(insert(second)))


async def transact_async(db: AsyncDatabase, number: int) -> None:
    async def work(tx: qb.AsyncTx) -> qb.Outcome[int]:
        first, second = both(number)
        qb.unwrap(await tx.execute(insert(first)))
        return await tx.execute(insert(second))

    qb.unwrap(await db.transact(work))


async def stream_async(db: AsyncDatabase, number: int) -> None:
    async with db.transaction() as tx:
        count = 0
        async with tx.stream(select(Pair.id).order_by(Pair.id), size=2) as rows:
            async for _ in rows:
                count += 1
                if count == 3:
                    break
        for row in both(number):
            qb.unwrap(await tx.execute(insert(row)))


async def pipeline_async(db: AsyncDatabase, number: int) -> None:
    async with db.pipeline() as p:
        done = [p.execute(insert(row)) for row in both(number)]
    for each in done:
        qb.unwrap(each.result())


async def copied_async(db: AsyncDatabase, number: int) -> None:
    qb.unwrap(await db.insert_many(both(number)))


ASYNC_SCENES: dict[str, Callable[[AsyncDatabase, int], Awaitable[None]]] = {
    scene.__name__.removesuffix("_async"): scene
    for scene in (read_async, nested_async, transact_async, stream_async, pipeline_async, copied_async)
}
