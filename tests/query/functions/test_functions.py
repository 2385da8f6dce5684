"""Every function and operator gives a value of the type it says: nobody converts behind the row decoder's back."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Any, get_args
from uuid import UUID

import msgspec
import pytest

from qb import (
    Col,
    QueryError,
    Success,
    Table,
    Tx,
    case,
    column,
    fn,
    insert,
    many,
    maybe,
    new,
    pg,
    select,
    sql,
    trusted,
    value,
)  # fmt: skip
from qb.query.functions.datetime import Field


class Mood(Enum):
    GLAD = "glad"
    SAD = "sad"


class Doc(msgspec.Struct):
    n: int
    labels: list[str]
    price: Decimal
    at: dt.datetime
    inner: "Doc | None" = None


class Thing(Table, name="things"):
    small: Col[int] = column(pg.smallint, primary_key=True)
    number: Col[int] = column(pg.integer)
    real: Col[float] = column(pg.real)
    price: Col[Decimal] = column(pg.numeric(10, 2))
    code: Col[str] = column(pg.char(5))
    day: Col[dt.date] = column(pg.date)
    local: Col[dt.datetime] = column(pg.timestamp)
    at: Col[dt.datetime] = column(pg.timestamptz)
    clock: Col[dt.time] = column(pg.time)
    span: Col[dt.timedelta] = column(pg.interval)
    key: Col[UUID] = column(pg.uuid)
    mood: Col[Mood] = column()
    doc: Col[Doc] = column(pg.jsonb)
    tags: Col[list[str]] = column(pg.array(pg.text))
    data: Col[bytes] = column(pg.bytea)
    ok: Col[bool] = column(pg.boolean)


DDL = (
    "CREATE TABLE things (small smallint PRIMARY KEY, number integer, real real, price numeric(10, 2), code char(5), "
    "day date, local timestamp, at timestamptz, clock time, span interval, key uuid, mood text, doc jsonb, tags text[], "  # noqa: E501
    "data bytea, ok boolean)"
)
NOW = dt.datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=dt.UTC)
IN_TOKYO = dt.datetime(2024, 1, 1, 15, tzinfo=dt.UTC)
LOCAL = NOW.replace(tzinfo=None)
DAY = dt.timedelta(days=1)
DOC = Doc(1, ["x"], Decimal("1.10"), NOW, Doc(2, [], Decimal(0), NOW))
ROW = new(Thing)(
    small=1, number=2, real=0.5, price=Decimal("1.50"), code="ab", day=NOW.date(), local=LOCAL, at=NOW, clock=NOW.time(),  # noqa: E501
    span=DAY, key=UUID(int=3), mood=Mood.SAD, doc=DOC, tags=["a", "b"], data=b"x", ok=True,
)  # fmt: skip
T: Any = Thing
f: Any = fn
branch: Any = case


def deep(document: Any) -> Any:
    return document.inner.inner


VALUES: dict[str, tuple[Any, Any]] = {
    "smallint + 1": (T.small + 1, 2),
    "smallint * integer": (T.small * T.number, 2),
    "a sum of smallint * integer": (f.sum(T.small * T.number), 2),
    "a sum of coalesce": (f.sum(f.coalesce(T.small, T.number)), 1),
    "a smallint and a number it cannot be": (T.small == 40_000, False),
    "real + float": (T.real + 1.5, 2.0),
    "real = float": (T.real == 0.5, True),
    "a sum of real": (f.sum(T.real), 0.5),
    "a mean of real": (f.avg_float(T.real), 0.5),
    "numeric * Decimal": (T.price * Decimal(2), Decimal("3.00")),
    "a sum of numeric": (f.sum(T.price), Decimal("1.50")),
    "a mean of integer": (f.round(f.avg(T.number), 2), Decimal("2.00")),
    "round": (f.round(T.price, 1), Decimal("1.5")),
    "floor of numeric": (f.floor(T.price), Decimal(1)),
    "floor of integer": (f.floor(T.number), 2),
    "ceil of real": (f.ceil(T.real), 1.0),
    "ceil of smallint": (f.ceil(T.small), 1),
    "abs": (f.abs(T.small - 5), 4),
    "char = text": (T.code == "ab", True),
    "char LIKE text": (T.code.like("ab%"), True),
    "char LIKE with its spaces": (T.code.like("ab   "), True),
    "upper of char": (f.upper(T.code), "AB"),
    "length of char": (f.length(T.code), 2),
    "trim": (f.trim(T.code), "ab"),
    "substring": (f.substring(T.code, 1, 1), "a"),
    "split_part": (f.split_part("a,b,c", ",", T.number), "b"),
    "split_part from the end": (f.split_part("a,b,c", ",", -1), "c"),
    "split_part of char, with nothing there": (f.split_part(T.code, "x", 2), ""),
    "uuidv7": (f.uuidv7() > T.key, True),
    "date - date": (T.day - dt.date(2024, 1, 1), 1),
    "date + interval": (T.day + dt.timedelta(hours=1), dt.datetime(2024, 1, 2, 1)),  # noqa: DTZ001
    "timestamp - timestamp": (T.local - (LOCAL - DAY), DAY),
    "timestamptz - interval": (T.at - DAY, NOW - DAY),
    "interval + timestamptz": (DAY + T.at, NOW + DAY),
    "interval * number": (T.span * 2, 2 * DAY),
    "interval + interval": (T.span + DAY, 2 * DAY),
    "- interval": (-T.span, -DAY),
    "date_trunc": (f.date_trunc("hour", T.at), NOW.replace(minute=0, second=0, microsecond=0)),
    "date_trunc in a zone": (f.date_trunc("day", T.at, "Asia/Tokyo"), IN_TOKYO),
    "date_trunc in a zone that is a value": (f.date_trunc("day", T.at, f.concat("Asia", "/Tokyo")), IN_TOKYO),
    "extract": (f.extract("year", T.day), Decimal(2024)),
    "max of date": (f.max(T.day), NOW.date()),
    "min of interval": (f.min(T.span), DAY),
    "min of time": (f.min(T.clock), NOW.time()),
    "max of an Enum": (f.max(T.mood), Mood.SAD),
    "CASE of an Enum": (branch((T.ok, Mood.GLAD), else_=T.mood), Mood.GLAD),
    "an Enum in a list": (T.mood.in_([Mood.GLAD, Mood.SAD]), True),
    "array_agg of an Enum": (f.array_agg(T.mood), [Mood.SAD]),
    "array_agg of documents": (f.array_agg(T.doc), [DOC]),
    "array_agg of arrays": (f.array_agg(T.tags), [["a", "b"]]),
    "array_agg of dates": (f.array_agg(T.day), [NOW.date()]),
    "array_agg of intervals": (f.array_agg(T.span), [DAY]),
    "array_agg of bytes": (f.array_agg(T.data), [b"x"]),
    "array_agg of timestamps": (f.array_agg(T.local), [LOCAL]),
    "array_agg of numerics": (f.array_agg(T.price), [Decimal("1.50")]),
    "a number in a document": (Thing.doc.path(lambda m: m.n), 1),
    "a text in a document": (Thing.doc.path(lambda m: m.labels[0]), "x"),
    "a Decimal in a document": (Thing.doc.path(lambda m: m.price), Decimal("1.10")),
    "a time in a document": (Thing.doc.path(lambda m: m.at), NOW),
    "a document in a document": (Thing.doc.path(lambda m: m.inner), DOC.inner),
    "a list in a document": (Thing.doc.path(lambda m: m.labels), ["x"]),
    "nothing in a document": (Thing.doc.path(deep), None),
    "a document = a document": (T.doc == DOC, True),
    "a document in a list": (T.doc.in_([DOC]), True),
    "an array = an array": (T.tags == ["a", "b"], True),
    "an array in a list": (T.tags.in_([["a", "b"], []]), True),
    "cardinality": (f.cardinality(T.tags), 2),
    "jsonb_array_length": (f.jsonb_array_length(Thing.doc.path(lambda m: m.labels)), 1),
    "greatest": (f.greatest(T.day, dt.date(2025, 1, 1)), dt.date(2025, 1, 1)),
    "nullif": (f.nullif(T.day, NOW.date()), None),
    "bool_and": (f.bool_and(T.ok), True),
    "a cast to numeric": (T.number.cast(pg.numeric(5, 1)), Decimal("2.0")),
    "a cast to text": (T.key.cast(pg.text), str(UUID(int=3))),
    "a cast to date": (T.at.cast(pg.date), NOW.date()),
    "a cast to an array": (sql("'{{1,2}}'").as_(str).cast(pg.array(pg.integer)), [1, 2]),
    "a cast to interval": (sql("'1 day'").as_(str).cast(pg.interval), DAY),
    "a cast to jsonb": (sql("""'{{"a": [1]}}'""").as_(str).cast(pg.jsonb), {"a": [1]}),
    "a sum of a sum": (f.sum(f.sum(T.number)).over(), 2),
    "lag": (f.lag(T.day).over(order_by=T.day), None),
    "lag with a default": (f.lag(T.price, 1, 0).over(order_by=T.day), Decimal(0)),
    "lead with a default": (f.lead(T.mood, 1, default=Mood.GLAD).over(order_by=T.day), Mood.GLAD),
    "lag of labels and another text": (f.lag(T.code, 2, "none").over(order_by=T.day), "none"),
    "date + days": (T.day + 1, dt.date(2024, 1, 3)),
    "time + interval": (T.clock + dt.timedelta(hours=1), NOW.time().replace(hour=4)),
    "time - time": (T.clock - NOW.time(), dt.timedelta(0)),
    "date + time": (T.day + dt.time(5), dt.datetime(2024, 1, 2, 5)),  # noqa: DTZ001
    "a value with a zone": (value(NOW), NOW),
    "a value without a zone": (value(LOCAL), LOCAL),
    "a list with None": (value([1, None]), [1, None]),
    "a list of lists": (value([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
    "an Enum": (value(Mood.GLAD), Mood.GLAD),
    "a Decimal": (value(Decimal("1.10")), Decimal("1.10")),
}


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.execute(sql(DDL).command()).unwrap()
    qb_tx.execute(sql("SELECT set_config('TimeZone', 'UTC', true)").command()).unwrap()
    assert qb_tx.execute(insert(ROW)) == Success(1)
    return qb_tx


@pytest.mark.parametrize("name", VALUES)
def test_the_value_is_what_was_said(tx: Tx, name: str) -> None:
    expr, wanted = VALUES[name]
    found = tx.scalar(select(maybe(expr)).from_(Thing)).unwrap()
    assert found == wanted
    assert _kind(found) == _kind(wanted)


@pytest.mark.slow
@pytest.mark.parametrize("name", VALUES)
def test_and_so_it_is_in_nested_rows(tx: Tx, name: str) -> None:
    expr, wanted = VALUES[name]
    (found,) = tx.scalar(select(many(select(maybe(expr)).from_(Thing)))).unwrap()
    assert found == wanted
    assert _kind(found) == _kind(wanted)


def test_none_is_no_argument() -> None:
    anything: Any = None
    with pytest.raises(QueryError, match="None is no value beside an expression: leave it out"):
        fn.concat(Thing.code, anything)
    with pytest.raises(QueryError, match=r"None is no value beside things.code: leave it out"):
        fn.coalesce(Thing.code, anything)


def _kind(item: Any) -> object:
    return [_kind(each) for each in item] if isinstance(item, list) else type(item)  # pyright: ignore[reportUnknownVariableType]


def test_there_is_no_part_nought() -> None:
    with pytest.raises(QueryError, match=r"^split_part counts from 1, or from the end with -1: there is no part 0$"):
        fn.split_part("a", ",", 0)


@pytest.mark.parametrize(
    "built",
    [
        lambda: fn.substring(Thing.code, True, 2),
        lambda: fn.substring(Thing.code, 1, True),
        lambda: fn.split_part(Thing.code, ",", True),
        lambda: fn.round(value(Decimal("1.5")), True),
        lambda: fn.lag(value(1), True),
        lambda: fn.lead(value(1), True),
    ],
)
def test_a_bool_is_no_position(built: Callable[[], object]) -> None:
    with pytest.raises(QueryError, match=r"^a position takes an int, not bool$"):
        built()


SOURCES = {
    "day": "date '2024-05-17'",
    "clock": "time '08:30'",
    "local": "timestamp '2024-05-17 08:30'",
    "at": "timestamptz '2024-05-17 08:30+00'",
    "span": "interval '3 days'",
}
FIELDS = get_args(Field)
OTHER_FIELDS = ("yaer", "nanoseconds", "isoweek")


@pytest.mark.parametrize("source", SOURCES)
def test_a_field_is_there_where_the_server_has_it(source: str, tx: Tx) -> None:
    """Each field of each type: what is built runs, and what raises the server refuses."""
    for field in (*FIELDS, *OTHER_FIELDS):
        text = sql(trusted(f"SELECT extract({field} FROM {SOURCES[source]})")).rows(Decimal)
        with tx.transaction(rollback=True) as inner:
            there = isinstance(inner.one(text), Success)
        try:
            built = f.extract(field, getattr(T, source))
        except QueryError:
            assert not there, (field, source)
        else:
            assert there, (field, source)
            assert isinstance(tx.one(select(built)).unwrap(), Decimal)
