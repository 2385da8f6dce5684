"""How often a client waits for the server: exact, as each of them is a trip over the network."""

from collections.abc import Callable, Iterator

import pytest

from qb import (
    Col,
    Database,
    Db,
    Table,
    column,
    connect,
    create_all,
    delete,
    drop_all,
    insert,
    new,
    schema,
    select,
    unwrap,
)
from tests.run.gate import Gate, gate


class Turn(Table, name="turns"):
    id: Col[int] = column(primary_key=True)


NewTurn = new(Turn)
ONE = select(Turn.id).where(Turn.id == 1)


@pytest.fixture
def gated(qb_db: Database, qb_url: str) -> Iterator[tuple[Database, Gate]]:
    unwrap(qb_db.run(create_all(schema(Turn))))
    with gate(qb_url) as (url, between), connect(url, max_size=1) as db:
        yield db, between
    unwrap(qb_db.run(drop_all(schema(Turn))))


def three(db: Db) -> None:
    with db.transaction() as tx:
        for _ in range(3):
            unwrap(tx.first(ONE))


def one(db: Db) -> None:
    with db.transaction() as tx:
        unwrap(tx.first(ONE))


def listed(count: int) -> Callable[[Db], object]:
    return lambda db: unwrap(db.insert_many([NewTurn(id=n) for n in range(count)]))


def generated(count: int) -> Callable[[Db], object]:
    return lambda db: unwrap(db.insert_many(NewTurn(id=n) for n in range(count)))


TURNS: dict[str, tuple[Callable[[Db], object], int]] = {
    "a statement": (lambda db: db.first(ONE), 1),
    "a transaction of one": (one, 3),
    "a transaction of three": (three, 5),
    "a list of 100": (listed(100), 2),
    "a list of 10,000": (listed(10_000), 2),
    "a generator of 100": (generated(100), 2),
    "a generator of 10,000": (generated(10_000), 6),
    "rows back": (lambda db: db.insert_many([NewTurn(id=n) for n in range(250)], insert(Turn).returning(Turn.id)), 2),
}


@pytest.mark.parametrize("name", TURNS)
def test_turns_of_what_is_prepared(gated: tuple[Database, Gate], name: str) -> None:
    db, between = gated
    run, expected = TURNS[name]
    counts: set[int] = set()
    for time in range(3):
        unwrap(db.execute(delete(Turn).all_rows()))
        before = between.turns
        run(db)
        if time:
            counts.add(between.turns - before)
    assert counts == {expected}
