"""Types that travel as their own text: exact on every way, in the form in which the server gives them back."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network, ip_interface
from typing import Any, cast

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from qb import (
    Col,
    Database,
    DecodeError,
    DefinitionError,
    EncodeError,
    Expr,
    Multirange,
    QueryError,
    Range,
    Success,
    Table,
    Target,
    column,
    create_all,
    fn,
    pg,
    schema,
    select,
    sql,
    trusted,
)
from qb.types.geometric import Box, Circle, Point, PointPath, Polygon, Segment, StraightLine
from qb.types.text_search import TsQuery, TsVector
from qb.typing import SqlType
from tests.types.trials import Case, Trial, parameter, prepared, try_all

whole_minutes = st.integers(-959, 959).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
whole_seconds = st.integers(-57_599, 57_599).map(lambda seconds: dt.timezone(dt.timedelta(seconds=seconds)))
interfaces = st.ip_addresses().flatmap(
    lambda address: st.integers(0, address.max_prefixlen).map(lambda bits: ip_interface(f"{address}/{bits}"))
) | st.sampled_from(["0.0.0.0/0", "255.255.255.255/32", "::/0", "::ffff:1.2.3.4/96", f"{'ffff:' * 7}ffff/128"]).map(
    ip_interface
)
networks = interfaces.map(lambda each: each.network)
bits = st.text("01", max_size=40)
lexemes = st.sets(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=5)
    | st.sampled_from(["'", "\\", "it's", " ", ":", "\\'"]),
    max_size=4,
)
places = st.lists(st.integers(1, 16_383), max_size=3, unique=True).map(sorted)


@st.composite
def vectors(draw: Any) -> str:
    parts: list[str] = []
    for lexeme in sorted(draw(lexemes), key=str.encode):
        written = "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
        at = ",".join(f"{place}{draw(st.sampled_from(['', 'A', 'B', 'C']))}" for place in draw(places))
        parts.append(f"{written}:{at}" if at else written)
    return " ".join(parts)


BOUNDS = st.sampled_from(["[)", "[]", "(]", "()"])


def ranges(values: SearchStrategy[Any]) -> SearchStrategy[Any]:
    def made(one: Any, other: Any, bounds: Any) -> Range[Any]:
        if one is not None and other is not None and one > other:
            one, other = other, one
        return Range(one, other, bounds)

    return st.builds(made, st.none() | values, st.none() | values, BOUNDS) | st.just(Range[Any](empty=True))


def several(values: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.lists(ranges(values), max_size=3).map(lambda found: Multirange(tuple(found)))


ints = st.integers(-(2**31), 2**31 - 2) | st.sampled_from([-(2**31), 2**31 - 2, 0])
longs = st.integers(-(2**63), 2**63 - 2) | st.sampled_from([-(2**63), 2**63 - 2])
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20) | st.sampled_from(
    [Decimal("1.10"), Decimal("Infinity"), Decimal("-Infinity")]
)
DAY = dt.timedelta(days=2)
moments = st.datetimes(
    dt.datetime.min + DAY,  # noqa: DTZ901
    dt.datetime.max - DAY,  # noqa: DTZ901
    timezones=whole_minutes,
)
days = st.dates(max_value=dt.date.max - DAY) | st.just(dt.date.min)
coordinates = (
    st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.1, 5e-324, 1.7976931348623157e308])
).map(lambda number: number + 0.0)
points = st.builds(Point, coordinates, coordinates)
paths = st.lists(points, min_size=1, max_size=3).map(tuple)
small = st.floats(-1e6, 1e6)

CASES: dict[str, Case] = {
    "inet": Case(pg.inet, IPv4Interface | IPv6Interface, interfaces, documents=False),
    "cidr": Case(pg.cidr, IPv4Network | IPv6Network, networks, documents=False),
    "timetz": Case(
        pg.timetz,
        dt.time,
        st.times(timezones=whole_seconds),
        in_documents=st.times(timezones=whole_minutes),
    ),
    "bit": Case(pg.bit(5), str, st.text("01", min_size=5, max_size=5)),
    "varbit": Case(pg.varbit, str, bits),
    "varbit_limited": Case(pg.varbit(40), str, bits),
    "money": Case(
        pg.money, Decimal, st.decimals(Decimal(-92233720368547758), Decimal("92233720368547758.07"), places=2)
    ),
    "oid": Case(pg.oid, int, st.integers(0, 2**32 - 1) | st.sampled_from([0, 2**32 - 1])),
    "regclass": Case(pg.regclass, str, st.sampled_from(["pg_class", "pg_type", "information_schema.tables"])),
    "jsonpath": Case(pg.jsonpath, str, st.sampled_from(['$."a"', "$", '$."it\'s"[*]?(@ > 2)', 'strict $."a,b"'])),
    "tsvector": Case(pg.tsvector, TsVector, vectors()),
    "tsquery": Case(
        pg.tsquery,
        TsQuery,
        st.sampled_from(["'a' & !'b'", "'a' <-> 'b'", "( 'a' | 'b' ) & 'c'", "'sup':*", "'a, \"b'"]),
    ),
    "int4range": Case(pg.int4range, Range[int], ranges(ints)),
    "int8range": Case(pg.int8range, Range[int], ranges(longs)),
    "numrange": Case(pg.numrange, Range[Decimal], ranges(decimals)),
    "tsrange": Case(pg.tsrange, Range[dt.datetime], ranges(st.datetimes())),
    "tstzrange": Case(pg.tstzrange, Range[dt.datetime], ranges(moments)),
    "daterange": Case(pg.daterange, Range[dt.date], ranges(days)),
    "int4multirange": Case(pg.int4multirange, Multirange[int], several(ints)),
    "int8multirange": Case(pg.int8multirange, Multirange[int], several(longs)),
    "nummultirange": Case(pg.nummultirange, Multirange[Decimal], several(decimals)),
    "tsmultirange": Case(pg.tsmultirange, Multirange[dt.datetime], several(st.datetimes())),
    "tstzmultirange": Case(pg.tstzmultirange, Multirange[dt.datetime], several(moments)),
    "datemultirange": Case(pg.datemultirange, Multirange[dt.date], several(days)),
    "own_range": Case(pg.range("textual.clockrange", pg.time), Range[dt.time], ranges(st.times()), grids=False),
    "point": Case(pg.point, Point, points),
    "line": Case(
        pg.line,
        StraightLine,
        st.builds(StraightLine, small, small, small).filter(lambda each: abs(each.a) > 1e-3 or abs(each.b) > 1e-3),
    ),
    "lseg": Case(pg.lseg, Segment, st.builds(Segment, points, points)),
    "box": Case(pg.box, Box, st.builds(Box, points, points)),
    "path": Case(pg.path, PointPath, st.builds(PointPath, paths, st.booleans())),
    "polygon": Case(pg.polygon, Polygon, st.builds(Polygon, paths)),
    "circle": Case(pg.circle, Circle, st.builds(Circle, points, coordinates.map(abs))),
}
TRIALS = {name: Trial(name, case, "textual") for name, case in CASES.items()}


@pytest.fixture(scope="module")
def kept(qb_db: Database) -> Database:
    return prepared(qb_db, TRIALS.values(), "textual", "CREATE TYPE textual.clockrange AS RANGE (subtype = time)")


@pytest.mark.sampled
@pytest.mark.parametrize("name", CASES)
def test_a_value_comes_back_as_it_went(kept: Database, name: str) -> None:
    try_all(kept, TRIALS[name])


def test_a_range_is_ordered_and_holds_what_it_holds_on_the_server(qb_db: Database) -> None:
    ends: list[int | None] = [None, 1, 2, 3]
    found = {Range[int](empty=True)}
    kinds: tuple[Any, ...] = ("[)", "[]", "(]", "()")
    for lower, upper, bounds in itertools.product(ends, ends, kinds):
        if lower is None or upper is None or lower <= upper:
            found.add(Range(lower, upper, bounds))
    others = sorted(found)
    for one in others:
        said = sql(
            "SELECT {a} < b, {a} = b, {a} && b, {a} -|- b, {a} @> b, {a} @> 2 "
            "FROM unnest({others}) WITH ORDINALITY AS t (b, n) ORDER BY n",
            a=parameter(one, pg.int4range, Range[int]),
            others=parameter(others, pg.array(pg.int4range), list[Range[int]]),
        ).rows(tuple[bool, bool, bool, bool, bool, bool])
        assert qb_db.all(said).unwrap() == [
            (one < other, one == other, one.overlaps(other), one.adjacent(other), one.contains(other), 2 in one)
            for other in others
        ]


@pytest.mark.parametrize(
    ("type_", "given", "said"),
    [
        (pg.inet, "10.0.0.1", "inet takes IPv4Interface or IPv6Interface, not str"),
        (pg.inet, ip_interface("fe80::1%eth0/64"), "PostgreSQL's addresses have no zone (what stands behind %)"),
        (pg.cidr, ip_interface("10.0.0.0/8"), "cidr takes IPv4Network or IPv6Network, not IPv4Interface"),
        (pg.timetz, dt.time(1), "timetz takes a time with an offset: time(..., tzinfo=UTC), or"),
        (pg.bit(3), "01", "bit(3) takes exactly 3 bits"),
        (pg.varbit, "012", "varbit takes a text of nothing but 0 and 1"),
        (pg.money, Decimal("1.005"), "it has more than 2 digits after the point, which PostgreSQL would round away"),
        (pg.money, Decimal("Infinity"), "the number is out of range for money"),
        (pg.oid, -1, "the number is out of range for oid"),
        (pg.xml, "<a>\0</a>", "PostgreSQL text cannot hold NUL (0x00) characters"),
        (pg.tsvector, "fat cat", "tsvector takes lexemes in the form in which they come back, sorted, each in quotes"),
        (pg.tsvector, "'b' 'a'", "tsvector takes lexemes in the form in which they come back, sorted, each in quotes"),
        (pg.numrange, Range(1, 2), "numrange takes a Range of Decimal, not of int"),
        (pg.int4range, Range(1, 2**31), "the number is out of range for integer"),
        (pg.int4range, (1, 2), "int4range takes Range, not tuple"),
        (pg.tstzrange, Range(dt.datetime(2024, 1, 1), None), "timestamptz takes a datetime with a time zone"),  # noqa: DTZ001
        (pg.int4multirange, Range(1, 2), "int4multirange takes Multirange, not Range"),
        (pg.point, Point(float("nan"), 0), "NaN is no coordinate"),
        (pg.circle, Circle(Point(0, 0), -1), "a circle has a radius of 0 or more"),
        (pg.line, StraightLine(0, 0, 1), "a line has an a or a b that is not 0"),
        (pg.polygon, Polygon(()), "there is no path and no polygon of no points"),
        (pg.box, Point(0, 0), "box takes Box, not Point"),
    ],
)
def test_what_a_type_does_not_hold_is_refused_by_name(
    qb_db: Database, type_: SqlType[Any], given: object, said: str
) -> None:
    error = qb_db.one(select(parameter(given, type_, object))).failure()
    assert isinstance(error, EncodeError)
    assert said in str(error)
    assert str(given) not in str(error)


@pytest.mark.parametrize(
    ("lower", "upper", "bounds", "said"),
    [
        (2, 1, "[)", "the lower bound of a range is above its upper one"),
        (1, 2, "<>", r"the bounds of a range are"),
        (Decimal("NaN"), None, "[)", None),
        (dt.date(2024, 1, 1), dt.date.max, "[]", "a range that holds the last day of Python has no upper bound"),
    ],
)
def test_a_range_that_there_is_none_of(lower: Any, upper: Any, bounds: Any, said: str | None) -> None:
    if said is None:
        assert Range(lower, upper, bounds).lower is lower
        return
    with pytest.raises(ValueError, match=said):
        Range(lower, upper, bounds)


def test_what_python_cannot_hold_is_told(qb_db: Database) -> None:
    types: dict[object, SqlType[Any]] = {
        Range[dt.datetime]: pg.tstzrange,
        Range[dt.date]: pg.daterange,
        dt.time: pg.timetz,
    }
    for text, python, said in (
        ("'[infinity,)'::tstzrange", Range[dt.datetime], "a datetime holds neither infinity nor years outside"),
        ("'[2024-01-01,infinity)'::daterange", Range[dt.date], "a date holds neither infinity nor years outside"),
        ("'24:00:00+00'::timetz", dt.time, "a time of day in Python ends before 24:00"),
        ("'::1/64'::inet", IPv4Interface, "an address of IPv6, where the annotation says IPv4"),
    ):
        type_ = types.get(python, pg.inet)
        raw = sql(trusted(text)).as_(object)
        read = Expr[Any](raw.node, type_, python, optional=True)
        error = qb_db.one(select(read)).failure()
        assert isinstance(error, DecodeError)
        assert said in str(error)


@pytest.mark.parametrize(("locale", "text"), [("C", None), ("de_DE.utf8", "SET lc_monetary = 'C'")])
def test_money_is_read_where_its_text_means_one_number(qb_db: Database, locale: str, text: str | None) -> None:
    with qb_db.transaction(rollback=True) as tx:
        if not isinstance(tx.execute(sql(trusted(f"SET LOCAL lc_monetary = '{locale}'")).command()), Success):
            pytest.skip(f"the server has no locale {locale}")
        found = tx.one(select(parameter(Decimal("-1234567.80"), pg.money, Decimal)))
        if text is None:
            assert found == Success(Decimal("-1234567.80"))
        else:
            assert text in str(found.failure())


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        *(("$1,234.56", "1234.56"), ("-$1,234.56", "-1234.56"), ("0.00", "0.00"), ("£12.00", "12.00")),
        *(("1.234,56 €", None), ("￥1,234", None), ("1.234", None), ("-1 234,50 kr", None), ("1,23.45", None)),
    ],
)
def test_an_amount_that_could_mean_two_numbers_is_not_read(text: str, amount: str | None) -> None:
    read = pg.money.decoder(Decimal)
    assert read is not None
    if amount is not None:
        assert read(text) == Decimal(amount)
        return
    with pytest.raises(ValueError, match=r"SET lc_monetary = 'C', or cast it to pg\.numeric"):
        read(text)


def test_what_has_no_equality_is_refused_where_it_is_written() -> None:
    class Spot(Table, name="spots"):
        id: Col[int] = column(primary_key=True)
        at: Col[Point] = column(pg.point)
        body: Col[str] = column(pg.xml)

    with pytest.raises(QueryError, match=r"PostgreSQL does not compare point: write \.same\(\.\.\.\)"):
        select(Spot.id).where(Spot.at == Point(0, 0))
    with pytest.raises(QueryError, match=r"PostgreSQL does not compare point: write \.same\(\.\.\.\)"):
        select(Spot.id).where(Spot.at.in_([Point(0, 0)]))
    with pytest.raises(QueryError, match=r"PostgreSQL does not compare xml: cast it to pg\.text"):
        select(Spot.id).where(Spot.body == "<a/>")
    with pytest.raises(QueryError, match=r"point has no order: order by its distance from something, \.distance"):
        select(Spot.id).order_by(Spot.at)
    with pytest.raises(QueryError, match=r"and PostgreSQL does not compare point: cast it to pg\.text"):
        select(fn.count()).from_(Spot).group_by(Spot.at)


def test_a_multirange_needs_its_server() -> None:
    class Spans(Table, name="spans"):
        at: Col[Multirange[int]] = column(pg.int4multirange)

    with pytest.raises(
        DefinitionError, match=r"spans.at: int4multirange came with PostgreSQL 14, and this is for PostgreSQL 13"
    ):
        str(create_all(schema(Spans), target=Target(13)))


def test_a_family_is_loaded_when_it_is_named() -> None:
    names = {"inet", "bit", "money", "oid", "xml", "tsvector", "range", "int4range", "point"}
    assert names < set(dir(pg))
    with pytest.raises(AttributeError, match=r"PostgreSQL has no type 'integre' that pg knows"):
        _ = cast("Any", pg).integre


def test_spaces_that_are_not_asciis_are_part_of_an_element() -> None:
    """PostgreSQL puts an element in quotes for its own spaces alone, which are ASCII's."""
    own = pg.array(pg.custom("own", encode=str, decode=str))
    read = own.decoder(list[str])
    assert read is not None
    assert read('{\xa0a,\u3000,b\x85," c"}') == ["\xa0a", "\u3000", "b\x85", " c"]
