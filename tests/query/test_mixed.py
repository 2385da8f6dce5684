"""Values that become one: in every order the same type, and rows that are what the type says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Any, Literal, cast

import msgspec
import pytest

from qb import (
    Col,
    Expr,
    QueryError,
    Select,
    Success,
    Table,
    Tx,
    case,
    column,
    create_all,
    excluded,
    fn,
    identity,
    insert,
    new,
    pg,
    prepare,
    schema,
    select,
)


class Status(Enum):
    OPEN = "open"
    DONE = "done"


class Role(StrEnum):
    OWNER = "owner"
    CLERK = "clerk"


class Level(IntEnum):
    LOW = -1
    HIGH = 2


class Note(msgspec.Struct, frozen=True):
    text: str


class Person(Table, name="people_mixed"):
    id: Col[int] = column(primary_key=True, default=identity())
    role: Col[Literal["owner", "clerk"] | None] = column(default=None)
    rank: Col[Literal["clerk", "guest"] | None] = column(default=None)
    kind: Col[Role | None] = column(default=None)
    name: Col[str] = column()
    status: Col[Status | None] = column(default=None)
    stored: Col[Status | None] = column(pg.enum("status_mixed", Status), default=None)
    level: Col[Level | None] = column(pg.integer, default=None)
    sign: Col[Literal[-1, 1]] = column(pg.integer, default=-1)
    whole: Col[int | None] = column(default=None)
    price: Col[Decimal | None] = column(default=None)
    ratio: Col[float | None] = column(default=None)
    roles: Col[list[Literal["owner", "clerk"]] | None] = column(default=None)
    note: Col[Note | None] = column(default=None)


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.run(create_all(schema(Person))).unwrap()
    full = new(Person)(name="Ada", role="owner", rank="guest", kind=Role.OWNER, whole=3, price=Decimal("1.5"))
    qb_tx.execute(insert(full, new(Person)(name="Grace"))).unwrap()
    return qb_tx


yes, no = Person.name == "Ada", Person.name == "Grace"
anything: Any = Person
coalesce: Any = fn.coalesce
anything_of: Any = fn
some: Any = case

MIXED: dict[str, tuple[Callable[[], Expr[Any]], list[Any]]] = {
    "coalesce of labels and a text": (lambda: fn.coalesce(Person.role, "nobody"), ["owner", "nobody"]),
    "coalesce of labels and a label": (lambda: fn.coalesce(Person.role, "clerk"), ["owner", "clerk"]),
    "coalesce of labels and other labels": (
        lambda: coalesce(Person.rank, Person.role, "owner"),
        ["guest", "owner"],
    ),
    "coalesce of labels and a text column": (lambda: coalesce(Person.role, Person.name), ["owner", "Grace"]),
    "coalesce of a text enum": (lambda: coalesce(Person.kind, "nobody"), ["owner", "nobody"]),
    "coalesce of a text enum and a column": (lambda: coalesce(Person.kind, Person.name), ["owner", "Grace"]),
    "coalesce of a number enum": (lambda: coalesce(Person.level, 7), [7, 7]),
    "coalesce of lists of labels": (lambda: coalesce(Person.roles, ["nobody"]), [["nobody"], ["nobody"]]),
    "case of labels, else a text": (lambda: some((yes, Person.role), else_="other"), ["owner", "other"]),
    "case of a text, else labels": (lambda: some((no, "other"), else_=Person.role), ["owner", "other"]),
    "case of case": (
        lambda: some((yes, coalesce(Person.role, "clerk")), else_="other"),
        ["owner", "other"],
    ),
    "greatest": (lambda: anything_of.greatest(coalesce(Person.role, "a"), "b"), ["owner", "b"]),
    "least": (lambda: anything_of.least(coalesce(Person.role, "zero"), "p"), ["owner", "p"]),
    "nullif": (lambda: anything_of.nullif(Person.role, "nobody"), ["owner", None]),
    "the absolute value of labels": (lambda: fn.abs(Person.sign), [1, 1]),
    "an int, else a Decimal": (lambda: some((yes, 1), else_=Decimal("0.5")), [Decimal(1), Decimal("0.5")]),
    "a Decimal, else an int": (lambda: some((yes, Decimal("0.5")), else_=1), [Decimal("0.5"), Decimal(1)]),
    "an int column or a Decimal": (lambda: coalesce(Person.whole, Decimal("0.5")), [Decimal(3), Decimal("0.5")]),
    "an int column and a Decimal column": (lambda: coalesce(Person.whole, Person.price, 2), [Decimal(3), Decimal(2)]),
    "a Decimal column or an int": (lambda: coalesce(Person.price, 2), [Decimal("1.5"), Decimal(2)]),
    "a sum of ints or a Decimal": (
        lambda: coalesce(fn.sum(Person.whole).filter(Person.id < 0).over(), Decimal("0.5")),
        [Decimal("0.5"), Decimal("0.5")],
    ),
    "an int beside a float column": (lambda: coalesce(Person.ratio, 1), [1.0, 1.0]),
    "an enum and its column": (
        lambda: some((no, case((yes, Status.OPEN), else_=Status.DONE)), else_=Person.stored),
        [None, Status.DONE],
    ),
}


@pytest.mark.parametrize("name", MIXED)
def test_what_is_mixed_is_read_as_what_all_of_it_is(tx: Tx, name: str) -> None:
    build, wanted = MIXED[name]
    found = tx.all(select(build()).order_by(Person.id)).unwrap()
    assert [(type(each), each) for each in found] == [(type(each), each) for each in wanted]


def test_two_sides_of_a_union_are_read_as_either(tx: Tx) -> None:
    def union(one: Any, other: Any) -> list[Any]:
        query: Select[Any] = select(one).where(yes).union(select(other).where(no))
        return sorted(tx.all(query).unwrap())

    assert union(Person.role, Person.name) == ["Grace", "owner"]
    assert union(Person.kind, Person.name) == ["Grace", "owner"]
    assert union(fn.coalesce(Person.role, "clerk"), Person.name) == ["Grace", "owner"]
    assert union(coalesce(Person.level, 5), coalesce(Person.whole, 6)) == [5, 6]
    with pytest.raises(QueryError, match="union: Status and what stands beside it do not become one type"):
        union(Person.status, Person.name)


def test_a_parameter_widens_labels_too(tx: Tx) -> None:
    @prepare
    def roles(otherwise: str, price: Decimal) -> Select[tuple[str, Any]]:
        return select(fn.coalesce(Person.role, otherwise), coalesce(Person.whole, price)).order_by(Person.id)

    assert tx.all(roles("nobody", Decimal("0.5"))) == Success([("owner", 3), ("nobody", Decimal("0.5"))])


def test_labels_that_are_the_same_everywhere_stay_checked() -> None:
    kept = coalesce(Person.role, "clerk")
    assert kept.python == Literal["owner", "clerk"]
    assert coalesce(Person.kind, Role.CLERK).python is Role
    assert excluded(Person.role).python == Literal["owner", "clerk"]
    assert some((yes, Person.role), else_=None).python == Literal["owner", "clerk"]


NOW = dt.datetime(2024, 1, 2, tzinfo=dt.UTC)
UNLIKE: dict[str, tuple[Callable[[], Any], str]] = {
    "an int and a text": (lambda: some((yes, 1), else_="many"), "bigint and text do not become one type"),
    "a text and an int": (lambda: some((yes, "many"), else_=1), "text and bigint do not become one type"),
    "an int and a float": (lambda: some((yes, 1), else_=2.5), "bigint takes int, not float: give an int"),
    "a float and an int": (lambda: some((yes, 2.5), else_=1), "bigint takes int, not float: give an int"),
    "a float and a Decimal": (lambda: some((yes, 2.5), else_=Decimal(1)), "numeric takes Decimal, not float"),
    "a text beside an enum": (
        lambda: coalesce(Person.status, "nobody"),
        "coalesce: the value is none of Status: give one of them, or cast the other side",
    ),
    "a text beside an enum type": (lambda: coalesce(Person.stored, "nobody"), "not a label of .*status_mixed"),
    "a text, else an enum": (lambda: some((yes, "nobody"), else_=Person.status), "case: the value is none of Status"),
    "a text and a member": (lambda: some((yes, "nobody"), else_=Status.OPEN), "Status and what stands beside it"),
    "a column beside an enum": (
        lambda: coalesce(Person.status, Person.name),
        r"Status and what stands beside it do not become one type: cast the labels, with .cast\(pg.text\)",
    ),
    "greatest of an enum and a text": (lambda: fn.greatest(anything.status, "nobody"), "greatest: the value is none"),
    "nullif of an enum and a text": (lambda: fn.nullif(anything.status, "nobody"), "nullif: the value is none of"),
    "documents": (lambda: coalesce(Person.note, {}), "coalesce: documents of Note and dict do not become one type"),
    "avg_float of ints": (lambda: fn.avg_float(anything.whole), "of integers and numerics write fn.avg"),
    "a date and a moment": (
        lambda: fn.current_date() <= cast("Any", fn.now()),
        "a date beside a timestamptz means midnight in the session's time zone",
    ),
    "a moment and a date": (
        lambda: fn.now() > cast("Any", fn.current_date()),
        "means midnight in the session's time zone",
    ),
    "a unit": (lambda: fn.date_trunc(cast("Any", "dya"), fn.now()), "date_trunc knows no unit 'dya': one of micro"),
    "a field": (
        lambda: anything_of.extract("yaer", fn.now()),
        "extract knows no field 'yaer': one of century",
    ),
    "a field that a date has not": (
        lambda: anything_of.extract("hour", fn.current_date()),
        "extract: date has no hour: it has century, day",
    ),
    "a field that an interval has not": (
        lambda: anything_of.extract("dow", fn.now() - fn.now()),
        "extract: interval has no dow: it has century, day",
    ),
    "a field that a timestamp has not": (
        lambda: anything_of.extract("timezone", fn.date_trunc("day", fn.current_date())),
        "extract: timestamp has no timezone",
    ),
    "a field of a number": (lambda: anything_of.extract("epoch", Person.whole), "extract is not for bigint: give a"),
    "weeks of an interval": (
        lambda: anything_of.date_trunc("week", fn.now() - fn.now()),
        "an interval is not cut to weeks",
    ),
    "no text": (lambda: anything_of.lower(1), "lower takes a text, not int"),
}


@pytest.mark.parametrize("name", UNLIKE)
def test_what_does_not_become_one_is_refused(name: str) -> None:
    build, said = UNLIKE[name]
    with pytest.raises(QueryError, match=said):
        build()


def test_text_functions_take_plain_texts(tx: Tx) -> None:
    @prepare
    def called(name: str) -> Select[str]:
        return select(Person.name).where(
            fn.lower(Person.name) == fn.lower(name),
            fn.length(name) > 2,
            fn.replace(name, "D", "d") != "",
            fn.upper(fn.trim(name)) == "ADA",
            fn.substring(name, 1, 1) == "a",
        )

    assert tx.all(called("aDA")) == Success(["Ada"])
    plain = select(
        fn.lower("A"),
        fn.upper("a"),
        fn.trim(" a "),
        fn.length("abc"),
        fn.replace("a", "a", "b"),
        fn.substring("abc", 2, 1),
    ).from_(Person)
    assert tx.first(plain) == Success(("a", "A", "a", 3, "b", "b"))
