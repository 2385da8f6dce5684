"""What is counted: pieces of work that are the same each time, and what they need in the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Literal

import msgspec

from qb import (
    Col,
    Database,
    Db,
    New,
    Select,
    Table,
    alias,
    column,
    create_all,
    delete,
    drop_all,
    excluded,
    fn,
    identity,
    insert,
    many,
    new,
    pg,
    prepare,
    references,
    schema,
    select,
    sql,
    unwrap,
    update,
)
from qb import compile as compiled
from qb.typing import InsertInto, UpdateEach


class Note(msgspec.Struct, frozen=True):
    words: list[str]
    stars: int


class Shelf(Table, name="costs_shelves"):
    id: Col[int] = column(primary_key=True)
    name: Col[str]


class Book(Table, name="costs_books"):
    id: Col[int] = column(primary_key=True)
    shelf_id: Col[int] = column(references=Shelf.id)
    title: Col[str]
    pages: Col[int] = column(pg.integer)
    note: Col[Note]


TABLES = schema(Shelf, Book)
NewShelf, NewBook = new(Shelf), new(Book)

SHELVES, BOOKS = 100, 10_000


def book(number: int, note: Note = Note(["a", "b"], 3)) -> New[Book]:
    return NewBook(id=number, shelf_id=number % SHELVES, title=f"book {number}", pages=number, note=note)


def fill(db: Database) -> None:
    """The tables with their rows."""
    unwrap(db.run(create_all(TABLES)))
    unwrap(db.insert_many([NewShelf(id=n, name=f"shelf {n}") for n in range(SHELVES)]))
    unwrap(db.insert_many([book(n) for n in range(BOOKS)]))


def clear(db: Database) -> None:
    """The tables are gone again."""
    unwrap(db.run(drop_all(TABLES)))


# ---------------------------------------------------------------- the pieces


@prepare
def by_id(id: int) -> Select[Book]:
    return select(Book).where(Book.id == id)


@prepare
def first(size: int) -> Select[Book]:
    return select(Book).where(Book.id < size).order_by(Book.id)


def built(number: int) -> Select[Book]:
    return (
        select(Book)
        .where(Book.id == number, Book.pages > 1, fn.lower(Book.title) == f"book {number}")
        .order_by(Book.id)
    )


def in_a_transaction(statements: int) -> Callable[[Db], object]:
    def run(db: Db) -> None:
        with db.transaction() as tx:
            for number in range(statements):
                unwrap(tx.first(by_id(number)))

    return run


def in_a_pipeline(statements: int) -> Callable[[Db], object]:
    def run(db: Db) -> None:
        with db.pipeline() as pipeline:
            found = [pipeline.one(by_id(number)) for number in range(statements)]
        for each in found:
            unwrap(each.result())

    return run


def streamed(db: Db) -> int:
    with db.stream(first(BOOKS)) as rows:
        return sum(1 for _ in rows)


def written(size: int) -> list[New[Book]]:
    return [book(BOOKS + number) for number in range(size)]


def nested(db: Db) -> object:
    books = select(Book.id, Book.title).where(Book.shelf_id == Shelf.id).order_by(Book.id)
    return unwrap(db.all(select(Shelf, many(books)).where(Shelf.id < 10)))


def again() -> InsertInto[Book]:
    return insert(Book).on_conflict(Book.id, update=[Book.title.to(excluded(Book.title))])


def pages() -> UpdateEach[Book, tuple[int, int]]:
    return update(Book).by(Book.id).each(Book.pages)


WRITES: dict[str, Callable[[Db], object]] = {
    "insert one": lambda db: db.execute(insert(book(BOOKS))),
    "insert a list of 100": lambda db: db.insert_many(written(100)),
    "insert a list of 10,000": lambda db: db.insert_many(written(10_000)),
    "insert 10,000 of a generator": lambda db: db.insert_many(book(BOOKS + n) for n in range(10_000)),
    "insert 250, rows back": lambda db: db.insert_many(written(250), insert(Book).returning(Book.id)),
    "upsert a list of 10,000": lambda db: db.insert_many(written(10_000), again()),
    "update a list of 10,000": lambda db: db.update_many([(n, n) for n in range(BOOKS)], pages()),
    "delete a list of 10,000": lambda db: db.delete_many([*range(BOOKS, 2 * BOOKS)], delete(Book).by(Book.id)),
    "update one": lambda db: db.execute(update(Book).set(Book.pages.to(1)).where(Book.id == 1)),
}
"""What has to be taken back before the next time."""

READS: dict[str, Callable[[Db], object]] = {
    "one row, prepared": lambda db: db.one(by_id(1)),
    "one row, built anew": lambda db: db.one(built(5)),
    "10,000 rows": lambda db: db.all(first(BOOKS)),
    "10,000 rows, streamed": streamed,
    "ten rows with nested ones": nested,
    "a transaction of none": in_a_transaction(0),
    "a transaction of one": in_a_transaction(1),
    "a transaction of three": in_a_transaction(3),
    "a pipeline of 100": in_a_pipeline(100),
}

FIRST: dict[str, Callable[[Db], object]] = {
    "a write that returns rows": lambda db: db.one(insert(book(BOOKS)).returning(Book.id)),
    "a raw write": lambda db: db.execute(sql("DELETE FROM costs_books WHERE id = -1").command()),
    "a row in a pipeline": in_a_pipeline(1),
}
"""What is counted where a session has not seen it."""

_NUMBERS = count()


def joined(joins: int) -> Callable[[], object]:
    """Build and compile a query that was never compiled, of five clauses and so many joins."""

    def build() -> object:
        shelf = alias(Shelf, f"s{next(_NUMBERS)}")
        query = select(Book.title, shelf.name).join(shelf, on=shelf.id == Book.shelf_id)
        for _ in range(joins):
            other = alias(Book, f"b{next(_NUMBERS)}")
            query = query.join(other, on=other.shelf_id == shelf.id)
        return compiled(query.where(Book.pages > 5, Book.title != "x").order_by(Book.title).limit(10).offset(5))

    return build


def table() -> object:
    """Describe a table of 15 columns."""

    class Wide(Table, name="costs_wide"):
        id: Col[int] = column(primary_key=True)
        a: Col[str]
        b: Col[str | None]
        c: Col[int]
        d: Col[int | None]
        e: Col[bool]
        f: Col[float]
        g: Col[Note]
        h: Col[str] = column(pg.varchar(80))
        i: Col[int] = column(unique=True)
        j: Col[bool] = column(default=False)
        k: Col[str]
        m: Col[str]
        n: Col[str]
        o: Col[list[str]]

    return Wide


def table_that_says_more() -> object:
    """Describe one whose columns have keys, references, checks, defaults and comments."""

    class Said(Table, name="costs_said"):
        id: Col[int] = column(pg.bigint, primary_key=True, default=identity())
        shelf_id: Col[int] = column(pg.bigint, references=references(Shelf.id, on_delete="cascade"), index=True)
        book_id: Col[int | None] = column(pg.bigint, references=Book.id, default=None)
        name: Col[str] = column(pg.varchar(80), unique=True)
        slug: Col[str] = column(pg.varchar(80), comment="as in its address")
        state: Col[Literal["new", "old"]] = column(default="new")
        pages: Col[int] = column(pg.integer, default=0, check=lambda pages: pages >= 0)
        price: Col[Decimal] = column(pg.numeric(12, 2), default=Decimal(0))
        taxed: Col[Decimal] = column(pg.numeric(12, 2), generated=price * 2)
        note: Col[Note] = column(default=Note([], 0))
        notes: Col[list[Note]] = column(default=[])
        tags: Col[list[str]] = column(default=[])
        done: Col[bool] = column(default=False)
        made_at: Col[datetime] = column(default=fn.now())
        changed_at: Col[datetime] = column(default=fn.now(), on_update=fn.now())

    return Said


COMPILED: dict[str, Callable[[], object]] = {
    "compiled, no further join": joined(0),
    "compiled, 3 joins": joined(3),
    "compiled, 15 joins": joined(15),
    "a table of 15 columns": table,
    "a table of 15 that say more": table_that_says_more,
    "a schema of two tables": lambda: schema(Shelf, Book),
}


def undo(db: Database) -> None:
    """Take back what was written."""
    unwrap(db.execute(delete(Book).where(Book.id >= BOOKS)))
