"""Functions of strings of bits, called as PostgreSQL calls what is behind its operators.

https://www.postgresql.org/docs/current/functions-bitstring.html
"""
# Overloads overlap where a value may be None: the first one that matches is the exact one.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

from typing import Any, Final, overload

from qb.errors import QueryError
from qb.query.beside import check_wire
from qb.query.expr.expr import Expr
from qb.query.expr.lift import lift_beside
from qb.query.expr.operands import MaybeText, SureText
from qb.query.expr.typed import is_own, is_typed
from qb.query.functions.arguments import check_expression, integer
from qb.query.symbol import remembering
from qb.tree.expressions import Call, Infix, Prefix
from qb.tree.function import Function
from qb.types import pg

_BIT_COUNT: Final = Function("bit_count", typed="itself", since=14)
_GET_BIT: Final = Function("get_bit", typed="itself")
_SET_BIT: Final = Function("set_bit")


@remembering
class BitFunctions:
    """Strings of bits."""

    __slots__ = ()

    @overload
    def bitand(self, bits: Expr[str], other: SureText) -> Expr[str]: ...
    @overload
    def bitand(self, bits: Expr[str | None], other: MaybeText) -> Expr[str | None]: ...
    def bitand(self, bits: Any, other: Any) -> Expr[Any]:
        """The bits that both have, which are of one length. `&`."""
        return _both("bitand", "&", bits, other)

    @overload
    def bitor(self, bits: Expr[str], other: SureText) -> Expr[str]: ...
    @overload
    def bitor(self, bits: Expr[str | None], other: MaybeText) -> Expr[str | None]: ...
    def bitor(self, bits: Any, other: Any) -> Expr[Any]:
        """The bits that one has, or both. `|`."""
        return _both("bitor", "|", bits, other)

    @overload
    def bitxor(self, bits: Expr[str], other: SureText) -> Expr[str]: ...
    @overload
    def bitxor(self, bits: Expr[str | None], other: MaybeText) -> Expr[str | None]: ...
    def bitxor(self, bits: Any, other: Any) -> Expr[Any]:
        """The bits that only one has. `#`."""
        return _both("bitxor", "#", bits, other)

    @overload
    def bitnot(self, bits: Expr[str]) -> Expr[str]: ...
    @overload
    def bitnot(self, bits: Expr[str | None]) -> Expr[str | None]: ...
    def bitnot(self, bits: Any) -> Expr[Any]:
        """Each bit turned round. `~`."""
        _check("bitnot", bits)
        return Expr(Prefix("~", bits.node), pg.varbit, str, bits.optional)

    @overload
    def bit_count(self, bits: Expr[str]) -> Expr[int]: ...
    @overload
    def bit_count(self, bits: Expr[str | None]) -> Expr[int | None]: ...
    def bit_count(self, bits: Any) -> Expr[Any]:
        """How many bits are 1."""
        _check(_BIT_COUNT.name, bits)
        return Expr(Call(_BIT_COUNT, (bits.node,)), pg.bigint, int, bits.optional)

    @overload
    def get_bit(self, bits: Expr[str], n: int) -> Expr[int]: ...
    @overload
    def get_bit(self, bits: Expr[str | None], n: int) -> Expr[int | None]: ...
    def get_bit(self, bits: Any, n: int) -> Expr[Any]:
        """The `n`th bit, counted from 0 on the left."""
        _check(_GET_BIT.name, bits)
        return Expr(Call(_GET_BIT, (bits.node, integer(n))), pg.integer, int, bits.optional)

    @overload
    def set_bit(self, bits: Expr[str], n: int, new: int) -> Expr[str]: ...
    @overload
    def set_bit(self, bits: Expr[str | None], n: int, new: int) -> Expr[str | None]: ...
    def set_bit(self, bits: Any, n: int, new: int) -> Expr[Any]:
        """With the `n`th bit, counted from 0 on the left, set to 0 or 1."""
        _check(_SET_BIT.name, bits)
        if not is_typed(new) and new not in (0, 1):
            raise QueryError(f"a bit is 0 or 1, not {new!r}")
        return Expr(Call(_SET_BIT, (bits.node, integer(n), integer(new))), pg.varbit, str, bits.optional)


def _check(name: str, bits: Any) -> None:
    check_expression(name, bits)
    check_wire(name, bits.type, bits.type.wire.is_bits, "cast it to pg.varbit")


def _both(name: str, operator: str, bits: Any, other: Any) -> Expr[Any]:
    _check(name, bits)
    if is_own(other):
        _check(name, other)
    optional = bits.optional or (is_typed(other) and other.optional)
    return Expr(Infix(operator, bits.node, lift_beside(other, bits)), pg.varbit, str, optional)
