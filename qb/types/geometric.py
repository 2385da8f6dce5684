"""Points, and what is made of them, as values.

https://www.postgresql.org/docs/current/datatype-geometric.html
"""

from __future__ import annotations

import msgspec
from msgspec.structs import force_setattr


class Point(msgspec.Struct, frozen=True):
    """A point of the plane."""

    x: float
    y: float


class StraightLine(msgspec.Struct, frozen=True):
    """The line of the points for which ax + by + c = 0; a and b are not both 0."""

    a: float
    b: float
    c: float


class Segment(msgspec.Struct, frozen=True):
    """The points between two, which PostgreSQL calls lseg."""

    start: Point
    end: Point


class Box(msgspec.Struct, frozen=True):
    """A rectangle between two opposite corners, kept as PostgreSQL does: the upper right one first.

    >>> Box(Point(0, 2), Point(1, 0))
    Box(high=Point(x=1, y=2), low=Point(x=0, y=0))
    """

    high: Point
    low: Point

    def __post_init__(self) -> None:
        one, other = self.high, self.low
        force_setattr(self, "high", Point(max(one.x, other.x), max(one.y, other.y)))
        force_setattr(self, "low", Point(min(one.x, other.x), min(one.y, other.y)))


class PointPath(msgspec.Struct, frozen=True):
    """Points one after the other, `closed` where the last one leads back to the first."""

    points: tuple[Point, ...]
    closed: bool = False


class Polygon(msgspec.Struct, frozen=True):
    """What lies within a closed path."""

    points: tuple[Point, ...]


class Circle(msgspec.Struct, frozen=True):
    """What lies within a distance of a point."""

    center: Point
    radius: float
