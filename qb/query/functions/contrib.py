"""Functions of hstore and ltree, extensions that come with PostgreSQL; what two values are to each other are methods.

https://www.postgresql.org/docs/current/hstore.html
https://www.postgresql.org/docs/current/ltree.html
"""
# Overloads overlap where a value may be None: the first one that matches is the exact one.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, overload

from qb.query.beside import check_wire
from qb.query.expr.expr import Expr
from qb.query.expr.lift import lift
from qb.query.expr.operands import SureText
from qb.query.expr.typed import is_own, is_typed
from qb.query.functions.arguments import check_expression, integer
from qb.query.symbol import remembering
from qb.tree.expressions import Call, Infix
from qb.tree.function import Function
from qb.types import SqlType, pg

if TYPE_CHECKING:
    from typing import TypeAlias

    from qb.types.ltree import LTree

    Pairs: TypeAlias = Mapping[str, str | None]


def _extension(name: str) -> tuple[str, str, str]:
    return "extension", "", name


_HSTORE: Final = _extension("hstore")
_LTREE: Final = _extension("ltree")
_EXIST: Final = Function("exist", typed="itself", uses=_HSTORE)
_AKEYS: Final = Function("akeys", typed="itself", uses=_HSTORE)
_AVALS: Final = Function("avals", typed="itself", uses=_HSTORE)
_FETCHVAL: Final = Function("fetchval", "always", typed="itself", uses=_HSTORE)
_HS_CONCAT: Final = Function("hs_concat", typed="itself", uses=_HSTORE)
_NLEVEL: Final = Function("nlevel", typed="itself", uses=_LTREE)
_SUBPATH: Final = Function("subpath", typed="itself", uses=_LTREE)


@remembering
class ContribFunctions:
    """hstore and ltree."""

    __slots__ = ()

    def fetchval(self, pairs: Expr[Pairs | None], key: SureText) -> Expr[str | None]:
        """The value of a key; None where there is no such key. `->`."""
        return Expr(_keyed(_FETCHVAL, pairs, key), pg.text, str, True)

    @overload
    def exist(self, pairs: Expr[Pairs], key: SureText) -> Expr[bool]: ...
    @overload
    def exist(self, pairs: Expr[Pairs | None], key: SureText) -> Expr[bool | None]: ...
    def exist(self, pairs: Any, key: Any) -> Expr[Any]:
        """Whether an hstore has a key. `?`."""
        return Expr(_keyed(_EXIST, pairs, key), pg.boolean, bool, pairs.optional)

    @overload
    def akeys(self, pairs: Expr[Pairs]) -> Expr[list[str]]: ...
    @overload
    def akeys(self, pairs: Expr[Pairs | None]) -> Expr[list[str] | None]: ...
    def akeys(self, pairs: Any) -> Expr[Any]:
        """The keys of an hstore."""
        _check(_AKEYS, pairs, pg.hstore)
        return Expr(Call(_AKEYS, (pairs.node,)), pg.array(pg.text), list[str], pairs.optional)

    @overload
    def avals(self, pairs: Expr[Pairs]) -> Expr[list[str | None]]: ...
    @overload
    def avals(self, pairs: Expr[Pairs | None]) -> Expr[list[str | None] | None]: ...
    def avals(self, pairs: Any) -> Expr[Any]:
        """The values of an hstore."""
        _check(_AVALS, pairs, pg.hstore)
        return Expr(Call(_AVALS, (pairs.node,)), pg.array(pg.text), list[str | None], pairs.optional)

    @overload
    def hs_concat(self, one: Expr[Pairs], other: Pairs | Expr[Pairs]) -> Expr[dict[str, str | None]]: ...
    @overload
    def hs_concat(
        self, one: Expr[Pairs | None], other: Pairs | Expr[Pairs | None]
    ) -> Expr[dict[str, str | None] | None]: ...
    def hs_concat(self, one: Any, other: Any) -> Expr[Any]:
        """The pairs of both; those of the other one where both have a key. `||`."""
        _check(_HS_CONCAT, one, pg.hstore)
        if is_own(other):
            _check(_HS_CONCAT, other, pg.hstore)
        optional = one.optional or (is_typed(other) and other.optional)
        call = Call(_HS_CONCAT, (one.node, lift(other, pg.hstore)))
        return Expr(call, pg.hstore, dict[str, str | None], optional)

    @overload
    def nlevel(self, path: Expr[LTree]) -> Expr[int]: ...
    @overload
    def nlevel(self, path: Expr[LTree | None]) -> Expr[int | None]: ...
    def nlevel(self, path: Any) -> Expr[Any]:
        """How many labels a path has."""
        _check(_NLEVEL, path, pg.ltree)
        return Expr(Call(_NLEVEL, (path.node,)), pg.integer, int, path.optional)

    @overload
    def subpath(self, path: Expr[LTree], offset: int, length: int | None = None) -> Expr[LTree]: ...
    @overload
    def subpath(self, path: Expr[LTree | None], offset: int, length: int | None = None) -> Expr[LTree | None]: ...
    def subpath(self, path: Any, offset: int, length: int | None = None) -> Expr[Any]:
        """`length` labels of a path from `offset`, which counts from 0, or from the end with -1."""
        _check(_SUBPATH, path, pg.ltree)
        more = () if length is None else (integer(length),)
        return Expr(Call(_SUBPATH, (path.node, integer(offset), *more)), pg.ltree, str, path.optional)

    @overload
    def ltree_concat(self, one: Expr[LTree], other: LTree | Expr[LTree]) -> Expr[LTree]: ...
    @overload
    def ltree_concat(self, one: Expr[LTree | None], other: LTree | Expr[LTree | None]) -> Expr[LTree | None]: ...
    def ltree_concat(self, one: Any, other: Any) -> Expr[Any]:
        """One path below another. `||`."""
        check_expression("ltree_concat", one)
        for each in (one, other):
            if is_own(each):
                check_wire("ltree_concat", each.type, each.type == pg.ltree, "cast it to pg.ltree")
        optional = one.optional or (is_typed(other) and other.optional)
        return Expr(Infix("||", one.node, lift(other, pg.ltree)), pg.ltree, str, optional)


def _check(function: Function, value: Any, due: SqlType[Any]) -> None:
    check_expression(function.name, value)
    check_wire(function.name, value.type, value.type == due, f"cast it to pg.{due.name}")


def _keyed(function: Function, pairs: Any, key: Any) -> Call:
    _check(function, pairs, pg.hstore)
    return Call(function, (pairs.node, lift(key, pg.text)))
