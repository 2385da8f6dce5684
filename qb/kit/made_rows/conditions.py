"""What a CHECK makes of a row in Python, as far as that is the same as in PostgreSQL.

The server is the judge; this is for values that are to pass it. What depends on a collation, a time zone or a function
of one's own is `Unreadable`.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
import operator
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, cast
from uuid import UUID

import msgspec

from qb.query.expr.expr import Expr
from qb.query.functions.fn import fn
from qb.query.raw import sql
from qb.query.value import value as known
from qb.tree.expressions import (
    AnyOf,
    Between,
    Bind,
    Call,
    Cast,
    ColumnNode,
    Constant,
    Expression,
    Infix,
    InList,
    Null,
    Postfix,
    Prefix,
)
from qb.tree.function import COALESCE, GREATEST, LEAST, Function
from qb.tree.visit import RELATIONS, within
from qb.types import SqlType
from qb.types.builtin import pg


class Unreadable(Exception):
    """Something in a condition whose value Python does not know as PostgreSQL does."""


def conjuncts(condition: Expression) -> Iterator[Expression]:
    """The conditions that AND joins."""
    waiting = [condition]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Infix) and each.operator == "AND":
            waiting += (each.right, each.left)
        else:
            yield each


def columns_read(node: Expression) -> frozenset[str]:
    """The columns that an expression reads, as SQL calls them."""
    return frozenset(each.name for each in within(node) if isinstance(each, ColumnNode))


def value_of(expression: Expression, row: Mapping[str, object], enums: Collection[str] = ()) -> Any:
    """The value of an expression for a row, by the names of its columns; None is NULL. Raises Unreadable.

    A constant of one of the `enums`, the enumerated types that the row has, is its label.
    """
    made: dict[int, Any] = {}
    try:
        for node in reversed(list(within(expression))):  # what is inside comes first
            if not isinstance(node, RELATIONS):
                if isinstance(node, Constant) and node.base in enums:
                    made[id(node)] = node.text
                else:
                    made[id(node)] = _one(node, made, row)
    except (TypeError, ValueError, ArithmeticError, KeyError) as error:
        raise Unreadable(str(error)) from None
    return made[id(expression)]


def in_sql(value: object) -> Any:
    """A value as SQL compares it: a member of an Enum is its label."""
    return value.value if isinstance(value, Enum) else value


def _one(node: Any, made: Mapping[int, Any], row: Mapping[str, object]) -> Any:
    match node:
        case ColumnNode(name=name):
            return in_sql(row[name])
        case Bind(value=value):
            return list(map(in_sql, cast("list[object]", value))) if isinstance(value, list | tuple) else in_sql(value)
        case Constant(text=text, base=base):
            return _constant(text, base)
        case Null():
            return None
        case Infix(operator=sign, left=left, right=right):
            return _infix(sign, made[id(left)], made[id(right)])
        case Prefix(operator=sign, operand=operand):
            return _prefix(sign, made[id(operand)])
        case Postfix(operator=sign, operand=operand):
            return _postfix(sign, made[id(operand)])
        case Between(operand=operand, low=low, high=high):
            value = made[id(operand)]
            return _infix("AND", _infix(">=", value, made[id(low)]), _infix("<=", value, made[id(high)]))
        case InList(operand=operand, items=items, negated=negated):
            return _among(made[id(operand)], [made[id(each)] for each in items], negated)
        case AnyOf(operand=operand, array=array, negated=negated):
            return _among(made[id(operand)], made[id(array)], negated)
        case Call(function=function, arguments=arguments) if not node.distinct and node.filter is None:
            return _call(function, [made[id(each)] for each in arguments])
        case Cast(operand=operand, type=type_):
            value = made[id(operand)]
            if value is None or (node.settles or getattr(type_, "wire", None) is None):
                return value
            if type_.wire.is_exact and type(value) in (int, Decimal) and not isinstance(value, bool):
                return value
            raise Unreadable(f"a cast to {type_.name}")
        case _:
            raise Unreadable(type(node).__name__)


def _constant(text: str, base: str) -> Any:
    read = _classes().get(base)
    if read is None:
        raise Unreadable(f"a constant of {base}")
    if read is bool:
        return text[:1] == "t"
    kind: Any = read
    return msgspec.convert(text, kind, strict=False)


@functools.cache
def _classes() -> Mapping[str, type]:
    """The classes of the values of PostgreSQL's types that a text is read as, by their names in a cast."""
    types = (getattr(pg, name) for name in dir(pg) if not name.startswith("_"))
    known = {each.base: each.wire for each in types if isinstance(each, SqlType)}
    plain = (bool, int, float, Decimal, UUID, dt.date, dt.time, dt.datetime)
    return {
        base: wire.takes[0] for base, wire in known.items() if wire.is_text or (wire.takes and wire.takes[0] in plain)
    }


