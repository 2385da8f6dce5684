"""Arithmetic: which type stands beside which, and what comes out of the two, as PostgreSQL's own operators have it.

https://www.postgresql.org/docs/current/functions-math.html
https://www.postgresql.org/docs/current/functions-datetime.html
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final, NamedTuple, cast

from typing_extensions import TypeIs

from qb.errors import QueryError
from qb.query.beside import check_alike
from qb.query.expr import Column, Expr, is_expr, is_param, lift, param_name
from qb.query.settled import INTEGERS, exact, is_exact, is_settled, settled
from qb.tree.nodes import Bind, Call, Case, Constant, Infix, Node, ParamNode, Prefix
from qb.types import SqlType, pg
from qb.types.annotation import bare
from qb.types.labels import Enum as PgEnum

NUMBERS: Final = (*INTEGERS, "numeric", "float4", "float8")
"""From narrow to wide: where PostgreSQL wants one type for several (COALESCE, CASE), it takes the last of them."""

_FLOATS: Final = ("float4", "float8")
_MOMENTS: Final = ("timestamp", "timestamptz")
_DAYS: Final = ("date", *_MOMENTS)
_OPAQUE: Final = "text_literal"
"""A type that qb does not know inside: PostgreSQL may have operators for it."""

_TYPES: Final[dict[str, SqlType[Any]]] = {
    "int2": pg.smallint,
    "int4": pg.integer,
    "int8": pg.bigint,
    "numeric": pg.numeric,
    "float4": pg.real,
    "float8": pg.double_precision,
    "text": pg.text,
    "interval": pg.interval,
    "date": pg.date,
    "time": pg.time,
    "timestamp": pg.timestamp,
    "timestamptz": pg.timestamptz,
}
_PYTHON: Final[dict[str, type]] = {
    **dict.fromkeys(INTEGERS, int),
    **dict.fromkeys(_FLOATS, float),
    **dict.fromkeys(_MOMENTS, dt.datetime),
    "numeric": Decimal,
    "text": str,
    "interval": dt.timedelta,
    "date": dt.date,
    "time": dt.time,
}

_OF_TIMES: Final[dict[tuple[str, str, str], str]] = {
    ("+", "date", "int4"): "date",
    ("-", "date", "int4"): "date",
    ("+", "int4", "date"): "date",
    ("-", "date", "date"): "int4",
    ("+", "date", "time"): "timestamp",
    ("+", "time", "date"): "timestamp",
    ("-", "time", "time"): "interval",
    ("+", "interval", "interval"): "interval",
    ("-", "interval", "interval"): "interval",
    **{("+", of, "interval"): of for of in ("time", *_MOMENTS)},
    **{("-", of, "interval"): of for of in ("time", *_MOMENTS)},
    **{("+", "interval", of): of for of in ("time", *_MOMENTS)},
    **{(sign, "date", "interval"): "timestamp" for sign in "+-"},
    ("+", "interval", "date"): "timestamp",
    # A time of day is taken for an interval; that it could be multiplied as one is left out.
    **{(sign, of, "time"): of for sign in "+-" for of in _MOMENTS},
    **{("+", "time", of): of for of in _MOMENTS},
    ("-", "date", "time"): "timestamp",
    ("-", "interval", "time"): "interval",
    # A date beside a time is midnight, and a local time beside a point in time is in the session's zone.
    **{("-", a, b): "interval" for a in (*_MOMENTS, "date") for b in (*_MOMENTS, "date") if (a, b) != ("date", "date")},
    **{(sign, "interval", number): "interval" for sign in "*/" for number in NUMBERS},
    **{("*", number, "interval"): "interval" for number in NUMBERS},
}


class Side(NamedTuple):
    """One side of an operator: its node, its type, and whether its values are Python's int."""

    node: Node
    type: SqlType[Any]
    whole: bool
    optional: bool

    @property
    def wire(self) -> str:
        return "?" if isinstance(self.type, PgEnum) else self.type.wire


def arithmetic(operator: str, left: object, right: object) -> Expr[Any]:
    """`left operator right`, where one of them may be a plain value or a parameter. QueryError where no such is."""
    a, b = _side(left, right), _side(right, left)
    if operator == "+" and a.wire == b.wire == "text":
        return Expr(Infix("||", a.node, b.node), pg.text, str, a.optional or b.optional)
    wire = _result(operator, a, b)
    if wire is None:
        raise QueryError(_no_operator(operator, left, right, a, b))
    if wire == _OPAQUE:
        return Expr(Infix(operator, a.node, b.node), a.type, _python(left, right), a.optional or b.optional)
    whole = wire in INTEGERS or (wire == "numeric" and operator != "/" and a.whole and b.whole)
    python: type = int if whole else _PYTHON[wire]
    return Expr(_node(operator, a, b, _TYPES[wire]), _TYPES[wire], python, a.optional or b.optional)


