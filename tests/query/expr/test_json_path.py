"""A place in a document is what Python finds there: compared, ordered and read as a value of its type."""

from __future__ import annotations

import dataclasses
import datetime as dt
import operator
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

import msgspec
import pytest
from msgspec import UNSET, Meta, UnsetType

import qb
from qb import (
    Col,
    EncodeError,
    Failure,
    QueryError,
    Success,
    Table,
    Tx,
    column,
    compile,
    fn,
    many,
    new,
    pg,
    select,
    sql,
)


class Mood(Enum):
    GLAD = "glad"
    SAD = "sad"


class Point(msgspec.Struct, frozen=True, array_like=True):
    x: int
    y: str = "here"
    z: list[int] = []


class Walk(msgspec.Struct, frozen=True, array_like=True, tag=True):
    far: int
    how: str = "on foot"


class Ride(msgspec.Struct, frozen=True, array_like=True, tag=True):
    far: int
    how: str = "by bike"


class Cat(msgspec.Struct, frozen=True, tag=1, omit_defaults=True):
    name: str = "Tom"


class Dog(msgspec.Struct, frozen=True, tag=2, omit_defaults=True):
    name: str | None = None


class Look(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    main_theme: str = "light"
    size: int | None = 3
    pet: Cat | Dog = Cat()
    recorded: bool = True
    labels: list[str] = msgspec.field(default_factory=lambda: ["new"])


class Pair(NamedTuple):
    first: int
    second: str = "b"


@dataclasses.dataclass(frozen=True)
class Plain:
    n: int = 5
    m: list[int] = dataclasses.field(default_factory=list[int])


class Doc(msgspec.Struct, frozen=True):
    took: dt.timedelta
    raw: bytes
    price: Decimal
    kind: Literal["a", "b"]
    rank: Literal[9, 10]
    mood: Mood
    at: dt.datetime
    aware: Annotated[dt.datetime, Meta(tz=True)]
    local: Annotated[dt.datetime, Meta(tz=False)]
    clock: dt.time
    by_int: dict[int, int]
    by_mood: dict[Mood, int]
    by_uuid: dict[UUID, int]
    by_date: dict[dt.date, int]
    by_kind: dict[Literal["p"], int]
    point: Point
    trips: list[Walk | Ride]
    pets: list[Cat | Dog]
    pair: Pair
    plain: Plain
    tup: tuple[int, str]
    mixed: int | float
    numbers: list[int]
    look: Look = Look()
    maybe: Look | None = None
    note: str | UnsetType = UNSET


class Page(Table, name="pages_of_paths"):
    id: Col[int] = column(primary_key=True)
    doc: Col[Doc] = column()
    looks: Col[Look] = column(pg.json, default=Look())
    nothing: Col[Look | None] = column(default=None)


LOCAL = dt.datetime(2025, 1, 1)  # noqa: DTZ001 - of no zone


def doc(n: int) -> Doc:
    seconds = (5, 100, -9)[n]
    zone = (dt.UTC, dt.timezone(dt.timedelta(hours=9)), dt.timezone(dt.timedelta(hours=-5, minutes=-30)))[n]
    return Doc(
        dt.timedelta(days=(0, 0, -3)[n], seconds=seconds, microseconds=n), bytes((255, n, 0)),
        (Decimal("9.50"), Decimal(10), Decimal("-1E+2"))[n], "ab"[n % 2], (9, 10)[n % 2], list(Mood)[n % 2],  # type: ignore[arg-type]
        dt.datetime(2025, 1, 1, 12, 0, 0, n, zone), dt.datetime(2025, 1, 1, 12, tzinfo=zone), LOCAL.replace(hour=n),
        dt.time(n, 2, 3, n), {5: n, -1: 7}, {Mood.SAD: n}, {UUID(int=1): n}, {dt.date(2025, 1, 1): n}, {"p": n},
        Point(n), [Walk(1), Ride(2)], [Cat(), Dog()], Pair(n), Plain(), (n, "t"), (1.5, 2, 3)[n], [n] * n,
    )  # fmt: skip


DOCS = [doc(0), doc(1), doc(2)]


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    ddl = "CREATE TABLE pages_of_paths (id bigint PRIMARY KEY, doc jsonb NOT NULL, looks json, nothing jsonb)"
    qb_tx.execute(sql(ddl).command()).unwrap()
    qb_tx.insert_many(new(Page)(id=number, doc=each, looks=Look()) for number, each in enumerate(DOCS)).unwrap()
    # As one written before its fields with defaults were there.
    short = (
        "UPDATE pages_of_paths SET doc = jsonb_set(doc, '{{point}}', '[7]') - 'look' - 'plain' || '{{\"plain\": {{}}}}'"
    )
    qb_tx.execute(sql(short + " WHERE id = 2").command()).unwrap()
    return qb_tx


PLACES: dict[str, Callable[[Doc], Any]] = {
    "a duration": lambda d: d.took,
    "bytes": lambda d: d.raw,
    "a Decimal": lambda d: d.price,
    "a Literal of texts": lambda d: d.kind,
    "a Literal of ints": lambda d: d.rank,
    "a point in time": lambda d: d.at,
    "an aware one": lambda d: d.aware,
    "a naive one": lambda d: d.local,
    "a time": lambda d: d.clock,
    "an int key": lambda d: d.by_int[5],
    "a negative key": lambda d: d.by_int[-1],
    "an Enum key": lambda d: d.by_mood[Mood.SAD],
    "a UUID key": lambda d: d.by_uuid[UUID(int=1)],
    "a date key": lambda d: d.by_date[dt.date(2025, 1, 1)],
    "a Literal key": lambda d: d.by_kind["p"],
    "a Struct that is an array": lambda d: d.point.x,
    "its default": lambda d: d.point.y,
    "a tagged array": lambda d: d.trips[0].far,
    "the default of its tag": lambda d: d.trips[1].how,
    "the default of another tag": lambda d: d.trips[0].how,
    "an omitted field": lambda d: d.look.main_theme,
    "an omitted int": lambda d: d.look.size,
    "a field called as the recorder's own": lambda d: d.look.recorded,
    "a default in a default": lambda d: d.look.pet.name,
    "a default by tag": lambda d: d.pets[0].name,
    "a default of a dataclass": lambda d: d.plain.n,
    "a field of a NamedTuple": lambda d: d.pair.first,
    "its default's field": lambda d: d.pair.second,
    "an element of a NamedTuple": lambda d: d.pair[1],
    "a tuple's element": lambda d: d.tup[0],
}


@pytest.mark.parametrize("name", PLACES)
def test_a_place_is_what_python_finds_there(tx: Tx, name: str) -> None:
    step = PLACES[name]
    place = Page.doc.path(step)
    documents = tx.all(select(Page.doc).order_by(Page.id)).unwrap()
    values: list[Any] = list(map(step, documents))
    assert tx.all(select(place).order_by(Page.id)) == Success(values)
    for chosen in values[1:2]:
        for compare in (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge):
            expected = [number for number, value in enumerate(values) if compare(value, chosen)]
            if isinstance(chosen, str | bool) and compare not in (operator.eq, operator.ne):
                continue  # a collation decides
            assert tx.all(select(Page.id).where(compare(place, chosen)).order_by(Page.id)) == Success(expected)
        equal = [number for number, value in enumerate(values) if value == chosen]
        assert tx.all(select(Page.id).where(place.in_([chosen])).order_by(Page.id)) == Success(equal)
    in_order = tx.all(select(Page.id).order_by(place, Page.id)).unwrap()
    assert in_order == sorted(range(3), key=lambda number: values[number])
    rank = fn.row_number().over(order_by=[place, Page.id])
    assert tx.all(select(Page.id).order_by(rank)) == Success(in_order)
    if not isinstance(values[0], bool | bytes):  # of which PostgreSQL has no max
        assert tx.one(select(fn.max(place), fn.min(place))) == Success((max(values), min(values)))
        assert tx.all(select(fn.greatest(place, values[0])).order_by(Page.id)).unwrap() == [
            max(value, values[0]) for value in values
        ]
    nested = many(select(place).order_by(Page.id))
    assert tx.one(select(nested).from_(Page).limit(1)) == Success(values)


def test_documents_are_equal_and_have_no_order(tx: Tx) -> None:
    numbers = Page.doc.path(lambda d: d.numbers)
    look = Page.doc.path(lambda d: d.look)
    mixed = Page.doc.path(lambda d: d.mixed)
    assert tx.all(select(Page.id).where(numbers == [1])) == Success([1])
    assert tx.all(select(Page.id).where(mixed == 1.5)) == Success([0])
    assert tx.all(select(look).order_by(Page.id)) == Success([Look(), Look(), Look()])
    number = mixed.cast(pg.numeric)
    assert tx.all(select(Page.id).order_by(number)) == Success([0, 1, 2])
    refused: list[Callable[[], object]] = [
        lambda: numbers < [1],
        lambda: [1] < numbers,
        lambda: numbers >= numbers,
        lambda: numbers.between([1], [2]),
        lambda: numbers.desc(),
        lambda: select(Page.id).order_by(numbers),
        lambda: select(Page.id).order_by(Page.doc),
        lambda: mixed > 3,
        lambda: fn.greatest(numbers, [1]),
        lambda: fn.least(look, Look()),
        lambda: fn.row_number().over(order_by=numbers),
        lambda: fn.array_agg(Page.id, order_by=look),
        lambda: many(Page, on=Page.id == 1, order_by=look),
    ]
    for made in refused:
        with pytest.raises(QueryError, match=r"jsonb has no order: compare or order by a field of it"):
            made()
    for function in (fn.min, fn.max):
        with pytest.raises(QueryError, match=r"PostgreSQL has no m..\(jsonb\)"):
            function(numbers)


def test_where_nothing_is_there_is_no_default(tx: Tx) -> None:
    absent: list[qb.Expr[Any]] = [
        Page.doc.path(lambda d: d.maybe.main_theme),  # type: ignore[union-attr]
        Page.nothing.path(lambda look: look.main_theme),
        Page.doc.path(lambda d: d.trips[9].how),
        Page.doc.path(lambda d: d.pets[1].name),
        Page.doc.path(lambda d: d.note),
        Page.doc.path(lambda d: d.by_int[6]),
    ]
    for place in absent:
        assert tx.all(select(place)) == Success([None, None, None])
    other = qb.alias(Page, "other")
    joined = select(other.looks.path(lambda look: look.main_theme)).from_(Page)
    assert tx.all(joined.left_join(other, on=other.id == -1)) == Success([None, None, None])


def test_a_null_in_a_document_is_no_missing_field(tx: Tx) -> None:
    tx.execute(
        sql("""UPDATE pages_of_paths SET doc = jsonb_set(doc, '{{look}}', '{{"size": null}}')""").command()
    ).unwrap()
    sizes = select(Page.doc.path(lambda d: d.look.size), Page.doc.path(lambda d: d.look.main_theme)).limit(1)
    assert tx.one(sizes) == Success((None, "light"))
    assert tx.one(select(Page.doc).limit(1)).unwrap().look.size is None
    # What a function of one's own gives is known when it is called.
    assert tx.one(select(Page.doc.path(lambda d: d.look.labels)).limit(1)) == Success(None)


def test_a_column_of_json_has_defaults_too(tx: Tx) -> None:
    places = [Page.looks.path(lambda look: look.pet), Page.looks.path(lambda look: look.pet.name)]
    assert tx.one(select(places[0], places[1]).limit(1)) == Success((Cat(), "Tom"))


def test_a_duration_is_what_it_lasts(tx: Tx) -> None:
    tx.execute(
        sql("""UPDATE pages_of_paths SET doc = jsonb_set(doc, '{{took}}', '"-PT1M40S"') WHERE id = 1""").command()
    )
    took = Page.doc.path(lambda d: d.took)
    assert tx.all(select(Page.id).where(took == -dt.timedelta(seconds=100))) == Success([1])


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_nothing_depends_on_the_zone_of_the_session(tx: Tx, zone: str) -> None:
    tx.execute(sql("SELECT set_config('TimeZone', {zone}, true)", zone=zone).command()).unwrap()
    at, local = Page.doc.path(lambda d: d.at), Page.doc.path(lambda d: d.local)
    assert tx.all(select(at).order_by(Page.id)) == Success([each.at for each in DOCS])
    assert tx.all(select(local).order_by(Page.id)) == Success([each.local for each in DOCS])
    assert tx.all(select(Page.id).where(local == DOCS[1].local)) == Success([1])


@pytest.mark.parametrize(
    ("field", "stored"),
    [
        ("at", "2025-01-01T12:00:00"),
        ("at", "2025-01-01"),
        ("at", "now"),
        ("aware", "2025-01-01T12:00:00.5"),
        ("local", "2025-01-01T12:00:00+02:00"),
        ("local", "2025-01-01T12:00:00Z"),
        ("clock", "12:00:00+02:00"),
    ],
)  # fmt: skip
def test_a_time_of_the_other_kind_fails_aloud(tx: Tx, field: str, stored: str) -> None:
    def step(document: Doc) -> Any:
        return getattr(document, field)

    other = sql("UPDATE {t} SET doc = jsonb_set(doc, ARRAY[{f}], to_jsonb({s}))", t=Page, f=field, s=stored)
    tx.execute(other.command()).unwrap()
    match tx.all(select(Page.doc.path(step))):
        case Failure(error):
            assert "invalid input syntax for type time" in str(error)
        case other_answer:
            pytest.fail(repr(other_answer))


def test_a_time_of_the_other_kind_is_not_compared(tx: Tx) -> None:
    at, local = Page.doc.path(lambda d: d.at), Page.doc.path(lambda d: d.local)
    for condition in (at == dt.datetime(2025, 1, 1), local == dt.datetime(2025, 1, 1, tzinfo=dt.UTC)):  # noqa: DTZ001
        match tx.all(select(Page.id).where(condition)):
            case Failure(EncodeError()):
                pass
            case other:
                pytest.fail(repr(other))


class Odd(msgspec.Struct):
    dates: list[int]
    aware: Annotated[dt.time, Meta(tz=True)]
    keys: dict[Annotated[dt.date, Meta()], int]
    both: list[int] | dict[str, int]
    rename: Cat | Dog


class Odds(Table, name="odds_of_paths"):
    id: Col[int] = column(primary_key=True)
    doc: Col[Odd] = column()
    days: Col[list[Doc]] = column(pg.jsonb)


NOON = dt.datetime(2025, 1, 1, 12, tzinfo=dt.UTC)


def at(field: str, key: object) -> Callable[[Any], Any]:
    """A step that the type checkers would refuse."""
    return lambda document: getattr(document, field)[key]


class _Old(msgspec.Struct, tag="old"):
    when: dt.date


class _New(msgspec.Struct, tag="new"):
    when: dt.datetime


def when(document: Any) -> Any:
    return document.when


class Times(Table, name="times_of_paths"):
    id: Col[int] = column(primary_key=True)
    doc: Col[_Old | _New] = column()


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: Page.doc.path(at("tup", 2)), r"tuple\[int, str\] has 2 elements, and none at 2"),
        (lambda: Page.doc.path(at("pair", -3)), r"Pair has 2 elements, and none at -3"),
        (lambda: Times.doc.path(when), r"nothing can read .*date.*datetime"),
        (lambda: Odds.doc.path(lambda d: d.aware), r"PostgreSQL's time has no offset"),
        (lambda: Odds.doc.path(at("keys", NOON)), r"a key of dict.* is date, not datetime"),
        (lambda: Odds.doc.path(at("both", 0)), r"a key of dict\[str, int\] is str, not int"),
        (lambda: Page.doc.path(at("by_int", "5")), r"a key of dict\[int, int\] is int, not str"),
        (lambda: Page.doc.path(at("by_int", True)), r"a key of dict\[int, int\] is int, not bool"),
        (lambda: Page.doc.path(at("by_kind", "q")), r"a key of dict.* is Literal\['p'\], not str"),
        (lambda: Page.doc.path(at("by_mood", "sad")), r"is Mood, not str"),
        (lambda: Page.doc.path(at("numbers", "a")), r"an index of list\[int\] is an int, not a str"),
        (lambda: Page.doc.path(at("numbers", slice(0, 1))), r"a slice is no place in a document"),
    ],
)  # fmt: skip
def test_what_is_no_place_says_so(made: Callable[[], object], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        made()


def test_what_needs_no_default_is_as_short_as_before() -> None:
    assert '{"m": []}' not in str(compile(select(Page.doc.path(lambda d: d.plain.m[0]))))
    assert '{"m": []}' in str(compile(select(Page.doc.path(lambda d: d.plain.m))))
    assert str(compile(select(Page.doc.path(lambda d: d.numbers[0])).limit(1))).startswith(
        """SELECT CAST("pages_of_paths"."doc" -> 'numbers' ->> $1::integer AS bigint)"""
    )