_COMPARED: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CALCULATED: Mapping[str, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}


def _infix(sign: str, left: Any, right: Any) -> Any:
    if sign == "AND":
        return False if left is False or right is False else None if left is None or right is None else True
    if sign == "OR":
        return True if left is True or right is True else None if left is None or right is None else False
    if sign == "IS DISTINCT FROM":
        return left != right
    if sign == "IS NOT DISTINCT FROM":
        return left == right
    if left is None or right is None:
        return None
    if (compare := _COMPARED.get(sign)) is not None:
        if isinstance(left, str) and sign not in ("=", "<>"):
            raise Unreadable("the order of texts, which a collation decides")
        if _is_nan(left) or _is_nan(right):  # which PostgreSQL has as more than any number, and equal to itself
            return bool(compare(_is_nan(left), _is_nan(right)))
        return bool(compare(left, right))
    if (calculate := _CALCULATED.get(sign)) is not None:
        return calculate(left, right)
    if sign == "||" and isinstance(left, str):
        return left + right
    if sign in ("LIKE", "NOT LIKE"):
        found = re.fullmatch(_pattern(right), left, re.DOTALL) is not None
        return found is (sign == "LIKE")
    raise Unreadable(f"the operator {sign}")


def _is_nan(value: object) -> bool:
    return isinstance(value, float | Decimal) and math.isnan(value)


def parts_of_like(like: str) -> list[str]:
    """What a pattern of LIKE is made of: `%`, `_`, and characters that stand for themselves, with their backslash."""
    return re.findall(r"\\.|.", like, re.DOTALL)


def _pattern(like: str) -> str:
    return "".join({"%": ".*", "_": "."}.get(each) or re.escape(each[-1]) for each in parts_of_like(like))


def _prefix(sign: str, value: Any) -> Any:
    if sign not in ("NOT", "-"):
        raise Unreadable(f"the operator {sign}")
    if value is None:
        return None
    return not value if sign == "NOT" else -value


def _postfix(sign: str, value: Any) -> Any:
    known = {
        "IS NULL": value is None,
        "IS NOT NULL": value is not None,
        "IS TRUE": value is True,
        "IS FALSE": value is False,
        "IS NOT TRUE": value is not True,
        "IS NOT FALSE": value is not False,
    }
    return known[sign]


def _among(value: Any, items: list[Any], negated: bool) -> Any:
    if value is None:
        return None
    if value in [each for each in items if each is not None]:
        return not negated
    return None if None in items else negated


def _call(function: Function, values: list[Any]) -> Any:
    if function == COALESCE:
        return next((each for each in values if each is not None), None)
    if function in (GREATEST, LEAST):
        given = [each for each in values if each is not None]
        if any(isinstance(each, str) for each in given):
            raise Unreadable("the order of texts, which a collation decides")
        return (max if function == GREATEST else min)(given) if given else None
    if (call := _CALLS.get(function)) is None:
        raise Unreadable(f"the function {function.name}")
    return None if None in values else call(*values)


def _ascii(change: Callable[[str], str]) -> Callable[[str], str]:
    def changed(text: str) -> str:
        if not text.isascii():
            raise Unreadable("upper and lower case, which a collation decides")
        return change(text)

    return changed


def _trimmed(text: str, characters: str = " ") -> str:
    return text.strip(characters)


def _row(call: Expr[Any]) -> Function:
    """The row of facts of the function that a call calls."""
    assert isinstance(call.node, Call)
    return call.node.function


_document: Any = sql("NULL").as_(dict[str, int], not_null=True)
LENGTHS: Mapping[Function, Callable[..., Any]] = {
    _row(fn.length("")): len,
    _row(fn.cardinality(known([0]))): len,
    _row(fn.jsonb_array_length(_document)): len,
}
TRIM = _row(fn.trim(""))
_CALLS: Mapping[Function, Callable[..., Any]] = {
    **LENGTHS,
    _row(fn.lower("")): _ascii(str.lower),
    _row(fn.upper("")): _ascii(str.upper),
    TRIM: _trimmed,
    _row(fn.abs(known(0))): abs,
}
