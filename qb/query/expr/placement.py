"""What one value is to another: it contains it, overlaps it, lies beside it, is some way off, matches it.

Which operator says so, and of which types, is the types' own (`SqlType.operators`); here is what they have in common.
https://www.postgresql.org/docs/current/functions-range.html
https://www.postgresql.org/docs/current/functions-geometry.html
https://www.postgresql.org/docs/current/functions-net.html
https://www.postgresql.org/docs/current/functions-textsearch.html
"""

from __future__ import annotations

from typing import Any, Final

from qb.errors import QueryError
from qb.query.beside import check_value
from qb.query.expr.lift import HOLDING, check_plain, lift
from qb.query.expr.order_by import Ordering
from qb.query.expr.selectable import Query
from qb.query.expr.typed import Typed, is_own, is_param, is_typed, label_of, param_name
from qb.tree.expressions import Call, Cast, Expression, Infix
from qb.tree.function import Function
from qb.types import SqlType, pg
from qb.types.array import Array
from qb.types.base import Signs
from qb.types.builtin import ranges_over
from qb.types.json import Json

# Empty ranges, and those without an end, have no bound.
_LOWER: Final = Function("lower", "always")
_UPPER: Final = Function("upper", "always")

_MIRROR: Final = {
    "contains": "contained_by",
    "contained_by": "contains",
    "left_of": "right_of",
    "right_of": "left_of",
    **{word: word for word in ("overlaps", "adjacent", "same", "distance", "matches", "union", "intersection")},
}
"""What the right side is to the left one, where that can be said."""


def placed(word: str, left: Typed[Any], right: object) -> Expression:
    """`left word right`; QueryError where PostgreSQL has no such operator."""
    if isinstance(right, HOLDING):
        check_plain(right, f"{_named(left)} {word}", left.type)
    if is_param(left) and is_own(right) and word in _MIRROR:  # which says the parameter's type
        return placed(_MIRROR[word], right, left)
    operators = _operators(word, left, right)
    if not operators:
        raise QueryError(f"{word} is not for {_named(left)}{_instead(left.type)}")
    for operator, due in operators:
        if _fits(right, due):
            return Infix(operator, left.node, lift(_widened(right, due), due, label_of(left)))
    if _is_none_at_all(right):
        lift(right, operators[0][1], label_of(left))  # which says what is wrong with it
    given = right.type.name if is_typed(right) and not is_param(right) else _class(right)
    takes = " or ".join(dict.fromkeys(due.name for _, due in operators))
    written = is_typed(right) and any(isinstance(due, Json) for _, due in operators)
    more = "; where it is sql(...) that gives jsonb, say so: .as_(..., type=pg.jsonb)" if written else ""
    raise QueryError(f"{_named(left)} {word} {takes}, not {given}: cast it, or give a value of that type{more}")


def made_of_both(word: str, left: Typed[Any], right: object) -> Typed[Any]:
    """The same for what gives a value of the left side's type."""
    node = placed(word, left, right)
    return Typed(node, left.type, left.python, left.optional or _optional(right))


def distance(left: Typed[Any], right: object, by: str | None) -> Typed[Any]:
    """How far apart two values are. `by` says how that is counted, where there are several ways."""
    word = "distance" if by is None else f"distance by {by}"
    return Typed(placed(word, left, right), pg.double_precision, float, left.optional or _optional(right))


def bound(of: Typed[Any], *, upper: bool) -> Typed[Any]:
    """A bound of a range or a multirange; NULL where there is none."""
    contains = of.type.operators("adjacent") and of.type.operators("contains")
    if not contains:
        raise QueryError(f"{'upper' if upper else 'lower'}_bound is of ranges, not of {_named(of)}")
    subtype = contains[1][1]
    return Typed(Call(_UPPER if upper else _LOWER, (of.node,)), subtype, _python(subtype), True)


def _operators(word: str, left: Typed[Any], right: object) -> Signs:
    """What may stand beside the left side; what a range contains, or a shape does, need not know of it itself."""
    found = left.type.operators(word)
    if found or word != "contained_by" or left.type.wire.is_unstated:
        return found
    if is_own(right):
        return tuple(("<@", right.type) for _, due in right.type.operators("contains") if _is(left.type, due))
    return tuple(("<@", each) for each in ranges_over(left.type.wire))


def _fits(value: object, due: SqlType[Any]) -> bool:
    """Whether a value, a parameter or an expression can stand where a type is due."""
    if not is_typed(value):
        return _takes(due, value)
    if is_param(value):
        return due.refuses(value.python) is None
    if _is(value.type, due):
        return True
    given, wire = value.type.wire, due.wire  # PostgreSQL does not widen what stands beside a range
    return given.is_exact and wire.is_exact and given.rank < wire.rank


def _widened(value: object, due: SqlType[Any]) -> object:
    if not is_own(value) or _is(value.type, due):
        return value
    return Typed[Any](Cast(value.node, due), due, value.python, value.optional)


def _takes(due: SqlType[Any], value: object) -> bool:
    if due.wire.takes:
        return isinstance(value, due.wire.takes)
    if isinstance(due, Array):
        return isinstance(value, list | tuple | set | frozenset)
    if _is_none_at_all(value):
        return False
    try:
        check_value(value, due, "")
    except QueryError:
        return False
    return True


def _is_none_at_all(value: object) -> bool:
    """Whether it can stand beside nothing."""
    return value is None or isinstance(value, Query | Ordering)


def _is(given: SqlType[Any], due: SqlType[Any]) -> bool:
    """Whether the server has one type for both."""
    if isinstance(given, Array) or isinstance(due, Array):
        return isinstance(given, Array) and isinstance(due, Array) and _is(given.of, due.of)
    if given.wire.is_opaque or due.wire.is_opaque or given.wire.is_enum:
        return given.base == due.base
    return given.wire is due.wire


def _python(type_: SqlType[Any]) -> object:
    return type_.wire.takes[0] if type_.wire.takes else getattr(type_, "python", object)


def _optional(value: object) -> bool:
    return is_typed(value) and value.optional


def _named(value: Typed[Any]) -> str:
    label = label_of(value)
    return f"{label} ({value.type.name})" if label else value.type.name


def _class(value: object) -> str:
    if is_typed(value):
        return f"the parameter {param_name(value)}"
    return type(value).__name__


def _instead(type_: SqlType[Any]) -> str:
    return ": cast it to pg.jsonb, or declare the column so" if type_.wire.is_document else ""
