"""Functions of documents; `.path(...)` goes into one.

https://www.postgresql.org/docs/current/functions-json.html
"""
# Overloads overlap where a value may be None: the first one that matches is the exact one.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar, overload

from qb.query.beside import check_wire
from qb.query.expr.expr import Expr
from qb.query.expr.lift import lift
from qb.query.expr.typed import is_own
from qb.query.functions.arguments import check_expression
from qb.query.symbol import remembering
from qb.tree.expressions import Bind, Call, Expression
from qb.tree.function import Function
from qb.types import SqlType, pg

A = TypeVar("A")

_JSONB_ARRAY_LENGTH: Final = Function("jsonb_array_length", typed="itself")
_JSONB_PATH_EXISTS: Final = Function("jsonb_path_exists", "always", typed="itself")
_JSONB_PATH_MATCH: Final = Function("jsonb_path_match", "always", typed="itself")
_JSONB_PATH_QUERY_ARRAY: Final = Function("jsonb_path_query_array", "always", typed="itself")
_JSONB_PATH_QUERY_FIRST: Final = Function("jsonb_path_query_first", "always", typed="itself")


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

    def jsonb_path_exists(
        self, document: Expr[object], path: str | Expr[str], vars: Mapping[str, object] | None = None
    ) -> Expr[bool | None]:
        """Whether a path of SQL/JSON finds anything in a jsonb document: `"$.labels[*] ? (@ == $wanted)"`. `vars` are
        what the path calls `$wanted`.

        https://www.postgresql.org/docs/current/functions-json.html#FUNCTIONS-SQLJSON-PATH
        """
        return _path(_JSONB_PATH_EXISTS, document, path, vars, pg.boolean, bool)

    def jsonb_path_match(
        self, document: Expr[object], path: str | Expr[str], vars: Mapping[str, object] | None = None
    ) -> Expr[bool | None]:
        """What a path that is a condition says of a jsonb document: `"$.score > $least"`."""
        return _path(_JSONB_PATH_MATCH, document, path, vars, pg.boolean, bool)

    def jsonb_path_query_array(
        self, document: Expr[object], path: str | Expr[str], vars: Mapping[str, object] | None = None
    ) -> Expr[list[object] | None]:
        """All that a path finds in a jsonb document, as one jsonb list."""
        return _path(_JSONB_PATH_QUERY_ARRAY, document, path, vars, pg.jsonb, list[object])

    def jsonb_path_query_first(
        self, document: Expr[object], path: str | Expr[str], vars: Mapping[str, object] | None = None
    ) -> Expr[object]:
        """The first that a path finds in a jsonb document, as jsonb; None where there is nothing."""
        return _path(_JSONB_PATH_QUERY_FIRST, document, path, vars, pg.jsonb, object)


def _path(
    function: Function,
    document: Expr[Any],
    path: str | Expr[str],
    vars: Mapping[str, object] | None,
    type_: SqlType[Any],
    python: object,
) -> Expr[Any]:
    check_expression(function.name, document)
    of = document.type.wire
    check_wire(function.name, document.type, of.is_document and of.equality, "cast it to pg.jsonb")
    if is_own(path):
        is_path = path.type.wire is pg.jsonpath.wire
        check_wire(f"the path of {function.name}", path.type, is_path, "cast it to pg.jsonpath")
    arguments: tuple[Expression, ...] = (document.node, lift(path, pg.jsonpath))
    if vars is not None:
        arguments = (*arguments, Bind(dict(vars), pg.jsonb))
    return Expr(Call(function, arguments), type_, python, True)
