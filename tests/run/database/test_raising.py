# Made by tools/sync.py from test_async_raising.py: change that one, then run `make generate`.
"""`db.raising`: the same methods, of values; what fails raises its DbError."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any, Literal, assert_type

import pytest

from qb import (
    Col,
    Database,
    DataException,
    Db,
    DbError,
    DecodeError,
    ManyRows,
    NotFound,
    Outcome,
    QueryError,
    Script,
    SerializationFailure,
    Success,
    Table,
    TransactionAborted,
    UniqueViolation,
    column,
    connect,
    fn,
    insert,
    new,
    pg,
    select,
    sql,
)
from qb.run.database.raising import RaisingDb
from qb.run.session.characteristics import Isolation
from qb.run.talk.raising_pipeline import Awaited, RaisingPipeline
from qb.typing import RaisingReadDb

SERIAL = sql("DO $$ BEGIN RAISE EXCEPTION SQLSTATE '40001'; END $$").command()


class Thing(Table, name="things"):
    id: Col[int] = column(pg.integer, primary_key=True)


class Kind(Table, name="kinds"):
    kind: Col[Literal["a"]] = column()


ONE, TWO = new(Thing)(id=1), new(Thing)(id=2)
COUNT = select(fn.count()).from_(Thing)
NONE = select(Thing).where(Thing.id == 404)


@pytest.fixture
def db(qb_url: str) -> Iterator[Database]:
    """A database with one row, (1)."""
    with connect(qb_url, max_size=2) as db:
        create = "CREATE TABLE things (id int PRIMARY KEY DEFERRABLE INITIALLY IMMEDIATE)"
        db.raising.run(Script("DROP TABLE IF EXISTS things", create, "INSERT INTO things VALUES (1)"))
        yield db
        db.raising.run(Script("DROP TABLE things"))


def reading(db: RaisingReadDb) -> int:
    return db.scalar(COUNT)


def test_what_only_reads_gives_values_too(db: Database) -> None:
    replica = db.replica.raising
    assert_type(replica, RaisingReadDb)
    assert assert_type(replica.all(select(Thing)), list[Thing]) == [Thing(id=1)]
    assert assert_type(replica.one(select(Thing.id)), int) == 1
    assert assert_type(replica.first(NONE), Thing | None) is None
    assert replica.ping() is None  # type: ignore[func-returns-value]
    with replica.stream(select(Thing.id)) as ids:
        assert list(ids) == [1]
    with pytest.raises(NotFound):
        replica.one(NONE)
    with pytest.raises(QueryError, match="only reads"):
        replica.all(insert(TWO).returning())
    limited = db.replica.options(max_lag=0.5).raising.options(statement_timeout=7.0)
    assert limited.scalar(sql("SHOW statement_timeout").rows(str)) == "7s"
    assert replica.outcomes.scalar(COUNT) == Success(1)
    with db.raising.transaction() as tx:
        assert reading(tx) == 1
    assert reading(db.raising) == reading(replica) == 1


def test_methods_give_values(db: Database) -> None:
    every = db.raising
    assert assert_type(every.all(select(Thing)), list[Thing]) == [Thing(id=1)]
    assert assert_type(every.one(select(Thing.id)), int) == 1
    assert assert_type(every.first(NONE), Thing | None) is None
    assert assert_type(every.scalar(COUNT), int) == 1
    assert assert_type(every.execute(insert(TWO)), int) == 1
    assert assert_type(every.insert_many(new(Thing)(id=number) for number in range(3, 5)), int) == 2
    more = every.insert_many([new(Thing)(id=5)], insert(Thing).returning(Thing.id))
    assert assert_type(more, list[int]) == [5]
    with every.stream(select(Thing.id).order_by(Thing.id)) as ids:
        assert list(ids) == [1, 2, 3, 4, 5]
    every.ping()
    assert every.options(lock_timeout=1).scalar(sql("SHOW lock_timeout").rows(str)) == "1s"
    assert assert_type(every.outcomes, Db) is db


RAISES: dict[str, tuple[Callable[[RaisingDb], object], type[Exception]]] = {
    "all": (lambda db: db.all(select(Thing.id / 0)), Exception),
    "one": (lambda db: db.one(NONE), NotFound),
    "scalar": (lambda db: db.scalar(select(Thing.id).where(Thing.id == 404)), NotFound),
    "execute": (lambda db: db.execute(insert(ONE)), UniqueViolation),
    "insert_many": (lambda db: db.insert_many([TWO, ONE]), UniqueViolation),
    "transact": (lambda db: db.transact(lambda tx: tx.execute(insert(ONE))), UniqueViolation),
    "options": (lambda db: db.options(lock_timeout=1).execute(insert(ONE)), UniqueViolation),
}


@pytest.mark.parametrize(("use", "error"), RAISES.values(), ids=RAISES)
def test_what_fails_raises(db: Database, use: Callable[[RaisingDb], object], error: type[Exception]) -> None:
    with pytest.raises(error):
        use(db.raising)
    assert db.raising.scalar(COUNT) == 1


def test_a_transaction_is_of_values_too(db: Database) -> None:
    with db.raising.transaction() as tx:
        assert assert_type(tx, RaisingDb).execute(insert(TWO)) == 1
        with tx.transaction(rollback=True) as inner:
            inner.execute(insert(new(Thing)(id=3)))
        assert tx.outcomes.scalar(COUNT) == Success(2)
    with pytest.raises(UniqueViolation), db.raising.transaction() as tx:
        tx.execute(insert(new(Thing)(id=3)))
        tx.execute(insert(ONE))
    with pytest.raises(TransactionAborted), db.raising.transaction() as tx:
        tx.execute(sql("SET CONSTRAINTS ALL DEFERRED").command())
        tx.execute(insert(ONE))
    assert db.raising.scalar(COUNT) == 2


@pytest.mark.parametrize("isolation", ["serializable", None])
def test_transact_gives_the_value_and_runs_again(db: Database, isolation: Isolation | None) -> None:
    attempts: list[int] = []

    def work(tx: RaisingDb) -> str:
        attempts.append(1)
        tx.execute(insert(TWO))
        if len(attempts) < 3:
            tx.execute(SERIAL)
        return "done"

    def divided(tx: RaisingDb) -> float:
        return tx.execute(insert(new(Thing)(id=3))) / 0

    assert assert_type(db.raising.transact(work, isolation=isolation), str) == "done"
    assert len(attempts) == 3
    attempts.clear()
    with pytest.raises(UniqueViolation):
        db.raising.transact(work)
    with pytest.raises(SerializationFailure):
        db.raising.transact(lambda tx: tx.execute(SERIAL), retries=1)
    with pytest.raises(ZeroDivisionError):
        db.raising.transact(divided)
    assert db.raising.scalar(COUNT) == 2


def test_transact_takes_no_outcome_for_a_value(db: Database) -> None:
    def work(tx: RaisingDb) -> Outcome[int]:
        return tx.outcomes.execute(insert(TWO))

    with pytest.raises(QueryError, match=r"gives a value, and it returned an outcome: return qb\.unwrap"):
        db.raising.transact(work)
    assert db.raising.scalar(COUNT) == 1


def test_a_pipeline_of_values(db: Database) -> None:
    with db.raising.pipeline() as p:
        written, count, ids = p.execute(insert(TWO)), p.scalar(COUNT), p.all(select(Thing.id))
        first = p.first(NONE)
    assert assert_type(written.result(), int) == 1
    assert assert_type(count.result(), int) == 2
    assert assert_type(sorted(ids.result()), list[int]) == [1, 2]
    assert assert_type(first.result(), Thing | None) is None


MISSES: dict[str, tuple[Callable[[RaisingPipeline], Awaited[Any]], type[DbError], str]] = {
    "none": (lambda p: p.one(NONE), NotFound, 'no row found in "things", where one was asked for'),
    "no scalar": (lambda p: p.scalar(select(Thing.id).where(Thing.id == 404)), NotFound, "no row found in "),
    "many": (lambda p: p.one(sql("SELECT n FROM generate_series(1, 2) n").rows(int)), ManyRows, "more than one row "),
    "decode": (
        lambda p: p.all(sql("SELECT 'x'::text AS kind").rows(Kind)),
        DecodeError,
        'row 0 of the result, "kinds"."kind" at $: Invalid enum value',
    ),
    "server": (lambda p: p.all(sql("SELECT 1 / 0").rows(int)), DataException, "division by zero"),
}


@pytest.mark.parametrize(("miss", "error", "said"), MISSES.values(), ids=MISSES)
@pytest.mark.parametrize("writes", [True, False])
def test_a_pipeline_raises_the_first_failure_at_its_end(
    db: Database,
    miss: Callable[[RaisingPipeline], Awaited[Any]],
    error: type[DbError],
    said: str,
    *,
    writes: bool,
) -> None:
    def work(db: RaisingDb) -> None:
        with db.pipeline() as p:
            if writes:
                p.execute(insert(TWO))
            p.scalar(COUNT)
            miss(p)
            p.one(NONE)  # another one, later

    every = db.raising
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with pytest.raises(error) as alone:
            work(every)
        with pytest.raises(error) as raised, every.transaction() as tx:
            tx.execute(insert(new(Thing)(id=3)))
            work(tx)
        with pytest.raises(error) as transacted:
            every.transact(work)
        for found in (alone.value, raised.value, transacted.value):
            assert str(found).startswith(said)
            assert found.step == 1 + writes
            assert found.statement is not None
    assert [str(each.message) for each in told] == []
    assert every.all(select(Thing.id)) == [1]


def test_what_a_pipeline_has_read_is_there_behind_its_failure(db: Database) -> None:
    handles: list[Awaited[Any]] = []
    with (
        pytest.raises(NotFound, match=r'^no row found in "things", where one was asked for$'),
        db.raising.pipeline() as p,
    ):
        handles += [p.scalar(COUNT), p.one(NONE)]
    assert handles[0].result() == 1
    with pytest.raises(NotFound, match="no row found"):
        handles[1].result()


def test_a_bug_within_a_pipeline_passes_and_no_failure_is_told_beside_it(db: Database) -> None:
    def refuse(thing: Thing) -> int:
        raise KeyError(thing.id)

    def work() -> None:
        with db.raising.pipeline() as p:
            p.one(NONE)
            p.all(select(Thing).map(refuse))

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with pytest.raises(KeyError):
            work()
    assert [str(each.message) for each in told] == []


def test_a_pipeline_that_is_undone_raises_at_its_end(db: Database) -> None:
    with pytest.raises(UniqueViolation), db.raising.pipeline() as p:
        p.execute(insert(TWO))
        p.execute(insert(ONE))
    with pytest.raises(KeyError), db.raising.pipeline() as p:
        p.execute(insert(TWO))
        raise KeyError
    with db.raising.pipeline():
        pass
    assert db.raising.scalar(COUNT) == 1


def test_the_view_has_every_method() -> None:
    """What `Db` gets, it gets."""

    def public(kind: type[Any]) -> set[str]:
        return {name for name in dir(kind) if not name.startswith("_")}

    assert public(RaisingDb) == public(Db) - {"raising"} | {"outcomes"}
