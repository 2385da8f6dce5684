"""Expressions of the server's as typed ones, where it would write what these say as the very same text.

Each rule is about one thing and the kinds of what it is of: so the whole is the same where each part is. What a rule
does not know for certain stays SQL. The tests write, create and read back what is made here.
"""

from __future__ import annotations

from typing import Final

from qb.kit.pull.calculations import ARITHMETIC, calculated, extracted, joined_texts
from qb.kit.pull.calls import said_call
from qb.kit.pull.constants import constant_of, constants_of
from qb.kit.pull.deparsed import (
    Binary,
    Both,
    Deparsed,
    Extracted,
    Tested,
    Word,
    WrittenCall,
    WrittenCast,
    WrittenField,
    WrittenPrefix,
    WrittenScalar,
)
from qb.kit.pull.kinds import INTEGERS, TEXTS, ValueKind, kind
from qb.kit.pull.saying import (
    CONDITION,
    MOMENTS,
    Nameable,
    TypedCode,
    as_text,
    beside,
    constant_beside,
    is_long,
    pieced,
    true_or_none,
)
from qb.kit.pull.source import Code, code_of

_COMPARED: Final = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_ORDERED: Final = (*INTEGERS, *TEXTS, *MOMENTS, "numeric", "float8", "float4", "date", "time", "interval")
_VALUED: Final = (*_ORDERED, "uuid")
_LIKE: Final = {"~~": "like", "!~~": "not_like", "~~*": "ilike", "!~~*": "not_ilike"}
_LISTED: Final = {"= ANY": "in_", "<> ALL": "not_in"}
_ARRAYS: Final = {"@>": "contains", "<@": "contained_by", "&&": "overlaps"}
_CASTS: Final = {
    "text": ("text", "text", "str"),
    "integer": ("int4", "integer", "int"),
    "bigint": ("int8", "bigint", "int"),
    "numeric": ("numeric", "numeric", "Decimal"),
    "double precision": ("float8", "double_precision", "float"),
    "date": ("date", "date", "dt.date"),
    "uuid": ("uuid", "uuid", "UUID"),
}
"""Casts that can be typed_expression: to what the catalog calls it, what it is in `pg`, and in Python."""
_DISTINCT: Final = "IS DISTINCT FROM"


def typed_expression(node: Deparsed, scope: Nameable) -> TypedCode | None:
    """An expression, typed; None where it is not certain that the server would write it so again."""
    match node:
        case WrittenField("", name) if name in scope.columns:
            found = scope.columns[name]
            return TypedCode(found.code, found.kind, is_column=True)
        case Word("CURRENT_DATE"):
            return pieced(("fn.current_date()",), kind("date", "dt.date", optional=False), "qb:fn")
        case Both(operator, items):
            return _both(operator, items, scope)
        case WrittenPrefix("NOT", operand):
            inner = typed_expression(operand, scope)
            if inner is None or inner.kind.base != "bool":
                return None
            return pieced(("~", inner.within), true_or_none(inner), tight=False)
        case Tested(operand, test):
            inner = typed_expression(operand, scope)
            asked = "is_null" if test == "IS NULL" else "is_not_null"
            return None if inner is None else pieced((inner.within, f".{asked}()"), CONDITION.sure)
        case Binary():
            return _binary(node, scope)
        case WrittenCall():
            return said_call(node, scope, typed_expression)
        case Extracted():
            return extracted(node, scope, typed_expression)
        case WrittenCast(operand, type_):
            return _cast(operand, type_, scope)
        case WrittenScalar(value):
            return _scalar(value, scope)
        case _:
            return None


def typed_condition(node: Deparsed, scope: Nameable) -> TypedCode | None:
    """An expression that is a condition."""
    found = typed_expression(node, scope)
    return found if found is not None and found.kind.base == "bool" and found.kind.brand is None else None


def _both(operator: str, items: tuple[Deparsed, ...], scope: Nameable) -> TypedCode | None:
    found: list[TypedCode] = []
    for each in items:
        within = isinstance(each, Both) and each.operator == operator  # which would be one list with these
        one = _between(each, scope) if within and isinstance(each, Both) else typed_condition(each, scope)
        if one is None:
            return None
        found.append(one)
    sign = " & " if operator == "AND" else " | "
    parts = [each.code if each.code.text.startswith("~") else each.within for each in found]
    return TypedCode(code_of(parts, sign), true_or_none(*found), is_tight=False)


def _between(node: Both, scope: Nameable) -> TypedCode | None:
    """BETWEEN, which the server writes as two conditions."""
    match node:
        case Both("AND", (Binary(">=", what, low), Binary("<=", also, high))) if what == also:
            left = as_text(what, scope, typed_expression)
        case _:
            return None
    if left is None or left.kind.base not in _ORDERED:
        return None
    first, last = constant_beside(low, left, scope), constant_beside(high, left, scope)
    if first is None or last is None:
        return None
    return pieced((left.within, ".between(", first, ", ", last, ")"), true_or_none(left))


