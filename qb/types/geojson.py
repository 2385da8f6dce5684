"""Places on a map as values: GeoJSON's geometries, each a frozen Struct that is written as GeoJSON.

A position is its coordinates: x and y, or longitude and latitude, and a height where there is one.
https://datatracker.ietf.org/doc/html/rfc7946#section-3.1
"""

from __future__ import annotations

from typing import Protocol, TypeAlias

import msgspec

Position: TypeAlias = tuple[float, ...]


class Placed(Protocol):
    """What says where it is as GeoJSON does: the Structs of this module, and the geometries of shapely.

    https://gist.github.com/sgillies/2217756
    """

    @property
    def __geo_interface__(self) -> object: ...


class GeoInterface(msgspec.Struct, frozen=True):
    """What the geometries have in common."""

    @property
    def __geo_interface__(self) -> object:
        """As a dict, for other libraries: `shapely.geometry.shape(point)`."""
        return msgspec.to_builtins(self)


class Point(GeoInterface, frozen=True, tag_field="type", tag="Point"):
    """One position. An empty one has no coordinates.

    >>> import msgspec
    >>> from qb.types import geojson
    >>> msgspec.json.encode(geojson.Point((13.4, 52.5)))
    b'{"type":"Point","coordinates":[13.4,52.5]}'
    """

    coordinates: Position


class LineString(GeoInterface, frozen=True, tag_field="type", tag="LineString"):
    """Positions one after the other."""

    coordinates: tuple[Position, ...]


class Polygon(GeoInterface, frozen=True, tag_field="type", tag="Polygon"):
    """A ring of positions, of which the last is the first, and the rings of what is left out of it."""

    coordinates: tuple[tuple[Position, ...], ...]


class MultiPoint(GeoInterface, frozen=True, tag_field="type", tag="MultiPoint"):
    """Several points."""

    coordinates: tuple[Position, ...]


class MultiLineString(GeoInterface, frozen=True, tag_field="type", tag="MultiLineString"):
    """Several lines."""

    coordinates: tuple[tuple[Position, ...], ...]


class MultiPolygon(GeoInterface, frozen=True, tag_field="type", tag="MultiPolygon"):
    """Several polygons."""

    coordinates: tuple[tuple[tuple[Position, ...], ...], ...]


class GeometryCollection(GeoInterface, frozen=True, tag_field="type", tag="GeometryCollection"):
    """Several of any kind."""

    geometries: tuple[Geometry, ...]


Geometry: TypeAlias = Point | LineString | Polygon | MultiPoint | MultiLineString | MultiPolygon | GeometryCollection
"""Any of them."""
