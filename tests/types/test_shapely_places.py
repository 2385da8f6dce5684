"""PostGIS's places as shapely's geometries, on Debian's server, where both are installed."""
# shapely has no types of its own.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportInvalidTypeForm=false

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from qb import (
    Col,
    Database,
    DefinitionError,
    Success,
    Table,
    column,
    connect,
    create_all,
    fn,
    insert,
    many,
    new,
    schema,
    select,
)
from qb.types import geojson, shapely_places
from tests.debian import debian

pytestmark = pytest.mark.slow  # a server of its own
shapely: Any = pytest.importorskip("shapely")
SQUARE = geojson.Polygon((((13.0, 52.0), (14.0, 52.0), (14.0, 53.0), (13.0, 53.0), (13.0, 52.0)),))


@pytest.fixture(scope="module")
def mapped() -> Iterator[Database]:
    with debian("postgis") as url, connect(url, rebuild=True) as db:
        yield db


def test_places_are_shapelys_where_that_is_said(mapped: Database) -> None:
    class Spot(Table, name="extended_spots"):
        id: Col[int] = column(primary_key=True)
        at: Col[shapely.Point] = column(shapely_places.geometry(shapely.Point, 4326))
        area: Col[shapely.Polygon | None] = column(shapely_places.geography(shapely.Polygon), default=None)

    home, square = shapely.Point(13.405, 52.52), shapely.box(13, 52, 14, 53)
    with mapped.transaction(rollback=True) as tx:
        tx.run(create_all(schema(Spot))).unwrap()
        tx.execute(insert(new(Spot)(id=1, at=home, area=square))).unwrap()
        found = tx.one(select(Spot)).unwrap()
        assert (found.at, found.area) == (home, square)
        assert shapely.get_srid(found.at) == 4326
        assert tx.all(select(Spot.id).where(Spot.at == home, Spot.at.overlaps(square))) == Success([1])
        assert tx.one(select(many(select(Spot.at, Spot.area)))) == Success([(home, square)])
        moved: Any = tx.one(select(fn.st_transform(Spot.at, 3857))).unwrap()
        assert 1_492_000 < moved.x < 1_493_000
        assert tx.all(select(Spot.id).where(fn.st_within(Spot.at, square))) == Success([1])
        failed = tx.execute(insert(new(Spot)(id=2, at=shapely.Point(float("nan"), 1.0))))
        assert "finite number" in str(failed.failure())
    with pytest.raises(DefinitionError, match=r"holds shapely\.Point"):

        class Wrong(Table, name="wrong_spots"):
            at: Col[shapely.Polygon] = column(shapely_places.geometry(shapely.Point))

        Wrong.at
    with pytest.raises(DefinitionError, match=r"takes a class of shapely's such as shapely\.Point"):
        shapely_places.geometry(geojson.Point)
    assert shapely.geometry.shape(SQUARE).equals(square)
