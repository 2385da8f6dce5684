"""insert_many: any number of rows, all or none, by COPY and by VALUES, which must not differ."""

import datetime as dt
import enum
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from decimal import Decimal
from typing import cast
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import qb
from qb import (
    CheckViolation,
    Col,
    DataException,
    EncodeError,
    New,
    QueryError,
    Table,
    TransactionAborted,
    UniqueViolation,
    column,
    excluded,
    fn,
    identity,
    insert,
    new,
    pg,
    select,
    sql,
)
from qb.errors.outcome import Failure, Success
from qb.run.talk.bulk import BLOCK
from qb.run.talk.chunks import ROWS_AT_ONCE
from tests.samples import samples


class Mood(enum.Enum):
    FINE = "fine"
    SO_SO = "so, so"


class Doc(msgspec.Struct, frozen=True):
    name: str
    tags: list[str]


class Note(Table, name="bulk notes"):
    id: Col[int] = column(pg.integer, primary_key=True, default=identity())
    text: Col[str] = column(default="none")
    small: Col[int] = column(pg.smallint, default=1)
    big: Col[int | None] = column(pg.bigint, default=None)
    mood: Col[Mood] = column(pg.enum("bulk mood", Mood), default=Mood.FINE)
    doc: Col[Doc | None] = column(pg.jsonb, default=None)
    plain: Col[Doc | None] = column(pg.json, default=None)
    at: Col[dt.datetime | None] = column(default=None)
    on: Col[dt.date | None] = column(default=None)
    local: Col[dt.datetime | None] = column(pg.timestamp, default=None)
    clock: Col[dt.time | None] = column(default=None)
    span: Col[dt.timedelta | None] = column(default=None)
    key: Col[UUID | None] = column(default=None)
    price: Col[Decimal | None] = column(pg.numeric, default=None)
    score: Col[float | None] = column(default=None)
    ratio: Col[float | None] = column(pg.real, default=None)
    raw: Col[bytes | None] = column(default=None)
    done: Col[bool | None] = column(default=None)
    words: Col[list[str] | None] = column(default=None)
    grid: Col[list[list[int | None]] | None] = column(pg.array(pg.integer), default=None)
    days: Col[list[dt.date] | None] = column(default=None)
    docs: Col[list[Doc] | None] = column(pg.array(pg.jsonb), default=None)


class Flagged(Table, name="bulk flagged"):
    id: Col[int] = column(pg.bigint, primary_key=True)
    label: Col[str] = column(pg.varchar(5))


class Point(Table, name="bulk points"):
    id: Col[int] = column(pg.bigint, primary_key=True, default=identity())
    at: Col[list[float]] = column(pg.vector(2))


NewNote, NewFlagged, NewPoint = new(Note), new(Flagged), new(Point)


@pytest.fixture
def db(qb_db: qb.Database) -> Iterator[qb.Database]:
    """The tables, empty, with a check that a row can fail."""
    tables = qb.schema(Note, Flagged, Point)
    qb_db.run(qb.drop_all(tables, if_exists=True)).unwrap()
    qb_db.run(qb.create_all(tables)).unwrap()
    limit = sql("ALTER TABLE {t} ADD CONSTRAINT short CHECK (length(label) < 4)", t=Flagged)
    qb_db.execute(limit.command()).unwrap()
    yield qb_db
    qb_db.run(qb.drop_all(tables)).unwrap()


def texts(db: qb.Db) -> list[str]:
    return db.all(select(Note.text).order_by(Note.id)).unwrap()


def count(db: qb.Db) -> int:
    return db.scalar(select(fn.count()).from_(Note)).unwrap()


def test_no_rows(db: qb.Database) -> None:
    nothing: list[New[Note]] = []
    assert db.insert_many(nothing) == Success(0)
    assert db.insert_many(nothing, insert(Note).on_conflict(Note.id, nothing=True)) == Success(0)
    assert db.insert_many(nothing, insert(Note).returning(Note.id)) == Success([])


@pytest.mark.parametrize(
    "size", [1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 57, ROWS_AT_ONCE, ROWS_AT_ONCE + 1, 2 * ROWS_AT_ONCE + 3]
)
def test_every_row_arrives_in_its_order(db: qb.Database, size: int) -> None:
    expected = [f"row {n}" for n in range(size)]
    assert db.insert_many(NewNote(text=text) for text in expected) == Success(size)
    assert texts(db) == expected
    again = db.insert_many((NewNote(text=text) for text in expected), insert(Note).returning(Note.text))
    assert again == Success(expected)
    assert count(db) == 2 * size


