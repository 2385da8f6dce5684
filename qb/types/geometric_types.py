"""Geometric types, each with a frozen Struct for its values.

https://www.postgresql.org/docs/current/datatype-geometric.html
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

from qb.frozen import fix
from qb.types.base import Signs, SqlType
from qb.types.facts import Wire
from qb.types.geometric import Box, Circle, Point, PointPath, Polygon, Segment, StraightLine
from qb.types.textual import Textual

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)


def _wire(name: str, oid: int, array_oid: int, takes: type, *, delimiter: str = ",", casts: str = "") -> Wire:
    # Two boxes are equal to PostgreSQL if their areas are, two paths if they have as many points.
    return Wire(
        name=name,
        oid=oid,
        array_oid=array_oid,
        kind="geometric",
        takes=(takes,),
        equality=False,
        extremes=False,
        texted=True,
        delimiter=delimiter,
        casts=casts,
    )


POINT: Final = _wire("point", 600, 1017, Point, casts="box")
LINE: Final = _wire("line", 628, 629, StraightLine)
LSEG: Final = _wire("lseg", 601, 1018, Segment, casts="point")
BOX: Final = _wire("box", 603, 1020, Box, delimiter=";", casts="circle lseg point polygon")
PATH: Final = _wire("path", 602, 1019, PointPath, casts="polygon")
POLYGON: Final = _wire("polygon", 604, 1027, Polygon, casts="box circle path point")
CIRCLE: Final = _wire("circle", 718, 719, Circle, casts="box point polygon")

_NUMBER: Final = re.compile(r"[^,()\[\]{}<>]+")


# What PostgreSQL has, by what stands on the left: the operator, and what may stand on the right.
# https://www.postgresql.org/docs/current/functions-geometry.html
_AREAS: Final[dict[Wire, tuple[Wire, ...]]] = {POINT: (POINT,), BOX: (BOX,), POLYGON: (POLYGON,), CIRCLE: (CIRCLE,)}
_WIDE: Final[dict[Wire, tuple[Wire, ...]]] = {BOX: (BOX,), POLYGON: (POLYGON,), CIRCLE: (CIRCLE,)}
_OPERATORS: Final[dict[str, tuple[str, dict[Wire, tuple[Wire, ...]]]]] = {
    "contains": (
        "@>",
        {BOX: (BOX, POINT), PATH: (POINT,), POLYGON: (POLYGON, POINT), CIRCLE: (CIRCLE, POINT)},
    ),
    "contained_by": (
        "<@",
        {
            POINT: (BOX, POLYGON, CIRCLE, PATH, LSEG, LINE),
            LSEG: (BOX, LINE),
            BOX: (BOX,),
            POLYGON: (POLYGON,),
            CIRCLE: (CIRCLE,),
        },
    ),
    "overlaps": ("&&", _WIDE),
    "left_of": ("<<", _AREAS),
    "right_of": (">>", _AREAS),
    "same": ("~=", _AREAS),
    "distance": (
        "<->",
        {
            POINT: (POINT, BOX, POLYGON, CIRCLE, PATH, LSEG, LINE),
            BOX: (BOX, POINT, LSEG),
            POLYGON: (POLYGON, POINT, CIRCLE),
            CIRCLE: (CIRCLE, POINT, POLYGON),
            PATH: (PATH, POINT),
            LSEG: (LSEG, POINT, LINE, BOX),
            LINE: (LINE, POINT, LSEG),
        },
    ),
}
_SAME: Final = (LINE, LSEG)
"""What is the same where PostgreSQL's = says so: of the others it compares an area or a number of points."""


