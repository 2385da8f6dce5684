"""Places on a map as values: GeoJSON's geometries, each a frozen Struct that is written as GeoJSON.

A position is its coordinates: x and y, or longitude and latitude, and a height where there is one.
https://datatracker.ietf.org/doc/html/rfc7946#section-3.1
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

Position: TypeAlias = tuple[float, ...]


class Point(msgspec.Struct, frozen=True, tag_field="type", tag="Point"):
    """One position. An empty one has no coordinates.

    >>> import msgspec
    >>> from qb.types import geojson
    >>> msgspec.json.encode(geojson.Point((13.4, 52.5)))
    b'{"type":"Point","coordinates":[13.4,52.5]}'
    """

    coordinates: Position


class LineString(msgspec.Struct, frozen=True, tag_field="type", tag="LineString"):
    """Positions one after the other."""

    coordinates: tuple[Position, ...]


class Polygon(msgspec.Struct, frozen=True, tag_field="type", tag="Polygon"):
    """A ring of positions, of which the last is the first, and the rings of what is left out of it."""

    coordinates: tuple[tuple[Position, ...], ...]


class MultiPoint(msgspec.Struct, frozen=True, tag_field="type", tag="MultiPoint"):
    """Several points."""

    coordinates: tuple[Position, ...]


class MultiLineString(msgspec.Struct, frozen=True, tag_field="type", tag="MultiLineString"):
    """Several lines."""

    coordinates: tuple[tuple[Position, ...], ...]


class MultiPolygon(msgspec.Struct, frozen=True, tag_field="type", tag="MultiPolygon"):
    """Several polygons."""

    coordinates: tuple[tuple[tuple[Position, ...], ...], ...]


class GeometryCollection(msgspec.Struct, frozen=True, tag_field="type", tag="GeometryCollection"):
    """Several of any kind."""

    geometries: tuple[Geometry, ...]


Geometry: TypeAlias = Point | LineString | Polygon | MultiPoint | MultiLineString | MultiPolygon | GeometryCollection
"""Any of them."""