def test_rows_that_leave_out_different_columns(db: qb.Database) -> None:
    rows = [
        NewNote(),
        NewNote(text="a"),
        NewNote(small=2),
        NewNote(text="b", big=None),
        NewNote(),
        NewNote(text="c", small=3),
    ]
    assert db.insert_many(rows) == Success(6)
    found = db.insert_many(rows, insert(Note).returning(Note.text, Note.small)).unwrap()
    assert found == [("none", 1), ("a", 1), ("none", 2), ("b", 1), ("none", 1), ("c", 3)]
    stored = db.all(select(Note.text, Note.small)).unwrap()
    assert sorted(stored) == sorted(found * 2)


@pytest.mark.parametrize("run", [1, 3, 49, 50, 200])
def test_rows_go_in_in_their_order_whatever_they_leave_out(db: qb.Database, run: int) -> None:
    def made(number: int) -> New[Note]:
        odd = number // run % 2
        return NewNote(text=str(number), small=7) if odd else NewNote(text=str(number))

    with db.transaction(rollback=True) as tx:
        assert tx.insert_many(made(number) for number in range(407)) == Success(407)
        stored = tx.all(select(Note.text).order_by(Note.id)).unwrap()
        assert stored == [str(number) for number in range(407)]


def test_a_generator_that_fails_half_way_leaves_nothing(db: qb.Database) -> None:
    def rows() -> Iterator[New[Note]]:
        for number in range(100_000):
            if number == 54_321:
                raise RuntimeError("half-way")
            yield NewNote(text=str(number))

    with pytest.raises(RuntimeError, match="half-way"):
        db.insert_many(rows())
    assert count(db) == 0
    with pytest.raises(RuntimeError, match="half-way"):
        db.insert_many(rows(), insert(Note).returning(Note.id))
    assert count(db) == 0


@pytest.mark.parametrize("bad", [0, 99, ROWS_AT_ONCE + 7])
def test_a_row_that_the_server_refuses_leaves_nothing(db: qb.Database, bad: int) -> None:
    rows = [NewFlagged(id=n, label="long" if n == bad else "ok") for n in range(ROWS_AT_ONCE + 10)]
    for outcome in (db.insert_many(rows), db.insert_many(rows, insert(Flagged).returning(Flagged.id))):
        assert isinstance(outcome, Failure)
        assert outcome.failure() == CheckViolation("short", "bulk flagged", "public")
        assert db.scalar(select(fn.count()).from_(Flagged)) == Success(0)


def test_a_value_that_cannot_be_sent_is_named_and_not_shown(db: qb.Database) -> None:
    cases: list[tuple[New[Note], str, str]] = [
        (NewNote(text="secret\0"), "text", "NUL"),
        (NewNote(small=70_000), "small", "out of range for smallint"),
        (NewNote(big=2**63), "big", "out of range for bigint"),
        (NewNote(at=dt.datetime(2026, 1, 1)), "at", "time zone"),  # noqa: DTZ001
        (NewNote(local=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)), "local", "without a time zone"),
        (NewNote(doc=Doc("secret\0", [])), "doc", "NUL"),
        (NewNote(grid=[[1], [2, 3]]), "grid", "length"),
        (NewNote(ratio=1e300), "ratio", "out of range"),
        (NewNote(text=5), "text", "str"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ]
    for row, name, reason in cases:
        for outcome in (
            db.insert_many([NewNote(), row]),
            db.insert_many([NewNote(), row], insert(Note).returning(Note.id)),
        ):
            assert isinstance(outcome, Failure), name
            error = outcome.failure()
            assert isinstance(error, EncodeError), (name, error)
            assert (error.table, error.column) == ("bulk notes", name)
            assert reason in error.reason
            assert "secret" not in str(error)
        assert count(db) == 0


def test_a_taken_key_is_a_unique_violation(db: qb.Database) -> None:
    db.insert_many([NewNote(id=1)]).unwrap()
    outcome = db.insert_many([NewNote(id=2), NewNote(id=1)])
    assert isinstance(outcome, Failure)
    assert outcome.failure() == UniqueViolation("bulk notes_pkey", "bulk notes", "public", ("id",))
    assert count(db) == 1


