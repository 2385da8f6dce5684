"""What is interrupted: short pieces of work on pairs of rows, of which both are there or neither.

Each scene is a function of nothing but statements, as users would write it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable

import qb
from qb import AsyncDatabase, AsyncDb, Col, Table, column, insert, new, select
from qb.query.values import NewRow
from tests.faults.strike import Struck


class Pair(Table, name="pairs"):
    id: Col[int] = column(primary_key=True)
    number: Col[int]


NewPair = new(Pair)
OTHER = 1_000_000_000


def both(number: int) -> list[NewRow[Pair]]:
    return [NewPair(id=number, number=number), NewPair(id=number + OTHER, number=number)]


async def third(rows: AsyncIterator[int]) -> None:
    """Read three rows of more."""
    for _ in range(3):
        await anext(rows, None)


async def read(db: AsyncDb, number: int) -> None:
    qb.unwrap(await db.all(select(Pair).where(Pair.number == number)))


async def write(db: AsyncDb, number: int) -> None:
    first, second = both(number)
    qb.unwrap(await db.execute(insert(first, second)))


async def transaction(db: AsyncDatabase, number: int) -> None:
    async with db.transaction() as tx:
        for row in both(number):
            qb.unwrap(await tx.execute(insert(row)))


async def nested(db: AsyncDatabase, number: int) -> None:
    first, second = both(number)
    async with db.transaction() as tx:
        qb.unwrap(await tx.execute(insert(first)))
        async with tx.transaction() as inner:
            qb.unwrap(await inner.execute(insert(second)))


async def caught(db: AsyncDatabase, number: int) -> None:
    """The interrupt is caught between the savepoint and its transaction, which goes on."""
    async with db.transaction() as tx:
        try:
            async with tx.transaction() as inner:
                for row in both(number):
                    qb.unwrap(await inner.execute(insert(row)))
        except Struck:
            pass
        qb.unwrap(await tx.all(select(Pair).where(Pair.number == number)))


async def transact(db: AsyncDatabase, number: int) -> None:
    async def work(tx: qb.AsyncTx) -> qb.Outcome[int]:
        first, second = both(number)
        qb.unwrap(await tx.execute(insert(first)))
        return await tx.execute(insert(second))

    qb.unwrap(await db.transact(work))


async def stream(db: AsyncDatabase, number: int) -> None:
    async with db.stream(select(Pair.id).order_by(Pair.id), size=2) as rows:
        await third(rows)


async def stream_in_transaction(db: AsyncDatabase, number: int) -> None:
    async with db.transaction() as tx:
        async with tx.stream(select(Pair.id).order_by(Pair.id), size=2) as rows:
            await third(rows)
        for row in both(number):
            qb.unwrap(await tx.execute(insert(row)))


async def pipeline(db: AsyncDatabase, number: int) -> None:
    async with db.pipeline() as p:
        done = [p.execute(insert(row)) for row in both(number)]
    for each in done:
        qb.unwrap(each.result())


async def copied(db: AsyncDatabase, number: int) -> None:
    qb.unwrap(await db.insert_many(both(number)))


async def returned(db: AsyncDatabase, number: int) -> None:
    qb.unwrap(await db.insert_many(both(number), insert(Pair).returning(Pair.id)))


ROLE = qb.sql("SELECT current_setting('role')").rows(str)


async def acting(db: AsyncDatabase, number: int) -> None:
    """As another role for a while, once to the end and once caught: whatever follows runs as nobody but itself."""
    first, second = both(number)
    assert await db.scalar(ROLE) == qb.Success("none")
    async with db.as_role("pg_write_all_data") as tx:
        qb.unwrap(await tx.execute(insert(first)))
        try:
            async with tx.as_role("pg_monitor", claims={"sub": "ada"}) as inner:
                assert qb.unwrap(await inner.scalar(ROLE)) == "pg_monitor"
        except Struck:
            pass
        match await tx.scalar(ROLE):
            case qb.Success(found):
                assert found == "pg_write_all_data"
                qb.unwrap(await tx.execute(insert(second)))
            case doomed:
                qb.ignore(doomed)
    assert await db.scalar(ROLE) == qb.Success("none")


MORE = (write, transaction, caught, stream, returned)
"""Those that are one of the others to a task: there are many places in each."""
SCENES: dict[str, Callable[[AsyncDatabase, int], Awaitable[None]]] = {
    scene.__name__: scene
    for scene in (
        read,
        nested,
        transact,
        stream_in_transaction,
        pipeline,
        copied,
        acting,
        # sync: *MORE,
    )
}
