"""PostGIS's places as the geometries of shapely, which the extra `shapely` installs.

https://shapely.readthedocs.io/en/stable/geometry.html
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final, TypeVar

from qb.errors import DefinitionError
from qb.frozen import fix
from qb.types.annotation import bare
from qb.types.base import SqlType, mismatch
from qb.types.ewkb import GEOMETRY_KINDS, from_ewkb
from qb.types.geojson import Placed
from qb.types.postgis import Spatial

S = TypeVar("S", bound=Placed)

_KINDS: Final = {kind.__name__: kind for kind in GEOMETRY_KINDS} | {"BaseGeometry": None}


class ShapelyPlace(Spatial):
    """A type of places that are geometries of one class of shapely's."""

    __slots__ = ("held",)
    held: type[Any]

    def __init__(self, base: str, held: type[Any], srid: int, z: bool | None) -> None:
        if held.__module__.partition(".")[0] != "shapely" or held.__name__ not in _KINDS:
            raise DefinitionError(f"{base} takes a class of shapely's such as shapely.Point, not {held!r}")
        kind = _KINDS[held.__name__]
        super().__init__(base, kind, srid, z)
        fix(self, "held", held)
        fix(self, "python", held)
        fix(self, "takes", (held,))
        fix(self, "says", f"shapely.{held.__name__}")

    def __reduce__(self) -> tuple[object, ...]:
        return ShapelyPlace, (self.base, self.held, self.srid, self.z)

    def refuses(self, python: object) -> str | None:
        plain = bare(python)
        return None if plain is object or plain is self.held else mismatch(self, python, self.says)

    def any_kind(self) -> Spatial:
        whole = import_module("shapely.geometry.base").BaseGeometry
        return ShapelyPlace(self.base, whole, self.srid, None)

    def moved(self, srid: int) -> Spatial:
        return ShapelyPlace(self.base, self.held, srid, self.z)

    def _write(self, value: Any) -> str:
        if not isinstance(value, self.held):
            raise ValueError(f"{self.name} takes {self.says}, not {type(value).__name__}")
        shapely: Any = import_module("shapely")
        return super()._write(from_ewkb(shapely.to_wkb(value, hex=True, output_dimension=4))[0])

    def _read(self, text: str) -> Any:
        super()._read(text)  # which says what is not as it was declared
        shapely: Any = import_module("shapely")
        return shapely.from_wkb(text)


def geometry(of: type[S], srid: int = 0, *, z: bool | None = None) -> SqlType[S | None]:
    """`pg.geometry` whose values are of a class of shapely's: `shapely_places.geometry(shapely.Point, 4326)`; of
    any of them, where it is `shapely.geometry.base.BaseGeometry`."""
    return ShapelyPlace("geometry", of, srid, z)


def geography(of: type[S], srid: int = 4326, *, z: bool | None = None) -> SqlType[S | None]:
    """`pg.geography` whose values are of a class of shapely's."""
    return ShapelyPlace("geography", of, srid, z)
