"""Types of extensions that the embedded server lacks, on Debian's: each exact on every way, with what it is for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import msgspec
import pytest
from hypothesis import strategies as st

from qb import (
    Col,
    Database,
    DefinitionError,
    Expr,
    QueryError,
    Success,
    Table,
    check,
    column,
    connect,
    create_all,
    drop_all,
    fn,
    index,
    insert,
    many,
    new,
    pg,
    schema,
    select,
    unique,
    value,
)
from qb.types import geojson
from qb.types.geojson import Geometry, LineString, Point, Polygon
from qb.types.ltree import LQuery, LTree, LTxtQuery
from tests.debian import debian
from tests.types.trials import Case, Trial, prepared, try_all

pytestmark = pytest.mark.slow  # a server of its own

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])) | st.sampled_from(
    [
        "",
        "NULL",
        "null",
        '"',
        "\\",
        "=>",
        '"a"=>"b"',
        ",",
        "{}",
        "'",
        " a ",
        "é",
        "🐘",
        "$1",
        "%s",
        "\xa0",
        "\u3000a",
        "a\x85",
    ]
)
pairs = st.dictionaries(texts, st.none() | texts, max_size=4)
labels = st.text(st.sampled_from("abcXYZ019_"), min_size=1, max_size=8)
paths = st.lists(labels, max_size=5).map(".".join)
patterns = st.sampled_from(["*", "a.*", "*.a{1,3}.b", "a|b.!c", "*.Russian@*", "foo_bar%"])
words = st.sampled_from(["a", "a & b", "Europe & Russia@* & !Transportation", "a | b"])
coordinates = st.floats(allow_nan=False, allow_infinity=False)
flat = st.tuples(coordinates, coordinates)
high = st.tuples(coordinates, coordinates, coordinates)
on_globe = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def lines(positions: Any) -> Any:
    return st.lists(positions, min_size=2, max_size=4).map(tuple)


def rings(positions: Any) -> Any:
    return st.lists(positions, min_size=3, max_size=5).map(lambda ring: (*ring, ring[0]))


def places(positions: Any) -> Any:
    polygons = st.lists(rings(positions), max_size=2).map(tuple)
    simple = (
        st.builds(geojson.Point, positions)
        | st.builds(geojson.LineString, lines(positions))
        | st.builds(geojson.Polygon, polygons)
        | st.builds(geojson.MultiPoint, st.lists(positions, max_size=3).map(tuple))
        | st.builds(geojson.MultiLineString, st.lists(lines(positions), max_size=2).map(tuple))
        | st.builds(geojson.MultiPolygon, st.lists(polygons, max_size=2).map(tuple))
    )
    return simple | st.builds(geojson.GeometryCollection, st.lists(simple, max_size=3).map(tuple))


def is_short(place: Any) -> bool:
    """Whether no two positions stand opposite one another: PostGIS takes no edge that is half the globe long."""
    found: list[tuple[float, float, float]] = []
    left: list[Any] = [msgspec.to_builtins(place)]
    while left:
        match left.pop():
            case [float(east), float(north)]:
                a, b = math.radians(east), math.radians(north)
                found.append((math.cos(a) * math.cos(b), math.sin(a) * math.cos(b), math.sin(b)))
            case {"coordinates": inside} | {"geometries": inside}:
                left.append(inside)
            case [*inside]:
                left += inside
            case _:
                pass
    return all(math.dist(one, [-each for each in other]) > 1e-6 for one, other in combinations(found, 2))


CASES: dict[str, Case] = {
    "citext": Case(pg.citext, str, texts, grids=False),
    "hstore": Case(pg.hstore, dict[str, str | None], pairs, grids=False),
    "ltree": Case(pg.ltree, LTree, paths, grids=False),
    "lquery": Case(pg.lquery, LQuery, patterns, grids=False),
    "ltxtquery": Case(pg.ltxtquery, LTxtQuery, words, grids=False),
    "geometry": Case(pg.geometry(), Geometry, places(flat) | places(high), grids=False),
    "geometry_point": Case(pg.geometry(Point, 4326), Point, st.builds(Point, flat) | st.just(Point(())), grids=False),
    "geometry_high": Case(
        pg.geometry(LineString, 3857, z=True), LineString, st.builds(LineString, lines(high)), grids=False
    ),
    "geography": Case(pg.geography(), Geometry, places(on_globe).filter(is_short), grids=False),
    "geography_point": Case(pg.geography(Point), Point, st.builds(Point, on_globe), grids=False),
}
TRIALS = {name: Trial(name, case, "extended") for name, case in CASES.items()}
EXTENSIONS = ("citext", "hstore", "ltree", "postgis")


@pytest.fixture(scope="module")
def debian_db() -> Iterator[Database]:
    """A server with these extensions."""
    with debian(*EXTENSIONS) as url, connect(url, rebuild=True) as db:
        yield db


@pytest.fixture(scope="module")
def kept(debian_db: Database) -> Database:
    create = [f"CREATE EXTENSION IF NOT EXISTS {name}" for name in EXTENSIONS]
    return prepared(debian_db, TRIALS.values(), "extended", *create)


@pytest.mark.parametrize("name", CASES)
def test_every_way_gives_back_the_same_value(kept: Database, name: str) -> None:
    try_all(kept, TRIALS[name])


class Folk(Table, name="extended_folk"):
    id: Col[int] = column(primary_key=True)
    email: Col[str] = column(pg.citext, unique=True)
    nick: Col[str | None] = column(pg.citext, default=None)
    facts: Col[dict[str, str | None]] = column(pg.hstore, default={})
    path: Col[LTree] = column(pg.ltree, default=LTree("top"))
    home: Col[Point | None] = column(pg.geometry(Point, 4326), default=None)
    area: Col[Polygon | None] = column(pg.geometry(Polygon, 4326), default=None)
    seen: Col[Point | None] = column(pg.geography(Point), default=None)
    name: Col[str] = column(default="x")


by_facts = index("extended_facts_idx", Folk.facts, method="gin")
by_path = index("extended_path_idx", Folk.path, method="gist")
by_home = index("extended_home_idx", Folk.home, method="gist")
by_seen = index("extended_seen_idx", Folk.seen, method="gist")
by_level = index("extended_level_idx", fn.nlevel(Folk.path), fn.fetchval(Folk.facts, "a"))
by_meters = index("extended_meters_idx", fn.st_transform(Folk.home, 3857), method="gist")
once = unique(Folk.nick, Folk.email)
squares = check("extended_area_check", fn.st_area(Folk.area) < 2)
DESCRIBED = schema(Folk, by_facts, by_path, by_home, by_seen, by_level, by_meters, once, squares)
BERLIN, PARIS = Point((13.405, 52.52)), Point((2.3522, 48.8566))
SQUARE = Polygon((((13.0, 52.0), (14.0, 52.0), (14.0, 53.0), (13.0, 53.0), (13.0, 52.0)),))
F: Any = Folk


@pytest.fixture(scope="module")
def folk(kept: Database) -> Iterator[Database]:
    kept.run(create_all(DESCRIBED)).unwrap()
    kept.run(create_all(DESCRIBED, if_not_exists=True)).unwrap()  # what stands there is what was declared
    row = new(Folk)
    ada = row(id=1, email="Ada@Example.org", nick="ADA", facts={"a": "1", "b": None}, path=LTree("top.science.maths"),
              home=BERLIN, area=SQUARE, seen=BERLIN)  # fmt: skip
    bob = row(id=2, email="bob@example.org", facts={"a": "2"}, path=LTree("top.art"), home=PARIS, seen=PARIS)
    kept.execute(insert(ada, bob)).unwrap()
    yield kept
    kept.run(drop_all(DESCRIBED)).unwrap()


FOUND: list[tuple[Expr[bool | None], list[int]]] = [
    (Folk.email == "ADA@example.ORG", [1]),
    (Folk.email.in_(["ADA@example.ORG", "x"]), [1]),
    (Folk.email.like("ADA%"), [1]),
    (Folk.nick.is_distinct_from("ada"), [2]),
    (Folk.email > "B", [2]),
    (Folk.facts == {"b": None, "a": "1"}, [1]),
    (Folk.facts.contains({"a": "2"}), [2]),
    (Folk.facts.contained_by({"a": "2", "b": None}), [2]),
    (fn.exist(Folk.facts, "b"), [1]),
    (fn.fetchval(Folk.facts, "a") == "1", [1]),
    (fn.cardinality(fn.akeys(Folk.facts)) > 1, [1]),
    (Folk.path == LTree("top.art"), [2]),
    (Folk.path.contained_by(LTree("top.science")), [1]),
    (Folk.path.contains(LTree("top.art.modern")), [2]),
    (Folk.path.matches(LQuery("*.sci*.*")), [1]),
    (Folk.path.matches(value(LTxtQuery("art | nothing")).cast(pg.ltxtquery)), [2]),
    (fn.nlevel(Folk.path) > 2, [1]),
    (fn.subpath(Folk.path, 0, 1) == LTree("top"), [1, 2]),
    (fn.ltree_concat(Folk.path, LTree("x")) == LTree("top.art.x"), [2]),
    (Folk.home == BERLIN, [1]),
    (Folk.home.overlaps(SQUARE), [1]),
    (Folk.home.same(PARIS), [2]),
    (fn.st_contains(Folk.area, Folk.home), [1]),
    (fn.st_within(Folk.home, SQUARE), [1]),
    (fn.st_intersects(Folk.home, SQUARE), [1]),
    (fn.st_dwithin(Folk.seen, BERLIN, 1000), [1]),
    (fn.st_covers(Folk.area, BERLIN), [1]),
    (fn.st_x(Folk.home) < 3, [2]),
]


@pytest.mark.parametrize(("condition", "wanted"), FOUND)
def test_what_each_is_for(folk: Database, condition: Expr[bool | None], wanted: list[int]) -> None:
    assert folk.all(select(Folk.id).where(condition).order_by(Folk.id)) == Success(wanted)


def test_what_is_made_of_them(folk: Database) -> None:
    one = select(Folk).where(Folk.id == 1)
    assert folk.one(one.where(Folk.facts == {"a": "1", "b": None})).unwrap().seen == BERLIN
    assert folk.one(select(fn.hs_concat(Folk.facts, {"b": "3"})).where(Folk.id == 1)) == Success({"a": "1", "b": "3"})
    assert folk.one(select(fn.avals(Folk.facts)).where(Folk.id == 1)) == Success(["1", None])
    meters = folk.one(select(fn.st_distance(Folk.seen, PARIS)).where(Folk.id == 1)).unwrap()
    assert meters is not None
    assert 877_000 < meters < 880_000
    nearest = select(Folk.id).where(Folk.home.is_not_null()).order_by(Folk.home.distance(Point((2.0, 48.0))))
    assert folk.all(nearest) == Success([2, 1])
    moved = folk.one(select(fn.st_transform(Folk.home, 3857)).where(Folk.id == 1)).unwrap()
    assert moved is not None
    assert 1_492_000 < moved.coordinates[0] < 1_493_000
    assert folk.one(select(fn.st_area(Folk.area)).where(Folk.id == 1)) == Success(1.0)
    inside = select(Folk.id, many(select(Folk.home, Folk.facts, Folk.email).where(Folk.id == 1))).where(Folk.id == 2)
    assert folk.one(inside) == Success((2, [(BERLIN, {"a": "1", "b": None}, "Ada@Example.org")]))
    again = folk.execute(insert(new(Folk)(id=3, email="ADA@EXAMPLE.ORG")))
    assert "extended_folk_email_key" in str(again.failure())


def test_a_place_in_another_system_is_told(folk: Database) -> None:
    class Other(Table, name="extended_folk"):
        id: Col[int] = column(primary_key=True)
        home: Col[Geometry | None] = column(pg.geometry())

    failed = folk.all(select(Other.home)).failure()
    assert "a place with the SRID 4326, where geometry is declared: say srid=4326" in str(failed)


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: F.email == 5, "citext) takes str, not int"),
    (lambda: F.facts == "a", "hstore) takes dict, not str"),
    (lambda: F.facts.contains("a"), "contains hstore, not str"),
    (lambda: F.path.matches(5), "matches lquery or ltxtquery, not int"),
    (lambda: F.path.contains(F.facts), "contains ltree, not hstore"),
    (lambda: F.home.distance(F.seen), "distance geometry(Geometry,4326), not geography(Point,4326)"),
    (lambda: fn.st_contains(F.seen, BERLIN), "PostGIS has no st_contains of geography(Point,4326): cast it"),
    (lambda: fn.st_distance(F.home, F.seen), "st_distance of geometry(Point,4326) and geography(Point,4326)"),
    (lambda: fn.st_distance(F.home, fn.st_transform(F.home, 3857)), "write fn.st_transform(..., 4326)"),
    (lambda: fn.st_area(F.name), "st_area is not for text: give a geometry or a geography of PostGIS"),
    (lambda: fn.st_x(F.area), "st_x is of points, not of geometry(Polygon,4326)"),
    (lambda: fn.exist(F.name, "a"), "exist is not for text: cast it to pg.hstore"),
    (lambda: fn.nlevel(F.name), "nlevel is not for text: cast it to pg.ltree"),
]


@pytest.mark.parametrize(("build", "said"), REFUSED)
def test_what_they_are_not_for_is_refused(build: Callable[[], object], said: str) -> None:
    with pytest.raises(QueryError) as raised:
        build()
    assert said in str(raised.value)


WRONG: list[tuple[Any, Any, str]] = [
    (Folk.facts, {"a": 1}, "a value of an hstore is str, not int"),
    (Folk.home, Point((1.0,)), "a position has two coordinates"),
    (Folk.home, Point((1.0, 2.0, 3.0)), "a position has two coordinates here"),
    (Folk.home, Point((float("nan"), 2.0)), "a coordinate is a finite number"),
    (Folk.seen, Point((181.0, 2.0)), "a longitude of -180 to 180"),
    (Folk.seen, SQUARE, "geography(Point,4326) takes Point, not Polygon"),
    (Folk.email, "a\0b", "cannot hold NUL"),
]


@pytest.mark.parametrize(("of", "given", "said"), WRONG)
def test_values_that_they_do_not_hold_are_refused(folk: Database, of: Any, given: Any, said: str) -> None:
    values: dict[str, Any] = {"id": 9, "email": "x", of.attribute: given}
    row = new(Folk)(**values)
    for failed in (folk.execute(insert(row)), folk.insert_many([row, row])):
        assert said in str(failed.failure())


def test_columns_that_cannot_be() -> None:
    with pytest.raises(DefinitionError, match="hstore holds dict"):

        class Wrong(Table, name="wrong_facts"):
            facts: Col[dict[str, int]] = column(pg.hstore)  # type: ignore[arg-type]

        Wrong.facts
    with pytest.raises(DefinitionError, match=r"takes a class of qb\.types\.geojson"):
        pg.geometry(str)  # type: ignore[type-var]
    with pytest.raises(DefinitionError, match="an SRID is a whole number such as 4326, not '4326'"):
        pg.geography(Point, "4326")  # type: ignore[call-overload]


def test_the_extension_is_part_of_the_schema() -> None:
    assert DESCRIBED.extensions == ("citext", "hstore", "ltree", "postgis")


def test_functions_of_an_extension_need_it() -> None:
    """Whatever their arguments are: it is created before what calls them."""
    kinds = [each.kind for each in DESCRIBED.objects if each.kind in ("extension", "table", "index")]
    assert kinds == sorted(kinds, key=["extension", "table", "index"].index)
    needed = {need.name for each in (by_level, by_meters, squares) for need in each.needs if need.kind == "extension"}
    assert needed == {"ltree", "hstore", "postgis"}
