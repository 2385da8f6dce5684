"""The statements of `crud`, beside the same on a list of rows."""

from __future__ import annotations

import datetime as dt
import pickle
from typing import Any, NewType, cast

import pytest

from qb import (
    Col,
    DefinitionError,
    Outcome,
    QueryError,
    Shape,
    SoftDelete,
    Success,
    Table,
    Tx,
    UniqueViolation,
    alias,
    column,
    compile,
    create_all,
    crud,
    identity,
    index,
    live,
    new,
    patch,
    pg,
    primary_key,
    schema,
    select,
    unique,
)

NoteId = NewType("NoteId", int)


class Note(SoftDelete, name="crud notes"):
    id: Col[NoteId] = column(pg.bigint, primary_key=True, default=identity())
    slug: Col[str] = column(name="the slug")
    body: Col[str | None] = column(default=None)


class Seat(Table, name="crud_seats"):
    hall: Col[str] = column(primary_key=True)
    row: Col[int] = column(primary_key=True)
    place: Col[int] = column(primary_key=True)
    taken: Col[bool] = column(default=False)


class Tag(Table, name="crud_tags"):
    id: Col[int] = column(primary_key=True, default=identity())
    word: Col[str] = column(unique=True)
    weight: Col[int] = column(default=0)


class Stall(Table, name="crud stalls"):
    market: Col[int] = column(name="the market")
    place: Col[int]
    keeper: Col[str | None] = column(default=None, unique=True)


class Mark(SoftDelete, name="crud_marks"):
    tenant: Col[int]
    no: Col[int]


stall_key = primary_key(Stall.place, Stall.market)
mark_key = unique(Mark.tenant, Mark.no)
slugs = index("crud_slugs_live", Note.slug, unique=True, where=live(Note))
notes = crud(Note, Note.id)
seats = crud(Seat, Seat.hall, Seat.row, Seat.place)


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.run(create_all(schema(Note, Seat, Tag, slugs))).unwrap()
    return qb_tx


def test_what_is_deleted_is_not_found_until_it_is_restored(tx: Tx) -> None:
    made = [tx.one(notes.create(new(Note)(slug=slug))).unwrap() for slug in ("a", "b", "c")]
    deleted = tx.one(notes.delete(made[1].id)).unwrap()
    assert deleted.deleted_at is not None
    assert tx.first(notes.by_id(made[1].id)) == Success(None)
    assert tx.first(notes.delete(made[1].id)) == Success(None)
    assert tx.first(notes.patch(made[1].id, patch(Note)(body="x"))) == Success(None)
    assert tx.all(notes.list()) == Success([made[0], made[2]])
    assert tx.one(notes.restore(made[1].id)) == Success(made[1])
    assert tx.first(notes.restore(made[1].id)) == Success(None)
    assert tx.all(notes.list()) == Success(made)


def test_only_what_is_deleted_is_purged(tx: Tx) -> None:
    one, other = (tx.one(notes.create(new(Note)(slug=slug))).unwrap() for slug in ("a", "b"))
    assert tx.execute(notes.purge(one.id)) == Success(0)
    then = tx.one(notes.delete(one.id)).unwrap().deleted_at
    assert then is not None
    assert tx.execute(notes.purge_before(then)) == Success(0)
    assert tx.execute(notes.purge_before(then + dt.timedelta(microseconds=1))) == Success(1)
    tx.one(notes.delete(other.id)).unwrap()
    assert tx.execute(notes.purge(other.id)) == Success(1)
    assert tx.all(select(Note)) == Success([])


def test_what_is_deleted_gives_its_name_free(tx: Tx) -> None:
    def again(inner: Tx) -> Outcome[Note]:
        return inner.one(notes.create(new(Note)(slug="same")))

    first = tx.transact(again).unwrap()
    assert isinstance(tx.transact(again).failure(), UniqueViolation)
    tx.one(notes.delete(first.id)).unwrap()
    tx.transact(again).unwrap()
    assert isinstance(tx.transact(lambda inner: inner.one(notes.restore(first.id))).failure(), UniqueViolation)


def test_pages_of_a_key_of_three_columns_are_all_rows_in_order(tx: Tx) -> None:
    keys = [(hall, row, place) for hall in "ba" for row in (2, 10) for place in (3, 1)]
    for hall, row, place in keys:
        tx.one(seats.create(new(Seat)(hall=hall, row=row, place=place))).unwrap()
    seen: list[tuple[str, int, int]] = []
    while page := tx.all(seats.list(after=seen[-1] if seen else None, limit=3)).unwrap():
        seen += [(each.hall, each.row, each.place) for each in page]
    assert seen == sorted(keys)
    assert tx.one(seats.patch(("a", 10, 1), patch(Seat)(taken=True))).unwrap().taken
    assert [each.place for each in tx.all(select(Seat).where(Seat.taken)).unwrap()] == [1]
    assert tx.one(seats.delete(("a", 10, 1))).unwrap().taken
    assert tx.first(seats.by_id(("a", 10, 1))) == Success(None)
    assert tx.one(seats.by_id(("a", 10, 3))).unwrap().place == 3


