"""Arithmetic: which type stands beside which, and what comes out of the two, as PostgreSQL's own operators have it.

https://www.postgresql.org/docs/current/functions-math.html
https://www.postgresql.org/docs/current/functions-datetime.html
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final, NamedTuple, cast

from qb.errors import QueryError
from qb.query.beside import check_alike
from qb.query.expr.lift import lift
from qb.query.expr.typed import Typed, is_own, is_param, is_typed, label_of, param_name
from qb.query.settled import exact, has_declared_type, is_exact, with_declared_type
from qb.tree.expressions import Bind, Call, Case, Constant, Expression, Infix, ParamNode, Prefix
from qb.tree.function import Function
from qb.types import SqlType, pg
from qb.types.annotation import bare
from qb.types.builtin import plain_type
from qb.types.facts import OPAQUE, UNSTATED, Wire
from qb.types.operators import result_of
from qb.types.text import LabelledText

DIV: Final = Function("div", typed="itself", exact=True)


class Side(NamedTuple):
    """One side of an operator: its node, its type, and whether its values are Python's int."""

    node: Expression
    type: SqlType[Any]
    whole: bool
    optional: bool

    @property
    def wire(self) -> Wire:
        return self.type.wire


def arithmetic(operator: str, left: object, right: object) -> Typed[Any]:
    """`left operator right`, where one of them may be a plain value or a parameter. QueryError where no such is."""
    a, b = _side(left, right), _side(right, left)
    if operator == "+" and a.wire.is_text and b.wire.is_text:
        return Typed(Infix("||", a.node, b.node), pg.text, str, a.optional or b.optional)
    wire = _result(operator, a, b)
    if wire is None:
        raise QueryError(_no_operator(operator, left, right, a, b))
    if wire.is_opaque:
        return Typed(Infix(operator, a.node, b.node), a.type, _python(left, right), a.optional or b.optional)
    type_ = _plain(wire)
    whole = wire.is_integer or (wire.is_numeric and operator != "/" and a.whole and b.whole)
    return Typed(_node(operator, a, b, type_), type_, int if whole else wire.takes[0], a.optional or b.optional)


def negative(operand: Typed[Any]) -> Typed[Any]:
    """`-operand`."""
    check_calculated(operand)
    wire = operand.type.wire
    if not (wire.is_number or wire.is_span):
        raise QueryError(f"PostgreSQL has no -{_told(operand, operand.type)}")
    type_ = plain_type(wire) or operand.type  # of labels it need be none
    python = int if whole_number(operand) else wire.takes[0]
    node = with_declared_type(operand.node, wire, whole=whole_number(operand))
    return Typed(Prefix("-", node), type_, python, operand.optional)


def check_calculated(operand: Typed[Any]) -> None:
    """QueryError for the numbers of a plain Enum: what is calculated of them is no member, and its members no int."""
    type_ = operand.type
    if isinstance(type_, LabelledText) and type_.wire.is_integer and not issubclass(type_.labels, int):
        raise QueryError(
            f"{label_of(operand) or 'an expression'} is {type_.labels.__name__}, whose members are no numbers: "
            "cast it to pg.bigint, or make it an IntEnum"
        )


def whole_number(operand: Typed[Any]) -> bool:
    """Whether its values are Python's int: integers, and numerics read as such, as their sums are."""
    python = bare(operand.python)
    wire = operand.type.wire
    return wire.is_integer or (wire.is_numeric and isinstance(python, type) and issubclass(python, int))


def whole_quotient(left: object, right: object) -> Typed[Any]:
    """`left / right` cut towards zero: what PostgreSQL's own `/` gives for integers, and div() for numerics."""
    a, b = _side(left, right), _side(right, left)
    wire = _result("//", a, b)
    if wire is None:
        raise QueryError(f"fn.div takes integers and numerics, not {_told(left, a.type)} and {_told(right, b.type)}")
    whole = a.whole and b.whole
    a, b = _settled("//", a, b, wire)
    node = _cut(a.node, b.node, whole=wire.is_integer)
    return Typed(node, _plain(wire), int if whole else Decimal, a.optional or b.optional)


