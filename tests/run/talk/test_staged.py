"""Upserts of many rows, which go through a temporary table: nothing of it shows but the time."""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import qb
from qb import (
    CheckViolation,
    Col,
    ConnectionLost,
    Database,
    Db,
    EncodeError,
    Failure,
    New,
    NotNullViolation,
    Success,
    Table,
    column,
    connect,
    connect_async,
    excluded,
    fn,
    identity,
    insert,
    new,
    pg,
    schema,
    select,
    sql,
    trusted,
)
from qb.run.talk import bulk
from qb.run.talk.bulk import MANY
from qb.run.talk.chunks import ROWS_AT_ONCE
from tests.run.bouncer import bouncer
from tests.samples import samples


class Mood(enum.Enum):
    FINE = "fine"
    SO_SO = "so, so"


class Ware(Table, name='staged "wares"'):
    id: Col[int] = column(pg.bigint, primary_key=True, default=identity())
    code: Col[int] = column(pg.integer, unique=True, name="c0")
    name: Col[str] = column(default="none", name="select ; --")
    mood: Col[Mood] = column(pg.enum("staged mood", Mood), default=Mood.FINE)
    words: Col[list[str] | None] = column(default=None)


NewWare = new(Ware)
WARES = schema(Ware)
NAMED = insert(Ware).on_conflict(Ware.code, update=[Ware.name.to(excluded(Ware.name))])


def run(db: Db, *texts: str) -> None:
    for text in texts:
        db.execute(sql(trusted(text)).command()).unwrap()


@pytest.fixture
def wares(qb_url: str) -> Iterator[Database]:
    with connect(qb_url, max_size=2) as db:
        db.run(qb.drop_all(WARES, if_exists=True)).unwrap()
        db.run(qb.create_all(WARES)).unwrap()
        yield db
        assert left(db) == 0
        db.run(qb.drop_all(WARES)).unwrap()


def left(db: Db) -> int:
    """The temporary tables that are still there."""
    return db.scalar(
        select(sql("(SELECT count(*) FROM pg_class WHERE relname = 'qb_rows_of_a_bulk_write')").as_(int, not_null=True))
    ).unwrap()


def stored(db: Db) -> dict[int, str]:
    return dict(db.all(select(Ware.code, Ware.name).order_by(Ware.id)).unwrap())


def some(count: int, word: str = "new", start: int = 0) -> list[New[Ware]]:
    return [NewWare(code=code, name=f"{word} {code}") for code in range(start, start + count)]


@pytest.mark.parametrize("count", [MANY - 1, MANY, ROWS_AT_ONCE + 1])
@pytest.mark.parametrize("generator", [False, True])
def test_rows_that_are_there_are_changed_and_others_go_in_in_their_order(
    wares: Database, count: int, generator: bool
) -> None:
    wares.insert_many(some(count, "old")[::2]).unwrap()
    rows = some(count)
    assert wares.insert_many((row for row in rows) if generator else rows, NAMED) == Success(count)
    expected = [*range(0, count, 2), *range(1, count, 2)]
    assert stored(wares) == {code: f"new {code}" for code in expected}
    assert [*stored(wares)] == expected
    ids = wares.all(select(Ware.id).where(Ware.code % 2 == 1).order_by(Ware.code)).unwrap()
    assert all(a < b for a, b in pairwise(ids))


def test_columns_that_are_left_out_take_their_defaults(wares: Database) -> None:
    rows = [NewWare(code=code) for code in range(MANY)] + some(MANY, "named", MANY)
    assert wares.insert_many(rows, NAMED) == Success(2 * MANY)
    assert stored(wares)[5] == "none"
    assert stored(wares)[MANY] == f"named {MANY}"
    assert wares.scalar(select(fn.count()).from_(Ware).where(Ware.mood == Mood.FINE)) == Success(2 * MANY)


def test_values_of_the_statement_stand_beside_the_rows(wares: Database) -> None:
    wares.insert_many(some(MANY, "old")).unwrap()
    louder = insert(Ware).on_conflict(
        Ware.code, update=[Ware.name.to(excluded(Ware.name) + "!")], update_where=Ware.code < 2
    )
    assert wares.insert_many(some(MANY), louder) == Success(2)
    assert [*stored(wares).values()][:3] == ["new 0!", "new 1!", "old 2"]


def test_two_rows_that_are_one(wares: Database) -> None:
    twice = some(MANY)
    assert wares.insert_many([*twice, *some(1, "last")], NAMED) == Success(MANY + 1)  # far apart
    assert stored(wares)[0] == "last 0"
    with wares.transaction() as tx:
        assert tx.insert_many([*twice, *some(1, "again")], NAMED) == Success(MANY + 1)
        outcome = tx.transact(lambda inner: inner.insert_many([twice[0], *twice], NAMED))
        assert "two of the rows are the same by the columns of on_conflict" in str(outcome.failure())
        assert tx.insert_many(twice, NAMED) == Success(MANY)
    first = insert(Ware).on_conflict(Ware.code, nothing=True)
    assert wares.insert_many([*twice, *twice, *some(1, "else", MANY)], first) == Success(1)


