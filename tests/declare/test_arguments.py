"""Arguments of functions with a body: their types, their defaults, and what stands for them in the body."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal, NewType
from uuid import UUID

import msgspec

from qb import Arg, Col, Select, Shape, Success, Tx, column, create_all, fn, function, pg, schema, select, value

HOSTILE = "a\"b'c\\d;e\nf\tg$$h$qb$i%j%%sé😀--/*"
PartId = NewType("PartId", int)


class Size(Enum):
    SMALL = "small"
    LARGE = "it's large"


size = pg.enum("size of arguments", Size)


class Note(msgspec.Struct, frozen=True):
    text: str
    tags: list[str] = []


class Every(Shape):
    id_: Col[PartId]
    price_: Col[Decimal]
    words_: Col[list[str]]
    note_: Col[Note]
    size_: Col[Size] = column(size)
    kind_: Col[str]
    small_: Col[int] = column(pg.smallint)
    day_: Col[dt.date | None]
    data_: Col[bytes]
    token_: Col[UUID]


WORDS = ["a", HOSTILE]


@function(volatility="stable")
def every(
    id: Arg[PartId],
    price: Arg[Decimal] = Decimal("1.50"),
    words: Arg[list[str]] = WORDS,
    note: Arg[Note] = Note(HOSTILE, ["x"]),
    of: Annotated[Arg[Size], size] = Size.LARGE,
    kind: Arg[Literal["a", "b"]] = "b",
    small: Annotated[Arg[int], pg.smallint] = 3,
    day: Arg[dt.date | None] = None,
    data: Arg[bytes] = b"\x00\\'",
    token: Arg[UUID] = UUID(int=7),
    at: Arg[dt.datetime] = fn.now(),
    flag: Arg[bool] = True,
) -> Select[Every]:
    found = select(
        value(id), value(price), value(words), value(note), value(of), value(kind), value(small), value(day),
        value(data), value(token),
    )  # fmt: skip
    return found.where(value(at) <= fn.now(), value(flag)).map(Every)


def test_arguments_of_many_types_and_their_defaults(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(every, size))).unwrap()
    made = every(PartId(5))
    expected = Every(
        PartId(5), Decimal("1.50"), WORDS, Note(HOSTILE, ["x"]), Size.LARGE, "b", 3, None, b"\x00\\'", UUID(int=7)
    )
    assert qb_tx.one(select(made)) == Success(expected)
    given = every(PartId(6), words=[], note=Note("y"), of=Size.SMALL, kind="a", small=9, day=dt.date(2024, 2, 29))
    other = Every(
        PartId(6), Decimal("1.50"), [], Note("y"), Size.SMALL, "a", 9, dt.date(2024, 2, 29), b"\x00\\'", UUID(int=7)
    )
    assert qb_tx.one(select(given)) == Success(other)
    assert qb_tx.all(select(every(PartId(6), flag=False))) == Success([])


def test_the_signature_is_made_of_their_types() -> None:
    assert every.signature == (
        "every(bigint, numeric, text[], jsonb, "
        '"size of arguments", text, smallint, date, bytea, uuid, timestamptz, boolean)'
    )
