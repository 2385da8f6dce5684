"""Contains, overlaps, lies beside, is so far off: with the types that the checkers know; the rules are in `placement`.

Few words for many types: ranges and multiranges, arrays, documents, addresses, shapes, what text search is made of, and
types of extensions. Each takes of them what PostgreSQL has an operator for.
"""
# Overloads overlap where a value may be None: the first one that matches is the exact one.
# mypy: disable-error-code="overload-overlap, overload-cannot-match"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, overload

from qb.query.expr.operators import Operators
from qb.query.expr.placement import bound, distance, made_of_both, placed
from qb.query.expr.typed import Typed
from qb.tree.expressions import Expression
from qb.types import pg

if TYPE_CHECKING:  # an operator gives an expression, which has operators
    from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network

    import msgspec

    from qb.query.expr.expr import Expr
    from qb.types.geojson import Placed
    from qb.types.geometric import Box, Circle, Point, PointPath, Polygon, Segment, StraightLine
    from qb.types.ltree import LQuery, LTree, LTxtQuery
    from qb.types.range import Multirange, Range
    from qb.types.text_search import TsQuery, TsVector
    from qb.types.vector import SparseVector

    Address: TypeAlias = IPv4Interface | IPv6Interface | IPv4Network | IPv6Network
    Shape: TypeAlias = Point | Box | Circle | Polygon | PointPath | Segment | StraightLine

T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")

Metric: TypeAlias = Literal["l2", "l1", "cosine", "inner_product"]
"""How pgvector counts a distance: `<->`, `<+>`, `<=>`, and `<#>`, the negative inner product."""
BitMetric: TypeAlias = Literal["hamming", "jaccard"]
"""How it counts that of bits: `<~>`, and `<%>`."""


