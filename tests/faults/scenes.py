# Made by tools/sync.py from async_scenes.py: change that one, then run `make generate`.
"""What is interrupted: short pieces of work on pairs of rows, of which both are there or neither.

Each scene is a function of nothing but statements, as users would write it.
"""

from collections.abc import Callable, Iterator

import qb
from qb import Col, Database, Db, Table, column, insert, new, select
from qb.query.values import NewRow
from tests.faults.strike import Struck


class Pair(Table, name="pairs"):
    id: Col[int] = column(primary_key=True)
    number: Col[int]


NewPair = new(Pair)
OTHER = 1_000_000_000


def both(number: int) -> list[NewRow[Pair]]:
    return [NewPair(id=number, number=number), NewPair(id=number + OTHER, number=number)]


def third(rows: Iterator[int]) -> None:
    """Read three rows of more."""
    for _ in range(3):
        next(rows, None)


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
        third(rows)


def stream_in_transaction(db: Database, number: int) -> None:
    with db.transaction() as tx:
        with tx.stream(select(Pair.id).order_by(Pair.id), size=2) as rows:
            third(rows)
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


ROLE = qb.sql("SELECT current_setting('role')").rows(str)


def acting(db: Database, number: int) -> None:
    """As another role for a while, once to the end and once caught: whatever follows runs as nobody but itself."""
    first, second = both(number)
    assert db.scalar(ROLE) == qb.Success("none")
    with db.as_role("pg_write_all_data") as tx:
        qb.unwrap(tx.execute(insert(first)))
        try:
            with tx.as_role("pg_monitor", claims={"sub": "ada"}) as inner:
                assert qb.unwrap(inner.scalar(ROLE)) == "pg_monitor"
        except Struck:
            pass
        match tx.scalar(ROLE):
            case qb.Success(found):
                assert found == "pg_write_all_data"
                qb.unwrap(tx.execute(insert(second)))
            case doomed:
                qb.ignore(doomed)
    assert db.scalar(ROLE) == qb.Success("none")


MORE = (write, transaction, caught, stream, returned)
"""Those that are one of the others to a task: there are many places in each."""
SCENES: dict[str, Callable[[Database, int], None]] = {
    scene.__name__: scene
    for scene in (
        read,
        nested,
        transact,
        stream_in_transaction,
        pipeline,
        copied,
        acting,
        *MORE,
    )
}