def common(items: list[Typed[Any]]) -> tuple[SqlType[Any], object]:
    """The type that PostgreSQL gives several expressions which become one (COALESCE, CASE, GREATEST), and Python's.

    https://www.postgresql.org/docs/current/typeconv-union-case.html
    """
    first = items[0]
    wires = [item.type.wire for item in items]
    for other in items[1:]:
        check_alike(first.type, other.type)
    if all(wire.is_day for wire in wires):
        latest = max(items, key=lambda item: item.type.wire.rank)
        return (first.type, first.python) if latest.type.wire is first.type.wire else (latest.type, latest.python)
    if not all(wire.is_number for wire in wires) or len(set(wires)) == 1 == len({bare(i.python) for i in items}):
        return first.type, first.python
    wire = max(wires, key=lambda wire: wire.rank)
    return _plain(wire), int if all(map(whole_number, items)) else wire.takes[0]


def _result(operator: str, a: Side, b: Side) -> Wire | None:
    """The type of `a operator b`; None where PostgreSQL has no such operator."""
    if a.wire.is_unstated or b.wire.is_unstated:
        return OPAQUE
    if a.wire.is_opaque and b.wire.is_opaque:
        return OPAQUE if a.type.base == b.type.base and operator in ("+", "-", "*") else None
    return result_of(operator, a.wire, b.wire)


def _node(operator: str, a: Side, b: Side, result: SqlType[Any]) -> Expression:
    if operator == "/" and result.wire.is_numeric:
        # Between integers PostgreSQL would drop the remainder.
        both = a.node if _is_exact(a) or is_exact(b.node) else exact(a.node)
        return Infix("/", both, b.node)
    a, b = _settled(operator, a, b, result.wire)
    if operator == "//":
        return _floored(a, b, result)
    return Infix(operator, a.node, b.node)


def _is_exact(side: Side) -> bool:
    # A quotient that is a numeric was made of one.
    return side.wire.is_numeric and isinstance(side.node, Infix) and side.node.operator == "/"


def _settled(operator: str, a: Side, b: Side, result: Wire) -> tuple[Side, Side]:
    """The two sides, cast where PostgreSQL could see another type in the whole than `result`."""
    if result.is_integer and (operator == "//" or result.rank < pg.bigint.wire.rank):
        return _certain(a), _certain(b)
    if result.is_number:  # one of that type makes the whole so
        if result is pg.real.wire or (result.is_float and not (a.wire.is_float and b.wire.is_float)):
            return a, b
        firsts = [side for side in (a, b) if side.wire is result]
        if any(has_declared_type(side.node) or (result.is_numeric and not side.whole) for side in firsts):
            return a, b
        return (_certain(a), b) if firsts[0] is a else (a, _certain(b))
    if a.wire.is_date or b.wire.is_date:  # beside which an integer is a number of days, and a bigint nothing
        return _certain(a), _certain(b)
    return a, b


def _certain(side: Side) -> Side:
    return side._replace(node=with_declared_type(side.node, side.wire, whole=side.whole))


def _floored(a: Side, b: Side, result: SqlType[Any]) -> Expression:
    # PostgreSQL's whole quotient is cut towards zero: one too many where something is left and the signs differ.
    # floor(a / b) would be rounded before it is cut.
    zero, one = Constant("0", result.base), Constant("1", result.base)
    cut = _cut(a.node, b.node, whole=result.wire.is_integer)
    left_over = Infix("<>", Infix("%", a.node, b.node), zero)
    differ = Infix("<>", Infix("<", a.node, zero), Infix("<", b.node, zero))
    return Case(((Infix("AND", left_over, differ), Infix("-", cut, one)),), cut)


def _cut(a: Expression, b: Expression, *, whole: bool) -> Expression:
    return Infix("/", a, b) if whole else Call(DIV, (a, b))


# ---------------------------------------------------------------- the sides