def test_on_conflict(db: qb.Database) -> None:
    db.insert_many(NewNote(id=n, text="old") for n in range(1, 4)).unwrap()
    rows = [NewNote(id=n, text=f"new {n}") for n in range(2, 6)]
    assert db.insert_many(rows, insert(Note).on_conflict(Note.id, nothing=True)) == Success(2)
    found = db.insert_many(
        rows,
        insert(Note)
        .on_conflict(Note.id, update=[Note.text.to(excluded(Note.text) + "!")], update_where=Note.text == "old")
        .returning(Note.id, Note.text),
    )
    assert found == Success([(2, "new 2!"), (3, "new 3!")])
    assert texts(db) == ["old", "new 2!", "new 3!", "new 4", "new 5"]


def test_in_a_transaction_it_is_a_savepoint(db: qb.Database) -> None:
    with db.transaction() as tx:
        tx.insert_many([NewNote(text="kept")]).unwrap()
        outcome = tx.insert_many(NewNote(id=1 + n // 6000) for n in range(7000))
        assert isinstance(outcome, Failure)
        assert isinstance(outcome.failure(), UniqueViolation)
        assert tx.insert_many([NewNote(text="also")]) == Success(1)
    assert texts(db) == ["kept", "also"]


def test_a_transaction_that_is_rolled_back_keeps_nothing(db: qb.Database) -> None:
    with pytest.raises(KeyError), db.transaction() as tx:
        tx.insert_many(NewNote() for _ in range(ROWS_AT_ONCE + 1)).unwrap()
        raise KeyError
    assert count(db) == 0


def test_a_failure_at_commit_comes_back(db: qb.Database) -> None:
    db.execute(
        sql("ALTER TABLE {t} ADD CONSTRAINT late UNIQUE (text) DEFERRABLE INITIALLY DEFERRED", t=Note).command()
    ).unwrap()
    outcome = db.insert_many(NewNote(text="same") for _ in range(ROWS_AT_ONCE + 1))
    assert isinstance(outcome, Failure)
    assert isinstance(outcome.failure(), UniqueViolation)
    assert count(db) == 0


def test_types_without_a_binary_form_go_through_values(db: qb.Database) -> None:
    assert db.insert_many(NewPoint(at=[n, n / 2]) for n in range(250)) == Success(250)
    assert db.all(select(Point.at).order_by(Point.id).limit(3)) == Success([[0, 0], [1, 0.5], [2, 1]])


def test_row_level_security_refuses_copy_so_values_are_used(db: qb.Database) -> None:
    for command in (
        'DROP ROLE IF EXISTS "bulk writer"',
        'CREATE ROLE "bulk writer" NOLOGIN',
        'GRANT ALL ON "bulk flagged" TO "bulk writer"',
        'ALTER TABLE "bulk flagged" ENABLE ROW LEVEL SECURITY',
        'CREATE POLICY small ON "bulk flagged" FOR INSERT TO "bulk writer" WITH CHECK (id < 10000)',
    ):
        db.execute(sql(command).command()).unwrap()
    try:
        with db.transaction() as tx:
            tx.execute(sql('SET LOCAL ROLE "bulk writer"').command()).unwrap()
            rows = [NewFlagged(id=n, label="a") for n in range(ROWS_AT_ONCE + 3)]
            assert tx.insert_many(rows) == Success(ROWS_AT_ONCE + 3)
            outcome = tx.insert_many([NewFlagged(id=20_000, label="a")])
            assert isinstance(outcome, Failure)
        assert db.scalar(select(fn.count()).from_(Flagged)) == Success(ROWS_AT_ONCE + 3)
    finally:
        db.execute(sql('DROP OWNED BY "bulk writer"').command()).unwrap()
        db.execute(sql('DROP ROLE "bulk writer"').command()).unwrap()


def test_only_new_rows_of_one_table(db: qb.Database) -> None:
    row = qb.row(Flagged, id=1, label="a")
    with pytest.raises(QueryError, match=r"insert_many takes rows made by new\(Table\)\(...\), not Flagged"):
        db.insert_many([row])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType, reportCallIssue]
    with pytest.raises(QueryError, match="a NewFlagged among new rows of bulk notes"):
        db.insert_many([NewNote(), NewFlagged(id=1, label="a")])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    assert count(db) == 0


def test_the_log_tells_of_it_without_values(db: qb.Database, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "qb.sql"):
        db.insert_many([NewNote(text="secret"), NewNote(text="secret")]).unwrap()
    assert "2 rows: insert_many into bulk notes" in caplog.text
    assert "secret" not in caplog.text


words = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=20)
instants = st.datetimes(
    dt.datetime(1, 1, 3),  # noqa: DTZ001
    dt.datetime(9999, 12, 29),  # noqa: DTZ001
    timezones=st.timezones() | st.just(dt.UTC),
)
docs = st.builds(Doc, words, st.lists(words, max_size=3))