def test_a_unique_column_is_a_key_too(tx: Tx) -> None:
    tags = crud(Tag, Tag.word)
    tx.one(tags.create(new(Tag)(word="x"))).unwrap()
    assert tx.one(tags.patch("x", patch(Tag)(weight=2))).unwrap().weight == 2
    assert tx.one(tags.delete("x")).unwrap().word == "x"


def test_a_key_beside_the_table_is_given(tx: Tx) -> None:
    """Half of it would find several rows, and delete them all."""
    tx.run(create_all(schema(Stall, stall_key, Mark, mark_key))).unwrap()
    stalls = crud(Stall, Stall.market, Stall.place, key=stall_key)
    tx.insert_many([new(Stall)(market=market, place=place) for market in (1, 2) for place in (1, 2, 3)]).unwrap()
    assert tx.one(stalls.delete((1, 2))).unwrap().place == 2
    seen = [(each.market, each.place) for each in tx.all(stalls.list(after=(1, 1))).unwrap()]
    assert seen == [(1, 3), (2, 1), (2, 2), (2, 3)]
    marks = crud(Mark, Mark.tenant, Mark.no, key=mark_key)
    tx.insert_many([new(Mark)(tenant=1, no=no) for no in (1, 2)]).unwrap()
    assert tx.one(marks.delete((1, 2))).unwrap().no == 2
    assert [each.no for each in tx.all(marks.list()).unwrap()] == [1]
    assert pickle.loads(pickle.dumps(stalls)) == stalls


def test_a_key_that_no_one_declared_is_refused() -> None:
    class Bare(Table, name="crud bare"):
        word: Col[str]
        other: Col[str | None] = column(unique=True)

    beside = r"crud\(Stall, ...\): market alone may be of several rows: give the key that stands beside the table"
    with pytest.raises(DefinitionError, match=beside):
        crud(Stall, Stall.market)
    with pytest.raises(DefinitionError, match=beside):
        crud(Stall, Stall.market, key=stall_key)
    with pytest.raises(DefinitionError, match=r"crud\(Mark, ...\): tenant alone may be of several rows"):
        crud(Mark, Mark.tenant, key=mark_key)
    with pytest.raises(DefinitionError, match=r"crud\(Bare, ...\): word alone may be of several rows: give the key"):
        crud(Bare, Bare.word)
    for columns in ((Bare.other,), (Bare.word, Bare.other)):
        with pytest.raises(DefinitionError, match=r"crud\(Bare, ...\): other may be NULL, and such rows would never"):
            cast("Any", crud)(Bare, *columns, key=unique(*columns))
    for key in (mark_key, slugs, "stalls_pkey"):
        with pytest.raises(DefinitionError, match=r"crud\(Stall, ...\) takes as key= what primary_key"):
            cast("Any", crud)(Stall, Stall.market, Stall.place, key=key)


def test_a_key_is_compiled_once() -> None:
    """The argument alone differs: the query is the same one, and kept."""
    bound: list[Any] = [notes.by_id(NoteId(1)), notes.by_id(NoteId(2))]
    assert bound[0].variant is bound[1].variant
    pages: list[Any] = [notes.list(after=NoteId(1)), notes.list(after=NoteId(2), limit=3)]
    assert pages[0].variant is pages[1].variant


def test_live_is_of_an_alias_too() -> None:
    old = alias(Note, "old")
    assert b'"old"."deleted_at" IS NULL' in compile(select(old.slug).where(live(old))).sql


def test_what_is_no_key_is_refused() -> None:
    class Loose(Shape):
        id: Col[int]

    untyped = cast("Any", crud)
    with pytest.raises(DefinitionError, match=r"crud takes a table class, not .*Loose"):
        untyped(Loose, Loose.id)
    with pytest.raises(DefinitionError, match=r"crud\(Seat, ...\): hall and row alone may be of several rows"):
        crud(Seat, Seat.hall, Seat.row)
    with pytest.raises(DefinitionError, match=r"crud\(Tag, ...\): weight alone"):
        crud(Tag, Tag.weight)
    for key in ((), (Note.id,), (Tag.id + 1,)):
        with pytest.raises(DefinitionError, match=r"crud\(Tag, ...\) takes the columns of its key, such as Tag.id"):
            untyped(Tag, *key)
    with pytest.raises(DefinitionError, match="live takes a table that extends SoftDelete"):
        cast("Any", live)(Loose)


def test_what_is_no_value_of_a_key_is_refused() -> None:
    untyped: Any = seats
    with pytest.raises(QueryError, match=r"crud_seats by hall, row, place>: a key is a tuple of 3 values: \(hall, row"):
        untyped.by_id("a")
    with pytest.raises(QueryError, match="a key is a tuple of 3 values"):
        untyped.patch(("a", 1), patch(Seat)(taken=True))
    with pytest.raises(QueryError, match="a key is never None"):
        untyped.delete(("a", None, 1))
    with pytest.raises(QueryError, match="a key is never None"):
        cast("Any", notes).by_id(None)