def test_in_a_transaction_it_is_a_savepoint_each_time(wares: Database) -> None:
    with wares.transaction() as tx:
        tx.insert_many(some(1, "kept")).unwrap()
        assert tx.insert_many(some(MANY), NAMED) == Success(MANY)
        assert left(tx) == 0
        doubtful = [*some(MANY), NewWare(code=1, mood="?")]  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        assert isinstance(tx.transact(lambda inner: inner.insert_many(doubtful, NAMED)), Failure)
        assert tx.insert_many(some(MANY, "later"), NAMED) == Success(MANY)
        with tx.transaction(rollback=True) as inner:
            inner.insert_many(some(MANY, "undone"), NAMED).unwrap()
    assert stored(wares)[1] == "later 1"
    with pytest.raises(KeyError), wares.transaction() as tx:
        tx.insert_many(some(MANY, "undone"), NAMED).unwrap()
        raise KeyError
    assert stored(wares)[1] == "later 1"


def test_what_the_server_refuses_is_told_as_always_and_leaves_nothing(wares: Database) -> None:
    run(wares, '''ALTER TABLE "staged ""wares""" ADD CONSTRAINT few CHECK (c0 < 9000)''')
    for rows in ([*some(MANY), *some(1, start=9000)], [*some(MANY), *some(1, start=9000), NewWare(code=1)]):
        error = wares.insert_many(rows, NAMED).failure()
        assert error == CheckViolation("few", 'staged "wares"', "public")
        assert (error.statement or "").startswith('INSERT INTO "staged ""wares"""')
        assert stored(wares) == {}
    run(wares, 'ALTER TABLE "staged ""wares""" ALTER words SET NOT NULL')
    rows = [NewWare(code=code, words=None) for code in range(MANY)]
    missing = wares.insert_many(rows, NAMED).failure()
    assert isinstance(missing, NotNullViolation)
    assert (missing.table, missing.column) == ('staged "wares"', "words")


def test_a_value_that_cannot_be_sent_is_named(wares: Database) -> None:
    for bad, name, reason in (
        (NewWare(code=2**31), "c0", "out of range"),
        (NewWare(code=1, name="secret\0"), "select ; --", "NUL"),
    ):
        for rows in ([bad, *some(MANY)], [*some(MANY), bad], [*some(MANY, start=9), bad, *some(MANY, start=MANY + 9)]):
            error = wares.insert_many(rows, NAMED).failure()
            assert isinstance(error, EncodeError)
            assert (error.table, error.column) == ('staged "wares"', name)
            assert reason in str(error)
            assert "secret" not in str(error)
    assert stored(wares) == {}


def test_a_role_without_the_right_to_temporary_tables(qb_url: str, wares: Database) -> None:
    name = wares.scalar(select(sql("current_database()").as_(str))).unwrap()
    run(
        wares,
        f'REVOKE TEMPORARY ON DATABASE "{name}" FROM PUBLIC',
        "DROP ROLE IF EXISTS staged_writer",
        "CREATE ROLE staged_writer",
        '''GRANT ALL ON "staged ""wares""" TO staged_writer''',
    )
    try:
        with wares.transaction() as tx:
            run(tx, "SET LOCAL ROLE staged_writer")
            for word in ("new", "again"):
                assert tx.insert_many(some(MANY, word), NAMED) == Success(MANY)
            run(tx, "RESET ROLE")
        assert stored(wares)[0] == "again 0"
    finally:
        run(
            wares,
            f'GRANT TEMPORARY ON DATABASE "{name}" TO PUBLIC',
            "DROP OWNED BY staged_writer",
            "DROP ROLE staged_writer",
        )


def test_a_transaction_that_only_reads_says_so(wares: Database) -> None:
    with wares.transaction(read_only=True, rollback=True) as tx:
        error = tx.insert_many(some(MANY), NAMED).failure()
        assert str(error) == "the transaction is read-only and the statement writes"


def test_a_table_of_that_name_stays_as_it_is(wares: Database) -> None:
    with wares.transaction() as tx:
        run(tx, "CREATE TEMPORARY TABLE qb_rows_of_a_bulk_write AS SELECT 1 AS mine", "SET LOCAL search_path = ''")
        run(tx, "SET LOCAL search_path = pg_catalog, public")
        assert tx.insert_many(some(MANY), NAMED) == Success(MANY)
        assert tx.scalar(select(sql("(SELECT mine FROM qb_rows_of_a_bulk_write)").as_(int))) == Success(1)
        run(tx, "DROP TABLE qb_rows_of_a_bulk_write")
    assert len(stored(wares)) == MANY