def negative(operand: Expr[Any]) -> Expr[Any]:
    """`-operand`."""
    wire = operand.type.wire
    if wire not in (*NUMBERS, "interval") or isinstance(operand.type, PgEnum):
        raise QueryError(f"PostgreSQL has no -{_told(operand, operand.type)}")
    type_ = pg.numeric if wire == "numeric" else operand.type
    python = int if whole_number(operand) else _PYTHON[wire]
    node = settled(operand.node, wire, whole=whole_number(operand))
    return Expr(Prefix("-", node), type_, python, operand.optional)


def whole_number(operand: Expr[Any]) -> bool:
    """Whether its values are Python's int: integers, and numerics read as such, as their sums are."""
    python = bare(operand.python)
    return operand.type.wire in INTEGERS or (
        operand.type.wire == "numeric" and isinstance(python, type) and issubclass(python, int)
    )


def whole_quotient(left: object, right: object) -> Expr[Any]:
    """`left / right` cut towards zero: what PostgreSQL's own `/` gives for integers, and div() for numerics."""
    a, b = _side(left, right), _side(right, left)
    wire = _result("//", a, b)
    if wire is None:
        raise QueryError(f"fn.div takes integers and numerics, not {_told(left, a.type)} and {_told(right, b.type)}")
    whole = a.whole and b.whole
    a, b = _settled("//", a, b, wire)
    node = _cut(a.node, b.node, whole=wire in INTEGERS)
    return Expr(node, _TYPES[wire], int if whole else Decimal, a.optional or b.optional)


def is_typed(item: object) -> TypeIs[Expr[Any]]:
    """Whether it is an expression with a type of its own, and no plain value or parameter."""
    return is_expr(item) and not is_param(item)


def common(items: list[Expr[Any]]) -> tuple[SqlType[Any], object]:
    """The type that PostgreSQL gives several expressions which become one (COALESCE, CASE, GREATEST), and Python's.

    https://www.postgresql.org/docs/current/typeconv-union-case.html
    """
    first = items[0]
    wires = [item.type.wire for item in items]
    for other in items[1:]:
        check_alike(first.type, other.type)
    if set(wires) <= set(_DAYS):
        latest = max(items, key=lambda item: _DAYS.index(item.type.wire))
        return (first.type, first.python) if latest.type.wire == first.type.wire else (latest.type, latest.python)
    if not all(wire in NUMBERS for wire in wires) or len(set(wires)) == 1 == len({bare(i.python) for i in items}):
        return first.type, first.python
    wire = max(wires, key=NUMBERS.index)
    return _TYPES[wire], int if all(map(whole_number, items)) else _PYTHON[wire]


def _result(operator: str, a: Side, b: Side) -> str | None:
    """The type of `a operator b` by its name on the wire; None where PostgreSQL has no such operator."""
    if a.wire in NUMBERS and b.wire in NUMBERS:
        return _number(operator, a.wire, b.wire)
    if "unstated" in (a.wire, b.wire):  # in a class body, where the annotation is still to be read
        return _OPAQUE
    if a.wire == b.wire == _OPAQUE:
        return _OPAQUE if a.type.base == b.type.base and operator in ("+", "-", "*") else None
    return _OF_TIMES.get((operator, _narrowed(a.wire, b.wire), _narrowed(b.wire, a.wire)))


def _number(operator: str, a: str, b: str) -> str | None:
    if a in _FLOATS or b in _FLOATS:
        return None if operator in ("%", "//") else "float4" if a == b == "float4" else "float8"
    if operator == "/" or "numeric" in (a, b):
        return "numeric"
    return max(a, b, key=NUMBERS.index)


def _narrowed(wire: str, beside: str) -> str:
    return "int4" if wire == "int2" and beside == "date" else wire  # which PostgreSQL widens by itself


def _node(operator: str, a: Side, b: Side, result: SqlType[Any]) -> Node:
    if operator == "/" and result.wire == "numeric":
        # Between integers PostgreSQL would drop the remainder.
        both = a.node if is_exact(b.node) else exact(a.node)
        return Infix("/", both, b.node)
    a, b = _settled(operator, a, b, result.wire)
    if operator == "//":
        return _floored(a, b, result)
    return Infix(operator, a.node, b.node)


def _settled(operator: str, a: Side, b: Side, result: str) -> tuple[Side, Side]:
    """The two sides, cast where PostgreSQL could see another type in the whole than `result`."""
    if result in INTEGERS and (operator == "//" or result != "int8"):
        return _certain(a), _certain(b)
    if result in NUMBERS:  # one of that type makes the whole so
        if result == "float4" or (result == "float8" and not {a.wire, b.wire} <= {"float4", "float8"}):
            return a, b
        firsts = [side for side in (a, b) if side.wire == result]
        if any(is_settled(side.node) or (result == "numeric" and not side.whole) for side in firsts):
            return a, b
        return (_certain(a), b) if firsts[0] is a else (a, _certain(b))
    if "date" in (a.wire, b.wire):  # beside which an integer is a number of days, and a bigint nothing
        return _certain(a), _certain(b)
    return a, b


