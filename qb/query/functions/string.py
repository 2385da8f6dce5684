"""Functions of texts.

https://www.postgresql.org/docs/current/functions-string.html
"""
# Overloads overlap where a value may be None: the first one that matches is the exact one.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

from typing import Any, TypeVar, overload

from qb.errors import QueryError
from qb.query.beside import check_text
from qb.query.expr.expr import Expr, is_expr
from qb.query.expr.lift import lift
from qb.query.expr.typed import is_own
from qb.query.functions.arguments import integer
from qb.query.symbol import remembering
from qb.tree.expressions import Bind, Call
from qb.types import pg

TextT = TypeVar("TextT", bound="str | None")


@remembering
class StringFunctions:
    """Texts."""

    __slots__ = ()

    @overload
    def lower(self, text: str) -> Expr[str]: ...
    @overload
    def lower(self, text: Expr[TextT]) -> Expr[TextT]: ...
    def lower(self, text: Any) -> Expr[Any]:
        """In lower case."""
        return _text("lower", text)

    @overload
    def upper(self, text: str) -> Expr[str]: ...
    @overload
    def upper(self, text: Expr[TextT]) -> Expr[TextT]: ...
    def upper(self, text: Any) -> Expr[Any]:
        """In upper case."""
        return _text("upper", text)

    @overload
    def trim(self, text: str) -> Expr[str]: ...
    @overload
    def trim(self, text: Expr[TextT]) -> Expr[TextT]: ...
    def trim(self, text: Any) -> Expr[Any]:
        """Without spaces at both ends."""
        return _text("btrim", text)

    @overload
    def length(self, text: str | Expr[str]) -> Expr[int]: ...
    @overload
    def length(self, text: Expr[str | None]) -> Expr[int | None]: ...
    def length(self, text: Any) -> Expr[Any]:
        """How many characters."""
        text = _lifted("length", text)
        check_text("length", text.type, or_bytes=True)
        return Expr(Call("length", (text.node,)), pg.integer, int, text.optional)

    @overload
    def replace(self, text: str, old: str | Expr[str], new: str | Expr[str]) -> Expr[str]: ...
    @overload
    def replace(self, text: Expr[TextT], old: str | Expr[str], new: str | Expr[str]) -> Expr[TextT]: ...
    def replace(self, text: Any, old: str | Expr[str], new: str | Expr[str]) -> Expr[Any]:
        """With every `old` replaced."""
        text = _lifted("replace", text)
        for each in (text, old, new):
            if is_own(each):
                check_text("replace", each.type)
        call = Call("replace", (text.node, lift(old, pg.text), lift(new, pg.text)))
        return Expr(call, pg.text, str, text.optional)

    @overload
    def substring(self, text: str, start: int | Expr[int], count: int | Expr[int]) -> Expr[str]: ...
    @overload
    def substring(self, text: Expr[TextT], start: int | Expr[int], count: int | Expr[int]) -> Expr[TextT]: ...
    def substring(self, text: Any, start: int | Expr[int], count: int | Expr[int]) -> Expr[Any]:
        """`count` characters from `start`, which counts from 1."""
        text = _lifted("substring", text)
        check_text("substring", text.type)
        call = Call("substr", (text.node, integer(start), integer(count)))
        return Expr(call, pg.text, str, text.optional)

    @overload
    def split_part(self, text: str, delimiter: str | Expr[str], n: int | Expr[int]) -> Expr[str]: ...
    @overload
    def split_part(self, text: Expr[TextT], delimiter: str | Expr[str], n: int | Expr[int]) -> Expr[TextT]: ...
    def split_part(self, text: Any, delimiter: str | Expr[str], n: int | Expr[int]) -> Expr[Any]:
        """The `n`th part between delimiters, from 1, or from the end with -1; "" where there are not so many."""
        if not is_expr(n) and n == 0:
            raise QueryError("split_part counts from 1, or from the end with -1: there is no part 0")
        text = _lifted("split_part", text)
        for each in (text, delimiter):
            if is_own(each):
                check_text("split_part", each.type)
        call = Call("split_part", (text.node, lift(delimiter, pg.text), integer(n)))
        return Expr(call, pg.text, str, text.optional)

    def concat(self, *texts: Expr[str] | Expr[str | None] | str) -> Expr[str]:
        """The texts one after the other, NULL as if it were empty."""
        return Expr(Call("concat", tuple(lift(text, pg.text) for text in texts), "never"), pg.text, str, False)


def _lifted(name: str, text: object) -> Expr[Any]:
    """A text as an expression, so that a prepared query's parameter, a str to the checkers, can be given as it is."""
    if is_expr(text):
        return text
    if not isinstance(text, str):
        raise QueryError(f"{name} takes a text, not {type(text).__name__}")
    return Expr(Bind(text, pg.text), pg.text, str, False)


def _text(name: str, text: object) -> Expr[Any]:
    item = _lifted(name, text)
    check_text(name, item.type)
    return Expr(Call(name, (item.node,)), pg.text, str, item.optional)
