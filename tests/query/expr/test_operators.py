"""Operators and functions of numbers and times: what qb says comes out of them is what PostgreSQL says, in every
combination, and the value that comes back is of the Python type that the checkers promise."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, NewType, cast

import pytest

from qb import (
    Col,
    Database,
    Db,
    QueryError,
    Success,
    Table,
    Tx,
    case,
    column,
    fn,
    insert,
    maybe,
    new,
    pg,
    select,
    sql,
    trusted,
    value,
)


class Kinds(Table, name="kinds"):
    """A column of each type that arithmetic knows, and some that it does not."""

    small: Col[int] = column(pg.smallint, primary_key=True)
    whole: Col[int] = column(pg.integer)
    big: Col[int] = column(pg.bigint)
    counted: Col[int] = column(pg.numeric(20))
    exact: Col[Decimal] = column(pg.numeric(12, 3))
    single: Col[float] = column(pg.real)
    double: Col[float] = column(pg.double_precision)
    text: Col[str] = column(pg.text)
    short: Col[str] = column(pg.varchar(20))
    fixed: Col[str] = column(pg.char(4))
    day: Col[dt.date] = column(pg.date)
    clock: Col[dt.time] = column(pg.time)
    local: Col[dt.datetime] = column(pg.timestamp)
    moment: Col[dt.datetime] = column(pg.timestamptz)
    span: Col[dt.timedelta] = column(pg.interval)
    yes: Col[bool] = column(pg.boolean)


LOCAL = dt.datetime(2024, 2, 29, 12, 30)  # noqa: DTZ001
ROW = new(Kinds)(
    small=7, whole=-7, big=3, counted=11, exact=Decimal("2.500"), single=0.5, double=-1.25, text="a", short="b",
    fixed="c", day=LOCAL.date(), clock=LOCAL.time(), local=LOCAL, moment=LOCAL.replace(tzinfo=dt.UTC),
    span=dt.timedelta(days=1, hours=2), yes=True,
)  # fmt: skip
DDL = (
    "CREATE TABLE kinds (small smallint, whole integer, big bigint, counted numeric(20), exact numeric(12, 3), "
    "single real, double double precision, text text, short varchar(20), fixed char(4), day date, clock time, "
    "local timestamp, moment timestamptz, span interval, yes boolean)"
)
COLUMNS = tuple(Kinds.__annotations__)
T: Any = Kinds
F: Any = fn
either: Any = case

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": lambda a, b: a % b,
}


def floored(a: Any, b: Any) -> Any:
    return a // b


def _on_purpose(sign: str, a: str, b: str) -> bool:
    """PostgreSQL takes a time of day for an interval, which can be multiplied."""
    return sign in "*/" and "clock" in (a, b)


@pytest.fixture(scope="module")
def db(qb_db: Database) -> Iterator[Database]:
    with qb_db.transaction() as tx:
        tx.execute(sql(DDL).command()).unwrap()
        assert tx.execute(insert(ROW)) == Success(1)
    yield qb_db
    qb_db.execute(sql("DROP TABLE kinds").command()).unwrap()


def _type(tx: Tx, text: str) -> str | None:
    """The type that PostgreSQL gives an expression over the columns; None where it refuses it."""
    with tx.transaction(rollback=True) as inner:
        return inner.scalar(sql(trusted(f"SELECT pg_typeof({text})::text FROM kinds")).rows(str)).value_or(None)


def _said(db: Db, expr: Any) -> tuple[str, str, Any]:
    """What qb says the type is, what PostgreSQL says, and the value."""
    told = sql("pg_typeof({x})::text", x=expr).as_(str)
    declared = sql(trusted(f"'{expr.type.base}'::regtype::text")).as_(str)
    loose: Any = cast("Any", select)
    found: tuple[str, str, Any] = db.one(
        loose(maybe(declared), maybe(told), cast("Any", maybe)(expr)).from_(Kinds)
    ).unwrap()
    return found


@pytest.mark.slow
@pytest.mark.parametrize("sign", OPERATORS)
def test_every_pair_of_columns_gives_the_type_of_the_server(db: Database, sign: str) -> None:
    with db.transaction(rollback=True) as tx:
        for a, b in itertools.product(COLUMNS, COLUMNS):
            left, right = getattr(T, a), getattr(T, b)
            try:
                expr = OPERATORS[sign](left, right)
            except QueryError:
                assert _type(tx, f"{a} {sign} {b}") is None or _on_purpose(sign, a, b), f"{a} {sign} {b} is refused"
                continue
            declared, told, found = _said(tx, expr)
            assert declared == told, f"{a} {sign} {b}"
            assert type(found) is expr.python, f"{a} {sign} {b}"


VALUES: dict[str, Any] = {
    "int": 2,
    "a large int": 3_000_000_000,
    "float": 0.5,
    "Decimal": Decimal("1.5"),
    "str": "x",
    "timedelta": dt.timedelta(hours=5),
    "date": dt.date(2023, 1, 1),
    "time": dt.time(1, 2),
    "datetime": dt.datetime(2023, 1, 1),  # noqa: DTZ001
    "aware datetime": dt.datetime(2023, 1, 1, tzinfo=dt.UTC),
}
NOT_SENT = {("local", "aware datetime"), ("moment", "datetime"), ("day", "a large int"), ("span", "a large int")}
"""An error that names the column, and not the value: the wrong kind of time, more days than there are."""


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("name", VALUES)
def test_every_column_beside_every_value(db: Database, name: str, turned: bool) -> None:
    built = 0
    with db.transaction(rollback=True) as tx:
        for (sign, made), a in itertools.product({**OPERATORS, "//": floored}.items(), COLUMNS):
            sides = (VALUES[name], getattr(T, a)) if turned else (getattr(T, a), VALUES[name])
            try:
                expr = made(*sides)
            except (QueryError, TypeError):
                continue
            if (a, name) in NOT_SENT:
                continue
            declared, told, found = _said(tx, expr)
            assert declared == told, (sign, a, name)
            assert type(found) is expr.python, (sign, a, name)
            built += 1
    assert built


def test_what_python_says_of_whole_numbers(db: Database) -> None:
    pairs = [(a, b) for a in (-9, -7, -1, 0, 1, 7, 9, 10**18 - 1) for b in (-10, -3, -1, 1, 3, 10**18)]
    for a, b in pairs:
        for left, right in ((value(a), value(b)), (value(a), b), (a, value(b)), (value(a).cast(pg.numeric), b)):
            query: Any = select(maybe(floored(left, right)))
            assert db.scalar(query).unwrap() == a // b
        assert db.scalar(select(fn.div(value(a), b))).unwrap() == (abs(a) // abs(b)) * (1 if a * b >= 0 else -1)
        assert db.scalar(select(value(a) / b)).unwrap() == pytest.approx(Decimal(a) / Decimal(b))


def test_a_quotient_of_decimals_is_not_rounded_before_it_is_cut(db: Database) -> None:
    large = Decimal(10) ** 40
    assert db.scalar(select((value(large) - 1) // large)).unwrap() == 0
    assert db.scalar(select(value(Decimal("-7.5")) // 2)).unwrap() == -4
    assert db.scalar(select(fn.div(value(Decimal("-7.5")), 2))).unwrap() == -3


def test_a_division_by_zero_is_an_answer(db: Database) -> None:
    for expr in (value(1) / 0, value(1) // 0, fn.div(value(1), 0), value(1) % 0):
        assert "division by zero" in str(db.scalar(select(expr)))


FUNCTIONS: dict[str, Any] = {
    **{f"sum of {name}": lambda name=name: F.sum(getattr(T, name)) for name in ("small", "whole", "big", "counted", "exact", "single", "double")},  # noqa: E501
    **{f"{each} of {name}": lambda each=each, name=name: getattr(F, each)(getattr(T, name)) for each in ("floor", "ceil", "abs") for name in ("exact", "single", "double")},  # noqa: E501
    **{f"{each} of {name}": lambda each=each, name=name: getattr(F, each)(getattr(T, name)) for each in ("lower", "upper", "trim") for name in ("text", "short", "fixed")},  # noqa: E501
    **{f"- {name}": lambda name=name: -getattr(T, name) for name in ("small", "whole", "big", "counted", "exact", "single", "double", "span")},  # noqa: E501
    **{f"date_trunc of {name}": lambda name=name: F.date_trunc("month", getattr(T, name)) for name in ("day", "local", "moment")},  # noqa: E501
    **{f"extract from {name}": lambda name=name: F.extract("hour", getattr(T, name)) for name in ("local", "moment", "clock")},  # noqa: E501
    "sum of a product": lambda: F.sum(T.small * T.whole),
    "sum of a sum and a value": lambda: F.sum(T.small + 1),
    "sum of numerics and integers": lambda: F.sum(T.exact * T.whole),
    "a mean by hand": lambda: F.sum(T.big) / F.count(),
    "a number and a sum": lambda: F.max(T.whole) + F.sum(T.big),
    "a sum less a sum": lambda: F.sum(T.whole) - F.sum(T.big),
    "avg": lambda: F.avg(T.whole),
    "round": lambda: F.round(T.exact, 1),
    "length": lambda: F.length(T.text),
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_give_the_type_of_the_server(db: Database, name: str) -> None:
    expr = FUNCTIONS[name]()
    declared, told, found = _said(db, expr)
    assert declared == told
    assert type(found) is expr.python


BECOME_ONE: dict[str, Callable[[Any, Any], Any]] = {
    "coalesce": lambda a, b: F.coalesce(a, b),
    "coalesce of NULL": lambda a, b: F.coalesce(F.nullif(a, a), b),
    "greatest": lambda a, b: F.greatest(a, b),
    "least": lambda a, b: F.least(a, b),
    "case": lambda a, b: either((T.yes, a), else_=b),
}


@pytest.mark.parametrize("name", BECOME_ONE)
def test_numbers_of_two_types_become_the_wider(db: Database, name: str) -> None:
    numbers = ("small", "whole", "big", "counted", "exact", "single", "double")
    with db.transaction(rollback=True) as tx:
        for a, b in itertools.product(numbers, numbers):
            expr = BECOME_ONE[name](getattr(T, a), getattr(T, b))
            declared, told, found = _said(tx, expr)
            assert declared == told, (a, b)
            assert type(found) is expr.python, (a, b)


def test_comparisons_of_numbers_of_two_kinds(db: Database) -> None:
    def holds(condition: Any) -> bool:
        return db.scalar(select(fn.count()).from_(Kinds).where(condition)).unwrap() == 1

    assert holds(Kinds.exact > 2)
    assert holds(Kinds.exact == Decimal("2.5"))
    assert holds(Kinds.whole < Decimal("-6.5"))
    assert not holds(Kinds.whole == Decimal("-6.5"))
    assert holds(T.whole < -6.5)
    assert holds(Kinds.exact.between(2, Decimal("2.5")))
    assert holds(T.small.between(6.5, 7.5))
    assert holds(Kinds.small < Kinds.counted)
    assert holds(T.small.is_distinct_from(Decimal("7.1")))
    assert holds(T.big.is_not_distinct_from(40_000 - 39_997))


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda: T.day + T.day, r"PostgreSQL has no kinds.day \(date\) \+ kinds.day \(date\)"),
        (lambda: T.moment + 1, r"PostgreSQL has no kinds.moment \(timestamptz\) \+ int: add a timedelta"),
        (lambda: T.day + T.big, r"kinds.big \(bigint\): days are an integer, so cast it to pg.integer"),
        (lambda: T.exact * 1.5, r"kinds.exact \(numeric\(12, 3\)\) is exact and a float is not: write Decimal"),
        (lambda: T.double // 2, r"PostgreSQL has no kinds.double \(double precision\) // int: cast both to pg.numeric"),
        (lambda: T.double % 2, r"fn.floor\(a / b\)"),
        (lambda: T.text + 5, r"PostgreSQL has no kinds.text \(text\) \+ int: texts are joined with texts"),
        (lambda: T.yes + 1, r"PostgreSQL has no kinds.yes \(boolean\) \+ int"),
        (lambda: T.whole + True, r"PostgreSQL has no kinds.whole \(integer\) \+ bool"),
        (lambda: -T.text, r"PostgreSQL has no -kinds.text \(text\)"),
        (lambda: -T.yes, r"PostgreSQL has no -kinds.yes \(boolean\)"),
        (lambda: F.div(T.double, 2), r"fn.div takes integers and numerics, not kinds.double \(double precision\)"),
        (lambda: T.whole + None, r"None is no value beside kinds.whole: leave it out"),
    ],
)  # fmt: skip
def test_what_postgresql_has_no_operator_for_is_refused_when_it_is_built(made: Callable[[], Any], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        made()


Word = Literal["a", "b"]


class Worded(Table, name="worded"):
    id: Col[int] = column(primary_key=True)
    word: Col[Word] = column()


def test_a_text_made_of_a_literal_is_any_text(qb_tx: Tx) -> None:
    qb_tx.execute(sql("CREATE TABLE worded (id bigint, word text)").command()).unwrap()
    qb_tx.execute(insert(new(Worded)(id=1, word="a"))).unwrap()
    words: Any = Worded.word
    assert qb_tx.one(select(words + "!", fn.upper(words))).unwrap() == ("a!", "A")


class Priority(Enum):
    LOW = 1
    HIGH = 2


class Ranked(Table, name="ranked"):
    id: Col[int] = column(primary_key=True)
    priority: Col[Priority]


OF_ONE: list[Callable[[Any], object]] = [
    lambda column: -column,
    lambda column: column + 1,
    lambda column: 7 % column,
    lambda column: Ranked.id * column,
    lambda column: column // 2,
    fn.sum,
    fn.avg,
    fn.abs,
    fn.round,
]


@pytest.mark.parametrize("built", OF_ONE)
def test_nothing_is_calculated_of_the_numbers_of_a_plain_enum(built: Callable[[Any], object]) -> None:
    message = (
        r"^ranked\.priority is Priority, whose members are no numbers: cast it to pg\.bigint, or make it an IntEnum$"
    )
    with pytest.raises(QueryError, match=message):
        built(Ranked.priority)
    built(Ranked.priority.cast(pg.bigint))


Grams = NewType("Grams", int)
Metres = NewType("Metres", float)


def test_the_same_values_under_another_name() -> None:
    grams = (Kinds.whole + 5).as_(Grams)
    assert (grams.python, grams.type, grams.optional) == (Grams, pg.bigint, False)
    assert maybe(Kinds.whole).as_(Grams).optional
    assert grams.as_(int).node == grams.node
    assert Kinds.double.as_(Metres).python is Metres


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (
            lambda: T.text.as_(Grams),
            r"names the same values, and kinds\.text is str, Grams is not: give a NewType of it",
        ),
        (lambda: T.whole.as_(Metres), r"kinds\.whole is int, Metres is not: .* or cast it with \.cast"),
        (lambda: (T.whole + 1).as_(Decimal), r"the expression is int, Decimal is not"),
        (lambda: T.text.as_(Literal["a"]), r"kinds\.text is str, Literal\['a'\] is not"),
    ],
)
def test_another_name_is_no_cast(made: Callable[[], Any], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        made()


@pytest.mark.parametrize("shift", ["lag", "lead"])
def test_a_default_is_of_the_type_that_it_stands_for(shift: str) -> None:
    function = getattr(F, shift)
    assert not function(T.whole, 1, 0).optional
    assert function(T.whole, 1, maybe(Kinds.big)).optional
    assert function(maybe(Kinds.whole), 1, 0).optional
    assert function(T.whole, 1, Kinds.exact).python is Decimal
    with pytest.raises(QueryError, match=r"^integer and text do not become one type: cast one of them to the other$"):
        function(T.whole, 1, T.text)
    with pytest.raises(QueryError, match=r"^None is no value beside kinds\.whole: leave it out"):
        function(T.whole, 1, None)