def _side(item: object, beside: object) -> Side:
    if is_own(item):
        check_calculated(item)
        return Side(item.node, item.type, whole_number(item), item.optional)
    natural = _natural(item)
    neighbour = beside.type if is_own(beside) else None
    type_ = _fitted(natural, neighbour, item, beside)
    whole = natural is not None and natural.is_integer
    label = label_of(beside)
    if is_typed(item):
        name = param_name(item)
        assert name is not None
        return Side(ParamNode(name, type_, label), type_, whole, False)
    if item is None or natural is None:
        # Which refuses None and queries in its own words. One of the two is an expression: an operator of it is asked.
        like = cast("Typed[Any]", beside)
        return Side(lift(item, like.type, label, judged=not is_param(like)), type_, whole, False)
    return Side(Bind(item, type_, label), type_, whole, False)


def _natural(item: object) -> Wire | None:
    """What a plain value or a parameter is by itself; None where it is nothing that operators know."""
    if is_typed(item):
        return item.type.wire
    match item:
        case bool():
            return pg.boolean.wire
        case int():
            return pg.bigint.wire
        case float():
            return pg.double_precision.wire
        case Decimal():
            return pg.numeric.wire
        case str():
            return pg.text.wire
        case dt.timedelta():
            return pg.interval.wire
        case dt.datetime():
            return (pg.timestamp if item.tzinfo is None else pg.timestamptz).wire
        case dt.date():
            return pg.date.wire
        case dt.time():
            return pg.time.wire
        case _:
            return None


def _fitted(natural: Wire | None, beside: SqlType[Any] | None, item: object, other: object) -> SqlType[Any]:
    """The type that a plain value or a parameter is sent as, which never depends on the value's size."""
    wire = UNSTATED if beside is None else beside.wire
    if natural is not None and natural.is_integer:
        if wire.is_numeric:
            return pg.numeric
        if wire.is_float or wire.is_span:
            return pg.double_precision
        return pg.integer if wire.is_date else pg.bigint
    if natural is not None and natural.is_float and wire.is_numeric:
        raise QueryError(
            f"{_told(other, beside)} is exact and a float is not: write Decimal(...), "
            "or cast the column to pg.double_precision"
        )
    if natural is not None and natural.is_moment and wire.is_moment and beside is not None:
        return beside
    if (wire.is_opaque or wire.is_enum or wire.is_unstated) and beside is not None:
        return beside
    if natural is not None and (natural.is_number or natural.is_time or natural.is_text or natural.is_boolean):
        return plain_type(natural) or pg.text
    if is_typed(item):
        return item.type
    return beside or pg.text


def _python(left: object, right: object) -> object:
    side = left if is_own(left) else right
    return side.python if is_typed(side) else object


def _no_operator(operator: str, left: object, right: object, a: Side, b: Side) -> str:
    said = f"PostgreSQL has no {_told(left, a.type)} {operator} {_told(right, b.type)}"
    if operator in ("%", "//") and a.wire.is_number and b.wire.is_number:
        return f"{said}: cast both to pg.numeric, or write fn.floor(a / b)"
    one, other = a.wire, b.wire
    if {one, other} == {pg.date.wire, pg.bigint.wire}:
        return f"{said}: days are an integer, so cast it to pg.integer"
    if (one.is_moment and other.is_number) or (one.is_number and other.is_moment):
        return f"{said}: add a timedelta"
    if (one.is_text or other.is_text) and operator == "+":
        return f"{said}: texts are joined with texts: cast the other side to pg.text"
    return said


def _told(item: object, type: SqlType[Any] | None) -> str:
    if is_own(item):
        name = "" if type is None else type.name
        return f"{label_of(item)} ({name})" if label_of(item) else name
    return f"the parameter {param_name(item)}" if is_typed(item) else _type_name(item)


def _plain(wire: Wire) -> SqlType[Any]:
    found = plain_type(wire)
    assert found is not None  # of numbers, texts and times
    return found


def _type_name(item: object) -> str:
    return item.__class__.__name__
