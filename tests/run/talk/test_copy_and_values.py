"""What insert_many writes by COPY, VALUES and a temporary table must not differ. That rows go in: `test_async_bulk`."""

import datetime as dt
import enum
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import cast
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import qb
from qb import (
    Col,
    EncodeError,
    New,
    Table,
    column,
    fn,
    identity,
    insert,
    new,
    pg,
    select,
    sql,
)
from qb.errors.outcome import Failure, Success
from qb.run.talk import bulk
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
    """The tables, empty."""
    tables = qb.schema(Note, Flagged, Point)
    qb_db.run(qb.drop_all(tables, if_exists=True)).unwrap()
    qb_db.run(qb.create_all(tables)).unwrap()
    yield qb_db
    qb_db.run(qb.drop_all(tables)).unwrap()


def count(db: qb.Db) -> int:
    return db.scalar(select(fn.count()).from_(Note)).unwrap()


@pytest.mark.parametrize("run", [1, 3, 49, 50, 200])
def test_rows_go_in_in_their_order_whatever_they_leave_out(db: qb.Database, run: int) -> None:
    def made(number: int) -> New[Note]:
        odd = number // run % 2
        return NewNote(text=str(number), small=7) if odd else NewNote(text=str(number))

    with db.transaction(rollback=True) as tx:
        assert tx.insert_many(made(number) for number in range(407)) == Success(407)
        stored = tx.all(select(Note.text).order_by(Note.id)).unwrap()
        assert stored == [str(number) for number in range(407)]


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
            outcome = tx.transact(lambda inner: inner.insert_many([NewFlagged(id=20_000, label="a")]))
            assert isinstance(outcome, Failure)
        assert db.scalar(select(fn.count()).from_(Flagged)) == Success(ROWS_AT_ONCE + 3)
    finally:
        db.execute(sql('DROP OWNED BY "bulk writer"').command()).unwrap()
        db.execute(sql('DROP ROLE "bulk writer"').command()).unwrap()


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
def test_copy_and_values_store_what_was_given(
    db: qb.Database, monkeypatch: pytest.MonkeyPatch, rows: list[dict[str, object]]
) -> None:
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
        last = max(note.id for note in copied)
        with monkeypatch.context() as patched:
            patched.setattr(bulk, "MANY", 1)
            assert tx.insert_many(given, insert(Note).on_conflict(Note.id, nothing=True)) == Success(len(rows))
        staged = tx.all(select(Note).where(Note.id > last)).unwrap()
        assert sorted(map(plain, staged)) == sorted(map(plain, returned))


def instant(value: object) -> object:
    """A moment in UTC: between zones, == is False in the hour that a clock shows twice."""
    return value.astimezone(dt.UTC) if isinstance(value, dt.datetime) and value.tzinfo is not None else value


def plain(note: Note) -> bytes:
    """All of a note but its key, in a form that can be sorted."""
    return msgspec.json.encode(qb.replace(note, id=0), order="sorted")
