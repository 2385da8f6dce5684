"""update_many and delete_many: any number of rows, each said by its key, all or none."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import qb
from qb import (
    CheckViolation,
    ConnectionLost,
    Database,
    EncodeError,
    Failure,
    InsufficientPrivilege,
    QueryError,
    SchemaMismatch,
    ServerError,
    Success,
    TransactionAborted,
    connect,
    connect_async,
    delete,
    excluded,
    fn,
    insert,
    new,
    patch,
    select,
    sql,
    trusted,
    update,
)
from qb.run.talk.chunks import ROWS_AT_ONCE
from qb.typing import UpdateEach
from tests.run.bouncer import bouncer
from tests.run.parts import (
    SEATS,
    STOCKS,
    TWICE,
    Doc,
    Mood,
    NewPart,
    NewSeat,
    Part,
    Seat,
    fill,
    run,
    stocks,
    tables,
)
from tests.run.plain import failure
from tests.samples import samples


@pytest.fixture
def parts(qb_url: str) -> Iterator[Database]:
    with tables(qb_url) as db:
        yield db


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


WHY = "it says which row is meant, and NULL equals no value"
NO_KEY = 'row {} of the input: a value for "keyed parts"."{}" cannot be sent: ' + WHY


def test_a_value_that_cannot_be_sent_is_named(parts: Database) -> None:
    fill(parts, 3)
    good = [(number, 1) for number in range(1, 4)]
    for bad, name, reason in (((1, 2**31), "select ; --", "out of range"), ((None, 1), "id", "NULL equals no value")):
        for rows in ([bad, *good], [*good, bad], [*good, *((n, 1) for n in range(9, 9 + ROWS_AT_ONCE)), bad]):
            error = parts.update_many(iter(cast("list[tuple[int, int]]", rows)), STOCKS).failure()
            assert isinstance(error, EncodeError)
            assert (error.table, error.column, error.input_row) == ("keyed parts", name, rows.index(bad))
            assert reason in str(error)
    keys: Any = [1, None]
    by = delete(Part).by(Part.id)
    far: Any = [*range(1, ROWS_AT_ONCE + 3), None]
    for given_, row in ((keys, 1), (iter(keys), 1), (far, len(far) - 1)):
        assert str(parts.delete_many(given_, by).failure()) == NO_KEY.format(row, "id")
    assert str(parts.delete_many(keys, by.returning(Part.id)).failure()) == NO_KEY.format(1, "id")
    named: Any = ["part 1", None]
    error = parts.delete_many(named, delete(Part).by(Part.code)).failure()
    assert str(error) == NO_KEY.format(1, "c0")
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
        refused = tx.transact(lambda inner: inner.update_many(iter(rows), STOCKS))
        assert isinstance(refused.failure(), CheckViolation)
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
            refused = tx.transact(lambda inner: inner.update_many([(1, 1)], STOCKS))
            assert isinstance(refused.failure(), InsufficientPrivilege)
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
                assert TWICE in str(tx.transact(lambda inner: inner.update_many(pairs, STOCKS)).failure())  # noqa: B023
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
