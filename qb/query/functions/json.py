"""Functions of documents; `.path(...)` goes into one.

https://www.postgresql.org/docs/current/functions-json.html
"""
# Overloads overlap where a value may be None: the first one that matches is the exact one.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

from typing import Any, Final, TypeVar, overload

from qb.query.beside import check_wire
from qb.query.expr.expr import Expr
from qb.query.functions.arguments import check_expression
from qb.query.symbol import remembering
from qb.tree.expressions import Call
from qb.tree.function import Function
from qb.types import pg

A = TypeVar("A")

_JSONB_ARRAY_LENGTH: Final = Function("jsonb_array_length", typed="itself")


@remembering
class JsonFunctions:
    """Documents."""

    __slots__ = ()

    @overload
    def jsonb_array_length(self, document: Expr[list[A]]) -> Expr[int]: ...
    @overload
    def jsonb_array_length(self, document: Expr[list[A] | None]) -> Expr[int | None]: ...
    def jsonb_array_length(self, document: Expr[Any]) -> Expr[Any]:
        """How many elements a jsonb list has."""
        check_expression("jsonb_array_length", document)
        of = document.type.wire
        check_wire(
            "jsonb_array_length",
            document.type,
            of.is_document and of.equality,
            "of an array write fn.cardinality; cast json to pg.jsonb",
        )
        return Expr(Call(_JSONB_ARRAY_LENGTH, (document.node,)), pg.integer, int, document.optional)
