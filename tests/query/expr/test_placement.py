"""What contains, overlaps or lies beside what: each pair of types that qb takes runs, and PostgreSQL has no others."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from decimal import Decimal
from ipaddress import IPv4Interface, IPv4Network, ip_interface, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb import (
    Col,
    Database,
    Expr,
    Multirange,
    QueryError,
    Range,
    Success,
    Table,
    case,
    column,
    create_all,
    drop_all,
    fn,
    insert,
    maybe,
    new,
    pg,
    prepare,
    schema,
    select,
    sql,
    trusted,
    value,
)
from qb.types.geometric import Box, Circle, Point, PointPath, Polygon, Segment, StraightLine
from qb.types.text_search import TsQuery, TsVector
from tests.types.trials import parameter

DAY = dt.date(2024, 5, 6)
AT = dt.datetime(2024, 5, 6, 12, tzinfo=dt.UTC)
LOCAL = AT.replace(tzinfo=None)


class Side(Table, name="placed_sides"):
    id: Col[int] = column(pg.integer, primary_key=True)
    small: Col[int | None] = column(pg.smallint, default=3)
    big: Col[int | None] = column(pg.bigint, default=3)
    exact: Col[Decimal | None] = column(default=Decimal("1.5"))
    day: Col[dt.date | None] = column(default=DAY)
    local: Col[dt.datetime | None] = column(pg.timestamp, default=LOCAL)
    moment: Col[dt.datetime | None] = column(default=AT)
    words: Col[str | None] = column(default="cats")
    whole_range: Col[Range[int] | None] = column(pg.int4range, default=Range(1, 5))
    big_range: Col[Range[int] | None] = column(pg.int8range, default=Range(1, 5))
    exact_range: Col[Range[Decimal] | None] = column(pg.numrange, default=Range(Decimal(1), Decimal(5)))
    day_range: Col[Range[dt.date] | None] = column(pg.daterange, default=Range(DAY, None))
    local_range: Col[Range[dt.datetime] | None] = column(pg.tsrange, default=Range(LOCAL, None))
    moment_range: Col[Range[dt.datetime] | None] = column(pg.tstzrange, default=Range(AT, None))
    whole_ranges: Col[Multirange[int] | None] = column(pg.int4multirange, default=Multirange((Range(1, 5),)))
    day_ranges: Col[Multirange[dt.date] | None] = column(pg.datemultirange, default=Multirange((Range(DAY, None),)))
    inet: Col[IPv4Interface | None] = column(pg.inet, default=IPv4Interface("10.0.0.1/8"))
    cidr: Col[IPv4Network | None] = column(pg.cidr, default=IPv4Network("10.0.0.0/16"))
    numbers: Col[list[int] | None] = column(pg.array(pg.integer), default=[1, 2])
    bigs: Col[list[int] | None] = column(pg.array(pg.bigint), default=[1, 2])
    names: Col[list[str] | None] = column(default=["a"])
    binary: Col[dict[str, int] | None] = column(default={"a": 1})
    document: Col[dict[str, int] | None] = column(pg.json, default={"a": 1})
    vector: Col[TsVector | None] = column(pg.tsvector, default=TsVector("'cat':1"))
    query: Col[TsQuery | None] = column(pg.tsquery, default=TsQuery("'cat'"))
    point: Col[Point | None] = column(pg.point, default=Point(1, 1))
    line: Col[StraightLine | None] = column(pg.line, default=StraightLine(1, 1, 1))
    lseg: Col[Segment | None] = column(pg.lseg, default=Segment(Point(0, 0), Point(1, 1)))
    box: Col[Box | None] = column(pg.box, default=Box(Point(0, 0), Point(2, 2)))
    path: Col[PointPath | None] = column(pg.path, default=PointPath((Point(0, 0), Point(2, 2)), closed=True))
    polygon: Col[Polygon | None] = column(pg.polygon, default=Polygon((Point(0, 0), Point(2, 2), Point(2, 0))))
    circle: Col[Circle | None] = column(pg.circle, default=Circle(Point(0, 0), 2))


S: Any = Side
COLUMNS: dict[str, Expr[Any]] = {name: getattr(Side, name) for name in Side.__annotations__}
RANGES = [name for name in COLUMNS if name.endswith(("_range", "_ranges"))]
SHAPES = ["point", "line", "lseg", "box", "path", "polygon", "circle"]
SIGNS = {
    "contains": "@>",
    "contained_by": "<@",
    "overlaps": "&&",
    "left_of": "<<",
    "right_of": ">>",
    "not_right_of": "&<",
    "not_left_of": "&>",
    "adjacent": "-|-",
    "union": "+",
    "intersection": "*",
    "difference": "-",
    "same": "~=",
    "distance": "<->",
    "matches": "@@",
}
OF_SHAPES = ("contains", "contained_by", "overlaps", "left_of", "right_of", "same", "distance")  # fmt: skip


@pytest.fixture(scope="module")
def sides(qb_db: Database) -> Iterator[Database]:
    qb_db.run(create_all(schema(Side))).unwrap()
    qb_db.execute(insert(new(Side)(id=1))).unwrap()
    yield qb_db
    qb_db.run(drop_all(schema(Side))).unwrap()


def built(word: str, one: object, other: object) -> Expr[Any] | None:
    """What the word makes of two sides; None where it raises."""
    try:
        made: Expr[Any] = getattr(one, word)(other)
    except QueryError:
        return None
    return made


@pytest.mark.parametrize("word", SIGNS)
def test_what_qb_takes_runs(sides: Database, word: str) -> None:
    pairs = itertools.product(COLUMNS.items(), repeat=2)
    made = {(a, b): found for (a, one), (b, other) in pairs if (found := built(word, one, other)) is not None}
    assert made
    # Each column's own default beside it, so that values are tried, too.
    row: Any = sides.one(select(Side)).unwrap()
    beside = [getattr(COLUMNS[a], word)(getattr(row, a)) for a, b in made if a == b]
    every: list[Expr[Any]] = [*made.values(), *beside]
    for some in (every[start : start + 30] for start in range(0, len(every), 30)):
        asked: Any = select(*(maybe(each) for each in some))
        assert isinstance(sides.all(asked.from_(Side)), Success), some


@pytest.mark.parametrize("word", OF_SHAPES)
def test_no_operator_of_shapes_is_missing(sides: Database, word: str) -> None:
    has = sql(
        "SELECT l.typname, r.typname FROM pg_operator o JOIN pg_type l ON l.oid = oprleft JOIN pg_type r ON "
        "r.oid = oprright WHERE oprname = {sign} AND l.typname = ANY({names}) AND r.typname = ANY({names})",
        sign=SIGNS[word],
        names=SHAPES,
    ).rows(tuple[str, str])
    shapes = itertools.product(SHAPES, repeat=2)
    found = {(a, b) for a, b in shapes if built(word, COLUMNS[a], COLUMNS[b]) is not None}
    if word == "same":  # of lines = is
        found -= {("line", "line"), ("lseg", "lseg")}
    assert found == set(sides.all(has).unwrap())


@pytest.mark.slow
@pytest.mark.parametrize("word", [word for word in SIGNS if word not in ("same", "distance", "matches")])
def test_no_operator_of_ranges_is_missing(sides: Database, word: str) -> None:
    for a, b in itertools.product(RANGES, (*RANGES, "day", "big", "exact", "moment", "local", "words")):
        text = f"SELECT {a} {SIGNS[word]} {b} FROM placed_sides"
        if word == "contained_by":
            text = f"SELECT {b} <@ {a} FROM placed_sides"
            a, b = b, a
        made = built(word, COLUMNS[a], COLUMNS[b])
        runs = isinstance(sides.execute(sql(trusted(text)).command()), Success)
        assert runs or made is None or b == "big" or a == "big", (a, word, b)
        assert not runs or made is not None, (a, word, b)


def truth(db: Database, expression: Expr[Any]) -> Any:
    return db.scalar(select(maybe(expression)).from_(Side)).unwrap()


def test_ranges_say_what_they_are_to_values(sides: Database) -> None:
    assert truth(sides, Side.day_range.contains(DAY)) is True
    assert truth(sides, Side.day_range.contains(Side.day)) is True
    assert truth(sides, Side.day.contained_by(Range(DAY, None))) is True
    assert truth(sides, Side.day.contained_by(Side.day_range)) is True
    assert truth(sides, Side.day.contained_by(Side.day_ranges)) is True
    assert truth(sides, Side.day.contained_by(Multirange((Range(None, DAY),)))) is False
    assert truth(sides, Side.moment.contained_by(Range(None, AT))) is False
    assert truth(sides, Side.big.contained_by(Range(3, 4))) is True
    assert truth(sides, Side.whole_range.contains(Side.small)) is True  # as an integer
    assert truth(sides, S.exact_range.contains(Side.big)) is True  # as a numeric
    assert truth(sides, Side.exact_range.contains(Decimal("4.99"))) is True
    assert truth(sides, Side.whole_range.overlaps(Multirange((Range(7, 9), Range(4, 5))))) is True
    assert truth(sides, Side.whole_ranges.adjacent(Range(5, 9))) is True
    assert truth(sides, Side.whole_range.left_of(Range(5, 6))) is True
    assert truth(sides, Side.whole_range.not_right_of(Range(0, 4))) is False


def test_ranges_make_ranges(sides: Database) -> None:
    assert truth(sides, Side.whole_range.union(Range(5, 9))) == Range(1, 9)
    assert truth(sides, Side.whole_range.intersection(Range(4, 9))) == Range(4, 5)
    assert truth(sides, Side.whole_range.difference(Range(3, 9))) == Range(1, 3)
    pieces = Side.whole_ranges.difference(Multirange((Range(2, 3),)))
    assert truth(sides, pieces) == Multirange((Range(1, 2), Range(3, 5)))
    assert truth(sides, pieces.upper_bound()) == 5
    assert truth(sides, Side.day_range.lower_bound()) == DAY
    assert truth(sides, Side.day_range.upper_bound()) is None
    assert truth(sides, Side.day_range.lower_bound() + 1) == DAY + dt.timedelta(days=1)
    gap = sides.scalar(select(Side.whole_range.union(Range(7, 9)))).failure()
    assert "not be contiguous" in str(gap)


def test_functions_of_ranges(sides: Database) -> None:
    asked = (fn.isempty, fn.lower_inc, fn.upper_inc, fn.lower_inf, fn.upper_inf)
    assert [truth(sides, each(Side.day_range)) for each in asked] == [False, True, False, False, True]
    assert [truth(sides, each(Side.whole_ranges)) for each in asked] == [False, True, False, False, False]
    assert truth(sides, fn.range_merge(Side.whole_range, Range(7, 9))) == Range(1, 9)
    both = fn.multirange(Side.whole_range).union(Multirange((Range(7, 9),)))
    assert truth(sides, both) == Multirange((Range(1, 5), Range(7, 9)))
    assert truth(sides, fn.range_agg(Side.day_range)) == Multirange((Range(DAY, None),))


def test_the_rest_say_what_they_are_to_values(sides: Database) -> None:
    assert truth(sides, Side.numbers.contains([2])) is True
    assert truth(sides, Side.names.contained_by(["b", "a"])) is True
    assert truth(sides, Side.names.overlaps([])) is False
    assert truth(sides, Side.binary.contains({"a": 1})) is True
    assert truth(sides, Side.binary.contained_by({"a": 1, "b": [None]})) is True
    assert truth(sides, Side.inet.contained_by(ip_network("10.0.0.0/8"))) is True
    assert truth(sides, Side.cidr.contains(ip_interface("10.0.77.1"))) is True
    assert truth(sides, Side.cidr.contains(Side.cidr)) is True
    assert truth(sides, Side.inet.overlaps(Side.cidr)) is True
    assert truth(sides, Side.box.contains(Point(1, 1))) is True
    assert truth(sides, Side.point.contained_by(Circle(Point(5, 5), 1))) is False
    assert truth(sides, Side.point.same(Point(1, 1))) is True
    assert truth(sides, Side.line.same(StraightLine(2, 2, 2))) is True
    assert truth(sides, Side.point.distance(Point(4, 5))) == 5.0
    assert truth(sides, Side.vector.matches(TsQuery("cat & !dog"))) is True
    assert truth(sides, Side.query.contains(TsQuery("cat"))) is True


REFUSED: list[tuple[Callable[[], object], str]] = [
    (
        lambda: S.day_range.contains("x"),
        "placed_sides.day_range (daterange) contains daterange or date or datemultirange, not str",
    ),
    (lambda: S.day_range.contains(AT), "placed_sides.day_range (date) takes date, not datetime"),
    (lambda: S.big_range.contains(True), "takes int, not bool"),
    (lambda: S.moment_range.contains(S.day), "contains tstzrange or timestamptz or tstzmultirange, not date"),
    (lambda: S.moment_range.overlaps(S.local_range), "overlaps tstzrange or tstzmultirange, not tsrange"),
    (lambda: S.whole_range.contains(S.big), "not bigint: cast it"),
    (lambda: S.whole_range.union(S.whole_ranges), "union int4range, not int4multirange"),
    (lambda: S.day_range.contains(None), "None is no value beside placed_sides.day_range"),
    (lambda: S.day_range.contains(select(S.day)), "a query is no value"),
    (lambda: S.words.contains("x"), "contains is not for placed_sides.words (text)"),
    (lambda: S.words.contained_by(Range(1, 2)), "contained_by is not for placed_sides.words (text)"),
    (lambda: S.document.contains({"a": 1}), "contains is not for placed_sides.document (json): cast it to pg.jsonb"),
    (lambda: S.numbers.contains(["a"]), "takes int, not str"),
    (lambda: S.numbers.contains(S.bigs), "contains integer[], not bigint[]"),
    (lambda: S.path.same(S.path), "same is not for placed_sides.path (path)"),
    (lambda: S.line.contains(Point(1, 1)), "contains is not for placed_sides.line (line)"),
    (lambda: S.point.distance(5), "not int"),
    (lambda: S.point.distance(Point(1, 1), by="cosine"), "distance by cosine is not for placed_sides.point"),
    (lambda: S.words.lower_bound(), "lower_bound is of ranges, not of placed_sides.words (text)"),
    (lambda: S.names.upper_bound(), "upper_bound is of ranges"),
    (lambda: fn.isempty(S.words), "isempty is not for text: give a range or a multirange"),
    (lambda: fn.range_merge(S.whole_ranges, S.whole_ranges), "range_merge is not for int4multirange"),
    (lambda: fn.multirange(S.whole_ranges), "multirange is not for int4multirange"),
]


@pytest.mark.parametrize(("build", "said"), REFUSED)
def test_what_postgresql_has_no_operator_for_is_refused(build: Callable[[], object], said: str) -> None:
    with pytest.raises(QueryError) as raised:
        build()
    assert said in str(raised.value)


whole = st.none() | st.integers(-4, 4)


def in_order(one: int | None, other: int | None, bounds: Any) -> Range[int]:
    if one is not None and other is not None and one > other:
        one, other = other, one
    return Range(one, other, bounds)


ranges = st.builds(in_order, whole, whole, st.sampled_from(["[)", "[]", "(]", "()"])) | st.just(Range[int](empty=True))


@given(ranges, ranges, st.integers(-5, 5))
def test_ranges_mean_the_same_in_python(qb_db: Database, one: Range[int], other: Range[int], number: int) -> None:
    left: Expr[Range[int]] = parameter(one, pg.int8range, Range[int])
    asked = select(
        left.contains(number), left.contains(other), left.overlaps(other), left.adjacent(other), left < other
    )
    wanted = (number in one, one.contains(other), one.overlaps(other), one.adjacent(other), one < other)
    assert qb_db.one(asked).unwrap() == wanted


def test_parameters_take_the_type_of_what_they_stand_beside(sides: Database) -> None:
    @prepare
    def during(when: Range[dt.date], day: dt.date, tag: list[str]):  # type: ignore[no-untyped-def]
        return select(Side.id).where(
            Side.day_range.overlaps(when), Side.day_range.contains(day), Side.names.contains(tag)
        )

    for _ in range(2):
        assert sides.all(during(Range(DAY, None), DAY, ["a"])) == Success([1])
        assert sides.all(during(Range(DAY, None), DAY - dt.timedelta(1), ["a"])) == Success([])


def test_in_a_class_body(qb_db: Database) -> None:
    class Stay(Table, name="placed_stays"):
        id: Col[int] = column(primary_key=True)
        days: Col[Range[dt.date]] = column(pg.daterange, check=lambda days: ~fn.isempty(days))
        spare: Col[Range[dt.date] | None] = column(pg.daterange, check=lambda spare: spare.overlaps(Range(DAY, None)))
        first: Col[dt.date | None] = column(generated=days.lower_bound())
        early: Col[bool] = column(generated=days.left_of(Range(DAY, None)))

    with qb_db.transaction(rollback=True) as tx:
        tx.run(create_all(schema(Stay))).unwrap()
        made = tx.one(insert(new(Stay)(id=1, days=Range(DAY, None), spare=None)).returning()).unwrap()
        assert (made.first, made.early) == (DAY, False)
        failed = tx.execute(insert(new(Stay)(id=2, days=Range(empty=True), spare=None))).failure()
        assert "placed_stays_days_check" in str(failed)


def test_what_is_made_of_it_keeps_its_rules(sides: Database) -> None:
    spare = case((Side.id == 1, Side.day_range), else_=None)
    assert truth(sides, fn.coalesce(spare, Range(None, DAY)).contains(DAY)) is True
    assert sides.all(select(Side.id).where(~Side.day_range.contains(DAY))) == Success([])
    assert sides.all(select(Side.id).order_by(Side.point.distance(Point(0, 0)))) == Success([1])
    assert sides.one(select(value(1)).where(Side.day_range.contains(DAY)).from_(Side)) == Success(1)
