"""What PostgreSQL would round, cut or let in unreadable is refused on every way into a column, and only there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Any, cast

import msgspec
import pytest

import qb
from qb import (
    Col,
    EncodeError,
    Failure,
    New,
    Outcome,
    Patch,
    Success,
    Table,
    Tx,
    column,
    insert,
    new,
    patch,
    pg,
    prepare,
    select,
    update,
)

WEST, EAST = dt.timezone(dt.timedelta(hours=-5)), dt.timezone(dt.timedelta(hours=5))
TINY = dt.datetime(2025, 1, 1, 0, 0, 0, 1, tzinfo=dt.UTC)


class Color(str, Enum):  # noqa: UP042 - as many are written
    RED = "red"


class Kept(Table, name="kept_as_given"):
    id: Col[int] = column(primary_key=True)
    price: Col[Decimal] = column(pg.numeric(12, 2), default=Decimal(0), check=lambda price: price >= Decimal(0))
    tens: Col[Decimal] = column(pg.numeric(4, -1), default=Decimal(0))
    exact: Col[Decimal] = column(default=Decimal(0))
    whole: Col[int] = column(pg.numeric(6), default=0)
    at: Col[dt.datetime] = column(default=TINY)
    milli: Col[dt.datetime] = column(pg.timestamptz(3), default=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
    local: Col[dt.datetime] = column(pg.timestamp(0), default=dt.datetime(2025, 1, 1))  # noqa: DTZ001
    code: Col[str] = column(pg.varchar(3), default="")
    tags: Col[list[str]] = column(default=[])
    holes: Col[list[str | None]] = column(default=[])
    grid: Col[list[list[int]]] = column(pg.array(pg.bigint), default=[])
    colors: Col[list[Color]] = column(pg.array(pg.text), default=[])
    docs: Col[list[dict[str, int]]] = column(pg.array(pg.jsonb), default=[])
    prices: Col[list[Decimal] | None] = column(pg.array(pg.numeric(3, 1)), default=None)
    moments: Col[list[dt.datetime]] = column(pg.array(pg.timestamptz), default=[])


@pytest.fixture(scope="module", autouse=True)
def _table(qb_db: qb.Database) -> None:
    qb_db.run(qb.create_all(qb.schema(Kept))).unwrap()


ROUNDED = "it has more than 2 digits after the point, which PostgreSQL would round away"
NO_NONE = "the list holds None, which the column's annotation does not admit among its elements"
FAR = "it is outside of the years 1 to 9999 in UTC, and could not be read back"

REFUSED: list[tuple[str, Any, str]] = [
    ("price", Decimal("12.345"), ROUNDED),
    ("price", Decimal("1E10"), "it has more than 10 digits before the point"),
    ("price", Decimal("NaN"), "it is no number (a numeric without digits holds NaN)"),
    ("price", Decimal("Infinity"), "it has more than 10 digits before the point"),
    ("tens", Decimal(15), "it has more than -1 digits after the point, which PostgreSQL would round away"),
    ("whole", 10**6, "it has more than 6 digits before the point"),
    ("milli", TINY, "its second has more than 3 decimals, which PostgreSQL would round away"),
    ("local", TINY.replace(tzinfo=None), "its second has more than 0 decimals, which PostgreSQL would round away"),
    ("at", dt.datetime(9999, 12, 31, 23, 59, tzinfo=WEST), FAR),
    ("at", dt.datetime(1, 1, 1, tzinfo=EAST), FAR),
    ("code", "abc ", "it has more than 3 characters, and PostgreSQL would cut off the spaces at its end"),
    ("tags", ["a", None], NO_NONE),
    ("tags", [["a"], ["b"]], "the list has 2 dimensions, and the column's annotation 1"),
    ("grid", [1, 2], "the list has 1 dimensions, and the column's annotation 2"),
    ("grid", [[1, None]], NO_NONE),
    ("colors", [Color.RED, None], NO_NONE),
    ("docs", [{"a": 1}, None], NO_NONE),
    ("prices", [Decimal("1.25")], "it has more than 1 digits after the point, which PostgreSQL would round away"),
    ("moments", [dt.datetime(9999, 12, 31, 23, tzinfo=WEST)], FAR),
]

KEPT: list[tuple[str, Any]] = [
    ("price", Decimal("12.340")),
    ("price", Decimal("9999999999.99")),
    ("tens", Decimal("1.5E+2")),
    ("exact", Decimal("12.345")),
    ("exact", Decimal("Infinity")),
    ("whole", 999_999),
    ("at", dt.datetime(9999, 12, 31, 23, 59, tzinfo=EAST)),
    ("at", dt.datetime(1, 1, 1, tzinfo=WEST)),
    ("milli", TINY.replace(microsecond=1000)),
    ("code", "ab "),
    ("tags", []),
    ("holes", ["a", None]),
    ("grid", [[1, 2], [3, 4]]),
    ("colors", [Color.RED]),
    ("docs", [{"a": 1}]),
    ("prices", [Decimal("1.2")]),
]


def inserted(tx: Tx, name: str, value: Any) -> Outcome[object]:
    return tx.execute(insert(made(name, value)))


def copied(tx: Tx, name: str, value: Any) -> Outcome[object]:
    return tx.insert_many([made(name, value)])


def in_a_block(tx: Tx, name: str, value: Any) -> Outcome[object]:
    return tx.insert_many([made(name, value)], insert(Kept).on_conflict(Kept.id, nothing=True))


def assigned(tx: Tx, name: str, value: Any) -> Outcome[object]:
    tx.execute(insert(made("code", ""))).unwrap()
    return tx.execute(update(Kept).set(getattr(Kept, name).to(value)).where(Kept.id == 1))


def patched(tx: Tx, name: str, value: Any) -> Outcome[object]:
    tx.execute(insert(made("code", ""))).unwrap()
    return tx.execute(update(Kept).patch(patch(Kept).struct(**{name: value})).where(Kept.id == 1))


def upserted(tx: Tx, name: str, value: Any) -> Outcome[object]:
    tx.execute(insert(made("code", ""))).unwrap()
    change = getattr(Kept, name).to(value)
    return tx.execute(insert(made("code", "")).on_conflict(Kept.id, update=[change]))


WAYS = [inserted, copied, in_a_block, assigned, patched, upserted]


def made(name: str, value: Any) -> New[Any]:
    return cast("New[Any]", cast("Any", new(Kept))(id=1, **{name: value}))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("name", "value", "reason"), REFUSED, ids=str)
def test_what_would_not_stay_is_refused_on_every_way(
    qb_db: qb.Database, way: Callable[..., Outcome[object]], name: str, value: Any, reason: str
) -> None:
    with qb_db.transaction(rollback=True) as tx:
        match way(tx, name, value):
            case Failure(EncodeError() as error):
                assert error.column == name
                assert reason in str(error)
            case other:
                pytest.fail(repr(other))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("name", "value"), KEPT, ids=str)
def test_what_stays_is_taken(qb_db: qb.Database, way: Callable[..., Outcome[object]], name: str, value: Any) -> None:
    with qb_db.transaction(rollback=True) as tx:
        way(tx, name, value).unwrap()
        assert tx.scalar(select(getattr(Kept, name))) == Success(value)


def test_a_body_is_refused_too(qb_tx: Tx) -> None:
    qb_tx.execute(insert(made("code", ""))).unwrap()
    for number in ("NaN", "Infinity", "1.005"):
        body = msgspec.json.decode(f'{{"price": "{number}"}}', type=Patch[Kept])
        match qb_tx.execute(update(Kept).patch(body).where(Kept.id == 1)):
            case Failure(EncodeError(column="price")):
                pass
            case other:
                pytest.fail(repr(other))


def test_a_prepared_value_is_refused_too(qb_tx: Tx) -> None:
    @prepare
    def change(price: Decimal, tags: list[str]) -> qb.Command:
        return update(Kept).set(Kept.price.to(price), Kept.tags.to(tags)).where(Kept.id == 1)

    qb_tx.execute(insert(made("code", ""))).unwrap()
    assert qb_tx.execute(change(Decimal("1.25"), ["a"])) == Success(1)
    for price, tags in ((Decimal("1.255"), ["a"]), (Decimal(1), cast("list[str]", ["a", None]))):
        match qb_tx.execute(change(price, tags)):
            case Failure(EncodeError()):
                pass
            case other:
                pytest.fail(repr(other))


def test_comparisons_stay_exact(qb_tx: Tx) -> None:
    qb_tx.insert_many([made("price", Decimal("12.34"))]).unwrap()
    found = select(Kept.id)
    assert qb_tx.all(found.where(Kept.price < Decimal("12.345"))) == Success([1])
    assert qb_tx.all(found.where(Kept.price >= Decimal("12.335"))) == Success([1])
    assert qb_tx.all(found.where(Kept.price == Decimal("12.345"))) == Success([])
    assert qb_tx.all(found.where(Kept.price.in_([Decimal("12.345"), Decimal("12.340")]))) == Success([1])
    assert qb_tx.all(found.where(Kept.price < Decimal("Infinity"))) == Success([1])
    assert qb_tx.all(found.where(Kept.milli < TINY)) == Success([1])
    assert qb_tx.all(found.where(Kept.at < dt.datetime.max.replace(tzinfo=WEST))) == Success([1])
    assert qb_tx.all(found.where(Kept.code != "abc ")) == Success([1])


def test_an_expression_says_what_it_does(qb_tx: Tx) -> None:
    qb_tx.execute(insert(made("price", Decimal("12.34")))).unwrap()
    half = update(Kept).set(Kept.price.to(Kept.price * Decimal("0.125"))).where(Kept.id == 1)
    assert qb_tx.one(half.returning(Kept.price)) == Success(Decimal("1.54"))
