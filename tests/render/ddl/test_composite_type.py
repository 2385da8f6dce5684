"""Composite types on the server: created, read back, altered, dropped; their values on every way in and out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Interface
from typing import Annotated, Literal, NewType
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qb import (
    Col,
    DecodeError,
    DefinitionError,
    EncodeError,
    Range,
    SchemaMismatch,
    Script,
    Select,
    Success,
    Table,
    Tx,
    column,
    composite,
    create_all,
    domain,
    drop_all,
    fn,
    index,
    insert,
    many,
    new,
    pg,
    prepare,
    schema,
    select,
    sql,
    trusted,
    update,
)
from qb.ddl.operation import Alter, Comment, Grant
from qb.model.composite_type import CompositeType
from qb.model.target import Target
from qb.render.ddl.script import planned
from qb.types import SqlType
from tests.render.ddl_schemas import HOSTILE
from tests.samples import samples

Code = NewType("Code", str)


class Mood(Enum):
    GLAD = "glad"
    SAD = "sad"


class Plain(Enum):
    ONE = "1"
    TWO = "2"


class Note(msgspec.Struct, frozen=True):
    text: str
    marks: list[int] = []


class Country(msgspec.Struct, frozen=True):
    code: Code
    name: str | None = None


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Something of everything, NULL included."""

    city: str
    zip: Annotated[str, pg.varchar(5)] | None = None
    country: Country | None = None
    since: dt.datetime
    day: dt.date | None
    clock: dt.time
    span: dt.timedelta
    small: Annotated[int, pg.smallint]
    big: int | None
    price: Annotated[Decimal, pg.numeric(8, 2)]
    exact: Decimal
    single: Annotated[float, pg.real]
    double: float
    flag: bool
    id: UUID
    data: bytes
    words: list[str | None]
    grid: Annotated[list[list[int]], pg.array(pg.bigint)]
    days: list[dt.date]
    mood: Mood
    plain: Plain | None
    label: Literal["a", "b"]
    note: Note
    any: dict[str, int] | None
    seats: Range[int]
    net: IPv4Interface | None
    abroad: list[Country]


code = domain(f"c{HOSTILE}", pg.text, brand=Code, check=lambda value: fn.length(value) < 60)
country = composite("country", Country, types={"code": code}, schema=f"s{HOSTILE}")
address = composite(
    f"a{HOSTILE}",
    Address,
    types={
        "country": country,
        "mood": pg.enum("moods of addresses", Mood),
        "seats": pg.int4range,
        "net": pg.inet,
        "abroad": pg.array(country),
    },
    names={"city": HOSTILE, "zip": "select"},
)


class Person(Table, name="people of rows"):
    id: Col[int] = column(primary_key=True)
    home: Col[Address] = column(address)
    work: Col[Address | None] = column(address, default=None)
    all: Col[list[Address | None]] = column(pg.array(address), default=[])
    from_: Col[Country] = column(country, default=Country(Code(HOSTILE)))


