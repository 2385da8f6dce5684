"""Domains on the server: created, read back, altered, dropped; their values on every way in and out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, NewType

import msgspec
import pytest

from qb import (
    Arg,
    CheckViolation,
    Col,
    Command,
    DbError,
    DefinitionError,
    Expr,
    New,
    NotNullViolation,
    Range,
    SchemaMismatch,
    Select,
    Success,
    Table,
    Tx,
    column,
    create_all,
    domain,
    drop_all,
    fn,
    function,
    insert,
    many,
    new,
    pg,
    prepare,
    schema,
    select,
    sql,
    undone,
    update,
)
from qb.ddl.operation import Alter, Comment, Grant
from qb.model.domain import domain_of
from qb.model.object import Object
from qb.model.target import Target
from qb.render.ddl.script import planned
from qb.types import SqlType
from tests.render.ddl_schemas import HOSTILE

Email = NewType("Email", str)


class Mood(Enum):
    GLAD = "glad"
    SAD = "sad"


class Note(msgspec.Struct, frozen=True):
    text: str


odd = function("odd number", pg.bigint, returns=bool, schema=f"s{HOSTILE}", volatility="immutable", external=True)
email_type = domain(
    "email", pg.text, brand=Email, check={"has an @": lambda v: v.like("%_@_%"), HOSTILE: lambda v: v != HOSTILE}
)
work_type = domain(
    f"d{HOSTILE}", email_type, brand=Email, schema=f"s{HOSTILE}", default=Email("me@work"), not_null=True
)
age_type = domain("age", pg.smallint, check=lambda v: v.between(0, 150), default=7)
price_type = domain("price", pg.numeric(8, 2), check=lambda v: v > Decimal("0.5"))
tags_type = domain("tags", pg.array(pg.text), check=lambda v: sql("cardinality({v}) < 3", v=v).as_(bool))
mood_type = domain("mood", pg.enum("moods of domains", Mood))
label_type = domain("label", pg.varchar(5), collate="C")
day_type = domain("interval", pg.date, default=dt.date(2024, 2, 29))
note_type = domain("note", pg.jsonb)
span_type = domain("span", pg.int4range)
data_type = domain("data", pg.bytea)
stamp_type = domain("stamp", pg.timestamptz(3), default=fn.now())


class Person(Table, name="people of domains"):
    id: Col[int] = column(primary_key=True)
    email: Col[Email] = column(email_type, unique=True)
    work: Col[Email] = column(work_type, default=Email("me@work"))
    age: Col[int | None] = column(age_type, default=None)
    price: Col[Decimal] = column(price_type, default=Decimal("1.50"), check=lambda price: price < 100)
    tags: Col[list[str]] = column(tags_type, default=[])
    mood: Col[Mood] = column(mood_type, default=Mood.GLAD)
    label: Col[str] = column(label_type, default="x")
    day: Col[dt.date] = column(day_type, default=dt.date(2024, 1, 1))
    note: Col[Note] = column(note_type, default=Note(""))
    span: Col[Range[int]] = column(span_type, default=Range(1, 2))
    data: Col[bytes] = column(data_type, default=b"\0")
    others: Col[list[Email | None]] = column(pg.array(email_type), default=[])
    ages: Col[list[int]] = column(pg.array(age_type), default=[])
    moods: Col[list[Mood]] = column(pg.array(mood_type), default=[])


described = schema(Person, stamp_type)
ADA, BOB = Email("ada@x"), Email("bob@x")
FULL: dict[str, Any] = {
    "id": 1,
    "email": ADA,
    "work": BOB,
    "age": 150,
    "price": Decimal("99.99"),
    "tags": ["a", 'b"\\,{}'],
    "mood": Mood.SAD,
    "label": "abcde",
    "day": dt.date(1, 1, 1),
    "note": Note('"'),
    "span": Range(3, None),
    "data": b"\xff\x00",
    "others": [ADA, None, BOB],
    "ages": [0, 150],
    "moods": [Mood.SAD, Mood.GLAD],
}


def person(**changed: Any) -> New[Person]:
    return new(Person)(**{**FULL, **changed})


CATALOG = """
SELECT t.typname::text, format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault,
  array(SELECT conname::text FROM pg_constraint WHERE contypid = t.oid AND contype = 'c' ORDER BY 1)
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'd' AND n.nspname <> 'information_schema' ORDER BY 1
"""
Row = tuple[str, str, bool, str | None, list[str]]


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.run(create_all(described)).unwrap()
    return qb_tx


def test_the_catalog_says_what_was_declared(tx: Tx) -> None:
    expected: list[Row] = [
        (f"d{HOSTILE}", "email", True, "'me@work'::text", []),
        ("age", "smallint", False, "7", ["age_check"]),
        ("data", "bytea", False, None, []),
        ("email", "text", False, None, sorted([HOSTILE, "has an @"])),
        ("interval", "date", False, "'2024-02-29'::date", []),
        ("label", "character varying(5)", False, None, []),
        ("mood", '"moods of domains"', False, None, []),
        ("note", "jsonb", False, None, []),
        ("price", "numeric(8,2)", False, None, ["price_check"]),
        ("span", "int4range", False, None, []),
        ("stamp", "timestamp(3) with time zone", False, "now()", []),
        ("tags", "text[]", False, None, ["tags_check"]),
    ]
    assert sorted(tx.all(sql(CATALOG).rows(Row)).unwrap()) == sorted(expected)
    assert tx.scalar(sql("SELECT typcollation::regcollation::text FROM pg_type WHERE typname = 'label'").rows(str)) == (
        Success('"C"')
    )
    tx.run(create_all(described, if_not_exists=True)).unwrap()
    back = undone(create_all(described).operations)
    assert back is None  # of the schemas it is not known whose they are
    tx.run(drop_all(described)).unwrap()
    assert tx.all(sql(CATALOG).rows(Row)) == Success([])


def test_a_table_that_stands_with_another_domain(tx: Tx) -> None:
    class Other(Table, name="people of domains"):
        email: Col[str] = column(label_type)

    error = tx.run(create_all(schema(Other), if_not_exists=True)).failure()
    assert isinstance(error, SchemaMismatch)
    assert "label" in str(error)
    assert "email" in str(error)


@prepare
def by_email(given: Email, ages: list[int]) -> Select[Person]:
    return select(Person).where(Person.email == given, Person.age.in_(ages))


def same(person: Person) -> bool:
    return all(getattr(person, name) == value for name, value in FULL.items())


def test_values_on_every_way(tx: Tx) -> None:
    assert same(tx.one(insert(person()).returning()).unwrap())
    assert same(tx.one(select(Person)).unwrap())
    assert same(tx.one(by_email(ADA, [150, 3])).unwrap())
    nested = tx.one(select(many(select(Person).where(Person.id == 1)))).unwrap()
    assert list(map(same, nested)) == [True]
    with tx.stream(select(Person)) as stream:
        assert list(map(same, stream)) == [True]
    tx.execute(
        update(Person).set(Person.others.to([BOB]), Person.tags.to(["z"]), Person.age.to(None)).all_rows()
    ).unwrap()
    several: list[Email | None] = [BOB]
    assert tx.all(select(Person.others, Person.tags, Person.age)) == Success([([BOB], ["z"], None)])
    assert tx.all(select(Person.id).where(Person.others == several, Person.tags == ["z"])) == Success([1])
    assert tx.all(select(Person.id).where(Person.email.in_([ADA, Email("no email")]))) == Success([1])
    assert tx.all(select(Person.id).where(Person.email == Email("no email"))) == Success([])
    assert tx.all(select(fn.array_agg(Person.email))) == Success([[ADA]])
    assert tx.all(select(fn.coalesce(Person.age, 5) + 1, fn.upper(Person.email))) == Success([(6, "ADA@X")])
    assert tx.all(select(Person.id).where(Person.note.path(lambda n: n.text) == '"')) == Success([1])


def test_many_rows(tx: Tx) -> None:
    rows = [person(id=number, email=Email(f"{number}@x")) for number in range(300)]
    assert tx.insert_many(rows) == Success(300)
    assert tx.insert_many([person(id=999)], insert(Person).returning(Person.work)) == (Success([BOB]))
    assert tx.scalar(
        select(fn.count()).from_(Person).where(Person.label == "abcde", Person.moods == [Mood.SAD, Mood.GLAD])
    ) == Success(301)
    found = tx.all(select(Person).where(Person.id == 299)).unwrap()
    assert found[0].ages == [0, 150]
    assert found[0].others == [ADA, None, BOB]


class Few(Table, name="few of domains"):
    """Which a COPY takes, and no array keeps it from being one."""

    id: Col[int] = column(primary_key=True)
    email: Col[Email] = column(email_type)
    age: Col[int] = column(age_type)


def test_a_copy(qb_tx: Tx) -> None:
    qb_tx.run(create_all(schema(Few))).unwrap()
    assert qb_tx.insert_many([new(Few)(id=each, email=ADA, age=each % 100) for each in range(500)]) == Success(500)
    assert qb_tx.scalar(select(fn.sum(Few.age))) == Success(5 * 4950)
    with qb_tx.transaction(rollback=True) as inner:
        error = inner.insert_many([new(Few)(id=500 + each, email=ADA, age=each) for each in range(500)]).failure()
    assert error == CheckViolation("age_check", None, "public")


def test_what_a_domain_does_not_take(tx: Tx) -> None:
    def refused(query: Command) -> DbError:
        with tx.transaction(rollback=True) as inner:
            return inner.execute(query).failure()

    wrong = person(email=Email("none"))
    error = refused(insert(wrong))
    assert error == CheckViolation("has an @", None, "public")
    assert str(error) == 'a row does not satisfy check "has an @"'
    assert refused(insert(person(email=Email(HOSTILE)))) == CheckViolation(HOSTILE, None, "public")
    assert refused(insert(person(age=151))) == CheckViolation("age_check", None, "public")
    assert refused(insert(person(others=[Email("x")]))) == CheckViolation("has an @", None, "public")
    assert refused(insert(person(tags=["a"] * 3))) == CheckViolation("tags_check", None, "public")
    null = refused(sql("INSERT INTO {t} (id, email, work) VALUES (1, {e}, NULL)", t=Person, e="a@b").command())
    assert isinstance(null, NotNullViolation)
    assert str(null) == "NULL in a domain, which does not allow it"


def altered(before: SqlType[str | None], after: SqlType[str | None]) -> Alter:
    one, other = domain_of(before), domain_of(after)
    assert one is not None
    assert other is not None
    return Alter(one, other)


def test_altering(qb_tx: Tx) -> None:
    before = domain("code", pg.text, check={"a": lambda v: v > "a", "b": lambda v: v < "z"}, default="b")
    after = domain("code", pg.text, check={"b": lambda v: v < "y", "c": lambda v: v != "c"}, not_null=True)
    change = altered(before, after)
    plan = planned([change], Target())
    assert plan.statements == (
        'ALTER DOMAIN "code" DROP CONSTRAINT "a"',
        'ALTER DOMAIN "code" DROP CONSTRAINT "b"',
        'ALTER DOMAIN "code" DROP DEFAULT',
        'ALTER DOMAIN "code" SET NOT NULL',
        'ALTER DOMAIN "code" ADD CONSTRAINT "b" CHECK (VALUE < \'y\'::text)',
        'ALTER DOMAIN "code" ADD CONSTRAINT "c" CHECK (VALUE <> \'c\'::text)',
    )
    qb_tx.run(create_all(schema(before))).unwrap()
    was = qb_tx.all(sql(CATALOG).rows(Row)).unwrap()
    qb_tx.run(plan).unwrap()
    assert qb_tx.all(sql(CATALOG).rows(Row)) == Success([("code", "text", True, None, ["b", "c"])])
    assert change.inverse is not None
    qb_tx.run(planned([change.inverse], Target())).unwrap()
    assert qb_tx.all(sql(CATALOG).rows(Row)).unwrap() == was
    with pytest.raises(DefinitionError, match="domain code cannot be altered in its of: drop it and create it anew"):
        altered(before, domain("code", pg.varchar, check={"a": lambda v: v > "a"}))


def test_comments_and_grants(tx: Tx) -> None:
    made: Object | None = domain_of(work_type)
    assert made is not None
    plan = planned([Comment(made, HOSTILE), Grant(made, ("usage",), "public")], Target())
    assert (
        plan.statements[1] == f"GRANT USAGE ON {plan.statements[0].partition(' ON ')[2].partition(' IS ')[0]} TO PUBLIC"
    )
    tx.run(plan).unwrap()
    said = "SELECT obj_description(oid, 'pg_type') FROM pg_type WHERE typname = {name}"
    assert tx.scalar(sql(said, name=f"d{HOSTILE}").rows(str)) == Success(HOSTILE)
    with pytest.raises(DefinitionError, match="'select' is no privilege on it: there are usage"):
        Grant(made, ("select",), "public")


def test_a_function_comes_before_the_domain_that_calls_it(qb_tx: Tx) -> None:
    odds = domain("odds", pg.bigint, check=lambda value: odd(value))

    class Odd(Table, name="odds of domains"):
        id: Col[int] = column(odds)

    made = create_all(schema(Odd, odd), stand_ins=True)
    assert [each.split()[1] for each in made.statements] == ["SCHEMA", "FUNCTION", "DOMAIN", "TABLE"]
    qb_tx.run(made).unwrap()
    qb_tx.run(drop_all(schema(Odd, odd), stand_ins=True)).unwrap()


def test_an_argument_of_a_domain(qb_tx: Tx) -> None:
    """It is told from one of the type below it; what qb compares with it travels as that."""

    @function(name="host of domains", volatility="immutable")
    def host(address: Annotated[Arg[Email], email_type], cents: Annotated[Arg[Decimal], pg.money]) -> Expr[str]:
        return fn.upper(address)

    assert 'function host of domains("email", money)' in [str(each.identity) for each in schema(host, email_type).roots]
    qb_tx.run(create_all(schema(host, email_type))).unwrap()
    assert qb_tx.one(select(host(ADA, Decimal(1)))) == Success("ADA@X")
    qb_tx.run(drop_all(schema(host, email_type))).unwrap()
