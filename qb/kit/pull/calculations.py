"""What is calculated, joined and taken out of moments, in expressions of the server's."""

from __future__ import annotations

from typing import Final

from qb.kit.pull.constants import constant_of, timedelta_code
from qb.kit.pull.deparsed import Binary, Extracted, WrittenCast, WrittenText
from qb.kit.pull.kinds import INTEGERS, kind
from qb.kit.pull.saying import MOMENTS, Nameable, Say, TypedCode, as_text, beside, pieced
from qb.kit.pull.source import text

ARITHMETIC: Final = ("+", "-", "*")
_OF_DAYS: Final = ("year", "month", "day")
_FIELDS: Final = (*_OF_DAYS, "hour", "minute", "second", "epoch")


def joined_texts(node: Binary, scope: Nameable, say: Say) -> TypedCode | None:
    """`||` of texts, and of what text search is made of."""
    left = as_text(node.left, scope, say)
    if left is None:
        return None
    right = as_text(node.right, scope, say)
    if right is None:
        plain = kind("text", "str", optional=False)
        value = constant_of(node.right, plain)
        twice = isinstance(node.right, WrittenCast) and isinstance(node.right.operand, WrittenCast)
        if value is None or twice:
            return None
        right = TypedCode(value, plain)
    optional = left.kind.optional or right.kind.optional
    if (left.kind.base, right.kind.base) == ("tsvector", "tsvector"):
        of = left.kind.plain._replace(optional=optional)
        return pieced(("fn.tsvector_concat(", left.code, ", ", right.code, ")"), of, "qb:fn")
    for each in (left, right):
        if each.kind.base not in ("text", "varchar") or each.kind.brand is not None or each.kind.labels:
            return None
    return pieced((left.within, " + ", right.within), kind("text", "str", optional=optional), tight=False)


def calculated(node: Binary, scope: Nameable, say: Say) -> TypedCode | None:
    """`+`, `-` and `*` of numbers, and how far a moment is moved."""
    left = say(node.left, scope)
    if left is not None and left.kind.base in MOMENTS:
        return None if node.operator == "*" or left.kind.brand is not None else _moved(node, left)
    right = say(node.right, scope) if left is None else beside(node.right, left.kind, scope, say)
    if left is not None and right is not None and left.kind.base in INTEGERS and right.kind.base == "numeric":
        left = beside(node.left, right.kind, scope, say)
    elif left is not None and right is None and left.kind.base == "numeric":
        value = constant_of(node.right, left.kind)
        right = None if value is None else TypedCode(value, left.kind.sure)
    elif left is not None and left.kind.base == "numeric" and right is not None and right.kind.base == "numeric":
        left = beside(node.left, right.kind, scope, say)
    if left is None or right is None or left.kind.brand is not None or right.kind.brand is not None:
        return None
    base = _result(left.kind.base, right.kind.base)
    if base is None:
        return None
    python = {"numeric": "Decimal", "float8": "float"}.get(base, "int")
    of = kind(base, python, optional=left.kind.optional or right.kind.optional)
    return pieced((left.within, f" {node.operator} ", right.within), of, tight=False)


def _result(one: str, other: str) -> str | None:
    if one in INTEGERS and other in INTEGERS:
        return max(one, other)
    if "numeric" in (one, other) and {one, other} <= {*INTEGERS, "numeric"}:
        return "numeric"
    return "float8" if one == other == "float8" else None


def _moved(node: Binary, left: TypedCode) -> TypedCode | None:
    match node.right:
        case WrittenCast(WrittenText(written), "interval"):
            found = timedelta_code(written)
        case _:
            found = None
    return None if found is None else pieced((left.within, f" {node.operator} ", found), left.kind, tight=False)


def extracted(node: Extracted, scope: Nameable, say: Say) -> TypedCode | None:
    """EXTRACT of a moment or a day."""
    inner = say(node.operand, scope)
    if inner is None or inner.kind.base not in (*MOMENTS, "date") or inner.kind.brand is not None:
        return None
    if node.field not in (_OF_DAYS if inner.kind.base == "date" else _FIELDS):
        return None
    of = kind("numeric", "Decimal", optional=inner.kind.optional)
    return pieced((f"fn.extract({text(node.field)}, ", inner.code, ")"), of, "qb:fn")
