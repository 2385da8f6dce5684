"""Functions of texts. What they make of a label or a brand is a plain text.

https://www.postgresql.org/docs/current/functions-string.html
"""
# Overloads overlap where a value may be None: the first one that matches is the exact one.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

from typing import Any, Final, overload

from qb.errors import QueryError
from qb.query.beside import check_text
from qb.query.expr.expr import Expr, is_expr
from qb.query.expr.lift import lift
from qb.query.expr.operands import MaybeText, MaybeWhole, SureText, Whole
from qb.query.expr.typed import is_own
from qb.query.functions.arguments import integer
from qb.query.symbol import remembering
from qb.tree.expressions import Bind, Call
from qb.tree.function import Function
from qb.types import pg

_LOWER: Final = Function("lower")
_UPPER: Final = Function("upper")
_BTRIM: Final = Function("btrim")
_LENGTH: Final = Function("length", typed="itself")
_REPLACE: Final = Function("replace")
_SUBSTR: Final = Function("substr")
_SPLIT_PART: Final = Function("split_part")
_CONCAT: Final = Function("concat", "never", volatility="stable")


@remembering
class StringFunctions:
    """Texts."""

    __slots__ = ()

    @overload
    def lower(self, text: SureText) -> Expr[str]: ...
    @overload
    def lower(self, text: Expr[str | None]) -> Expr[str | None]: ...
    def lower(self, text: Any) -> Expr[Any]:
        """In lower case."""
        return _text(_LOWER, text)

    @overload
    def upper(self, text: SureText) -> Expr[str]: ...
    @overload
    def upper(self, text: Expr[str | None]) -> Expr[str | None]: ...
    def upper(self, text: Any) -> Expr[Any]:
        """In upper case."""
        return _text(_UPPER, text)

    @overload
    def trim(self, text: SureText) -> Expr[str]: ...
    @overload
    def trim(self, text: Expr[str | None]) -> Expr[str | None]: ...
    def trim(self, text: Any) -> Expr[Any]:
        """Without spaces at both ends."""
        return _text(_BTRIM, text)

    @overload
    def length(self, text: SureText) -> Expr[int]: ...
    @overload
    def length(self, text: Expr[str | None]) -> Expr[int | None]: ...
    def length(self, text: Any) -> Expr[Any]:
        """How many characters."""
        text = lifted_text("length", text)
        check_text("length", text.type, or_bytes=True)
        return Expr(Call(_LENGTH, (text.node,)), pg.integer, int, text.optional)

    @overload
    def replace(self, text: SureText, old: SureText, new: SureText) -> Expr[str]: ...
    @overload
    def replace(self, text: MaybeText, old: MaybeText, new: MaybeText) -> Expr[str | None]: ...
    def replace(self, text: Any, old: MaybeText, new: MaybeText) -> Expr[Any]:
        """With every `old` replaced."""
        text = lifted_text("replace", text)
        for each in (text, old, new):
            if is_own(each):
                check_text("replace", each.type)
        call = Call(_REPLACE, (text.node, lift(old, pg.text), lift(new, pg.text)))
        return Expr(call, pg.text, str, _optional(text, old, new))

    @overload
    def substring(self, text: SureText, start: Whole, count: Whole) -> Expr[str]: ...
    @overload
    def substring(self, text: MaybeText, start: MaybeWhole, count: MaybeWhole) -> Expr[str | None]: ...
    def substring(self, text: Any, start: MaybeWhole, count: MaybeWhole) -> Expr[Any]:
        """`count` characters from `start`, which counts from 1."""
        text = lifted_text("substring", text)
        check_text("substring", text.type)
        call = Call(_SUBSTR, (text.node, integer(start), integer(count)))
        return Expr(call, pg.text, str, _optional(text, start, count))

    @overload
    def split_part(self, text: SureText, delimiter: SureText, n: Whole) -> Expr[str]: ...
    @overload
    def split_part(self, text: MaybeText, delimiter: MaybeText, n: MaybeWhole) -> Expr[str | None]: ...
    def split_part(self, text: Any, delimiter: MaybeText, n: MaybeWhole) -> Expr[Any]:
        """The `n`th part between delimiters, from 1, or from the end with -1; "" where there are not so many."""
        if not is_expr(n) and n == 0:
            raise QueryError("split_part counts from 1, or from the end with -1: there is no part 0")
        text = lifted_text("split_part", text)
        for each in (text, delimiter):
            if is_own(each):
                check_text("split_part", each.type)
        call = Call(_SPLIT_PART, (text.node, lift(delimiter, pg.text), integer(n)))
        return Expr(call, pg.text, str, _optional(text, delimiter, n))

    def concat(self, *texts: Expr[str] | Expr[str | None] | str) -> Expr[str]:
        """The texts one after the other, NULL as if it were empty."""
        return Expr(Call(_CONCAT, tuple(lift(text, pg.text) for text in texts)), pg.text, str, False)


def lifted_text(name: str, text: object) -> Expr[Any]:
    """A text as an expression, so that a prepared query's parameter, a str to the checkers, can be given as it is."""
    if is_expr(text):
        return text
    if not isinstance(text, str):
        raise QueryError(f"{name} takes a text, not {type(text).__name__}")
    return Expr(Bind(text, pg.text), pg.text, str, False)


def _text(function: Function, text: object) -> Expr[Any]:
    item = lifted_text(function.name, text)
    check_text(function.name, item.type)
    return Expr(Call(function, (item.node,)), pg.text, str, item.optional)


def _optional(*arguments: object) -> bool:
    return any(is_expr(each) and each.optional for each in arguments)