def _binary(node: Binary, scope: Nameable) -> TypedCode | None:
    if node.operator in _COMPARED or node.operator == _DISTINCT:
        return _compared(node, scope)
    if node.operator in _LISTED:
        return _listed(node, scope)
    if node.operator in _LIKE:
        return _alike_text(node, scope)
    if node.operator in _ARRAYS:
        return _placed(node, scope)
    if node.operator == "||":
        return joined_texts(node, scope, typed_expression)
    return calculated(node, scope, typed_expression) if node.operator in ARITHMETIC else None


def _listed(node: Binary, scope: Nameable) -> TypedCode | None:
    left = as_text(node.left, scope, typed_expression)
    if left is None or (scope.is_policy and left.kind.base in INTEGERS):
        return None
    values = constants_of(node.right, left.kind)
    return None if values is None else _asked(left, _LISTED[node.operator], values)


def _asked(left: TypedCode, method: str, argument: Code) -> TypedCode:
    return pieced((left.within, f".{method}(", argument, ")"), true_or_none(left))


def _alike_text(node: Binary, scope: Nameable) -> TypedCode | None:
    left = as_text(node.left, scope, typed_expression)
    if left is None or left.kind.base not in ("text", "varchar") or left.kind.labels:
        return None
    pattern = constant_of(node.right, left.kind.plain)
    return None if pattern is None else _asked(left, _LIKE[node.operator], pattern)


def _placed(node: Binary, scope: Nameable) -> TypedCode | None:
    left = typed_expression(node.left, scope)
    if left is None or left.kind.base not in ("text[]", "int4[]", "int8[]", "int2[]"):
        return None
    value = constant_of(node.right, left.kind)
    return None if value is None else _asked(left, _ARRAYS[node.operator], value)


def _compared(node: Binary, scope: Nameable) -> TypedCode | None:
    left = as_text(node.left, scope, typed_expression)
    if left is None or (left.kind.base not in _ORDERED and node.operator not in ("=", "<>", _DISTINCT)):
        return None
    right: TypedCode | None = None
    value = constant_beside(node.right, left, scope) if left.kind.base in _VALUED or left.kind.labels else None
    if value is not None:
        right = TypedCode(value, left.kind.sure)
    else:
        right = beside(node.right, left.kind, scope, typed_expression)
        if right is not None and "numeric" in (left.kind.base, right.kind.base):
            left = beside(node.left, right.kind, scope, typed_expression) or left
    if right is None or not _alike(left, right):
        return None
    if value is None and left.kind.labels and (left.kind.optional != right.kind.optional or node.operator == _DISTINCT):
        return None  # which the checkers take for a mistake
    if right.is_column and not left.is_column:
        return None  # Python would ask the column first, and turn it round
    if value is None and left.kind.said != right.kind.said and left.kind.brand is not None:
        brand = Code(left.kind.brand, frozenset((left.kind.brand,)))
        right = pieced((right.within, ".as_(", brand, ")"), left.kind)
    if node.operator == _DISTINCT and value is not None and is_long(left, value):
        return None
    if node.operator == _DISTINCT:
        return pieced((left.within, ".is_distinct_from(", right.code, ")"), CONDITION.sure)
    parts = (left.within, f" {_COMPARED[node.operator]} ", right.within)
    return pieced(parts, true_or_none(left, right), tight=False)


def _alike(left: TypedCode, right: TypedCode) -> bool:
    """Whether two may be compared, to the checkers and to the server, without a cast that is seen."""
    one, other = left.kind, right.kind
    if one.base.endswith("[]") or one.base in ("json", "jsonb", "tsvector", "tsquery", "xml"):
        return False
    numbers = (*INTEGERS, "numeric")
    same = one.base == other.base or (one.base in ("text", "varchar") and other.base in ("text", "varchar"))
    if not same and not (one.base in numbers and other.base in numbers):
        return False
    if one.said == other.said:
        return True
    if one.brand is not None:  # which the other one is given
        return other.brand is None and one.python.text == other.python.text and not right.is_column
    return _plain_number(one) and _plain_number(other)


def _plain_number(of: ValueKind) -> bool:
    return of.base in (*INTEGERS, "numeric") and of.brand is None


def _cast(operand: Deparsed, type_: str, scope: Nameable) -> TypedCode | None:
    inner = typed_expression(operand, scope)
    found = _CASTS.get(type_)
    if inner is None or found is None or inner.kind.base.endswith("[]"):
        return None
    base, name, python = found
    return pieced((inner.within, f".cast(pg.{name})"), kind(base, python), "qb:pg")


def _scalar(value: Deparsed, scope: Nameable) -> TypedCode | None:
    inner = typed_expression(value, scope) if isinstance(value, WrittenCall) else None
    if inner is None:
        return None
    return pieced(("select(", inner.code, ").as_scalar()"), inner.kind._replace(optional=True), "qb:select")