class Geometric(Textual[T_contra]):
    """A type whose text is numbers in brackets."""

    __slots__ = ("_made", "_written")
    _made: Callable[[list[float], str], Any]
    _written: Callable[[Any], str]

    def __init__(self, wire: Wire, written: Callable[[Any], str], made: Callable[[list[float], str], Any]) -> None:
        super().__init__(wire.name, wire.name, wire, wire.takes[0], wire.takes[0].__name__)
        fix(self, "_written", written)
        fix(self, "_made", made)

    def write(self, value: Any) -> str:
        if not isinstance(value, self.wire.takes):
            raise TypeError(f"{self.name} takes {self.says}, not {type(value).__name__}")
        return self._written(value)

    def operators(self, word: str) -> Signs:
        if self.wire in _SAME and word == "same":
            return (("=", self),)
        operator, sides = _OPERATORS.get(word, ("", {}))
        return tuple((operator, _BY_WIRE[wire]) for wire in sides.get(self.wire, ()))

    def read(self, text: str) -> Any:
        return self._made([float(number) for number in _NUMBER.findall(text)], text)


def _number(value: object) -> str:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise TypeError(f"a coordinate is a float, not {type(value).__name__}")
    number = float(value)
    if math.isnan(number):
        raise ValueError("NaN is no coordinate")
    return repr(number)


def _point(value: object) -> str:
    if not isinstance(value, Point):
        raise TypeError(f"a point is a Point, not {type(value).__name__}")
    return f"({_number(value.x)},{_number(value.y)})"


def _points(values: tuple[Point, ...]) -> str:
    if not values:
        raise ValueError("there is no path and no polygon of no points")
    return ",".join(map(_point, values))


def _line(value: StraightLine) -> str:
    if not value.a and not value.b:
        raise ValueError("a line has an a or a b that is not 0")
    return f"{{{_number(value.a)},{_number(value.b)},{_number(value.c)}}}"


def _segment(value: Segment) -> str:
    return f"[{_point(value.start)},{_point(value.end)}]"


def _box(value: Box) -> str:
    return f"{_point(value.high)},{_point(value.low)}"


def _path(value: PointPath) -> str:
    inside = _points(value.points)
    return f"({inside})" if value.closed else f"[{inside}]"


def _polygon(value: Polygon) -> str:
    return f"({_points(value.points)})"


def _circle(value: Circle) -> str:
    if value.radius < 0:
        raise ValueError("a circle has a radius of 0 or more")
    return f"<{_point(value.center)},{_number(value.radius)}>"


def _pairs(numbers: list[float]) -> tuple[Point, ...]:
    return tuple(Point(x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True))


def _point_of(numbers: list[float], text: str) -> Point:
    return Point(*numbers)


def _line_of(numbers: list[float], text: str) -> StraightLine:
    return StraightLine(*numbers)


def _segment_of(numbers: list[float], text: str) -> Segment:
    return Segment(*_pairs(numbers))


def _box_of(numbers: list[float], text: str) -> Box:
    return Box(*_pairs(numbers))


def _path_of(numbers: list[float], text: str) -> PointPath:
    return PointPath(_pairs(numbers), closed=text.startswith("("))


def _polygon_of(numbers: list[float], text: str) -> Polygon:
    return Polygon(_pairs(numbers))


def _circle_of(numbers: list[float], text: str) -> Circle:
    return Circle(Point(*numbers[:2]), numbers[2])


class GeometricTypes:
    """Geometric types in `pg`."""

    __slots__ = ()
    point: SqlType[Point | None] = Geometric(POINT, _point, _point_of)
    line: SqlType[StraightLine | None] = Geometric(LINE, _line, _line_of)
    lseg: SqlType[Segment | None] = Geometric(LSEG, _segment, _segment_of)
    box: SqlType[Box | None] = Geometric(BOX, _box, _box_of)
    path: SqlType[PointPath | None] = Geometric(PATH, _path, _path_of)
    polygon: SqlType[Polygon | None] = Geometric(POLYGON, _polygon, _polygon_of)
    circle: SqlType[Circle | None] = Geometric(CIRCLE, _circle, _circle_of)


_BY_WIRE: Final[dict[Wire, SqlType[Any]]] = {
    each.wire: each for each in vars(GeometricTypes).values() if isinstance(each, SqlType)
}
