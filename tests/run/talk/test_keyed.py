"""update_many and delete_many: any number of rows, each said by its key, all or none."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import anyio
import msgspec
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
    InsufficientPrivilege,
    QueryError,
    SchemaMismatch,
    ServerError,
    Success,
    Table,
    TransactionAborted,
    column,
    connect,
    connect_async,
    delete,
    excluded,
    fn,
    identity,
    insert,
    new,
    patch,
    pg,
    schema,
    select,
    sql,
    trusted,
    update,
)
from qb.run.talk import converse
from qb.run.talk.bulk import MANY
from qb.run.talk.chunks import ROWS_AT_ONCE
from qb.typing import UpdateEach
from tests.run.bouncer import bouncer
from tests.run.gate import gate
from tests.run.plain import failure
from tests.samples import samples


class Mood(enum.Enum):
    FINE = "fine"
    SO_SO = "so, so"


class Doc(msgspec.Struct, frozen=True):
    name: str
    tags: list[str]


class Part(Table, name="keyed parts"):
    id: Col[int] = column(pg.bigint, primary_key=True, default=identity())
    code: Col[str] = column(unique=True, name="c0")
    stock: Col[int] = column(pg.integer, default=0, name="select ; --")
    mood: Col[Mood] = column(pg.enum("keyed mood", Mood), default=Mood.FINE)
    doc: Col[Doc | None] = column(pg.jsonb, default=None)
    words: Col[list[list[str]] | None] = column(pg.array(pg.text), default=None)
    at: Col[list[float] | None] = column(pg.vector(2), default=None)
    price: Col[Decimal | None] = column(pg.numeric(12, 2), default=None)
    changed: Col[dt.datetime | None] = column(default=None, on_update=fn.now())


class Seat(Table, name="keyed_seats"):
    row: Col[int] = column(primary_key=True)
    place: Col[str] = column(primary_key=True)
    taken: Col[bool] = column(default=False)
    key: Col[UUID | None] = column(default=None)


NewPart, NewSeat = new(Part), new(Seat)
TABLES = schema(Part, Seat)
STOCKS = update(Part).by(Part.id).each(Part.stock)
SEATS = update(Seat).by(Seat.row, Seat.place).each(Seat.taken)
TWICE = "two of the rows have the same"


def run(db: Db, *texts: str) -> None:
    for text in texts:
        db.execute(sql(trusted(text)).command()).unwrap()


@pytest.fixture
def parts(qb_url: str) -> Iterator[Database]:
    with connect(qb_url, max_size=2) as db:
        db.run(qb.drop_all(TABLES, if_exists=True)).unwrap()
        db.run(qb.create_all(TABLES)).unwrap()
        yield db
        found = select(sql("(SELECT count(*) FROM pg_class WHERE relname = 'qb_staged')").as_(int))
        assert db.scalar(found) == Success(0)
        db.run(qb.drop_all(TABLES)).unwrap()


def fill(db: Db, count: int) -> None:
    db.insert_many([NewPart(code=f"part {number}") for number in range(1, count + 1)]).unwrap()


def stocks(db: Db) -> dict[int, int]:
    return dict(db.all(select(Part.id, Part.stock).order_by(Part.id)).unwrap())


SIZES = [1, 2, ROWS_AT_ONCE, ROWS_AT_ONCE + 1, 2 * ROWS_AT_ONCE + 3]


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("generator", [False, True])
def test_rows_are_changed_and_gone_by_their_keys(parts: Database, count: int, generator: bool) -> None:
    fill(parts, count)
    rows = [(number, number * 2) for number in range(1, count + 3)]  # two of them are of nobody
    assert parts.update_many((row for row in rows) if generator else rows, STOCKS) == Success(count)
    assert stocks(parts) == dict(rows[:count])
    back = parts.update_many(iter(rows) if generator else rows, STOCKS.returning(Part.id, Part.stock)).unwrap()
    assert sorted(back) == rows[:count]
    keys = [number for number, _ in rows[1:]]
    assert parts.delete_many(iter(keys) if generator else keys, delete(Part).by(Part.id)) == Success(count - 1)
    assert stocks(parts) == dict(rows[:1])


@pytest.mark.parametrize("count", [3, ROWS_AT_ONCE + 1])
def test_keys_of_two_columns(parts: Database, count: int) -> None:
    keys = [(number, f"{number}'s") for number in range(count)]
    parts.insert_many([NewSeat(row=row, place=place) for row, place in keys]).unwrap()
    assert parts.update_many(((row, place, row % 2 == 0) for row, place in keys), SEATS) == Success(count)
    assert parts.scalar(select(fn.count()).from_(Seat).where(Seat.taken)) == Success((count + 1) // 2)
    crossed = [(row, f"{row + 1}'s") for row, _ in keys]
    assert parts.delete_many(crossed, delete(Seat).by(Seat.row, Seat.place)) == Success(0)
    gone = delete(Seat).by(Seat.row, Seat.place).returning(Seat.row)
    assert sorted(parts.delete_many([*keys[:2], keys[0]], gone).unwrap()) == [0, 1]
    assert parts.delete_many(iter(keys), delete(Seat).by(Seat.row, Seat.place)) == Success(count - 2)


def test_nothing(parts: Database) -> None:
    none: list[tuple[int, int]] = []
    assert parts.update_many(none, STOCKS) == Success(0)
    assert parts.update_many(none, STOCKS.returning()) == Success([])
    assert parts.delete_many(iter(()), delete(Part).by(Part.id)) == Success(0)
    assert parts.delete_many([404], delete(Part).by(Part.id).returning()) == Success([])


@pytest.mark.parametrize("apart", [1, ROWS_AT_ONCE + 1])
def test_a_key_that_is_given_twice_changes_nothing(parts: Database, apart: int) -> None:
    fill(parts, 2)
    rows = [(1, 5), *((number, 5) for number in range(2, 1 + apart)), (1, 6)]
    for outcome in (parts.update_many(iter(rows), STOCKS), parts.update_many(iter(rows), STOCKS.returning(Part.id))):
        error = outcome.failure()
        assert isinstance(error, ServerError)
        assert str(error).startswith(f"update_many of keyed parts: {TWICE} keyed parts.id, and which")
        assert error.sqlstate == "21000"
    pair = [(1, "a", True), (1, "b", True), (1, "a", False)]
    assert f"{TWICE} keyed_seats.row, keyed_seats.place" in str(parts.update_many(pair, SEATS).failure())
    assert stocks(parts) == {1: 0, 2: 0}
    assert parts.delete_many([1, 1], delete(Part).by(Part.id)) == Success(1)


def test_a_unique_constraint_is_a_key_and_other_columns_are_none(parts: Database) -> None:
    fill(parts, 3)
    by_code = update(Part).by(Part.code).each(Part.stock)
    assert parts.update_many([("part 2", 7), ("part 9", 8)], by_code) == Success(1)
    assert stocks(parts) == {1: 0, 2: 7, 3: 0}
    both = update(Part).by(Part.code, Part.stock).each(Part.mood)  # more than is needed to find it
    assert parts.update_many([("part 2", 7, Mood.SO_SO), ("part 3", 7, Mood.SO_SO)], both) == Success(1)
    for rows in ([(0, Mood.SO_SO)], ((0, Mood.SO_SO) for _ in range(ROWS_AT_ONCE + 1))):
        said = str(parts.update_many(rows, update(Part).by(Part.stock).each(Part.mood)).failure())
        assert said.startswith("update_many: no unique index of keyed parts is on keyed parts.select ; -- alone, or")
    by_stock = delete(Part).by(Part.stock)
    for stocks_ in ([0], (0 for _ in range(ROWS_AT_ONCE + 1))):
        said = str(parts.delete_many(stocks_, by_stock).failure())
        assert said.startswith("delete_many: no unique index of keyed parts is on keyed parts.select ; -- alone, or")
    assert parts.delete_many(["part 2", "part 9"], delete(Part).by(Part.code)) == Success(1)
    assert len(stocks(parts)) == 2
    run(parts, "DROP INDEX IF EXISTS keyed_half", "CREATE UNIQUE INDEX keyed_half ON keyed_seats (key) WHERE taken")
    said = str(parts.delete_many([(UUID(int=1), True)], delete(Seat).by(Seat.key, Seat.taken)).failure())
    assert "no unique index of keyed_seats is on keyed_seats.key, keyed_seats.taken alone" in said


NO_INDEX = (
    "no unique index of keyed parts is on keyed parts.id alone, or on some of them: by(...) takes the primary key"
)


def test_a_primary_key_that_the_database_does_not_have_is_none(parts: Database, qb_url: str) -> None:
    fill(parts, 3)
    assert parts.update_many([(1, 1)], STOCKS) == Success(1)
    run(
        parts,
        """ALTER TABLE "keyed parts" DROP CONSTRAINT "keyed parts_pkey" """,
        """INSERT INTO "keyed parts" (id, c0) OVERRIDING SYSTEM VALUE VALUES (2, 'twin')""",
    )
    for rows in ([(2, 7)], iter([(number, 7) for number in range(ROWS_AT_ONCE + 1)])):
        assert NO_INDEX in str(parts.update_many(rows, STOCKS).failure())
    gone = delete(Part).by(Part.id)
    with connect(qb_url, max_size=2) as db:
        for keys in ([2], iter(range(2, ROWS_AT_ONCE + 3))):
            assert NO_INDEX in str(db.delete_many(keys, gone).failure())
            assert NO_INDEX in str(db.delete_many(keys, gone.returning(Part.id)).failure() if keys == [2] else NO_INDEX)
        with db.transaction() as tx:
            assert NO_INDEX in str(tx.delete_many([2], gone).failure())
            assert tx.scalar(select(fn.count()).from_(Part)) == Success(4)
        run(
            parts, "DELETE FROM \"keyed parts\" WHERE c0 = 'twin'", """ALTER TABLE "keyed parts" ADD PRIMARY KEY (id)"""
        )
        assert db.delete_many([2], gone) == Success(1)
    assert parts.update_many([(1, 2)], STOCKS) == Success(1)
    assert stocks(parts) == {1: 2, 3: 0}


class Shown(Table, name="keyed_shown"):
    """A view, which has no index that the server could be asked for."""

    id: Col[int] = column(pg.bigint, primary_key=True)
    code: Col[str] = column()


def test_a_view_has_the_key_that_its_class_says(parts: Database) -> None:
    fill(parts, 3)
    run(parts, 'CREATE OR REPLACE VIEW keyed_shown AS SELECT id, c0 AS code FROM "keyed parts"')
    try:
        assert parts.update_many([(1, "one")], update(Shown).by(Shown.id).each(Shown.code)) == Success(1)
        assert parts.delete_many([2], delete(Shown).by(Shown.id)) == Success(1)
        by_code = parts.delete_many(["one"], delete(Shown).by(Shown.code)).failure()
        assert "no unique index of keyed_shown is on keyed_shown.code alone" in str(by_code)
        assert parts.all(select(Part.code).order_by(Part.id)) == Success(["one", "part 3"])
    finally:
        run(parts, "DROP VIEW keyed_shown")


def test_the_key_of_a_delete_is_asked_of_once(parts: Database, qb_url: str) -> None:
    fill(parts, 3)
    with gate(qb_url) as (url, between), connect(url, max_size=2) as db:
        db.ping().unwrap()
        turns: list[int] = []
        for key in (1, 2, 3):
            before = between.turns
            assert db.delete_many([key], delete(Part).by(Part.id)) == Success(1)
            turns.append(between.turns - before)
        assert turns == [2, 1, 1]


def test_texts_are_the_same_where_the_column_says_so(parts: Database) -> None:
    run(parts, "DROP COLLATION IF EXISTS keyed_ci")
    made = "CREATE COLLATION keyed_ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
    if isinstance(outcome := parts.execute(sql(trusted(made)).command()), Failure):
        pytest.skip(str(outcome.failure()))
    run(
        parts,
        """ALTER TABLE "keyed parts" ALTER c0 TYPE text COLLATE keyed_ci""",
    )
    fill(parts, 2)
    by_code = update(Part).by(Part.code).each(Part.stock)
    assert parts.update_many([("PART 2", 7)], by_code) == Success(1)
    assert TWICE in str(parts.update_many([("PART 2", 8), ("part 2", 9)], by_code).failure())
    run(parts, """ALTER TABLE "keyed parts" ALTER c0 TYPE varchar COLLATE "default" """, "DROP COLLATION keyed_ci")


VALUES = update(Part).by(Part.id).each(Part.mood, Part.doc, Part.words, Part.at, Part.price)


def test_values_of_every_kind(parts: Database) -> None:
    fill(parts, 2)
    doc = Doc("a", ["\N{SNOWMAN}"])
    rows = [
        (1, Mood.SO_SO, doc, [["a", "b"], ["c", "d"]], [1.5, 2.0], Decimal("9999999999.99")),
        (2, Mood.FINE, None, None, None, None),
    ]
    whole = sorted(parts.update_many(rows, VALUES.returning()).unwrap(), key=lambda part: part.id)
    found = [(part.id, part.mood, part.doc, part.words, part.at, part.price) for part in whole]
    assert found == rows
    assert all(part.changed is not None for part in whole)  # as on_update says
    assert parts.update_many(rows, VALUES) == Success(2)


def test_what_else_the_statement_says(parts: Database) -> None:
    fill(parts, 3)
    body = patch(Part)(mood=Mood.SO_SO)
    some = update(Part).patch(body).where(Part.id < 3).by(Part.id).each(Part.stock)
    back = some.returning(Part.id, Part.mood).map(lambda id, mood: (id, mood.value))
    found = parts.update_many([(number, 1) for number in (1, 2, 3)], back).unwrap()
    assert sorted(found) == [(1, "so, so"), (2, "so, so")]
    assert parts.delete_many([1, 2, 3], delete(Part).where(Part.stock > 0).by(Part.id)) == Success(2)


NO_KEY = 'a value for "keyed parts"."{}" cannot be sent: it says which row is meant, and NULL equals no value'


def test_a_value_that_cannot_be_sent_is_named(parts: Database) -> None:
    fill(parts, 3)
    good = [(number, 1) for number in range(1, 4)]
    for bad, name, reason in (((1, 2**31), "select ; --", "out of range"), ((None, 1), "id", "NULL equals no value")):
        for rows in ([bad, *good], [*good, bad], [*good, *((n, 1) for n in range(9, 9 + ROWS_AT_ONCE)), bad]):
            error = parts.update_many(iter(cast("list[tuple[int, int]]", rows)), STOCKS).failure()
            assert isinstance(error, EncodeError)
            assert (error.table, error.column) == ("keyed parts", name)
            assert reason in str(error)
    keys: Any = [1, None]
    by = delete(Part).by(Part.id)
    far: Any = [*range(1, ROWS_AT_ONCE + 3), None]
    for given_ in (keys, iter(keys), far):
        assert str(parts.delete_many(given_, by).failure()) == NO_KEY.format("id")
    assert str(parts.delete_many(keys, by.returning(Part.id)).failure()) == NO_KEY.format("id")
    named: Any = ["part 1", None]
    error = parts.delete_many(named, delete(Part).by(Part.code)).failure()
    assert str(error) == NO_KEY.format("c0")
    code = update(Part).by(Part.id).each(Part.code)
    error = parts.update_many([(1, "a"), (2, "secret\0")], code).failure()
    assert isinstance(error, EncodeError)
    assert "NUL" in str(error)
    assert "secret" not in str(error)
    assert set(stocks(parts).values()) == {0}


def test_what_the_server_refuses_leaves_nothing(parts: Database) -> None:
    run(parts, """ALTER TABLE "keyed parts" ADD CONSTRAINT few CHECK ("select ; --" < 9)""")
    fill(parts, 3)
    assert parts.update_many([(1, 1), (2, 9)], STOCKS).failure() == CheckViolation("few", "keyed parts", "public")
    with parts.transaction() as tx:
        assert tx.update_many([(1, 1)], STOCKS) == Success(1)
        rows = [(number, 9) for number in range(1, ROWS_AT_ONCE + 3)]
        assert isinstance(tx.update_many(iter(rows), STOCKS).failure(), CheckViolation)
        assert tx.update_many([(2, 2)], STOCKS.returning(Part.stock)) == Success([2])
        with tx.transaction(rollback=True) as inner:
            assert inner.update_many([(1, 5), (2, 5)], STOCKS) == Success(2)
    assert stocks(parts) == {1: 1, 2: 2, 3: 0}
    with pytest.raises(RuntimeError), parts.transaction() as tx:
        tx.delete_many([1, 2, 3], delete(Part).by(Part.id)).unwrap()
        raise RuntimeError
    assert len(stocks(parts)) == 3


def test_columns_that_are_not_as_declared(parts: Database) -> None:
    run(parts, """ALTER TABLE "keyed parts" ALTER price TYPE integer""")
    prices = update(Part).by(Part.id).each(Part.price)
    assert isinstance(parts.update_many([(1, Decimal("1.25"))], prices).failure(), SchemaMismatch)


def test_a_role_without_the_right_to_temporary_tables(parts: Database) -> None:
    fill(parts, 2)
    name = parts.scalar(select(sql("current_database()").as_(str))).unwrap()
    run(
        parts,
        f'REVOKE TEMPORARY ON DATABASE "{name}" FROM PUBLIC',
        "DROP ROLE IF EXISTS keyed_writer",
        "CREATE ROLE keyed_writer",
        """GRANT ALL ON "keyed parts" TO keyed_writer""",
    )
    try:
        with parts.transaction() as tx:
            run(tx, "SET LOCAL ROLE keyed_writer")
            assert isinstance(tx.update_many([(1, 1)], STOCKS).failure(), InsufficientPrivilege)
            assert tx.delete_many([1], delete(Part).by(Part.id)) == Success(1)
            run(tx, "RESET ROLE")
    finally:
        run(
            parts,
            f'GRANT TEMPORARY ON DATABASE "{name}" TO PUBLIC',
            "DROP OWNED BY keyed_writer",
            "DROP ROLE keyed_writer",
        )


def test_an_iterator_that_fails_half_way_leaves_nothing(parts: Database) -> None:
    fill(parts, 2)

    def rows() -> Iterator[tuple[int, int]]:
        for number in range(1, ROWS_AT_ONCE + 9):
            yield number, 5
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        parts.update_many(rows(), STOCKS)
    with pytest.raises(RuntimeError, match="half-way"):
        parts.delete_many((number for number, _ in rows()), delete(Part).by(Part.id))
    assert stocks(parts) == {1: 0, 2: 0}


pairs_of_both = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 99)))
operations = st.lists(st.tuples(st.sampled_from(["update", "delete", "upsert"]), pairs_of_both), max_size=8)


@given(operations)
@settings(samples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_writes_are_those_of_a_dict(parts: Database, steps: list[tuple[str, list[tuple[int, int]]]]) -> None:
    expected: dict[int, int] = {}
    upsert = insert(Part).on_conflict(Part.id, update=[Part.stock.to(excluded(Part.stock))])
    with parts.transaction(rollback=True) as tx:
        for step, pairs in steps:
            given = dict(pairs)
            known = {key: value for key, value in given.items() if key in expected}
            if step == "delete":
                gone = tx.delete_many([key for key, _ in pairs], delete(Part).by(Part.id).returning(Part.id))
                assert sorted(gone.unwrap()) == sorted(known)
                expected = {key: value for key, value in expected.items() if key not in given}
            elif step == "upsert":
                rows = [NewPart(id=key, code=str(key), stock=value) for key, value in given.items()]
                assert tx.insert_many(rows, upsert) == Success(len(given))
                expected |= given
            elif len(given) < len(pairs):
                assert TWICE in str(tx.update_many(pairs, STOCKS).failure())
            else:
                assert tx.update_many(pairs, STOCKS) == Success(len(known))
                expected |= known
        assert stocks(tx) == expected


# ---------------------------------------------------------------- what it does not take

WRONG: dict[str, tuple[object, object, str]] = {
    "a row too short": ([(1,)], STOCKS, r"^update_many takes rows that are tuples of .*, and one of them is 1 values$"),
    "a row too long": ([(1, 2, 3)], STOCKS, "is 3 values$"),
    "a number": ([1], STOCKS, "is int$"),
    "a set": ([{1, 2}], STOCKS, "is set$"),
    "a dict": ([{"id": 1, "stock": 2}], STOCKS, "is dict$"),
    "two letters": (["ab"], STOCKS, "is str$"),
    "a str of rows": ("ab", STOCKS, "this is str: give it a list or a generator$"),
    "a mapping of rows": ({1: 2}, STOCKS, "this is dict: give it a list or a generator$"),
    "no rows": (1, STOCKS, "^update_many takes any number of rows, and this is int: give it a list or a generator$"),
    "an update": ([(1, 1)], update(Part).set(Part.stock.to(1)), r"such as update\(Table\)\.by.*, not Update$"),
    "without each": ([(1, 1)], update(Part).by(Part.id), "not UpdateBy$"),
    "a delete": ([(1, 1)], delete(Part).by(Part.id), "not DeleteBy$"),
}


@pytest.mark.parametrize(("rows", "statement", "said"), WRONG.values(), ids=WRONG)
def test_what_it_does_not_take(parts: Database, rows: object, statement: object, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        parts.update_many(cast("Any", rows), cast("UpdateEach[Part, Any]", statement))


def test_in_a_transaction_that_has_failed_the_failure_is_told(parts: Database) -> None:
    fill(parts, 3)
    with pytest.raises(TransactionAborted, match="same value"), parts.transaction() as tx:
        failure(tx.execute(insert(new(Part)(id=1, code="again"))))
        assert "current transaction is aborted" in str(failure(tx.update_many([(1, 1)], STOCKS)))
        assert "same value" in str(failure(tx.delete_many([(1, "c")], delete(Part).by(Part.id, Part.code))))
    assert stocks(parts) == {1: 0, 2: 0, 3: 0}


# ---------------------------------------------------------------- interrupted

SLEEPERS = "pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
"""Those of this database: other tests run beside."""
ASLEEP = sql(trusted(f"(SELECT count(*) FROM {SLEEPERS})")).as_(int)


@pytest.fixture
def slow(parts: Database) -> Iterator[Database]:
    """Where the row in the middle takes for ever."""
    fill(parts, 9)
    run(
        parts,
        """CREATE OR REPLACE FUNCTION public.keyed_nap() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF NEW.id = 5 AND NEW."select ; --" = 5 THEN PERFORM pg_sleep(60); END IF; RETURN NEW; END $$""",
        """CREATE TRIGGER nap BEFORE UPDATE ON "keyed parts" FOR EACH ROW EXECUTE FUNCTION public.keyed_nap()""",
    )
    yield parts
    run(parts, 'DROP TRIGGER nap ON "keyed parts"', "DROP FUNCTION public.keyed_nap()")


async def sleeping(db: qb.AsyncDb) -> None:
    with anyio.fail_after(20):
        while (await db.scalar(select(ASLEEP))).unwrap() == 0:  # noqa: ASYNC110 - it happens on the server
            await anyio.sleep(0.01)


@pytest.mark.anyio
@pytest.mark.parametrize("ended", [False, True])
async def test_work_that_is_interrupted_leaves_nothing(slow: Database, qb_url: str, ended: bool) -> None:
    rows = [(number, number) for number in range(1, 10)]
    async with connect_async(qb_url, max_size=2) as db:

        async def write() -> None:
            assert isinstance((await db.update_many(rows, STOCKS)).failure(), ConnectionLost)

        async with anyio.create_task_group() as group:
            group.start_soon(write)
            await sleeping(db)
            if ended:
                run(
                    slow,
                    f"SELECT pg_terminate_backend(pid) FROM {SLEEPERS}",
                )
            else:
                group.cancel_scope.cancel()
        assert set((await db.all(select(Part.stock))).unwrap()) == {0}
        others = [row for row in rows if row[0] != 5]
        assert await db.update_many(others, STOCKS) == Success(8)
        assert await db.delete_many((key for key, _ in others), delete(Part).by(Part.id)) == Success(8)


@pytest.mark.parametrize("prepared", [0, 100])
def test_behind_a_pooler(parts: Database, qb_url: str, prepared: int) -> None:
    fill(parts, 5)
    with bouncer(qb_url, "transaction", prepared=prepared) as url, connect(url, max_size=2) as db:
        for stock in range(3):
            assert db.update_many([(number, stock) for number in range(1, 6)], STOCKS) == Success(5)
        with db.transaction() as tx:
            for stock in range(7, 9):
                assert tx.update_many(((number, stock) for number in range(1, 6)), STOCKS) == Success(5)
        assert db.delete_many([1, 2], delete(Part).by(Part.id)) == Success(2)
    assert stocks(parts) == {3: 8, 4: 8, 5: 8}


# ---------------------------------------------------------------- while rows are taken


class Struck(BaseException):
    """As Ctrl-C: nobody expects it."""


def strike(*_: object) -> int:
    raise Struck


def test_an_interrupt_within_a_transaction_leaves_nothing_in_the_way(parts: Database) -> None:
    fill(parts, 3)
    with parts.transaction() as tx:
        for _ in range(2):
            with pytest.raises(Struck):
                tx.update_many([(1, 5)], STOCKS.returning(Part.id).map(strike))
            with tx.transaction() as inner:  # deeper than the table that was left
                assert inner.update_many([(1, 2), (3, 2)], STOCKS) == Success(2)
            with pytest.raises(Struck):
                tx.update_many([(1, 5)], STOCKS.returning(Part.id).map(strike))
            assert "same keyed parts.id" in str(failure(tx.update_many([(1, 5), (1, 6)], STOCKS)))
            assert tx.delete_many([("part 9", 1)], delete(Part).by(Part.code, Part.id)) == Success(0)
            assert tx.update_many(((number, 4) for number in range(2, 2 * ROWS_AT_ONCE + 2)), STOCKS) == Success(2)
    assert stocks(parts) == {1: 5, 2: 4, 3: 4}


@pytest.mark.parametrize("at", range(9))
def test_an_interrupt_at_any_wait(parts: Database, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(parts, 3)

    def struck(talk: Any, *_: Any) -> Any:
        """Ctrl-C when it is about to wait for the nth time, and the answer is there."""
        left = at
        wanted = next(talk)
        while left:
            left -= 1
            try:
                wanted = talk.send(wanted)
            except StopIteration as stop:
                return stop.value
        raise Struck

    with suppress(TransactionAborted, ConnectionLost), parts.transaction() as tx:
        tx.update_many([(1, 1)], STOCKS).unwrap()
        with monkeypatch.context() as patched:
            patched.setattr(converse, "wait", struck)
            with suppress(Struck):
                qb.ignore(tx.update_many([(2, 2)], STOCKS))
        with suppress(QueryError):
            outcome = tx.update_many([(3, 3)], STOCKS)
            if isinstance(outcome, Failure):
                assert "already exists" not in str(outcome.failure())
    assert stocks(parts) in ({1: 1, 2: 0, 3: 3}, {1: 1, 2: 2, 3: 3}, {1: 0, 2: 0, 3: 0})
    assert parts.update_many([(1, 7)], STOCKS) == Success(1)


FAR = 2 * ROWS_AT_ONCE + 2
"""More rows than are taken before the table is there."""
STILL = "still taking its rows, and another one cannot run meanwhile, on .*: put the rows into a list first"


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("kind", ["update", "delete"])
def test_what_gives_the_rows_may_not_stage_others_on_the_same_transaction(
    parts: Database, kind: str, many: bool
) -> None:
    fill(parts, 3)
    by_code = delete(Part).by(Part.code)

    def rows(tx: Db) -> Iterator[tuple[int, int]]:
        for number in range(1, FAR):
            if number == FAR - 1:
                if kind == "update":
                    tx.update_many(((n, 1) for n in range(ROWS_AT_ONCE + 1 if many else 1)), STOCKS)
                else:
                    tx.delete_many((f"part {n}" for n in range(ROWS_AT_ONCE + 1 if many else 1)), by_code)
            yield number, 5

    with parts.transaction() as tx:
        with pytest.raises(QueryError, match=STILL):
            tx.update_many(rows(tx), STOCKS)
        assert stocks(tx) == {1: 0, 2: 0, 3: 0}
        with pytest.raises(QueryError, match=STILL):
            tx.delete_many((f"part {number}" for number, _ in rows(tx)), by_code)
        assert tx.update_many([(1, 8)], STOCKS) == Success(1)
    assert stocks(parts) == {1: 8, 2: 0, 3: 0}


def test_what_gives_the_rows_may_run_anything_else_on_the_same_transaction(parts: Database) -> None:
    fill(parts, 3)
    named = insert(Part).on_conflict(Part.code, update=[Part.stock.to(excluded(Part.stock))])

    def rows(tx: Db, *, stages: bool = False) -> Iterator[int]:
        for number in range(1, FAR):
            if number in (ROWS_AT_ONCE, FAR - 1):
                more = [NewPart(code=f"more {n}", stock=1) for n in range(MANY)]
                assert tx.insert_many(more, named) == Success(MANY)
                assert tx.insert_many(iter(more[:2]), insert(Part).on_conflict(Part.code, nothing=True)) == Success(0)
                assert tx.delete_many([404_404], delete(Part).by(Part.id)) == Success(0)
                assert tx.execute(delete(Part).where(Part.code.like("more %"))) == Success(MANY)
                assert tx.execute(update(Part).set(Part.stock.to(9)).where(Part.id == 3)) == Success(1)
                with tx.transaction() as inner:
                    assert inner.one(select(Part.stock).where(Part.id == 3)) == Success(9)
                if stages:
                    assert tx.update_many([(2, 6)], STOCKS) == Success(1)
            yield number

    with parts.transaction() as tx:
        assert tx.update_many(((number, 5) for number in rows(tx)), STOCKS) == Success(3)
        assert stocks(tx) == {1: 5, 2: 5, 3: 5}
        for into in (None, named):
            given_ = (NewPart(code=f"part {number + 10}") for number in rows(tx, stages=True))
            assert (tx.insert_many(given_) if into is None else tx.insert_many(given_, into)) == Success(FAR - 1)
            assert tx.execute(delete(Part).where(Part.id > 3)) == Success(FAR - 1)
        assert stocks(tx) == {1: 5, 2: 6, 3: 9}
