"""Functions of arrays.

https://www.postgresql.org/docs/current/functions-array.html
"""
# Overloads overlap where a value may be None: the first one that matches is the exact one.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

from typing import Any, Final, TypeVar, overload

from qb.errors import QueryError
from qb.query.expr.expr import Expr
from qb.query.functions.arguments import check_expression
from qb.query.symbol import remembering
from qb.tree.expressions import Call
from qb.tree.function import Function
from qb.types import pg
from qb.types.array import Array

A = TypeVar("A")

_CARDINALITY: Final = Function("cardinality", typed="itself")


@remembering
class ArrayFunctions:
    """Arrays."""

    __slots__ = ()

    @overload
    def cardinality(self, array: Expr[list[A]]) -> Expr[int]: ...
    @overload
    def cardinality(self, array: Expr[list[A] | None]) -> Expr[int | None]: ...
    def cardinality(self, array: Expr[Any]) -> Expr[Any]:
        """How many elements an array has."""
        check_expression("cardinality", array)
        if not isinstance(array.type, Array) and not array.type.wire.is_unstated:
            raise QueryError(f"cardinality is not for {array.type.name}: of a jsonb list write fn.jsonb_array_length")
        return Expr(Call(_CARDINALITY, (array.node,)), pg.integer, int, array.optional)
