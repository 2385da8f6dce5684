# Made by tools/sync.py from test_async_renew.py: change that one, then run `make generate`.
"""A statement that a closed idle link never ran is run on another link; what may have run is not repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qb import (
    Col,
    Database,
    Db,
    Script,
    Table,
    column,
    connect,
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
from tests.run.plain import failure


class Kept(Table, name="kept"):
    id: Col[int] = column(pg.bigint, primary_key=True)


COUNT = select(fn.count()).from_(Kept)
ROW = insert(new(Kept)(id=7))
IDLE, SHUTDOWN = fatal("57P05"), fatal("57P01")


@pytest.fixture
def kept(qb_url: str) -> Iterator[Database]:
    """A database with one table, straight to the server."""
    with connect(qb_url) as db:
        db.execute(sql("CREATE TABLE kept (id bigint PRIMARY KEY)").command()).unwrap()
        create = "CREATE FUNCTION own() RETURNS int LANGUAGE sql AS 'SELECT 1'"
        db.execute(sql(create).command()).unwrap()
        yield db
        db.run(Script("DROP FUNCTION own()", "DROP TABLE kept")).unwrap()


@pytest.fixture
def through(kept: Database, qb_url: str) -> Iterator[tuple[str, Gate]]:
    with gate(qb_url) as found:
        yield found


def written(kept: Database) -> int:
    return kept.scalar(COUNT).unwrap()


def emptied(kept: Database) -> None:
    kept.execute(sql("TRUNCATE kept").command()).unwrap()


def pipeline(db: Db) -> Outcome[int]:
    with db.pipeline() as p:
        done, _ = p.execute(ROW), p.scalar(COUNT)
    return done.result()


def reading(db: Db) -> Outcome[int]:
    with db.pipeline() as p:
        found = p.scalar(COUNT)
    return found.result()


def streamed(db: Db) -> Outcome[int]:
    with db.stream(COUNT) as rows:
        found = list(rows)
    return Success(found[0])


def block(db: Db) -> Outcome[int]:
    with db.transaction() as tx:
        return tx.execute(ROW)


RUNS: dict[str, Callable[[Db], Outcome[Any]]] = {
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
WAYS = tuple(RUNS)
STATES = (False, True)
every = pytest.mark.parametrize("name", WAYS)
states = pytest.mark.parametrize("warm", STATES, ids=lambda warm: "prepared" if warm else "new")


def tried(name: str, db: Db) -> Outcome[Any] | ConnectionLost:
    try:
        return RUNS[name](db)
    except ConnectionLost as lost:
        return lost


def warmed(db: Database, name: str, kept: Database) -> None:
    """A link on which the statement has been prepared, and which is idle now."""
    RUNS[name](db).unwrap()
    emptied(kept)


@every
@states
def test_what_the_server_says_it_never_ran_is_run_on_another_link(
    kept: Database, through: tuple[str, Gate], name: str, warm: bool
) -> None:
    url, between = through
    with connect(url, max_size=1) as db:
        db.ping().unwrap()
        if warm:
            warmed(db, name, kept)
        between.doom(IDLE)
        assert isinstance(RUNS[name](db), Success)
        assert between.links == 2
    assert written(kept) == (name in WRITES)


@every
@states
def test_without_a_word_only_reads_and_what_was_not_sent_is_run_again(
    kept: Database, through: tuple[str, Gate], name: str, warm: bool
) -> None:
    url, between = through
    with connect(url, max_size=1) as db:
        db.ping().unwrap()
        if warm:
            warmed(db, name, kept)
        between.doom()
        found = tried(name, db)
    # A script soils its link, and what goes before the next one is a message of its own.
    preparing = warm == (name == "script")
    again = preparing or name in READS or name in BEGINS
    assert isinstance(found, Success) == again
    assert between.links == (2 if again else 1)
    assert written(kept) == (again and name in WRITES)


@pytest.mark.parametrize("name", [name for name in WAYS if name in ("execute", "returning", "values", "own")])
def test_what_may_have_run_is_not_repeated(kept: Database, through: tuple[str, Gate], name: str) -> None:
    url, between = through
    with connect(url, max_size=1) as db:
        warmed(db, name, kept)
        between.doom(late=True)
        assert isinstance(failure(RUNS[name](db)), ConnectionLost)
    assert between.links == 1
    assert written(kept) == (name in WRITES)


@pytest.mark.parametrize("name", ["scalar", "execute"])
@pytest.mark.parametrize("words", [SHUTDOWN, fatal("57P05", "pooler")], ids=["ended", "pooler"])
def test_what_was_ended_on_purpose_is_not_begun_again(
    kept: Database, through: tuple[str, Gate], name: str, words: bytes
) -> None:
    url, between = through
    with connect(url, max_size=1) as db:
        warmed(db, name, kept)
        between.doom(words)
        assert isinstance(failure(RUNS[name](db)), ConnectionLost)
    assert between.links == 1


@pytest.mark.parametrize("name", [name for name in WAYS if name in ("pipeline", "reading", "block", "copy", "ping")])
def test_what_was_ended_before_it_read_anything_was_not_run(
    kept: Database, through: tuple[str, Gate], name: str
) -> None:
    url, between = through
    with connect(url, max_size=1) as db:
        warmed(db, name, kept)
        between.doom(SHUTDOWN)
        assert isinstance(RUNS[name](db), Success)
    assert written(kept) == (name in WRITES)


def test_a_query_that_ran_for_a_while_may_be_what_ended_the_link(
    kept: Database, through: tuple[str, Gate], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, between = through
    with connect(url, max_size=1) as db:
        warmed(db, "scalar", kept)
        monkeypatch.setattr(converse, "PROMPT", 0.0)
        between.doom()
        assert isinstance(failure(db.scalar(COUNT)), ConnectionLost)


def test_once_and_never_within_a_transaction(kept: Database, through: tuple[str, Gate]) -> None:
    url, between = through
    strict = sql("SELECT 1 AS qb_strict").rows(int)
    with connect(url, max_size=1) as db:
        db.scalar(strict).unwrap()
        between.strict = True
        between.doom()
        assert isinstance(failure(db.scalar(strict)), ConnectionLost)
        assert between.links == 2
        between.strict = False
        with pytest.raises(ConnectionLost), db.transaction() as tx:
            tx.scalar(COUNT).unwrap()
            between.doom()
            assert isinstance(failure(tx.scalar(COUNT)), ConnectionLost)
        links = between.links
        assert db.ping() == Success(None)
        assert between.links == links + 1


def test_a_pool_whose_links_are_all_closed(kept: Database, through: tuple[str, Gate]) -> None:
    url, between = through
    with connect(url, max_size=4) as db:
        with db.transaction(), db.apart.transaction(), db.apart.transaction():
            pass
        assert between.links == 3
        between.doom(IDLE)
        for _ in range(4):
            assert db.execute(ROW) == Success(1)
            emptied(kept)
        assert db.pool.idle == 3


def test_a_server_that_is_gone_refuses(kept: Database, through: tuple[str, Gate]) -> None:
    url, between = through
    with connect(url, max_size=1) as db:
        warmed(db, "execute", kept)
        between.doom(IDLE)
        between.close()
        assert "could not connect" in str(failure(db.execute(ROW)))
        assert db.pool.in_use == 0