class Containing(Operators[T_co]):
    """An expression that may contain another one, or lie somewhere beside it."""

    @overload
    def contains(
        self: Containing[Range[U] | Multirange[U] | None],
        other: U
        | Range[U]
        | Multirange[U]
        | Typed[U]
        | Typed[U | None]
        | Typed[Range[U] | None]
        | Typed[Multirange[U] | None],
    ) -> Expr[bool]: ...
    @overload
    def contains(self: Containing[list[U] | None], other: list[U] | Typed[list[U] | None]) -> Expr[bool]: ...
    @overload
    def contains(self: Containing[Address | None], other: Address | Typed[Address | None]) -> Expr[bool]: ...
    @overload
    def contains(self: Containing[Box | None], other: Box | Typed[Box | None]) -> Expr[bool]: ...
    @overload
    def contains(self: Containing[Circle | None], other: Circle | Typed[Circle | None]) -> Expr[bool]: ...
    @overload
    def contains(self: Containing[Polygon | None], other: Polygon | Typed[Polygon | None]) -> Expr[bool]: ...
    @overload
    def contains(
        self: Containing[Box | Circle | Polygon | PointPath | None], other: Point | Typed[Point | None]
    ) -> Expr[bool]: ...
    @overload
    def contains(self: Containing[TsQuery | None], other: TsQuery | Typed[TsQuery | None]) -> Expr[bool]: ...
    @overload
    def contains(self: Containing[LTree | None], other: LTree | Typed[LTree | None]) -> Expr[bool]: ...
    @overload
    def contains(
        self: Containing[Mapping[str, object] | msgspec.Struct | None],
        other: Mapping[str, object] | Typed[Mapping[str, object] | None],
    ) -> Expr[bool]: ...
    def contains(self, other: Any) -> Any:
        """Whether all of the other is in this: a value or a range in a range, elements in an array, a point in a shape,
        a network in a network, a part in a jsonb document. `@>`, and `>>=` of addresses."""
        return self._expr(_condition(placed("contains", self, other)))

    @overload
    def contained_by(
        self: Containing[Range[U] | Multirange[U] | None],
        other: Range[U] | Multirange[U] | Typed[Range[U] | None] | Typed[Multirange[U] | None],
    ) -> Expr[bool]: ...
    @overload
    def contained_by(self: Containing[list[U] | None], other: list[U] | Typed[list[U] | None]) -> Expr[bool]: ...
    @overload
    def contained_by(self: Containing[Address | None], other: Address | Typed[Address | None]) -> Expr[bool]: ...
    @overload
    def contained_by(self: Containing[Box | None], other: Box | Typed[Box | None]) -> Expr[bool]: ...
    @overload
    def contained_by(self: Containing[Circle | None], other: Circle | Typed[Circle | None]) -> Expr[bool]: ...
    @overload
    def contained_by(self: Containing[Polygon | None], other: Polygon | Typed[Polygon | None]) -> Expr[bool]: ...
    @overload
    def contained_by(
        self: Containing[Point | None],
        other: Box | Circle | Polygon | PointPath | Segment | StraightLine | Typed[Box | None] | Typed[Circle | None]
        | Typed[Polygon | None] | Typed[PointPath | None] | Typed[Segment | None] | Typed[StraightLine | None],
    ) -> Expr[bool]: ...  # fmt: skip
    @overload
    def contained_by(
        self: Containing[Segment | None], other: Box | StraightLine | Typed[Box | None] | Typed[StraightLine | None]
    ) -> Expr[bool]: ...
    @overload
    def contained_by(self: Containing[TsQuery | None], other: TsQuery | Typed[TsQuery | None]) -> Expr[bool]: ...
    @overload
    def contained_by(self: Containing[LTree | None], other: LTree | Typed[LTree | None]) -> Expr[bool]: ...
    @overload
    def contained_by(
        self: Containing[U | None],
        other: Range[U] | Multirange[U] | Typed[Range[U] | None] | Typed[Multirange[U] | None],
    ) -> Expr[bool]: ...
    @overload
    def contained_by(
        self: Containing[Mapping[str, object] | msgspec.Struct | None],
        other: Mapping[str, object] | Typed[Mapping[str, object] | None],
    ) -> Expr[bool]: ...
    def contained_by(self, other: Any) -> Any:
        """Whether all of this is in the other. `<@`, and `<<=` of addresses."""
        return self._expr(_condition(placed("contained_by", self, other)))

    @overload
    def overlaps(
        self: Containing[Range[U] | Multirange[U] | None],
        other: Range[U] | Multirange[U] | Typed[Range[U] | None] | Typed[Multirange[U] | None],
    ) -> Expr[bool]: ...
    @overload
    def overlaps(self: Containing[list[U] | None], other: list[U] | Typed[list[U] | None]) -> Expr[bool]: ...
    @overload
    def overlaps(self: Containing[Address | None], other: Address | Typed[Address | None]) -> Expr[bool]: ...
    @overload
    def overlaps(self: Containing[Box | None], other: Box | Typed[Box | None]) -> Expr[bool]: ...
    @overload
    def overlaps(self: Containing[Circle | None], other: Circle | Typed[Circle | None]) -> Expr[bool]: ...
    @overload
    def overlaps(self: Containing[Polygon | None], other: Polygon | Typed[Polygon | None]) -> Expr[bool]: ...
    @overload
    def overlaps(self: Containing[Placed | None], other: Placed | Typed[Placed | None]) -> Expr[bool]: ...
    def overlaps(self, other: Any) -> Any:
        """Whether anything is in both: ranges, arrays, networks, shapes. `&&`."""
        return self._expr(_condition(placed("overlaps", self, other)))

    @overload
    def left_of(
        self: Containing[Range[U] | Multirange[U] | None],
        other: Range[U] | Multirange[U] | Typed[Range[U] | None] | Typed[Multirange[U] | None],
    ) -> Expr[bool]: ...
    @overload
    def left_of(self: Containing[Point | None], other: Point | Typed[Point | None]) -> Expr[bool]: ...
    @overload
    def left_of(self: Containing[Box | None], other: Box | Typed[Box | None]) -> Expr[bool]: ...
    @overload
    def left_of(self: Containing[Circle | None], other: Circle | Typed[Circle | None]) -> Expr[bool]: ...
    @overload
    def left_of(self: Containing[Polygon | None], other: Polygon | Typed[Polygon | None]) -> Expr[bool]: ...
    def left_of(self, other: Any) -> Any:
        """Whether all of this is left of the other, of ranges: before it. `<<`."""
        return self._expr(_condition(placed("left_of", self, other)))

    @overload
    def right_of(
        self: Containing[Range[U] | Multirange[U] | None],
        other: Range[U] | Multirange[U] | Typed[Range[U] | None] | Typed[Multirange[U] | None],
    ) -> Expr[bool]: ...
    @overload
    def right_of(self: Containing[Point | None], other: Point | Typed[Point | None]) -> Expr[bool]: ...
    @overload
    def right_of(self: Containing[Box | None], other: Box | Typed[Box | None]) -> Expr[bool]: ...
    @overload
    def right_of(self: Containing[Circle | None], other: Circle | Typed[Circle | None]) -> Expr[bool]: ...
    @overload
    def right_of(self: Containing[Polygon | None], other: Polygon | Typed[Polygon | None]) -> Expr[bool]: ...
    def right_of(self, other: Any) -> Any:
        """Whether all of this is right of the other, of ranges: after it. `>>`."""
        return self._expr(_condition(placed("right_of", self, other)))

    def not_right_of(
        self: Containing[Range[U] | Multirange[U] | None],
        other: Range[U] | Multirange[U] | Typed[Range[U] | None] | Typed[Multirange[U] | None],
    ) -> Expr[bool]:
        """Whether this ends no later than the other does. `&<`."""
        found: Expr[bool] = self._expr(_condition(placed("not_right_of", self, other)))
        return found

    def not_left_of(
        self: Containing[Range[U] | Multirange[U] | None],
        other: Range[U] | Multirange[U] | Typed[Range[U] | None] | Typed[Multirange[U] | None],
    ) -> Expr[bool]:
        """Whether this begins no sooner than the other does. `&>`."""
        found: Expr[bool] = self._expr(_condition(placed("not_left_of", self, other)))
        return found

    def adjacent(
        self: Containing[Range[U] | Multirange[U] | None],
        other: Range[U] | Multirange[U] | Typed[Range[U] | None] | Typed[Multirange[U] | None],
    ) -> Expr[bool]:
        """Whether one range begins right where the other ends. `-|-`."""
        found: Expr[bool] = self._expr(_condition(placed("adjacent", self, other)))
        return found

    # ------------------------------------------------------------ what is made of two ranges

    @overload
    def union(self: Containing[Range[U]], other: Range[U] | Typed[Range[U]]) -> Expr[Range[U]]: ...
    @overload
    def union(self: Containing[Range[U] | None], other: Range[U] | Typed[Range[U] | None]) -> Expr[Range[U] | None]: ...
    @overload
    def union(self: Containing[Multirange[U]], other: Multirange[U] | Typed[Multirange[U]]) -> Expr[Multirange[U]]: ...
    @overload
    def union(
        self: Containing[Multirange[U] | None], other: Multirange[U] | Typed[Multirange[U] | None]
    ) -> Expr[Multirange[U] | None]: ...
    def union(self, other: Any) -> Any:
        """What is in one or in both. PostgreSQL fails where two ranges would leave a gap; multiranges may have some."""
        return self._expr(made_of_both("union", self, other))

    @overload
    def intersection(self: Containing[Range[U]], other: Range[U] | Typed[Range[U]]) -> Expr[Range[U]]: ...
    @overload
    def intersection(
        self: Containing[Range[U] | None], other: Range[U] | Typed[Range[U] | None]
    ) -> Expr[Range[U] | None]: ...
    @overload
    def intersection(
        self: Containing[Multirange[U]], other: Multirange[U] | Typed[Multirange[U]]
    ) -> Expr[Multirange[U]]: ...
    @overload
    def intersection(
        self: Containing[Multirange[U] | None], other: Multirange[U] | Typed[Multirange[U] | None]
    ) -> Expr[Multirange[U] | None]: ...
    def intersection(self, other: Any) -> Any:
        """What is in both."""
        return self._expr(made_of_both("intersection", self, other))

    @overload
    def difference(self: Containing[Range[U]], other: Range[U] | Typed[Range[U]]) -> Expr[Range[U]]: ...
    @overload
    def difference(
        self: Containing[Range[U] | None], other: Range[U] | Typed[Range[U] | None]
    ) -> Expr[Range[U] | None]: ...
    @overload
    def difference(
        self: Containing[Multirange[U]], other: Multirange[U] | Typed[Multirange[U]]
    ) -> Expr[Multirange[U]]: ...
    @overload
    def difference(
        self: Containing[Multirange[U] | None], other: Multirange[U] | Typed[Multirange[U] | None]
    ) -> Expr[Multirange[U] | None]: ...
    def difference(self, other: Any) -> Any:
        """What is in this and not in the other. PostgreSQL fails where a range would fall into two."""
        return self._expr(made_of_both("difference", self, other))

    def lower_bound(self: Containing[Range[U] | Multirange[U] | None]) -> Expr[U | None]:
        """Where a range begins; None of one that is empty or has no beginning."""
        found: Expr[U | None] = self._expr(bound(self, upper=False))
        return found

    def upper_bound(self: Containing[Range[U] | Multirange[U] | None]) -> Expr[U | None]:
        """Where a range ends; None of one that is empty or has no end. PostgreSQL keeps whole numbers and days without
        their upper bound: of `Range(1, 4, "[]")` it is 5."""
        found: Expr[U | None] = self._expr(bound(self, upper=True))
        return found

    # ------------------------------------------------------------ shapes, vectors, searches

    @overload
    def same(self: Containing[Point | None], other: Point | Typed[Point | None]) -> Expr[bool]: ...
    @overload
    def same(self: Containing[Box | None], other: Box | Typed[Box | None]) -> Expr[bool]: ...
    @overload
    def same(self: Containing[Circle | None], other: Circle | Typed[Circle | None]) -> Expr[bool]: ...
    @overload
    def same(self: Containing[Polygon | None], other: Polygon | Typed[Polygon | None]) -> Expr[bool]: ...
    @overload
    def same(self: Containing[Segment | None], other: Segment | Typed[Segment | None]) -> Expr[bool]: ...
    @overload
    def same(self: Containing[StraightLine | None], other: StraightLine | Typed[StraightLine | None]) -> Expr[bool]: ...
    @overload
    def same(self: Containing[Placed | None], other: Placed | Typed[Placed | None]) -> Expr[bool]: ...
    def same(self, other: Any) -> Any:
        """Whether two shapes are the same: `~=`, and `=` of lines, which of other shapes compares areas. Of PostGIS's
        geometry, whether the boxes around them are."""
        return self._expr(_condition(placed("same", self, other)))

    @overload
    def distance(self: Containing[Shape], other: Shape | Typed[Shape]) -> Expr[float]: ...
    @overload
    def distance(self: Containing[Shape | None], other: Shape | Typed[Shape | None]) -> Expr[float | None]: ...
    @overload
    def distance(self: Containing[Placed], other: Placed | Typed[Placed]) -> Expr[float]: ...
    @overload
    def distance(self: Containing[Placed | None], other: Placed | Typed[Placed | None]) -> Expr[float | None]: ...
    @overload
    def distance(
        self: Containing[SparseVector], other: SparseVector | Typed[SparseVector], *, by: Metric
    ) -> Expr[float]: ...
    @overload
    def distance(
        self: Containing[SparseVector | None], other: SparseVector | Typed[SparseVector | None], *, by: Metric
    ) -> Expr[float | None]: ...
    @overload
    def distance(self: Containing[str], other: str | Typed[str], *, by: BitMetric) -> Expr[float]: ...
    @overload
    def distance(
        self: Containing[str | None], other: str | Typed[str | None], *, by: BitMetric
    ) -> Expr[float | None]: ...
    @overload
    def distance(
        self: Containing[Sequence[float]], other: Sequence[float] | Typed[Sequence[float]], *, by: Metric
    ) -> Expr[float]: ...
    @overload
    def distance(
        self: Containing[Sequence[float] | None], other: Sequence[float] | Typed[Sequence[float] | None], *, by: Metric
    ) -> Expr[float | None]: ...
    def distance(self, other: Any, *, by: str | None = None) -> Any:
        """How far two shapes are apart, `<->`; or two vectors of pgvector, counted as `by` says: "l2" (`<->`), "l1"
        (`<+>`), "cosine" (`<=>`), or "inner_product" (`<#>`, the negative one). Bits are apart by "hamming" (`<~>`, how
        many differ) and "jaccard" (`<%>`), where pgvector is installed: `schema(..., extensions=["vector"])`."""
        return self._expr(distance(self, other, by))

    @overload
    def matches(self: Containing[TsVector | None], other: TsQuery | Typed[TsQuery | None]) -> Expr[bool]: ...
    @overload
    def matches(self: Containing[TsQuery | None], other: TsVector | Typed[TsVector | None]) -> Expr[bool]: ...
    @overload
    def matches(
        self: Containing[LTree | None], other: LQuery | Typed[LQuery | None] | Typed[LTxtQuery | None]
    ) -> Expr[bool]: ...
    def matches(self, other: Any) -> Any:
        """Whether a document is what a text search looks for: `@@`; or a path of ltree what a pattern is: `~`, `@`.

        https://www.postgresql.org/docs/current/textsearch-intro.html#TEXTSEARCH-MATCHING
        """
        return self._expr(_condition(placed("matches", self, other)))


def _condition(node: Expression) -> Typed[bool]:
    return Typed(node, pg.boolean, bool, False)