described = schema(Person, index("people_of_rows_idx", Person.home.path(lambda home: home.city)))
HOME = Address(
    city=HOSTILE,
    country=Country(Code("(\"),'\\")),
    since=dt.datetime(2024, 2, 29, 1, 2, 3, 4, tzinfo=dt.UTC),
    day=dt.date(1, 1, 1),
    clock=dt.time(23, 59, 59, 999999),
    span=dt.timedelta(days=-1, microseconds=1),
    small=-(2**15),
    big=2**63 - 1,
    price=Decimal("-1.50"),
    exact=Decimal("1e-100"),
    single=1.5,
    double=float("-inf"),
    flag=True,
    id=UUID(int=7),
    data=b"\x00\\\"'\xff",
    words=["", "NULL", None, 'a"\\,{}()', " "],
    grid=[[1, 2], [3, 4]],
    days=[dt.date(9999, 12, 31)],
    mood=Mood.SAD,
    plain=Plain.TWO,
    label="b",
    note=Note('"\\', [1]),
    any={"a": 1},
    seats=Range(1, None),
    net=IPv4Interface("10.0.0.1/8"),
    abroad=[Country(Code("é"), "😀"), Country(Code(""), "")],
)
EMPTY = msgspec.structs.replace(
    HOME, city="", country=None, day=None, big=None, plain=None, any=None, net=None, words=[], grid=[], abroad=[]
)
NewPerson = new(Person)
FIELDS = """
SELECT a.attname::text, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
WHERE a.attrelid = (SELECT typrelid FROM pg_type WHERE typname = {name}) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.run(create_all(described)).unwrap()
    return qb_tx


def fields(tx: Tx, name: str) -> list[tuple[str, str]]:
    return tx.all(sql(FIELDS, name=name).rows(tuple[str, str])).unwrap()


def test_the_catalog_says_what_was_declared(tx: Tx) -> None:
    found = fields(tx, f"a{HOSTILE}")
    assert [name for name, _ in found[:4]] == [HOSTILE, "select", "country", "since"]
    assert [type_ for _, type_ in found if "country" not in type_] == [
        "text",
        "character varying(5)",
        "timestamp with time zone",
        "date",
        "time without time zone",
        "interval",
        "smallint",
        "bigint",
        "numeric(8,2)",
        "numeric",
        "real",
        "double precision",
        "boolean",
        "uuid",
        "bytea",
        "text[]",
        "bigint[]",
        "date[]",
        '"moods of addresses"',
        "text",
        "text",
        "jsonb",
        "jsonb",
        "int4range",
        "inet",
    ]
    assert fields(tx, "country")[1] == ("name", "text")
    tx.run(create_all(described, if_not_exists=True)).unwrap()
    tx.run(drop_all(described)).unwrap()
    assert tx.scalar(
        sql("SELECT count(*) FROM pg_type WHERE typname IN ('country', {n})", n=f"a{HOSTILE}").rows(int)
    ) == (Success(0))


@prepare
def at_home(home: Address) -> Select[Person]:
    return select(Person).where(Person.home == home)


def test_values_on_every_way(tx: Tx) -> None:
    rows = [
        NewPerson(id=1, home=HOME, work=EMPTY, all=[HOME, None, EMPTY]),
        NewPerson(id=2, home=EMPTY, from_=Country(Code(""), None)),
    ]
    first = tx.one(insert(rows[0]).returning()).unwrap()
    assert first == Person(id=1, home=HOME, work=EMPTY, all=[HOME, None, EMPTY], from_=Country(Code(HOSTILE)))
    tx.execute(insert(rows[1])).unwrap()
    everybody = tx.all(select(Person).order_by(Person.id)).unwrap()
    assert everybody == [first, Person(id=2, home=EMPTY, work=None, all=[], from_=Country(Code(""), None))]
    assert tx.one(at_home(HOME)) == Success(first)
    assert tx.all(select(Person.id).where(Person.home.in_([HOME, EMPTY])).order_by(Person.home)) == Success([2, 1])
    assert tx.all(select(Person.id).where(Person.all == [HOME, None, EMPTY])) == Success([1])
    nested = select(many(select(Person).order_by(Person.id)))
    assert tx.one(nested) == Success(everybody)
    assert tx.one(select(fn.array_agg(Person.home, order_by=Person.id))) == Success([HOME, EMPTY])
    with tx.stream(select(Person.home, Person.all).order_by(Person.id)) as stream:
        assert list(stream) == [(HOME, [HOME, None, EMPTY]), (EMPTY, [])]
    tx.execute(update(Person).set(Person.home.to(EMPTY), Person.work.to(None)).where(Person.id == 1)).unwrap()
    assert tx.all(select(Person.home, Person.work).where(Person.id == 1)) == Success([(EMPTY, None)])
    tx.execute(update(Person).set(Person.work.to(Person.home)).all_rows()).unwrap()
    assert tx.all(select(fn.coalesce(Person.work, HOME)).where(Person.id == 2)) == Success([EMPTY])


def test_many_rows(tx: Tx) -> None:
    rows = [NewPerson(id=number, home=HOME, all=[EMPTY] * (number % 3)) for number in range(200)]
    assert tx.insert_many(rows) == Success(200)
    assert tx.insert_many([NewPerson(id=999, home=HOME)], insert(Person).returning(Person.home)) == Success([HOME])
    assert tx.scalar(select(fn.count()).from_(Person).where(Person.home == HOME)) == Success(201)
    assert tx.one(select(Person.all).where(Person.id == 2)) == Success([EMPTY, EMPTY])


def test_places_in_rows(tx: Tx) -> None:
    tx.execute(insert(NewPerson(id=1, home=HOME))).unwrap()
    home, work = Person.home, Person.work
    found = tx.one(
        select(
            home.path(lambda h: h.city),
            home.path(lambda h: h.country).path(lambda c: c.code),
            home.path(lambda h: h.country),
            home.path(lambda h: h.note.marks[0]),
            home.path(lambda h: h.note),
            home.path(lambda h: h.words),
            home.path(lambda h: h.price),
            home.path(lambda h: h.mood),
            work.path(lambda w: w.city),
        ).where(home.path(lambda h: h.small) < 0, home.path(lambda h: h.mood) == Mood.SAD)
    )
    assert found == Success(
        (HOSTILE, Code("(\"),'\\"), HOME.country, 1, HOME.note, HOME.words, Decimal("-1.50"), Mood.SAD, None)
    )
    assert tx.all(select(Person.id).order_by(home.path(lambda h: h.since))) == Success([1])
    assert tx.all(select(home.path(lambda h: h.city), fn.count()).group_by(home.path(lambda h: h.city))) == (
        Success([(HOSTILE, 1)])
    )


def test_what_is_no_value(tx: Tx) -> None:
    def why(**changed: object) -> str:
        with tx.transaction(rollback=True) as inner:
            error = inner.execute(insert(NewPerson(id=1, home=msgspec.structs.replace(HOME, **changed)))).failure()
        assert isinstance(error, EncodeError)
        assert error.column == "home"
        return str(error).partition(": ")[2].replace(HOSTILE, "...")

    assert why(city=None).endswith("is None, and its annotation does not admit it")
    assert why(small=2**15).endswith("small: the number is out of range for smallint")
    assert why(small="secret").endswith("small: smallint takes int, not str")
    assert why(price=Decimal("0.001")).endswith(
        "price: it has more than 2 digits after the point, which PostgreSQL would round away"
    )
    assert why(label="secret").endswith("label: the value is none of a, b")
    assert why(words="secret").endswith("words: text[] takes a list, not str")
    assert "since: timestamptz takes a datetime with a time zone" in why(since=dt.datetime(2024, 1, 1))  # noqa: DTZ001
    assert why(country=HOME).endswith("takes Country, not Address")
    assert why(city="\ud800") == "it holds a lone surrogate, which UTF-8 cannot"
    assert why(note=Note(5)).endswith("it cannot be read back, at $.text: Expected `str`, got `int`")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    tx.execute(sql("SAVEPOINT s").command()).unwrap()
    long = Country(Code("x" * 60))
    assert "check" in str(tx.execute(insert(NewPerson(id=1, home=HOME, from_=long))).failure())


def test_what_is_not_read(tx: Tx) -> None:
    tx.execute(insert(NewPerson(id=1, home=HOME))).unwrap()
    tx.execute(sql("UPDATE {t} SET from_ = ROW(NULL, 'x')", t=Person).command()).unwrap()
    error = tx.all(select(Person.from_)).failure()
    assert isinstance(error, DecodeError)
    assert "code is NULL, which its annotation does not admit" in str(error)
    assert isinstance(tx.all(select(many(select(Person.from_)))).failure(), DecodeError)
    tx.run(Script(trusted(f"ALTER TYPE {country.name} ADD ATTRIBUTE more text CASCADE"))).unwrap()
    assert "has 3 fields on the server, and 2 here" in str(tx.all(select(Person.from_)).failure())


def of(type_: SqlType[Country | None]) -> CompositeType:
    found = type_.declared
    assert isinstance(found, CompositeType)
    return found


class More(msgspec.Struct, frozen=True):
    code: str
    size: int | None = None


def test_altering(qb_tx: Tx) -> None:
    before, after = composite("places", Country), composite("places", More, types={"code": pg.varchar(9)})
    change = Alter(of(before), of(after))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    plan = planned([change], Target())
    assert plan.statements == (
        (
            'ALTER TYPE "places" DROP ATTRIBUTE "name", ALTER ATTRIBUTE "code" TYPE varchar(9), '
            'ADD ATTRIBUTE "size" bigint'
        ),
    )
    assert change.inverse is None  # what the names were is lost
    qb_tx.run(create_all(schema(before))).unwrap()
    qb_tx.run(plan).unwrap()
    assert fields(qb_tx, "places") == [("code", "character varying(9)"), ("size", "bigint")]
    wider = Alter(of(composite("places", Country, types={"code": code}, names={"name": "size"})), of(before))
    assert wider.steps == ()
    with pytest.raises(DefinitionError, match="keeps its fields name, code in this order, and new ones come behind"):
        Alter(of(composite("places", Turned)), of(before))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


class Turned(msgspec.Struct, frozen=True):
    name: str | None
    code: str


def test_comments_and_grants(tx: Tx) -> None:
    plan = planned([Comment(of(country), HOSTILE), Grant(of(country), ("usage",), "public")], Target())
    tx.run(plan).unwrap()
    assert tx.scalar(
        sql("SELECT obj_description(oid, 'pg_type') FROM pg_type WHERE typname = 'country'").rows(str)
    ) == (Success(HOSTILE))


def test_a_table_that_stands_with_another_type(tx: Tx) -> None:
    class Other(Table, name="people of rows"):
        home: Col[Country] = column(country)

    with tx.transaction(rollback=True) as inner:
        assert isinstance(inner.all(select(Other.home)).failure(), SchemaMismatch)
    assert isinstance(tx.run(create_all(schema(Other), if_not_exists=True)).failure(), SchemaMismatch)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
values = st.builds(
    msgspec.structs.replace,
    st.just(EMPTY),
    city=texts,
    country=st.none() | st.builds(Country, texts, st.none() | texts),
    words=st.lists(st.none() | texts, max_size=3),
    double=st.floats(allow_nan=False),
    data=st.binary(max_size=5),
    note=st.builds(Note, texts, st.lists(st.integers(-(2**63), 2**63 - 1), max_size=2)),
    exact=st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9),
    span=st.timedeltas(dt.timedelta(days=-999), dt.timedelta(days=999)),
    abroad=st.lists(st.builds(Country, texts, st.none() | texts), max_size=2),
)


@settings(samples(80), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values)
def test_any_value_comes_back(tx: Tx, value: Address) -> None:
    with tx.transaction(rollback=True) as inner:
        inner.execute(insert(NewPerson(id=1, home=value, all=[value, None]))).unwrap()
        assert inner.one(select(Person.home, Person.all)) == Success((value, [value, None]))
        assert inner.one(select(many(select(Person.home)))) == Success([value])
        assert inner.all(select(Person.id).where(Person.home == value)) == Success([1])
