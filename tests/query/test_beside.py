"""What may stand beside what: whatever qb builds runs, and what it refuses to build the server would refuse."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, cast
from uuid import UUID

import pytest

from qb import (
    Col,
    Database,
    Expr,
    Failure,
    Outcome,
    QueryError,
    Select,
    Success,
    Table,
    case,
    column,
    create_all,
    drop_all,
    fn,
    maybe,
    pg,
    prepare,
    schema,
    select,
    sql,
    trusted,
)


class Mood(Enum):
    GOOD = "good"


class Plain(Enum):
    ONE = "one"


class Kind(Table, name="kinds_beside"):
    small: Col[int | None] = column(pg.smallint)
    whole: Col[int | None] = column(pg.integer)
    big: Col[int | None] = column(pg.bigint)
    exact: Col[Decimal | None] = column(pg.numeric)
    single: Col[float | None] = column(pg.real)
    double: Col[float | None] = column(pg.double_precision)
    yes: Col[bool | None] = column(pg.boolean)
    words: Col[str | None] = column(pg.text)
    code: Col[str | None] = column(pg.varchar(8))
    fixed: Col[str | None] = column(pg.char(3))
    plain: Col[Plain | None] = column(pg.varchar(8))
    label: Col[Literal["a", "b"] | None] = column()
    raw: Col[bytes | None] = column(pg.bytea)
    key: Col[UUID | None] = column(pg.uuid)
    day: Col[dt.date | None] = column(pg.date)
    clock: Col[dt.time | None] = column(pg.time)
    local: Col[dt.datetime | None] = column(pg.timestamp)
    moment: Col[dt.datetime | None] = column(pg.timestamptz)
    span: Col[dt.timedelta | None] = column(pg.interval)
    document: Col[dict[str, int] | None] = column(pg.json)
    binary: Col[dict[str, int] | None] = column(pg.jsonb)
    mood: Col[Mood | None] = column(pg.enum("mood_beside", Mood))
    role: Col[Literal["a", "b"] | None] = column(pg.enum("role_beside", Literal["a", "b"]))
    numbers: Col[list[int] | None] = column(pg.array(pg.integer))
    bigs: Col[list[int] | None] = column(pg.array(pg.bigint))
    names: Col[list[str] | None] = column(pg.array(pg.text))


COLUMNS: dict[str, Expr[Any]] = {name: getattr(Kind, name) for name in Kind.__annotations__}
LOCAL = dt.datetime(2024, 2, 29, 12, 30)  # noqa: DTZ001
VALUES: tuple[object, ...] = (
    *(1, True, 1.5, Decimal("1.5"), "a", b"a", UUID(int=1)),
    *(LOCAL.date(), LOCAL.time(), dt.timedelta(1), Mood.GOOD, Plain.ONE, [1], [1.5], ["a"], [[1, None]], [[1.5]]),
)
MOMENTS = (LOCAL, LOCAL.replace(tzinfo=dt.UTC))


@pytest.fixture(scope="module")
def kinds(qb_db: Database) -> Iterator[Database]:
    qb_db.run(create_all(schema(Kind))).unwrap()
    yield qb_db
    qb_db.run(drop_all(schema(Kind))).unwrap()


def built(db: Database, build: Callable[[], Expr[Any]]) -> Outcome[Any] | None:
    """What comes of it; None where it raises when it is built."""
    try:
        expression = build()
    except QueryError:
        return None
    return db.all(select(maybe(expression)).from_(Kind))


def runs(db: Database, text: str) -> bool:
    return isinstance(db.execute(sql(trusted("SELECT " + text + " FROM kinds_beside")).command()), Success)


Operation = Callable[[Any, Any], Expr[Any]]
PAIRS: dict[str, tuple[Operation, str]] = {
    "=": (lambda a, b: a == b, "{a} = {b}"),
    "<": (lambda a, b: a < b, "{a} < {b}"),
    "is distinct from": (lambda a, b: a.is_distinct_from(b), "{a} IS DISTINCT FROM {b}"),
    "between": (lambda a, b: a.between(b, b), "{a} BETWEEN {b} AND {b}"),
    "in": (lambda a, b: a.in_(select(b).from_(Kind)), "{a} IN (SELECT {b} FROM kinds_beside)"),
    "in a list": (lambda a, b: a.in_([b]), "{a} IN ({b})"),
    "nullif": (fn.nullif, "nullif({a}, {b})"),
    "coalesce": (fn.coalesce, "coalesce({a}, {b})"),
    "greatest": (fn.greatest, "greatest({a}, {b})"),
    "case": (lambda a, b: cast("Any", case)((Kind.yes, a), else_=b), "CASE WHEN yes THEN {a} ELSE {b} END"),
}


@pytest.mark.slow
@pytest.mark.parametrize("operation", PAIRS)
def test_columns_beside_columns(kinds: Database, operation: str) -> None:
    build, text = PAIRS[operation]
    wrong: list[str] = []
    for (a, one), (b, other) in itertools.product(COLUMNS.items(), repeat=2):
        if "plain" in (a, b) and "mood" not in (a, b) and "role" not in (a, b) and a != b:
            continue  # it is decoded as members, which the other has not
        found = built(kinds, lambda one=one, other=other: build(one, other))  # type: ignore[misc]
        if found is None:
            # A date or a local time beside a point in time depends on the session's time zone.
            if {a, b} not in ({"day", "moment"}, {"local", "moment"}) and runs(kinds, text.format(a=a, b=b)):
                wrong.append(f"{a} {operation} {b}: refused, and it works")
        elif isinstance(found, Failure):
            wrong.append(f"{a} {operation} {b}: accepted, and it fails: {found.failure()}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("operation", PAIRS)
def test_values_beside_columns(kinds: Database, operation: str) -> None:
    build = PAIRS[operation][0]
    if operation == "in":
        return  # of queries
    wrong: list[str] = []
    for (name, one), item in itertools.product(COLUMNS.items(), (*VALUES, *MOMENTS)):
        if item in MOMENTS and name in ("local", "moment"):
            continue  # whether it has a zone is the value's
        if isinstance(item, str | Enum) and name in ("mood", "role", "plain", "label"):
            continue  # whether it is a label is the value's
        if name == "binary" and not isinstance(item, int | float | str | list):
            continue  # what JSON has no form for
        found = built(kinds, lambda one=one, item=item: build(one, item))  # type: ignore[misc]
        if isinstance(found, Failure) and "Enum" not in str(found):
            wrong.append(f"{name} {operation} {item!r}: {found.failure()}")
    assert not wrong, "\n".join(wrong)


FUNCTIONS: dict[str, tuple[Callable[[Any], Expr[Any]], str]] = {
    "min": (fn.min, "min({a})"),
    "max": (fn.max, "max({a})"),
    "sum": (fn.sum, ""),
    "avg": (fn.avg, ""),
    "avg_float": (fn.avg_float, ""),
    "bool_and": (fn.bool_and, "bool_and({a})"),
    "bool_or": (fn.bool_or, "bool_or({a})"),
    "array_agg": (fn.array_agg, "array_agg({a})"),
    "count distinct": (lambda a: fn.count(a, distinct=True), "count(distinct {a})"),
    "string_agg": (lambda a: fn.string_agg(a, ","), ""),
    "lower": (fn.lower, "lower({a})"),
    "upper": (fn.upper, "upper({a})"),
    "trim": (fn.trim, ""),
    "length": (fn.length, "length({a})"),
    "replace": (lambda a: fn.replace(a, "a", "b"), "replace({a}, 'a', 'b')"),
    "replaced": (lambda a: fn.replace(Kind.words, a, "b"), "replace(words, {a}, 'b')"),
    "substring": (lambda a: fn.substring(a, 1, 2), ""),
    "split_part": (lambda a: fn.split_part(a, ",", 2), ""),
    "split_part at": (lambda a: fn.split_part(Kind.words, ",", a), ""),
    "substring from": (lambda a: fn.substring(Kind.words, a, 2), ""),
    "concat": (lambda a: fn.concat(a, "x"), "concat({a}, 'x')"),
    "like": (lambda a: a.like("a%"), ""),
    "like it": (lambda a: Kind.words.like(a), ""),
    "abs": (fn.abs, "abs({a})"),
    "floor": (fn.floor, "floor({a})"),
    "ceil": (fn.ceil, "ceil({a})"),
    "round": (fn.round, ""),
    "round to": (lambda a: fn.round(maybe(Kind.exact), a), ""),
    "cardinality": (fn.cardinality, "cardinality({a})"),
    "jsonb_array_length": (fn.jsonb_array_length, "jsonb_array_length({a})"),
    "date_trunc": (lambda a: fn.date_trunc("day", a), ""),
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_functions_take(kinds: Database, function: str) -> None:
    build, text = FUNCTIONS[function]
    wrong: list[str] = []
    accepted = 0
    for name, one in COLUMNS.items():
        found = built(kinds, lambda one=one: build(one))  # type: ignore[misc]
        if isinstance(found, Failure):
            wrong.append(f"{function} of {name}: {found.failure()}")
        accepted += found is not None
        if found is None and text and runs(kinds, text.format(a=name)):
            wrong.append(f"{function} of {name}: refused, and it works")
    assert not wrong, "\n".join(wrong)
    assert accepted > 0


NOW = LOCAL.replace(tzinfo=dt.UTC)
SAID: dict[str, tuple[Callable[[], object], str]] = {
    "coalesce": (
        lambda: fn.coalesce(Kind.whole, cast("int", 1.5)),
        r"\.whole \(integer\) takes int, not float: give an int, or cast the other side to pg\.double_precision",
    ),
    "case": (lambda: case((Kind.yes, 1), else_=2.5), "bigint takes int, not float: give an int"),
    "date": (
        lambda: Kind.day < NOW,
        r"kinds_beside\.day \(date\) takes date, not datetime: give its \.date\(\), or cast the other side",
    ),
    "assignment": (lambda: Kind.day.to(NOW), "takes date, not datetime"),
    "bool": (lambda: Kind.yes == cast("Any", 1), r"kinds_beside\.yes \(boolean\) takes bool, not int"),
    "min of bool": (lambda: fn.min(Kind.yes), r"PostgreSQL has no min\(boolean\): write fn\.bool_and or fn\.bool_or"),
    "max of uuid": (lambda: fn.max(Kind.key), r"PostgreSQL has no max\(uuid\): cast it to pg\.text"),
    "an enum": (
        lambda: Kind.words == cast("Any", Kind.role),
        'PostgreSQL does not compare text with "role_beside": cast one of',
    ),
    "an enum in a query": (lambda: cast("Any", Kind.words).in_(select(Kind.role)), "does not compare text with"),
    "json": (lambda: Kind.document == {"a": 1}, r"PostgreSQL does not compare json: cast it to pg\.jsonb"),
    "one type": (
        lambda: fn.coalesce(Kind.words, cast("Expr[str]", Kind.role)),
        "do not become one type: cast one of them",
    ),
    "elements": (lambda: cast("Any", Kind.numbers) == [1, 1.5], "takes int, not float"),
    "in": (lambda: Kind.day.in_([LOCAL.date(), NOW]), "takes date, not datetime"),
    "a union": (
        lambda: select(maybe(Kind.whole)).union(cast("Any", select(maybe(Kind.double)))),
        "whole is integer on one side and double precision on the other",
    ),
}


@pytest.mark.parametrize("mistake", SAID)
def test_the_error_says_what_to_write(mistake: str) -> None:
    build, said = SAID[mistake]
    with pytest.raises(QueryError, match=said):
        build()


# A bool is an int to Python and to the checkers, and no number to PostgreSQL.
FLAGS: dict[str, Callable[[], object]] = {
    "==": lambda: Kind.whole == cast("Any", True),
    ">": lambda: Kind.whole > True,
    "<= of a double": lambda: Kind.double <= False,
    "in_": lambda: Kind.whole.in_([1, True]),
    "between": lambda: Kind.whole.between(False, 2),
    "is_distinct_from": lambda: cast("Any", Kind.whole).is_distinct_from(True),
    "an element": lambda: cast("Any", Kind.numbers) == [1, True],
    "coalesce": lambda: fn.coalesce(Kind.whole, True),
    "coalesce of a double": lambda: fn.coalesce(Kind.double, False),
    "greatest": lambda: fn.greatest(Kind.whole, True),
    "least": lambda: fn.least(Kind.whole, 3, True),
    "nullif": lambda: fn.nullif(Kind.whole, False),
    "case": lambda: case((Kind.yes, Kind.whole), else_=True),
    "case, before": lambda: case((Kind.yes, True), else_=Kind.whole),
    "an assignment": lambda: Kind.whole.to(True),
    "an assignment of a double": lambda: Kind.double.to(True),
    "an assignment of an exact number": lambda: cast("Any", Kind.exact).to(True),
}


@pytest.mark.parametrize("place", FLAGS)
def test_a_bool_is_no_number(place: str) -> None:
    with pytest.raises(QueryError, match=r"takes (int|float|Decimal), not bool: give a value of that type"):
        FLAGS[place]()


def test_a_parameter_is_judged_by_its_annotation(kinds: Database) -> None:
    @prepare
    def since(day: dt.datetime) -> Select[int | None]:
        return select(Kind.whole).where(Kind.day >= day)

    @prepare
    def among(days: list[dt.datetime]) -> Select[int | None]:
        return select(Kind.whole).where(Kind.day.in_(days))

    @prepare
    def numbers(some: list[float]) -> Select[int | None]:
        return select(Kind.whole).where(Kind.whole.in_(cast("Any", some)))

    with pytest.raises(QueryError, match=r"kinds_beside\.day \(date\) takes date, not datetime"):
        kinds.all(since(NOW))
    with pytest.raises(QueryError, match=r"kinds_beside\.day \(date\) takes date, not datetime"):
        kinds.all(among([NOW]))
    assert kinds.all(numbers([1, 1.5])) == Success([])


ZONES: dict[str, Callable[[Any, Any], object]] = {
    **{name: build for name, (build, _) in PAIRS.items() if name not in ("coalesce", "greatest", "case")},
    "!=": lambda a, b: a != b,
    "not in": lambda a, b: a.not_in([b]),
    "join": lambda a, b: select(a).join(Kind, on=a == b),
}


@pytest.mark.parametrize("operation", ZONES)
@pytest.mark.parametrize("turned", [False, True])
def test_a_local_time_beside_a_moment(operation: str, turned: bool) -> None:
    pair = (Kind.moment, Kind.local) if turned else (Kind.local, Kind.moment)
    message = (
        r"^a timestamp(tz)? beside a timestamp(tz)? means a point in time by the session's time zone, another one for "
        r"each session: say in which zone the timestamp is, with "
        r"sql\(\"\{x\} AT TIME ZONE 'UTC'\", x=...\).as_\(datetime\)$"
    )
    with pytest.raises(QueryError, match=message):
        ZONES[operation](*pair)


def test_a_local_time_whose_zone_is_said(kinds: Database) -> None:
    there = sql("{x} AT TIME ZONE 'UTC'", x=Kind.local).as_(dt.datetime)
    assert isinstance(kinds.all(select(Kind.moment).where(Kind.moment == there)), Success)
