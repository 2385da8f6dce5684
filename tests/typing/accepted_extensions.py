"""Types of extensions that the embedded server lacks: what the checkers know of them. They are run elsewhere."""
# mypy: disallow-any-expr

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_type

from qb import Col, Expr, New, Table, column, fn, new, pg, select, value
from qb.types.geojson import Geometry, LineString, Point, Polygon
from qb.types.vector import SparseVector
from qb.typing import LQuery, LTree, LTxtQuery

HOME, AWAY = Point((13.4, 52.5)), Point((2.35, 48.85))


class Folk(Table, name="typed_folk"):
    id: Col[int] = column(primary_key=True)
    email: Col[str] = column(pg.citext)
    nick: Col[str | None] = column(pg.citext)
    facts: Col[dict[str, str | None]] = column(pg.hstore)
    sure_facts: Col[dict[str, str]] = column(pg.hstore)
    path: Col[LTree] = column(pg.ltree)
    old_path: Col[LTree | None] = column(pg.ltree)
    wanted: Col[LQuery] = column(pg.lquery)
    home: Col[Point] = column(pg.geometry(Point, 4326))
    area: Col[Polygon | None] = column(pg.geometry(Polygon, 4326))
    seen: Col[Point | None] = column(pg.geography(Point))
    way: Col[LineString] = column(pg.geometry(LineString, 4326, z=True))
    any: Col[Geometry] = column(pg.geometry())
    half: Col[list[float]] = column(pg.halfvec(3))
    vector: Col[list[float] | None] = column(pg.vector(3))
    sparse: Col[SparseVector] = column(pg.sparsevec(5))


def texts_and_paths() -> None:
    assert_type(Folk.email == "a", Expr[bool])
    assert_type(Folk.email.like("a%"), Expr[bool])
    assert_type(fn.lower(Folk.nick), Expr[str | None])
    assert_type(Folk.facts.contains({"a": "1"}), Expr[bool])
    assert_type(Folk.sure_facts.contained_by(Folk.facts), Expr[bool])
    assert_type(fn.fetchval(Folk.facts, "a"), Expr[str | None])
    assert_type(fn.exist(Folk.facts, "a"), Expr[bool])
    assert_type(fn.akeys(Folk.facts), Expr[list[str]])
    assert_type(fn.avals(Folk.sure_facts), Expr[list[str | None]])
    assert_type(fn.hs_concat(Folk.facts, {"a": None}), Expr[dict[str, str | None]])
    assert_type(Folk.path.contains(LTree("a.b")), Expr[bool])
    assert_type(Folk.old_path.contained_by(Folk.path), Expr[bool])
    assert_type(Folk.path.matches(LQuery("*.a")), Expr[bool])
    assert_type(Folk.old_path.matches(Folk.wanted), Expr[bool])
    assert_type(Folk.path.matches(value(LTxtQuery("a & b")).cast(pg.ltxtquery)), Expr[bool])
    assert_type(fn.nlevel(Folk.old_path), Expr[int | None])
    assert_type(fn.subpath(Folk.path, 0, -1), Expr[LTree])
    assert_type(fn.ltree_concat(Folk.path, LTree("a")), Expr[LTree])
    held: Mapping[str, str | None] = {"a": None}
    assert_type(Folk.facts.contains(held), Expr[bool])


def places() -> None:
    assert_type(Folk.home == HOME, Expr[bool])
    assert_type(Folk.home.distance(AWAY), Expr[float])
    assert_type(Folk.seen.distance(AWAY), Expr[float | None])
    assert_type(Folk.area.overlaps(HOME), Expr[bool])
    bits = value("101").cast(pg.varbit)
    assert_type(bits.distance("110", by="hamming"), Expr[float | None])
    assert_type(fn.coalesce(bits, "000").distance("110", by="jaccard"), Expr[float])
    assert_type(Folk.any.same(Folk.home), Expr[bool])
    assert_type(fn.st_distance(Folk.home, AWAY), Expr[float | None])
    assert_type(fn.st_dwithin(Folk.seen, HOME, 500), Expr[bool])
    assert_type(fn.st_contains(Folk.area, Folk.home), Expr[bool])
    assert_type(fn.st_within(Folk.home, Folk.area), Expr[bool])
    assert_type(fn.st_covers(Folk.area, HOME), Expr[bool])
    assert_type(fn.st_coveredby(Folk.home, Folk.area), Expr[bool])
    assert_type(fn.st_intersects(Folk.way, Folk.area), Expr[bool])
    assert_type(fn.st_area(Folk.area), Expr[float | None])
    assert_type(fn.st_length(Folk.way), Expr[float])
    assert_type(fn.st_x(Folk.home), Expr[float | None])
    assert_type(fn.st_transform(Folk.home, 3857), Expr[Point])
    assert_type(fn.st_transform(Folk.area, 3857), Expr[Polygon | None])


def vectors() -> None:
    assert_type(Folk.half.distance([1, 2, 3], by="l2"), Expr[float])
    assert_type(Folk.vector.distance(Folk.vector, by="cosine"), Expr[float | None])
    assert_type(Folk.sparse.distance(SparseVector(5, {1: 2.0}), by="inner_product"), Expr[float])
    select(Folk.id).order_by(Folk.half.distance([1, 2, 3], by="l1")).limit(5)


def rows() -> None:
    row = new(Folk)(
        id=1,
        email="a",
        nick=None,
        facts={"a": None},
        sure_facts={},
        path=LTree("a"),
        old_path=None,
        wanted=LQuery("*"),
        home=HOME,
        area=None,
        seen=AWAY,
        way=LineString(((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))),
        any=HOME,
        half=[1.0],
        vector=None,
        sparse=SparseVector(5, {}),
    )
    assert_type(row, New[Folk])
