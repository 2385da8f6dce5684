"""Tables for writes of many rows by their key."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Generator
from contextlib import contextmanager
from decimal import Decimal
from uuid import UUID

import msgspec

import qb
from qb import (
    Col,
    Database,
    Db,
    Success,
    Table,
    column,
    connect,
    fn,
    identity,
    new,
    pg,
    schema,
    select,
    sql,
    trusted,
    update,
)


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


@contextmanager
def tables(url: str) -> Generator[Database]:
    """Both, empty; nothing is left of what rows were staged in."""
    with connect(url, max_size=2) as db:
        db.run(qb.drop_all(TABLES, if_exists=True)).unwrap()
        db.run(qb.create_all(TABLES)).unwrap()
        yield db
        found = select(sql("(SELECT count(*) FROM pg_class WHERE relname = 'qb_rows_of_a_bulk_write')").as_(int))
        assert db.scalar(found) == Success(0)
        db.run(qb.drop_all(TABLES)).unwrap()


def fill(db: Db, count: int) -> None:
    db.insert_many([NewPart(code=f"part {number}") for number in range(1, count + 1)]).unwrap()


def stocks(db: Db) -> dict[int, int]:
    return dict(db.all(select(Part.id, Part.stock).order_by(Part.id)).unwrap())