def rectangles() -> st.SearchStrategy[list[list[int | None]]]:
    cells = st.none() | st.integers(-(2**31), 2**31 - 1)
    return st.integers(1, 3).flatmap(
        lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=3)
    )


notes = st.fixed_dictionaries(
    {},
    optional={
        "text": words,
        "small": st.integers(-(2**15), 2**15 - 1),
        "big": st.none() | st.integers(-(2**63), 2**63 - 1),
        "mood": st.sampled_from(Mood),
        "doc": st.none() | docs,
        "plain": st.none() | docs,
        "at": st.none() | instants,
        "on": st.none() | st.dates(),
        "local": st.none() | st.datetimes(),
        "clock": st.none() | st.times(),
        "span": st.none() | st.timedeltas(dt.timedelta(days=-99_999_999), dt.timedelta(days=99_999_999)),
        "key": st.none() | st.uuids(),
        "price": st.none() | st.decimals(allow_infinity=True, allow_nan=False, places=5),
        "score": st.none() | st.floats(allow_nan=False),
        "ratio": st.none() | st.floats(allow_nan=False, width=32),
        "raw": st.none() | st.binary(max_size=20),
        "done": st.none() | st.booleans(),
        "words": st.none() | st.lists(words, max_size=3),
        "grid": st.none() | rectangles(),
        "days": st.none() | st.lists(st.dates(), max_size=3),
        "docs": st.none() | st.lists(docs, max_size=3),
    },
)


@given(st.lists(notes, min_size=1, max_size=8))
@settings(samples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_copy_and_values_store_what_was_given(db: qb.Database, rows: list[dict[str, object]]) -> None:
    made = cast("Callable[..., New[Note]]", NewNote)
    given = [made(**row) for row in rows]
    with db.transaction(rollback=True) as tx:
        returned = tx.insert_many(given, insert(Note).returning()).unwrap()
        for row, note in zip(rows, returned, strict=True):
            for name, value in row.items():
                assert instant(getattr(note, name)) == instant(value), name
        last = max(note.id for note in returned)
        assert tx.insert_many(given) == Success(len(rows))
        copied = tx.all(select(Note).where(Note.id > last)).unwrap()
        assert sorted(map(plain, copied)) == sorted(map(plain, returned))


def instant(value: object) -> object:
    """A moment in UTC: between zones, == is False in the hour that a clock shows twice."""
    return value.astimezone(dt.UTC) if isinstance(value, dt.datetime) and value.tzinfo is not None else value


def plain(note: Note) -> bytes:
    """All of a note but its key, in a form that can be sorted."""
    return msgspec.json.encode(qb.replace(note, id=0), order="sorted")


@pytest.mark.anyio
async def test_from_an_asynchronous_iterable(db: qb.Database, qb_async_db: qb.AsyncDatabase) -> None:
    async def rows(stop: int) -> AsyncIterator[New[Note]]:
        for number in range(ROWS_AT_ONCE + 10):
            if number == stop:
                raise RuntimeError("half-way")
            yield NewNote(text=str(number))

    assert await qb_async_db.insert_many(rows(-1)) == Success(ROWS_AT_ONCE + 10)
    found = await qb_async_db.insert_many(rows(-1), insert(Note).returning(Note.text))
    assert found == Success([str(number) for number in range(ROWS_AT_ONCE + 10)])
    with pytest.raises(RuntimeError, match="half-way"):
        await qb_async_db.insert_many(rows(ROWS_AT_ONCE + 5))
    assert await qb_async_db.insert_many([NewNote(), NewNote()]) == Success(2)
    assert count(db) == 2 * ROWS_AT_ONCE + 22


@pytest.mark.anyio
async def test_a_doomed_transaction_says_so(db: qb.Database, qb_async_db: qb.AsyncDatabase) -> None:
    with pytest.raises(TransactionAborted):
        async with qb_async_db.transaction() as tx:
            await tx.execute(sql("SELECT 1 / 0").command())
            outcome = await tx.insert_many([NewNote(), NewNote(text="a")])
            assert isinstance(outcome, Failure)
            assert isinstance(outcome.failure(), DataException)
    assert count(db) == 0