def _certain(side: Side) -> Side:
    return side._replace(node=settled(side.node, side.wire, whole=side.whole))


def _floored(a: Side, b: Side, result: SqlType[Any]) -> Node:
    # PostgreSQL's whole quotient is cut towards zero: one too many where something is left and the signs differ.
    # floor(a / b) would be rounded before it is cut.
    zero, one = Constant("0", result.base), Constant("1", result.base)
    cut = _cut(a.node, b.node, whole=result.wire in INTEGERS)
    left_over = Infix("<>", Infix("%", a.node, b.node), zero)
    differ = Infix("<>", Infix("<", a.node, zero), Infix("<", b.node, zero))
    return Case(((Infix("AND", left_over, differ), Infix("-", cut, one)),), cut)


def _cut(a: Node, b: Node, *, whole: bool) -> Node:
    return Infix("/", a, b) if whole else Call("div", (a, b))


# ---------------------------------------------------------------- the sides


def _side(item: object, beside: object) -> Side:
    if is_expr(item) and not is_param(item):
        return Side(item.node, item.type, whole_number(item), item.optional)
    natural = _natural(item)
    neighbour = beside.type if is_expr(beside) and not is_param(beside) else None
    type_ = _fitted(natural, neighbour, item, beside)
    whole = natural in INTEGERS
    label = beside.label if isinstance(beside, Column) else ""
    if is_expr(item):
        name = param_name(item)
        assert name is not None
        return Side(ParamNode(name, type_, label), type_, whole, False)
    if item is None or natural == "":
        like = cast("Expr[Any]", beside)  # one of the two is an expression, as an operator of it is asked for
        return Side(lift(item, like), type_, whole, False)  # which refuses None and queries in its own words
    return Side(Bind(item, type_, label), type_, whole, False)


def _natural(item: object) -> str:
    """What a plain value or a parameter is by itself; "" where it is nothing that operators know."""
    if is_expr(item):
        return item.type.wire
    match item:
        case bool():
            return "bool"
        case int():
            return "int8"
        case float():
            return "float8"
        case Decimal():
            return "numeric"
        case str():
            return "text"
        case dt.timedelta():
            return "interval"
        case dt.datetime():
            return "timestamp" if item.tzinfo is None else "timestamptz"
        case dt.date():
            return "date"
        case dt.time():
            return "time"
        case _:
            return ""


def _fitted(natural: str, beside: SqlType[Any] | None, item: object, other: object) -> SqlType[Any]:
    """The type that a plain value or a parameter is sent as, which never depends on the value's size."""
    wire = "" if beside is None else beside.wire
    if natural in INTEGERS:
        if wire == "numeric":
            return pg.numeric
        if wire in _FLOATS or wire == "interval":
            return pg.double_precision
        return pg.integer if wire == "date" else pg.bigint
    if natural in _FLOATS and wire == "numeric":
        raise QueryError(
            f"{_told(other, beside)} is exact and a float is not: write Decimal(...), "
            "or cast the column to pg.double_precision"
        )
    if natural in _MOMENTS and wire in _MOMENTS and beside is not None:
        return beside
    if wire in (_OPAQUE, "unstated") and beside is not None:
        return beside
    if natural in _TYPES:
        return _TYPES[natural]
    if natural == "bool":  # an int to Python, and no number to PostgreSQL
        return pg.boolean
    if is_expr(item):
        return item.type
    return beside or pg.text


def _python(left: object, right: object) -> object:
    side = left if is_expr(left) and not is_param(left) else right
    return side.python if is_expr(side) else object


def _no_operator(operator: str, left: object, right: object, a: Side, b: Side) -> str:
    said = f"PostgreSQL has no {_told(left, a.type)} {operator} {_told(right, b.type)}"
    if operator in ("%", "//") and a.wire in NUMBERS and b.wire in NUMBERS:
        return f"{said}: cast both to pg.numeric, or write fn.floor(a / b)"
    if "date" in (a.wire, b.wire) and "int8" in (a.wire, b.wire):
        return f"{said}: days are an integer, so cast it to pg.integer"
    if {a.wire, b.wire} & set(_MOMENTS) and {a.wire, b.wire} & set(NUMBERS):
        return f"{said}: add a timedelta"
    if "text" in (a.wire, b.wire) and operator == "+":
        return f"{said}: texts are joined with texts: cast the other side to pg.text"
    return said


def _told(item: object, type: SqlType[Any] | None) -> str:
    if is_expr(item) and not is_param(item):
        name = "" if type is None else type.name
        return f"{item.label} ({name})" if isinstance(item, Column) else name
    return f"the parameter {param_name(item)}" if is_expr(item) else _type_name(item)


def _type_name(item: object) -> str:
    return item.__class__.__name__
