"""Behind PgBouncer, where it is installed: every answer is one's own, whatever its mode.

Several clients with SQL of their own share few server sessions, so that each statement may find another session.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable
from random import Random
from typing import Any

import anyio
import pytest

from qb import AsyncDatabase, AsyncTx, Col, Database, New, Table, Tx, column, connect_async, insert, new, pg, sql
from qb.errors import DbError
from qb.errors.outcome import Failure, Outcome, Success, unwrap
from tests.run.bouncer import Mode, bouncer
from tests.run.plain import async_database, database, do, rows, table, values

CLIENTS = ("a", "b", "c")
TASKS = 4


class WrittenA(Table, name="written_a"):
    n: Col[int] = column(pg.bigint)


class WrittenB(Table, name="written_b"):
    n: Col[int] = column(pg.bigint)


class WrittenC(Table, name="written_c"):
    n: Col[int] = column(pg.bigint)


WRITTEN: dict[str, Callable[..., New[Any]]] = {"a": new(WrittenA), "b": new(WrittenB), "c": new(WrittenC)}
MATRIX: list[tuple[Mode, int, bool]] = [
    ("transaction", 0, True),
    ("transaction", 0, False),
    ("transaction", 100, True),
    ("transaction", 100, False),
    ("session", 0, True),
    ("session", 0, False),
    ("session", 100, True),
    ("session", 100, False),
]


class Client:
    """One program: what it asks, and what it has written."""

    def __init__(self, db: AsyncDatabase, bulk: AsyncDatabase, name: str, random: Random) -> None:
        self.db = db
        self.bulk = bulk
        self.name = name
        self.random = random
        self.wrong: list[object] = []
        self.failed: Counter[str] = Counter()
        self.written: set[int] = set()
        self.uncertain: set[int] = set()
        self.answers = 0

    def own(self, found: object, expected: object) -> None:
        self.answers += 1
        if found != expected:
            self.wrong.append((found, expected))

    async def one(self, number: int, word: str) -> None:
        self.check(await self.db.one(rows(f"select '{word}', $1::bigint", number)), (word, number))

    async def many(self, number: int, word: str) -> None:
        query = rows(f"select '{word}', i from generate_series(1, $1::bigint) i", 900 + number % 9)
        self.check(await self.db.all(query), [(word, i + 1) for i in range(900 + number % 9)])

    async def write(self, number: int, word: str) -> None:
        outcome = await self.db.execute(do(f"insert into written_{self.name} values ($1::bigint)", number))
        self.check(outcome, 1)
        if isinstance(outcome, Success):
            self.written.add(number)

    async def copy(self, number: int, word: str) -> None:
        outcome = await self.bulk.insert_many([WRITTEN[self.name](n=number)])
        self.check(outcome, 1)
        if isinstance(outcome, Success):
            self.written.add(number)

    async def insert(self, number: int, word: str) -> None:
        row = WRITTEN[self.name](n=number)
        back = insert(row.__inserts__).returning(sql("{n} + 1", n=number).as_(int, not_null=True))
        outcome = await self.bulk.insert_many([row], back)
        self.check(outcome, [number + 1])
        if isinstance(outcome, Success):
            self.written.add(number)

    async def transact(self, number: int, word: str) -> None:
        async def work(tx: AsyncTx) -> Outcome[Any]:
            match await tx.execute(do(f"insert into written_{self.name} values ($1::bigint)", number)):
                case Failure() as failed:
                    return failed
                case _:
                    return await tx.one(rows(f"select '{word}', $1::bigint", number))

        outcome = await self.db.transact(work)
        self.check(outcome, (word, number))
        if isinstance(outcome, Success):
            self.written.add(number)

    async def stream(self, number: int, word: str) -> None:
        seen = 0
        async with self.db.stream(rows(f"select '{word}', i from generate_series(1, 1500) i")) as found:
            async for row in found:
                seen += 1
                self.own(row, (word, seen))
                if seen == 1 + number % 700:
                    break

    async def pipeline(self, number: int, word: str) -> None:
        async with self.db.pipeline() as p:
            handles = [p.one(rows(f"select '{word}', {step}, $1::bigint", number)) for step in range(3)]
        for step, handle in enumerate(handles):
            self.check(handle.result(), (word, step, number))

    def check(self, outcome: Outcome[Any], expected: object) -> None:
        match outcome:
            case Success(found):
                self.own(found, expected)
            case Failure(error):
                self.failed[repr(error)] += 1

    async def work(self, task: int, rounds: int, patience: float | None) -> None:
        ways = (self.one, self.many, self.write, self.copy, self.insert, self.transact, self.stream, self.pipeline)
        for turn in range(rounds):
            number = task * 1_000_000 + turn
            way = self.random.choice(ways)
            with anyio.CancelScope() as scope:
                if patience is not None and self.random.random() < 0.3:
                    scope.deadline = anyio.current_time() + self.random.random() * patience
                self.uncertain.add(number)
                try:
                    await way(number, f"{self.name}{self.random.randrange(5)}")
                    if patience is None:
                        self.uncertain.discard(number)
                except DbError as error:  # blocks raise it
                    self.failed[repr(error)] += 1


async def campaign(
    url: str, mode: Mode, prepared: int, *, prepare: bool, rounds: int, patience: float | None, seed: int
) -> None:
    """Clients at once. Afterwards every answer was their own, what was written is there, and nothing twice."""
    with bouncer(url, mode, prepared=prepared, pool=3 if mode == "transaction" else 15) as address:
        async with async_database(url, max_size=1) as direct:
            for name in CLIENTS:
                (await direct.execute(do(f"create table written_{name} (n bigint)"))).unwrap()
            try:
                clients = [client async for client in _run(address, prepare, rounds, patience, seed)]
                for client in clients:
                    found = (await direct.all(values(f"select n from written_{client.name}"))).unwrap()
                    assert client.wrong == []
                    assert client.answers > rounds
                    assert len(found) == len(set(found))
                    assert client.written <= set(found) <= client.written | client.uncertain
                    lost = {told for told in client.failed if patience is None or not told.startswith("ConnectionLost")}
                    assert lost == set()
            finally:
                for name in CLIENTS:
                    (await direct.execute(do(f"drop table written_{name}"))).unwrap()


async def _run(address: str, prepare: bool, rounds: int, patience: float | None, seed: int) -> AsyncIterator[Client]:
    clients: list[Client] = []
    with anyio.fail_after(60 + rounds):
        async with anyio.create_task_group() as group:
            for name in CLIENTS:
                db = async_database(address, max_size=3, timeout=30.0, prepare=prepare)
                bulk = connect_async(address, max_size=2, timeout=30.0, prepare=prepare)
                client = Client(db, bulk, name, Random(f"{seed}{name}"))
                clients.append(client)
                for task in range(TASKS):
                    group.start_soon(client.work, task, rounds, patience)
    for client in clients:
        await client.bulk.close()
        await client.db.close()
        yield client


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize(("mode", "prepared", "prepare"), MATRIX)
async def test_every_answer_is_ones_own(qb_url: str, mode: Mode, prepared: int, prepare: bool) -> None:
    await campaign(qb_url, mode, prepared, prepare=prepare, rounds=12, patience=None, seed=1)


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize(("mode", "prepared", "prepare"), MATRIX)
async def test_every_answer_is_ones_own_under_cancellation(
    qb_url: str, mode: Mode, prepared: int, prepare: bool
) -> None:
    await campaign(qb_url, mode, prepared, prepare=prepare, rounds=10, patience=0.01, seed=2)


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("mode", "prepared", "prepare"), MATRIX)
async def test_every_answer_is_ones_own_for_longer(
    qb_url: str, mode: Mode, prepared: int, prepare: bool, seed: int
) -> None:
    await campaign(qb_url, mode, prepared, prepare=prepare, rounds=150, patience=0.01, seed=seed)


def both(db: Database) -> None:
    """Have the pooler open two sessions, which it then hands out in turns."""
    with db.transaction() as one, db.apart.transaction() as other:
        one.ping().unwrap()
        other.ping().unwrap()


def test_a_pooler_that_swaps_sessions_is_noticed_and_said_once(qb_url: str, caplog: pytest.LogCaptureFixture) -> None:
    query = values("select $1::bigint + 1", 41)
    with bouncer(qb_url, "transaction") as address, database(address, max_size=2) as db, caplog.at_level("WARNING"):
        both(db)
        assert [db.one(query) for _ in range(6)] == [Success(42)] * 6
        assert [db.one(values(f"select {n}")) for n in range(20)] == [Success(n) for n in range(20)]
        assert db.transact(lambda tx: tx.one(query)) == Success(42)
        with db.pipeline() as p:
            handles = [p.one(query), p.one(values("select 'x'"))]
        assert [handle.result() for handle in handles] == [Success(42), Success("x")]
    (told,) = [record.getMessage() for record in caplog.records if record.name == "qb"]
    assert "hands sessions around" in told
    assert "prepare=False" in told


def test_without_such_a_pooler_nothing_is_said(qb_url: str, caplog: pytest.LogCaptureFixture) -> None:
    with database(qb_url, max_size=1) as db, caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert db.one(values("select 5")) == Success(5)
            db.execute(do("do $$ begin execute 'deallocate all'; end $$")).unwrap()
        assert "select 5" not in db.all(values("select statement from pg_prepared_statements")).unwrap()
        assert db.one(values("select 5")) == Success(5)
        assert "select 5" in db.all(values("select statement from pg_prepared_statements")).unwrap()
    assert caplog.records == []


def test_a_transaction_that_was_given_another_session_is_run_again(qb_url: str) -> None:
    with bouncer(qb_url, "transaction") as address, database(address, max_size=2) as db, table(db, "id int"):
        tries = 0

        def work(tx: Tx) -> Outcome[Any]:
            nonlocal tries
            tries += 1
            unwrap(tx.execute(do("insert into things values (1)")))
            return tx.one(values("select 42"))

        both(db)
        with db.transaction() as tx:  # prepared in one of the sessions
            assert tx.one(values("select 42")) == Success(42)
        for _ in range(4):
            assert db.transact(work) == Success(42)
        assert tries > 4
        assert db.scalar(values("select count(*) from things")) == Success(4)


def test_limits_hold_in_transactions(qb_url: str) -> None:
    limit = values("select current_setting('statement_timeout')")
    with bouncer(qb_url, "transaction") as address, database(address, statement_timeout=7.0, prepare=False) as db:
        assert [db.transact(lambda tx: tx.one(limit)) for _ in range(5)] == [Success("7s")] * 5
