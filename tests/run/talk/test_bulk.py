# Made by tools/sync.py from test_async_bulk.py: change that one, then run `make generate`.
"""insert_many: any number of rows, all or none."""

import logging
from collections.abc import Iterator

import pytest

import qb
from qb import (
    CheckViolation,
    Col,
    Database,
    DataException,
    Db,
    New,
    QueryError,
    Table,
    TransactionAborted,
    UniqueViolation,
    column,
    connect,
    delete,
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


class Note(Table, name="bulk notes"):
    id: Col[int] = column(pg.integer, primary_key=True, default=identity())
    text: Col[str] = column(default="none")
    small: Col[int] = column(pg.smallint, default=1)
    big: Col[int | None] = column(pg.bigint, default=None)


class Flagged(Table, name="bulk flagged"):
    id: Col[int] = column(pg.bigint, primary_key=True)
    label: Col[str] = column(pg.varchar(5))


NewNote, NewFlagged = new(Note), new(Flagged)


@pytest.fixture
def db(qb_url: str) -> Iterator[Database]:
    """The tables, empty, with a check that a row can fail."""
    tables = qb.schema(Note, Flagged)
    with connect(qb_url, max_size=2) as db:
        db.run(qb.drop_all(tables, if_exists=True)).unwrap()
        db.run(qb.create_all(tables)).unwrap()
        limit = sql("ALTER TABLE {t} ADD CONSTRAINT short CHECK (length(label) < 4)", t=Flagged)
        db.execute(limit.command()).unwrap()
        yield db
        db.run(qb.drop_all(tables)).unwrap()


def texts(db: Db) -> list[str]:
    return db.all(select(Note.text).order_by(Note.id)).unwrap()


def count(db: Db) -> int:
    return db.scalar(select(fn.count()).from_(Note)).unwrap()


def test_no_rows(db: Database) -> None:
    nothing: list[New[Note]] = []
    assert db.insert_many(nothing) == Success(0)
    assert db.insert_many(nothing, insert(Note).on_conflict(Note.id, nothing=True)) == Success(0)
    assert db.insert_many(nothing, insert(Note).returning(Note.id)) == Success([])


@pytest.mark.parametrize(
    "size",
    [1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 57, ROWS_AT_ONCE, ROWS_AT_ONCE + 1, 2 * ROWS_AT_ONCE + 3],
)
def test_every_row_arrives_in_its_order(db: Database, size: int) -> None:
    expected = [f"row {n}" for n in range(size)]
    assert db.insert_many(NewNote(text=text) for text in expected) == Success(size)
    assert texts(db) == expected
    again = db.insert_many((NewNote(text=text) for text in expected), insert(Note).returning(Note.text))
    assert again == Success(expected)
    assert count(db) == 2 * size


def test_rows_that_leave_out_different_columns(db: Database) -> None:
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


def test_an_iterator_that_fails_half_way_leaves_nothing(db: Database) -> None:
    def rows(stop: int) -> Iterator[New[Note]]:
        for number in range(2 * ROWS_AT_ONCE + 10):
            if number == stop:
                raise RuntimeError("half-way")
            yield NewNote(text=str(number))

    for stop in (3, 2 * ROWS_AT_ONCE + 5):
        with pytest.raises(RuntimeError, match="half-way"):
            db.insert_many(rows(stop))
        assert count(db) == 0
        with pytest.raises(RuntimeError, match="half-way"):
            db.insert_many(rows(stop), insert(Note).returning(Note.id))
        assert count(db) == 0
    found = db.insert_many(rows(-1), insert(Note).returning(Note.text))
    assert found == Success([str(number) for number in range(2 * ROWS_AT_ONCE + 10)])
    assert db.insert_many(rows(-1)) == Success(2 * ROWS_AT_ONCE + 10)


@pytest.mark.parametrize("bad", [0, 99, ROWS_AT_ONCE + 7])
def test_a_row_that_the_server_refuses_leaves_nothing(db: Database, bad: int) -> None:
    rows = [NewFlagged(id=n, label="long" if n == bad else "ok") for n in range(ROWS_AT_ONCE + 10)]
    for outcome in (
        db.insert_many(rows),
        db.insert_many(rows, insert(Flagged).returning(Flagged.id)),
    ):
        assert isinstance(outcome, Failure)
        assert outcome.failure() == CheckViolation("short", "bulk flagged", "public")
        assert db.scalar(select(fn.count()).from_(Flagged)) == Success(0)


def test_a_value_deep_in_a_list_leaves_nothing(db: Database) -> None:
    rows = [NewNote(text="long enough to fill more than a message", small=n) for n in (*range(20_000), 70_000, 1)]
    outcome = db.insert_many(rows)
    assert isinstance(outcome, Failure)
    said = 'a value for "bulk notes"."small" cannot be sent: the number is out of range for smallint'
    assert str(outcome.failure()) == said
    assert count(db) == 0
    with db.transaction() as tx:
        tx.insert_many(rows[:9000]).unwrap()
        assert isinstance(tx.insert_many(rows), Failure)
        assert tx.insert_many(rows[9000:9001]) == Success(1)
    assert count(db) == 9001


def test_a_value_deep_among_rows_that_come_back_leaves_nothing(db: Database) -> None:
    rows = [NewNote(text="a", small=n) for n in (*range(250), 70_000, *range(100))]
    said = 'a value for "bulk notes"."small" cannot be sent: the number is out of range for smallint'
    for into in (insert(Note).returning(Note.id), insert(Note).on_conflict(Note.id, nothing=True)):
        outcome = db.insert_many(rows, into)
        assert isinstance(outcome, Failure)
        assert str(outcome.failure()) == said
        assert count(db) == 0
        with db.transaction() as tx:
            tx.insert_many(rows[:5]).unwrap()
            assert isinstance(tx.insert_many(rows, into), Failure)
            assert tx.insert_many(rows[5:6]) == Success(1)
            assert count(tx) == 6
            tx.execute(delete(Note).all_rows()).unwrap()


def test_values_of_the_statement_stand_beside_those_of_each_block(db: Database) -> None:
    rows = [NewNote(id=n, text=str(n)) for n in range(1, 251)]
    louder = Note.text.to(excluded(Note.text) + "!")
    again = insert(Note).on_conflict(Note.id, update=[louder], update_where=Note.id > 5)
    for found in (0, 250):
        texts = db.insert_many(rows, again.returning(Note.text)).unwrap()
        assert texts == [f"{n}{'!' if found else ''}" for n in range(6 if found else 1, 251)]


def test_a_list_that_gives_other_columns_at_its_end(db: Database) -> None:
    rows = [NewNote(text="a") for _ in range(ROWS_AT_ONCE + 100)] + [NewNote(text="b", small=2) for _ in range(100)]
    assert db.insert_many([*rows, NewNote()]) == Success(len(rows) + 1)
    assert texts(db)[-3:] == ["b", "b", "none"]


def test_a_taken_key_is_a_unique_violation(db: Database) -> None:
    db.insert_many([NewNote(id=1)]).unwrap()
    outcome = db.insert_many([NewNote(id=2), NewNote(id=1)])
    assert isinstance(outcome, Failure)
    assert outcome.failure() == UniqueViolation("bulk notes_pkey", "bulk notes", "public", ("id",))
    assert count(db) == 1


def test_on_conflict(db: Database) -> None:
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


def test_in_a_transaction_it_is_a_savepoint(db: Database) -> None:
    with db.transaction() as tx:
        tx.insert_many([NewNote(text="kept")]).unwrap()
        outcome = tx.insert_many(NewNote(id=1 + n // 6000) for n in range(7000))
        assert isinstance(outcome, Failure)
        assert isinstance(outcome.failure(), UniqueViolation)
        assert tx.insert_many([NewNote(text="also")]) == Success(1)
    assert texts(db) == ["kept", "also"]


def test_a_transaction_that_is_rolled_back_keeps_nothing(db: Database) -> None:
    with pytest.raises(KeyError), db.transaction() as tx:
        tx.insert_many(NewNote() for _ in range(ROWS_AT_ONCE + 1)).unwrap()
        raise KeyError
    assert count(db) == 0


def test_a_failure_at_commit_comes_back(db: Database) -> None:
    (
        db.execute(
            sql("ALTER TABLE {t} ADD CONSTRAINT late UNIQUE (text) DEFERRABLE INITIALLY DEFERRED", t=Note).command()
        )
    ).unwrap()
    outcome = db.insert_many(NewNote(text="same") for _ in range(ROWS_AT_ONCE + 1))
    assert isinstance(outcome, Failure)
    assert isinstance(outcome.failure(), UniqueViolation)
    assert count(db) == 0


def test_only_new_rows_of_one_table(db: Database) -> None:
    row = qb.row(Flagged, id=1, label="a")
    with pytest.raises(QueryError, match=r"insert_many takes rows made by new\(Table\)\(...\), not Flagged"):
        db.insert_many([row])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType, reportCallIssue]
    with pytest.raises(QueryError, match="a NewFlagged among new rows of bulk notes"):
        db.insert_many([NewNote(), NewFlagged(id=1, label="a")])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    assert count(db) == 0


def test_the_log_tells_of_it_without_values(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "qb.sql"):
        db.insert_many([NewNote(text="secret"), NewNote(text="secret")]).unwrap()
    assert "2 rows: insert_many into bulk notes" in caplog.text
    assert "secret" not in caplog.text


def test_a_doomed_transaction_says_so(db: Database) -> None:
    with pytest.raises(TransactionAborted), db.transaction() as tx:
        tx.execute(sql("SELECT 1 / 0").command())
        outcome = tx.insert_many([NewNote(), NewNote(text="a")])
        assert isinstance(outcome, Failure)
        assert isinstance(outcome.failure(), DataException)
    assert count(db) == 0
