"""Functions of addresses; what networks are to each other are methods: `.contains(...)`.

https://www.postgresql.org/docs/current/functions-net.html
"""
# Overloads overlap where a value may be None: the first one that matches is the exact one.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, overload

from qb.query.beside import check_wire
from qb.query.expr.expr import Expr
from qb.query.functions.arguments import check_expression
from qb.query.symbol import remembering
from qb.tree.expressions import Call
from qb.tree.function import Function
from qb.types import SqlType, pg

if TYPE_CHECKING:
    from qb.query.expr.containing import Address
    from qb.types.network import Network

_HOST: Final = Function("host", typed="itself")
_MASKLEN: Final = Function("masklen", typed="itself")
_FAMILY: Final = Function("family", typed="itself")
_NETWORK: Final = Function("network", typed="itself")


@remembering
class NetworkFunctions:
    """Addresses."""

    __slots__ = ()

    @overload
    def host(self, address: Expr[Address]) -> Expr[str]: ...
    @overload
    def host(self, address: Expr[Address | None]) -> Expr[str | None]: ...
    def host(self, address: Any) -> Expr[Any]:
        """The address alone, as a text."""
        return _of(_HOST, address, pg.text, str)

    @overload
    def masklen(self, address: Expr[Address]) -> Expr[int]: ...
    @overload
    def masklen(self, address: Expr[Address | None]) -> Expr[int | None]: ...
    def masklen(self, address: Any) -> Expr[Any]:
        """How many bits say the network."""
        return _of(_MASKLEN, address, pg.integer, int)

    @overload
    def family(self, address: Expr[Address]) -> Expr[int]: ...
    @overload
    def family(self, address: Expr[Address | None]) -> Expr[int | None]: ...
    def family(self, address: Any) -> Expr[Any]:
        """4 or 6."""
        return _of(_FAMILY, address, pg.integer, int)

    @overload
    def network(self, address: Expr[Address]) -> Expr[Network]: ...
    @overload
    def network(self, address: Expr[Address | None]) -> Expr[Network | None]: ...
    def network(self, address: Any) -> Expr[Any]:
        """The network that an address is in."""
        return _of(_NETWORK, address, pg.cidr, object)


def _of(function: Function, address: Any, type_: SqlType[Any], python: object) -> Expr[Any]:
    check_expression(function.name, address)
    check_wire(function.name, address.type, address.type.wire.is_address, "give an inet or a cidr")
    return Expr(Call(function, (address.node,)), type_, python, address.optional)
