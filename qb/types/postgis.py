"""geometry and geography, of the extension postgis: places on a plane, and on the globe.

https://postgis.net/docs/using_postgis_dbmanagement.html
"""

from __future__ import annotations

from typing import Any, ClassVar, Final, TypeVar, overload

from qb.errors import DefinitionError
from qb.frozen import fix
from qb.types.base import Signs, SqlType, is_whole
from qb.types.ewkb import GEOMETRY_KINDS, from_ewkb, to_ewkb
from qb.types.extended import Extended
from qb.types.facts import COLONS
from qb.types.geojson import Geometry, GeometryCollection

G = TypeVar("G", bound=Geometry)

_SIGNS: Final = {"overlaps": "&&", "same": "~=", "distance": "<->"}
_ON_GLOBE: Final = {"overlaps": "&&", "distance": "<->"}


class Spatial(Extended[Any]):
    """A type of places, of any kind or of one, in a system of coordinates that is known by its SRID."""

    __slots__ = ("of", "srid", "z")
    of: type[Any] | None
    srid: int
    z: bool | None
    in_json_as: ClassVar[str] = "text"

    def __init__(self, base: str, of: type[Any] | None, srid: int, z: bool | None) -> None:
        if of is not None and of not in GEOMETRY_KINDS:
            raise DefinitionError(f"{base} takes a class of qb.types.geojson, not {of!r}")
        if not is_whole(srid) or not 0 <= srid <= 999_999:
            raise DefinitionError(f"{base}: an SRID is a whole number such as 4326, not {srid!r}")
        fix(self, "of", of)
        fix(self, "srid", srid)
        fix(self, "z", z)
        kind = "Geometry" if of is None else of.__name__
        limits = f"({kind}{'Z' if z else ''}{f',{srid}' if srid else ''})" if of is not None or srid or z else ""
        super().__init__(
            base + limits,
            "postgis",
            self._write,
            self._read,
            takes=GEOMETRY_KINDS if of is None else (of,),
            python=Geometry if of is None else of,
            says="Geometry" if of is None else of.__name__,
            wire=COLONS,
        )

    def __reduce__(self) -> tuple[object, ...]:
        return Spatial, (self.base, self.of, self.srid, self.z)

    @property
    def on_globe(self) -> bool:
        """Whether its places are on the globe, so that distances are meters."""
        return self.base == _GEOGRAPHY

    def any_kind(self) -> Spatial:
        """The same of places of any kind, as what stands beside one may be of another."""
        return self if self.of is None and self.z is None else Spatial(self.base, None, self.srid, None)

    def operators(self, word: str) -> Signs:
        sign = (_ON_GLOBE if self.on_globe else _SIGNS).get(word)
        return () if sign is None else ((sign, self.any_kind()),)

    def _write(self, value: Any) -> str:
        if self.of is not None and not isinstance(value, self.of):
            raise ValueError(f"{self.name} takes {self.says}, not {type(value).__name__}")
        if self.on_globe:
            _check_globe(value)
        return to_ewkb(value, self.srid, z=self.z)

    def _read(self, text: str) -> Any:
        found, srid = from_ewkb(text)
        if srid != self.srid:
            raise ValueError(f"a place with the SRID {srid}, where {self.name} is declared: say srid={srid}")
        if self.of is not None and not isinstance(found, self.of):
            raise ValueError(f"a {type(found).__name__}, where {self.name} is declared")
        return found


_GEOGRAPHY: Final = "geography"


def _check_globe(value: Any) -> None:
    """ValueError for what is nowhere on the globe: PostGIS would move it there, and say so in the log alone."""
    if isinstance(value, GeometryCollection):
        for each in value.geometries:
            _check_globe(each)
        return
    stack: list[Any] = [getattr(value, "coordinates", ())]
    while stack:
        found = stack.pop()
        if found and isinstance(found[0], int | float):
            if len(found) > 1 and not (-180 <= found[0] <= 180 and -90 <= found[1] <= 90):
                raise ValueError("a position of geography is a longitude of -180 to 180 and a latitude of -90 to 90")
        else:
            stack += found


class PostgisTypes:
    """Places in `pg`."""

    __slots__ = ()

    @overload
    def geometry(self, of: None = None, srid: int = 0, *, z: bool | None = None) -> SqlType[Geometry | None]: ...
    @overload
    def geometry(self, of: type[G], srid: int = 0, *, z: bool = False) -> SqlType[G | None]: ...
    def geometry(self, of: type[Any] | None = None, srid: int = 0, *, z: bool | None = None) -> SqlType[Any]:
        """PostGIS's places on a plane: of the kind `of`, a class of `qb.types.geojson`, in the system of coordinates
        `srid`, with a height where `z` says so. Any kind, where nothing is said.

        https://postgis.net/docs/using_postgis_dbmanagement.html#PostGIS_Geometry
        """
        return Spatial("geometry", of, srid, bool(z) if of is not None else z)

    @overload
    def geography(self, of: None = None, srid: int = 4326, *, z: bool | None = None) -> SqlType[Geometry | None]: ...
    @overload
    def geography(self, of: type[G], srid: int = 4326, *, z: bool = False) -> SqlType[G | None]: ...
    def geography(self, of: type[Any] | None = None, srid: int = 4326, *, z: bool | None = None) -> SqlType[Any]:
        """PostGIS's places on the globe, by longitude and latitude: distances are meters.

        https://postgis.net/docs/using_postgis_dbmanagement.html#PostGIS_Geography
        """
        return Spatial(_GEOGRAPHY, of, srid, bool(z) if of is not None else z)
