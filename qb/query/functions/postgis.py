"""Functions of places, of the extension postgis. What the boxes around two places are to each other is a method,
`.overlaps(...)`, and so is `.distance(...)`, by which an index orders.

https://postgis.net/docs/reference.html
"""
# Overloads overlap where a value may be None: the first one that matches is the exact one.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar, cast, overload

from qb.errors import QueryError
from qb.query.beside import check_wire
from qb.query.expr.expr import Expr
from qb.query.expr.lift import lift
from qb.query.expr.operands import MaybeReal
from qb.query.expr.typed import Typed, is_own
from qb.query.functions.arguments import check_expression
from qb.query.symbol import remembering
from qb.tree.expressions import Bind, Call, Expression
from qb.tree.function import Function
from qb.types import SqlType, pg

if TYPE_CHECKING:
    from typing import TypeAlias

    from qb.types.geojson import Placed
    from qb.types.postgis import Spatial

    MaybePlace: TypeAlias = Placed | Typed[Placed | None]

G = TypeVar("G", bound="Placed | None")

_POSTGIS: Final = ("extension", "", "postgis")
_ST_DISTANCE: Final = Function("st_distance", "always", typed="itself", uses=_POSTGIS)
_ST_DWITHIN: Final = Function("st_dwithin", typed="itself", uses=_POSTGIS)
_ST_CONTAINS: Final = Function("st_contains", typed="itself", uses=_POSTGIS)
_ST_WITHIN: Final = Function("st_within", typed="itself", uses=_POSTGIS)
_ST_COVERS: Final = Function("st_covers", typed="itself", uses=_POSTGIS)
_ST_COVEREDBY: Final = Function("st_coveredby", typed="itself", uses=_POSTGIS)
_ST_INTERSECTS: Final = Function("st_intersects", typed="itself", uses=_POSTGIS)
_ST_AREA: Final = Function("st_area", typed="itself", uses=_POSTGIS)
_ST_LENGTH: Final = Function("st_length", typed="itself", uses=_POSTGIS)
_ST_X: Final = Function("st_x", "always", typed="itself", uses=_POSTGIS)
_ST_Y: Final = Function("st_y", "always", typed="itself", uses=_POSTGIS)
_ST_TRANSFORM: Final = Function("st_transform", uses=_POSTGIS)


@remembering
class PostgisFunctions:
    """Places."""

    __slots__ = ()

    def st_distance(self, one: Expr[Placed | None], other: MaybePlace) -> Expr[float | None]:
        """How far they are apart, of geography in meters. None also where one of them is empty."""
        call, _ = _pair(_ST_DISTANCE, one, other)
        return Expr(call, pg.double_precision, float, True)

    def st_dwithin(self, one: Expr[Placed | None], other: MaybePlace, distance: MaybeReal) -> Expr[bool]:
        """Whether they are no further apart than that; an index is used."""
        call, _ = _pair(_ST_DWITHIN, one, other)
        more = (*call.arguments, lift(distance, pg.double_precision))
        return Expr(Call(_ST_DWITHIN, more), pg.boolean, bool, False)

    def st_contains(self, one: Expr[Placed | None], other: MaybePlace) -> Expr[bool]:
        """Whether no point of the other is outside of this, and some are inside. Of geometry alone."""
        return _asked(_ST_CONTAINS, one, other, globe=False)

    def st_within(self, one: Expr[Placed | None], other: MaybePlace) -> Expr[bool]:
        """Whether the other contains this. Of geometry alone."""
        return _asked(_ST_WITHIN, one, other, globe=False)

    def st_covers(self, one: Expr[Placed | None], other: MaybePlace) -> Expr[bool]:
        """Whether no point of the other is outside of this."""
        return _asked(_ST_COVERS, one, other)

    def st_coveredby(self, one: Expr[Placed | None], other: MaybePlace) -> Expr[bool]:
        """Whether no point of this is outside of the other."""
        return _asked(_ST_COVEREDBY, one, other)

    def st_intersects(self, one: Expr[Placed | None], other: MaybePlace) -> Expr[bool]:
        """Whether they have a point in common."""
        return _asked(_ST_INTERSECTS, one, other)

    @overload
    def st_area(self, place: Expr[Placed]) -> Expr[float]: ...
    @overload
    def st_area(self, place: Expr[Placed | None]) -> Expr[float | None]: ...
    def st_area(self, place: Any) -> Expr[Any]:
        """The area, of geography in square meters."""
        return _number(_ST_AREA, place, optional=None)

    @overload
    def st_length(self, place: Expr[Placed]) -> Expr[float]: ...
    @overload
    def st_length(self, place: Expr[Placed | None]) -> Expr[float | None]: ...
    def st_length(self, place: Any) -> Expr[Any]:
        """The length of lines, of geography in meters."""
        return _number(_ST_LENGTH, place, optional=None)

    def st_x(self, point: Expr[Placed | None]) -> Expr[float | None]:
        """The first coordinate of a geometry that is a point; None of an empty one."""
        return _coordinate(_ST_X, point)

    def st_y(self, point: Expr[Placed | None]) -> Expr[float | None]:
        """The second coordinate of a geometry that is a point; None of an empty one."""
        return _coordinate(_ST_Y, point)

    def st_transform(self, place: Expr[G], srid: int) -> Expr[G]:
        """The same place in another system of coordinates."""
        of = _spatial(_ST_TRANSFORM.name, place, globe=False)
        call = Call(_ST_TRANSFORM, (place.node, Bind(srid, pg.integer)))
        due: SqlType[Any] = of.moved(srid)
        return Expr(call, due, place.python, place.optional)


def _spatial(name: str, place: object, *, globe: bool = True) -> Spatial:
    check_expression(name, place)
    type_ = cast("Typed[Any]", place).type
    spatial = bool(type_.operators("distance")) and getattr(type_, "srid", None) is not None
    check_wire(name, type_, spatial, "give a geometry or a geography of PostGIS")
    of = cast("Spatial", type_)
    if of.on_globe and not globe:
        raise QueryError(f"PostGIS has no {name} of {of.name}: cast it to pg.geometry(srid={of.srid})")
    return of


def _pair(function: Function, one: Expr[Any], other: object, *, globe: bool = True) -> tuple[Call, Expression]:
    of = _spatial(function.name, one, globe=globe)
    if is_own(other):
        beside = _spatial(function.name, other, globe=globe)
        if beside.base != of.base:
            raise QueryError(f"{function.name} of {of.name} and {beside.name}: cast one of them to the other")
        if beside.srid != of.srid:
            raise QueryError(
                f"{function.name} of {of.name} and {beside.name}, which are places in two systems of coordinates: "
                f"write fn.st_transform(..., {of.srid})"
            )
    node = lift(other, of.any_kind())
    return Call(function, (one.node, node)), node


def _asked(function: Function, one: Expr[Any], other: object, *, globe: bool = True) -> Expr[bool]:
    return Expr(_pair(function, one, other, globe=globe)[0], pg.boolean, bool, False)


def _coordinate(function: Function, point: Expr[Any]) -> Expr[Any]:
    of = _spatial(function.name, point, globe=False)
    if of.of is not None and of.of.__name__ != "Point":
        raise QueryError(f"{function.name} is of points, not of {of.name}")
    return Expr(Call(function, (point.node,)), pg.double_precision, float, True)


def _number(function: Function, place: Expr[Any], *, optional: bool | None) -> Expr[Any]:
    _spatial(function.name, place)
    may = place.optional if optional is None else optional
    return Expr(Call(function, (place.node,)), pg.double_precision, float, may)
