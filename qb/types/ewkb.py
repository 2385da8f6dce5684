"""How PostGIS writes places down: bytes, of which its text form is the hexadecimal digits. Exact to the last bit.

https://postgis.net/docs/using_postgis_dbmanagement.html#EWKB_EWKT
"""

from __future__ import annotations

import math
import struct
from typing import Any, Final, cast

from qb.types.base import Told
from qb.types.geojson import (
    Geometry,
    GeometryCollection,
    LineString,
    MultiLineString,
    MultiPoint,
    MultiPolygon,
    Point,
    Polygon,
    Position,
)

GEOMETRY_KINDS: Final[tuple[type[Any], ...]] = (
    Point,
    LineString,
    Polygon,
    MultiPoint,
    MultiLineString,
    MultiPolygon,
    GeometryCollection,
)
"""In the order of their numbers, which begin with 1."""

_CODES: Final = {kind: number for number, kind in enumerate(GEOMETRY_KINDS, 1)}
_PARTS: Final[dict[type[Any], type[Any]]] = {MultiPoint: Point, MultiLineString: LineString, MultiPolygon: Polygon}
_Z, _M, _SRID = 0x80000000, 0x40000000, 0x20000000
_NAN: Final = float("nan")


def to_ewkb(value: Geometry, srid: int, *, z: bool | None = None) -> str:
    """The text of a place. ValueError or Told for what is none; `z` says whether there has to be a height."""
    depths = set(map(len, _positions(value)))
    if len(depths) > 1 or not depths <= {2, 3}:
        raise ValueError("a position has two coordinates, or three in all positions of a value")
    high = bool(z) if not depths else depths == {3}
    if z is not None and depths and high != z:
        raise ValueError(f"a position has {'three' if z else 'two'} coordinates here")
    parts: list[bytes] = []
    _write(value, parts, 3 if high else 2, srid)
    return b"".join(parts).hex().upper()


def _positions(value: Any) -> list[Position]:
    if isinstance(value, GeometryCollection):
        return [each for part in value.geometries for each in _positions(part)]
    if type(value) not in _CODES:
        raise Told(f"a place is one of qb.types.geojson, not {type(value).__name__}")
    found: list[Any] = [value.coordinates]
    if isinstance(value, Point):
        return found if value.coordinates else []
    for _ in range(_depth(value)):
        found = [each for part in found for each in part]
    return found


def _depth(value: Any) -> int:
    if isinstance(value, LineString | MultiPoint):
        return 1
    return 2 if isinstance(value, Polygon | MultiLineString) else 3


def _write(value: Any, parts: list[bytes], size: int, srid: int) -> None:
    kind: type[Any] = value.__class__
    code = _CODES[kind] | (_Z if size == 3 else 0)
    parts.append(struct.pack("<BII", 1, code | _SRID, srid) if srid else struct.pack("<BI", 1, code))
    if isinstance(value, Point):
        parts.append(_packed((value.coordinates or (_NAN,) * size,), empty=not value.coordinates))
    elif isinstance(value, LineString):
        _write_positions(value.coordinates, parts)
    elif isinstance(value, Polygon):
        parts.append(struct.pack("<I", len(value.coordinates)))
        for ring in value.coordinates:
            _write_positions(ring, parts)
    else:
        of = _PARTS.get(kind)
        inner = value.geometries if of is None else [of(each) for each in value.coordinates]
        parts.append(struct.pack("<I", len(inner)))
        for each in inner:
            _write(each, parts, size, 0)


def _write_positions(positions: tuple[Position, ...], parts: list[bytes]) -> None:
    parts += (struct.pack("<I", len(positions)), _packed(positions))


def _packed(positions: tuple[Position, ...], *, empty: bool = False) -> bytes:
    numbers = [number for position in positions for number in cast("tuple[object, ...]", position)]
    for number in numbers:
        if not isinstance(number, int | float) or isinstance(number, bool):
            raise Told(f"a coordinate is a float, not {type(number).__name__}")
        if not empty and not math.isfinite(number):
            raise ValueError("a coordinate is a finite number")
    return struct.pack(f"<{len(numbers)}d", *cast("list[float]", numbers))


class _Reader:
    """Goes through the bytes of a value."""

    __slots__ = ("at", "data", "srid")

    def __init__(self, data: bytes) -> None:
        self.data: bytes = data
        self.at: int = 0
        self.srid: int = 0

    def take(self, code: str) -> tuple[Any, ...]:
        found = struct.unpack_from(code, self.data, self.at)
        self.at += struct.calcsize(code)
        return found

    def geometry(self) -> Geometry:
        order = "<" if self.take("B")[0] else ">"
        (code,) = self.take(order + "I")
        if code & _SRID:
            (self.srid,) = self.take(order + "I")
        kind = code & 0xFF
        if code & _M or code & 0x1FFFFF00 or not 1 <= kind <= len(GEOMETRY_KINDS):
            raise ValueError("a place with a measure (M), or made of curves, is none of GeoJSON's")
        size = 3 if code & _Z else 2
        made = cast("object", GEOMETRY_KINDS[kind - 1])
        if made is Point:
            (position,) = self.positions(order, size, 1)
            return Point(() if all(map(math.isnan, position)) else position)
        (count,) = self.take(order + "I")
        if made is LineString:
            return LineString(self.positions(order, size, count))
        if made is Polygon:
            return Polygon(tuple(self.positions(order, size, self.take(order + "I")[0]) for _ in range(count)))
        parts = tuple(self.geometry() for _ in range(count))
        if made is GeometryCollection:
            return GeometryCollection(parts)
        coordinates: Any = tuple(cast("Any", each).coordinates for each in parts)
        if made is MultiPoint:
            return MultiPoint(coordinates)
        return MultiLineString(coordinates) if made is MultiLineString else MultiPolygon(coordinates)

    def positions(self, order: str, size: int, count: int) -> tuple[Position, ...]:
        numbers = self.take(f"{order}{size * count}d")
        return tuple(numbers[start : start + size] for start in range(0, len(numbers), size))


def from_ewkb(text: str) -> tuple[Geometry, int]:
    """The place of a text, and its SRID, 0 for none. ValueError for what GeoJSON has no name for."""
    reader = _Reader(bytes.fromhex(text))
    found = reader.geometry()
    return found, reader.srid
