"""Functions of ranges and multiranges; what two of them are to each other are methods: `.overlaps(...)`.

https://www.postgresql.org/docs/current/functions-range.html
"""
# Overloads overlap where a value may be None: the first one that matches is the exact one.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

from qb.query.beside import check_wire
from qb.query.expr.expr import Expr
from qb.query.expr.placement import made_of_both
from qb.query.functions.arguments import check_expression
from qb.query.symbol import remembering
from qb.tree.expressions import Call, Infix
from qb.tree.function import Function
from qb.types import pg
from qb.types.range import Multirange

if TYPE_CHECKING:
    from typing import TypeAlias

    from qb.types.range import Range

    Sure: TypeAlias = "Expr[Range[A]] | Expr[Multirange[A]]"
    Maybe: TypeAlias = "Expr[Range[A]] | Expr[Range[A] | None] | Expr[Multirange[A]] | Expr[Multirange[A] | None]"

A = TypeVar("A")

_ISEMPTY: Final = Function("isempty", typed="itself")
_LOWER_INC: Final = Function("lower_inc", typed="itself")
_UPPER_INC: Final = Function("upper_inc", typed="itself")
_LOWER_INF: Final = Function("lower_inf", typed="itself")
_UPPER_INF: Final = Function("upper_inf", typed="itself")
_RANGE_MERGE: Final = Function("range_merge")
_MULTIRANGE: Final = Function("multirange", since=14)
_RANGE_AGG: Final = Function("range_agg", "always", aggregate=True, since=14)


@remembering
class RangeFunctions:
    """Ranges."""

    __slots__ = ()

    @overload
    def isempty(self, range: Sure[Any]) -> Expr[bool]: ...
    @overload
    def isempty(self, range: Maybe[Any]) -> Expr[bool | None]: ...
    def isempty(self, range: Any) -> Expr[Any]:
        """Whether nothing is in it."""
        return _asked(_ISEMPTY, range)

    @overload
    def lower_inc(self, range: Sure[Any]) -> Expr[bool]: ...
    @overload
    def lower_inc(self, range: Maybe[Any]) -> Expr[bool | None]: ...
    def lower_inc(self, range: Any) -> Expr[Any]:
        """Whether its lower bound is in it."""
        return _asked(_LOWER_INC, range)

    @overload
    def upper_inc(self, range: Sure[Any]) -> Expr[bool]: ...
    @overload
    def upper_inc(self, range: Maybe[Any]) -> Expr[bool | None]: ...
    def upper_inc(self, range: Any) -> Expr[Any]:
        """Whether its upper bound is in it."""
        return _asked(_UPPER_INC, range)

    @overload
    def lower_inf(self, range: Sure[Any]) -> Expr[bool]: ...
    @overload
    def lower_inf(self, range: Maybe[Any]) -> Expr[bool | None]: ...
    def lower_inf(self, range: Any) -> Expr[Any]:
        """Whether it has no beginning."""
        return _asked(_LOWER_INF, range)

    @overload
    def upper_inf(self, range: Sure[Any]) -> Expr[bool]: ...
    @overload
    def upper_inf(self, range: Maybe[Any]) -> Expr[bool | None]: ...
    def upper_inf(self, range: Any) -> Expr[Any]:
        """Whether it has no end."""
        return _asked(_UPPER_INF, range)

    @overload
    def range_merge(self, one: Expr[Range[A]], other: Range[A] | Expr[Range[A]]) -> Expr[Range[A]]: ...
    @overload
    def range_merge(
        self, one: Expr[Range[A] | None], other: Range[A] | Expr[Range[A] | None]
    ) -> Expr[Range[A] | None]: ...
    def range_merge(self, one: Any, other: Any) -> Expr[Any]:
        """The smallest range that both are in, and what lies between them."""
        check_expression("range_merge", one)
        both = made_of_both("union", one, other)  # which takes the same
        check_wire("range_merge", one.type, not one.type.wire.is_multirange, "of a multirange take its bounds")
        sides = both.node
        assert isinstance(sides, Infix)
        return Expr(Call(_RANGE_MERGE, (sides.left, sides.right)), both.type, both.python, both.optional)

    @overload
    def multirange(self, range: Expr[Range[A]]) -> Expr[Multirange[A]]: ...
    @overload
    def multirange(self, range: Expr[Range[A] | None]) -> Expr[Multirange[A] | None]: ...
    def multirange(self, range: Any) -> Expr[Any]:
        """A range as a multirange, which unions and differences leave what they are, however many pieces there are."""
        return _many(_MULTIRANGE, range, optional=None)

    def range_agg(self, range: Expr[Range[A]] | Expr[Range[A] | None]) -> Expr[Multirange[A] | None]:
        """An aggregate: all that is in any of the ranges."""
        return _many(_RANGE_AGG, range, optional=True)


def _asked(function: Function, range: Any) -> Expr[Any]:
    check_expression(function.name, range)
    check_wire(function.name, range.type, bool(range.type.operators("adjacent")), "give a range or a multirange")
    return Expr(Call(function, (range.node,)), pg.boolean, bool, range.optional)


def _many(function: Function, range: Any, *, optional: bool | None) -> Expr[Any]:
    check_expression(function.name, range)
    beside = [due for _, due in range.type.operators("adjacent") if due.wire.is_multirange]
    fits = bool(beside) and range.type.wire.is_range
    check_wire(function.name, range.type, fits, "give one of PostgreSQL's ranges")
    holder, may = Multirange, range.optional if optional is None else optional
    return Expr(Call(function, (range.node,)), beside[0], holder, may)