def test_row_level_security_and_triggers_meet_each_row(wares: Database) -> None:
    run(
        wares,
        "DROP ROLE IF EXISTS staged_writer",
        "CREATE ROLE staged_writer",
        '''GRANT ALL ON "staged ""wares""" TO staged_writer''',
        '''ALTER TABLE "staged ""wares""" ENABLE ROW LEVEL SECURITY''',
        '''CREATE POLICY few ON "staged ""wares""" TO staged_writer USING (true) WITH CHECK (c0 < 9000)''',
    )
    try:
        with wares.transaction() as tx:
            run(tx, "SET LOCAL ROLE staged_writer")
            assert tx.insert_many(some(MANY), NAMED) == Success(MANY)
            refused = tx.transact(lambda inner: inner.insert_many(some(MANY, start=8000), NAMED))
            said = str(refused.failure())
            assert "row-level security" in said
            run(tx, "RESET ROLE")
    finally:
        run(wares, "DROP OWNED BY staged_writer", "DROP ROLE staged_writer")
    assert len(stored(wares)) == MANY


@given(st.lists(st.lists(st.tuples(st.integers(0, 9), st.text("abc", max_size=3)), max_size=9), max_size=6))
@settings(samples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_upserts_are_those_of_a_dict(
    wares: Database, monkeypatch: pytest.MonkeyPatch, lists: list[list[tuple[int, str]]]
) -> None:
    with monkeypatch.context() as patched, wares.transaction(rollback=True) as tx:
        patched.setattr(bulk, "MANY", 1)
        expected: dict[int, str] = {}
        for pairs in lists:
            rows = [NewWare(code=code, name=name) for code, name in pairs]
            outcome = tx.transact(lambda inner: inner.insert_many(rows, NAMED))  # noqa: B023
            if isinstance(outcome, Failure):
                assert len(dict(pairs)) < len(pairs)
                assert "two of the rows are the same" in str(outcome.failure())
            else:
                assert outcome == Success(len(pairs))
                expected |= dict(pairs)
        assert stored(tx) == expected


# ---------------------------------------------------------------- interrupted

SLOW = """
CREATE FUNCTION pg_temp.nap() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF NEW.c0 = 2000 THEN PERFORM pg_sleep(60); END IF; RETURN NEW; END $$
"""
SLEEPERS = "pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
"""Those of this database: other tests run beside."""
ASLEEP = sql(trusted(f"(SELECT count(*) FROM {SLEEPERS})")).as_(int)


@pytest.fixture
def slow(wares: Database) -> Iterator[Database]:
    """Where the row in the middle takes for ever."""
    run(
        wares,
        SLOW.replace("pg_temp.", "public."),
        '''CREATE TRIGGER nap BEFORE INSERT ON "staged ""wares""" FOR EACH ROW EXECUTE FUNCTION public.nap()''',
    )
    yield wares
    run(wares, '''DROP TRIGGER nap ON "staged ""wares"""''', "DROP FUNCTION public.nap()")


async def _asleep(db: qb.AsyncDb) -> AsyncIterator[None]:
    with anyio.fail_after(20):
        while (await db.scalar(select(ASLEEP))).unwrap() == 0:
            yield


@pytest.mark.anyio
async def test_a_task_that_is_cancelled_leaves_nothing(slow: Database, qb_url: str) -> None:
    async with connect_async(qb_url, max_size=2) as db:
        async with anyio.create_task_group() as group:
            group.start_soon(db.insert_many, some(MANY), NAMED)
            async for _ in _asleep(db):
                await anyio.sleep(0.01)
            group.cancel_scope.cancel()
        assert (await db.scalar(select(fn.count()).from_(Ware))) == Success(0)
        assert await db.insert_many(some(1000), NAMED) == Success(1000)
    assert len(stored(slow)) == 1000


@pytest.mark.anyio
async def test_a_backend_that_is_ended_leaves_nothing(slow: Database, qb_url: str) -> None:
    async with connect_async(qb_url, max_size=2) as db:

        async def write() -> None:
            outcome = await db.insert_many(some(MANY), NAMED)
            assert isinstance(outcome.failure(), ConnectionLost)

        async with anyio.create_task_group() as group:
            group.start_soon(write)
            async for _ in _asleep(db):
                await anyio.sleep(0.01)
            run(
                slow,
                f"SELECT pg_terminate_backend(pid) FROM {SLEEPERS}",
            )
        assert (await db.scalar(select(fn.count()).from_(Ware))) == Success(0)


@pytest.mark.parametrize("prepared", [0, 100])
def test_behind_a_pooler(wares: Database, qb_url: str, prepared: int) -> None:
    with bouncer(qb_url, "transaction", prepared=prepared) as url, connect(url, max_size=2) as db:
        for word in ("new", "again", "last"):
            assert db.insert_many(some(MANY, word), NAMED) == Success(MANY)
        with db.transaction() as tx:
            for word in ("within", "end"):
                assert tx.insert_many(some(MANY, word), NAMED) == Success(MANY)
    assert stored(wares)[7] == "end 7"
