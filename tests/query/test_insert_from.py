"""INSERT ... SELECT: what PostgreSQL would round, cut or refuse raises where it is written."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal

import pytest

from qb import (
    Col,
    QueryError,
    Success,
    Table,
    Tx,
    column,
    create_all,
    fn,
    identity,
    insert,
    insert_from,
    new,
    pg,
    schema,
    select,
)


class From(Table, name="from_filled"):
    id: Col[int] = column(primary_key=True, default=identity())
    ratio: Col[float] = column(default=1.5)
    price: Col[Decimal] = column(default=Decimal("2.5"))
    name: Col[str] = column(default="a")
    nick: Col[str | None] = column(default=None)
    at: Col[dt.datetime] = column(default=fn.now())
    flag: Col[bool] = column(default=True)
    mark: Col[Literal["a"]] = column(default="a")


class To(Table, name="to_filled"):
    id: Col[int] = column(primary_key=True, default=identity())
    count: Col[int] = column()
    price: Col[Decimal] = column(default=Decimal(0))
    name: Col[str] = column(default="")
    day: Col[dt.date | None] = column(default=None)
    local: Col[dt.datetime | None] = column(pg.timestamp, default=None)
    mark: Col[Literal["a", "b"] | None] = column(default=None)


put: Any = insert_from
REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "a float": (lambda: put(To, select(From.ratio), To.count), r"from_filled.ratio is float, and to_filled.count int"),
    "a Decimal": (lambda: put(To, select(From.price), To.count), r"from_filled.price is Decimal, and .*cast it"),
    "a bool": (
        lambda: put(To, select(From.flag), To.count),
        r"from_filled.flag is boolean, and to_filled.count bigint",
    ),
    "a cast of what may be NULL": (
        lambda: put(To, select(From.id, From.nick.cast(pg.text)), To.count, To.name),
        r"the cast of from_filled.nick to text may be NULL, .* fn.coalesce\(from_filled.nick.cast\(pg.text\), \"\"\)",
    ),
    "a text": (
        lambda: put(To, select(From.id, From.name), To.count, To.mark),
        "from_filled.name is str, and to_filled.mark",
    ),
    "a moment as a day": (
        lambda: put(To, select(From.id, From.at), To.count, To.day),
        "from_filled.at is timestamptz, and to_filled.day date: cast it",
    ),
    "a moment as a local time": (
        lambda: put(To, select(From.id, From.at), To.count, To.local),
        "from_filled.at is timestamptz, and to_filled.local timestamp: cast it",
    ),
    "NULL": (
        lambda: put(To, select(From.id, From.nick), To.count, To.name),
        r"from_filled.nick may be NULL, and to_filled.name is NOT NULL: add .where\(column.is_not_null\(\)\)",
    ),
    "a column that is left out": (
        lambda: put(To, select(From.name), To.name),
        "to_filled.count must be filled, too: it is NOT NULL and has no default",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_refused(name: str) -> None:
    build, said = REFUSED[name]
    with pytest.raises(QueryError, match="insert_from: " + said):
        build()


def test_what_fits_is_inserted(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(From, To))).unwrap()
    qb_tx.execute(insert(new(From)(nick="x"))).unwrap()
    known = select(From.id, From.nick).where(From.nick.is_not_null())
    for query, columns in (
        (known, (To.count, To.name)),
        (select(fn.coalesce(fn.sum(From.id), 0), From.mark).group_by(From.mark), (To.count, To.mark)),
        (select(From.id, From.id), (To.count, To.price)),
        (select(From.id, From.ratio.cast(pg.numeric)).where(From.ratio.cast(pg.numeric) > 0), (To.count, To.price)),
    ):
        assert qb_tx.execute(put(To, query, *columns)) == Success(1)
    found = qb_tx.all(select(To.price, To.name, To.mark).order_by(To.id)).unwrap()
    assert found == [(0, "x", None), (0, "", "a"), (1, "", None), (Decimal("1.5"), "", None)]
