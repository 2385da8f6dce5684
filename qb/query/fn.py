"""The namespace `fn`: PostgreSQL's functions, so that nobody shadows `sum`, `max` or `round`.

https://www.postgresql.org/docs/current/functions.html
"""
# Overloads overlap where a value may be None, and as an int is a Decimal's equal: the first one that matches is exact.
# mypy: disable-error-code="overload-overlap"
# pyright: reportOverlappingOverload=false

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Literal, TypeAlias, TypeVar, cast, get_args, overload
from uuid import UUID

from qb.errors import QueryError
from qb.query.arithmetic import common, is_typed, whole_number, whole_quotient
from qb.query.beside import check_compared, check_order, check_ordered, check_text, check_wire
from qb.query.expr import (
    Computed,
    Exact,
    Exactly,
    Expr,
    MaybeExactly,
    MaybeWhole,
    Ordering,
    Whole,
    is_expr,
    lift,
    lift_plain,
    ordered,
    param_name,
)
from qb.query.mixed import check_labels, mixed
from qb.query.settled import settled
from qb.query.symbol import remembering
from qb.tree.nodes import Bind, Call, Cast, Constant, Extract, Node, ParamNode
from qb.types import SqlType, pg
from qb.types.array import Array
from qb.types.builtin import plain_type

A = TypeVar("A")
N = TypeVar("N", bound="int | float | Decimal")
NN = TypeVar("NN", bound="int | float | Decimal | None")
TextT = TypeVar("TextT", bound="str | None")
TimeT = TypeVar("TimeT", bound="dt.datetime | None")

Numeric = Expr[int] | Expr[int | None] | Expr[Decimal] | Expr[Decimal | None]

Field: TypeAlias = Literal[
    "century", "day", "decade", "dow", "doy", "epoch", "hour", "isodow", "isoyear", "microseconds", "millennium",
    "milliseconds", "minute", "month", "quarter", "second", "timezone", "week", "year",
]  # fmt: skip
Unit: TypeAlias = Literal[
    "microseconds", "milliseconds", "second", "minute", "hour", "day", "week", "month", "quarter", "year", "decade",
    "century", "millennium",
]  # fmt: skip
_FIELDS: tuple[str, ...] = get_args(Field)
_UNITS: tuple[str, ...] = get_args(Unit)


@remembering
class Functions:
    """PostgreSQL's functions, typed. An aggregate of no rows is NULL, so all but `count` may be None.

    >>> db.one(select(fn.count(), fn.sum(Task.hours), fn.avg(Task.hours), fn.max(Task.title)).from_(Task))
    <Success: (3, 8, Decimal('4.0000000000000000'), 'write')>
    >>> db.all(select(fn.upper(User.name), fn.coalesce(User.nickname, "none")).order_by(User.id))
    <Success: [('ADA', 'none'), ('GRACE', 'Amazing')]>
    """

    __slots__ = ()

    # ------------------------------------------------------------ aggregates

    def count(self, item: Expr[object] | None = None, *, distinct: bool = False) -> Expr[int]:
        """How many rows, or how many of them where `item` is not NULL."""
        if item is None:
            if distinct:
                raise QueryError("count(distinct=True) needs an expression to count the different values of")
            return Expr(Call("count", (), "never", aggregate=True, star=True), pg.bigint, int, False)
        if distinct:
            check_compared(item.type, item.type)
        call = Call("count", (item.node,), "never", aggregate=True, distinct=distinct)
        return Expr(call, pg.bigint, int, False)

    def sum(self, item: Expr[N | None], *, distinct: bool = False) -> Expr[N | None]:
        """The sum; of integers an exact int, whatever PostgreSQL widens it to."""
        check_wire("sum", item.type, item.type.wire.is_number or item.type.wire.is_span, "give a number or an interval")
        type_ = _sum_of(item.type)
        return _aggregate("sum", _settled(item), type_, int if whole_number(item) else item.python, distinct)

    def avg(self, item: Numeric) -> Expr[Decimal | None]:
        """The mean of integers or numerics, exact as numeric is; for floats see `avg_float`."""
        check_wire(
            "avg", item.type, item.type.wire.is_exact, "of floats write fn.avg_float, of others cast it to a number"
        )
        return _aggregate("avg", item, pg.numeric, Decimal, distinct=False)

    def avg_float(self, item: Expr[float] | Expr[float | None]) -> Expr[float | None]:
        """The mean of floating-point numbers."""
        check_wire("avg_float", item.type, item.type.wire.is_float, "of integers and numerics write fn.avg")
        return _aggregate("avg", item, pg.double_precision, float, distinct=False)

    def min(self, item: Expr[A | None]) -> Expr[A | None]:
        """The smallest value."""
        check_ordered("min", item.type)
        return _aggregate("min", item, item.type, item.python, distinct=False)

    def max(self, item: Expr[A | None]) -> Expr[A | None]:
        """The greatest value."""
        check_ordered("max", item.type)
        return _aggregate("max", item, item.type, item.python, distinct=False)

    def bool_and(self, item: Expr[bool] | Expr[bool | None]) -> Expr[bool | None]:
        """Whether all are true."""
        check_wire("bool_and", item.type, item.type.wire.is_boolean, "give a condition, such as x > 0")
        return _aggregate("bool_and", item, pg.boolean, bool, distinct=False)

    def bool_or(self, item: Expr[bool] | Expr[bool | None]) -> Expr[bool | None]:
        """Whether any is true."""
        check_wire("bool_or", item.type, item.type.wire.is_boolean, "give a condition, such as x > 0")
        return _aggregate("bool_or", item, pg.boolean, bool, distinct=False)

    def array_agg(
        self, item: Expr[A], *, order_by: Expr[object] | Ordering[object] | None = None
    ) -> Expr[list[A] | None]:
        """The values as an array, in the order asked for.

        Values that may be NULL, as after an outer join, need `maybe(item)`, or a filter that leaves NULL out.
        """
        element: Any = item.python
        if item.optional:
            element = element | None
        order = () if order_by is None else ordered(order_by)
        call = Call("array_agg", (item.node,), "always", aggregate=True, order_by=order, elements=not item.optional)
        # Arrays become one array of a dimension more.
        return Expr(call, item.type if isinstance(item.type, Array) else Array(item.type), list[element], True)

    def string_agg(
        self,
        item: Expr[str] | Expr[str | None],
        separator: str | Expr[str],
        *,
        order_by: Expr[object] | Ordering[object] | None = None,
    ) -> Expr[str | None]:
        """The texts joined, in the order asked for."""
        check_text("string_agg", item.type)
        order = () if order_by is None else ordered(order_by)
        call = Call("string_agg", (item.node, lift(separator, _TEXT)), "always", aggregate=True, order_by=order)
        return Expr(call, pg.text, str, True)

    # ------------------------------------------------------------ window functions

    def row_number(self) -> Expr[int]:
        """The row's number in its window, from 1."""
        return _window("row_number", pg.bigint, int)

    def rank(self) -> Expr[int]:
        """The row's rank in its window, with gaps."""
        return _window("rank", pg.bigint, int)

    def dense_rank(self) -> Expr[int]:
        """The row's rank in its window, without gaps."""
        return _window("dense_rank", pg.bigint, int)

    def lag(self, item: Expr[A | None], offset: int = 1) -> Expr[A | None]:
        """The value `offset` rows before."""
        return _shifted("lag", item, offset)

    def lead(self, item: Expr[A | None], offset: int = 1) -> Expr[A | None]:
        """The value `offset` rows after."""
        return _shifted("lead", item, offset)

    def first_value(self, item: Expr[A]) -> Expr[A | None]:
        """The window frame's first value."""
        call = Call("first_value", (item.node,), "always", window=True)
        return Expr(call, item.type, item.python, True)

    # ------------------------------------------------------------ conditional

    def coalesce(self, a: Expr[A | None], b: A | Expr[A], *more: A | Expr[A]) -> Expr[A]:
        """The first that is not NULL. https://www.postgresql.org/docs/current/functions-conditional.html"""
        rest = (b, *more)
        optional = all(isinstance(each, Expr) and each.optional for each in rest)
        made = mixed("coalesce", (a, *rest))
        return Expr(Call("coalesce", made.nodes, "all"), made.type, made.python, optional)

    def nullif(self, a: Expr[A], b: A | Expr[A]) -> Expr[A | None]:
        """NULL where the two are equal."""
        node = Call("nullif", (a.node, lift(b, a)), "always")
        check_compared(a.type, b.type if is_typed(b) else a.type)
        if is_typed(b):
            return Expr(node, *_nullified(a, b), True)
        if not is_expr(b):
            check_labels("nullif", a.type, (b,))
        return Expr(node, a.type, a.python, True)

    def greatest(self, a: Expr[A], *others: A | Expr[A]) -> Expr[A]:
        """The greatest; NULLs are passed over."""
        return _among("greatest", a, others)

    def least(self, a: Expr[A], *others: A | Expr[A]) -> Expr[A]:
        """The least; NULLs are passed over."""
        return _among("least", a, others)

    # ------------------------------------------------------------ text

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
            if is_typed(each):
                check_text("replace", each.type)
        call = Call("replace", (text.node, lift(old, _TEXT), lift(new, _TEXT)))
        return Expr(call, pg.text, str, text.optional)

    @overload
    def substring(self, text: str, start: int | Expr[int], count: int | Expr[int]) -> Expr[str]: ...
    @overload
    def substring(self, text: Expr[TextT], start: int | Expr[int], count: int | Expr[int]) -> Expr[TextT]: ...
    def substring(self, text: Any, start: int | Expr[int], count: int | Expr[int]) -> Expr[Any]:
        """`count` characters from `start`, which counts from 1."""
        text = _lifted("substring", text)
        check_text("substring", text.type)
        call = Call("substr", (text.node, _integer(start), _integer(count)))
        return Expr(call, pg.text, str, text.optional)

    def concat(self, *texts: Expr[str] | Expr[str | None] | str) -> Expr[str]:
        """The texts one after the other, NULL as if it were empty."""
        return Expr(Call("concat", tuple(lift(text, _TEXT) for text in texts), "never"), pg.text, str, False)

    # ------------------------------------------------------------ numbers

    def abs(self, number: Expr[NN]) -> Expr[NN]:
        """Without its sign."""
        return _same("abs", _settled(number))

    @overload
    def round(self, number: Expr[Decimal], digits: int | Expr[int] = 0) -> Expr[Decimal]: ...
    @overload
    def round(self, number: Expr[Decimal | None], digits: int | Expr[int] = 0) -> Expr[Decimal | None]: ...
    def round(self, number: Expr[Any], digits: int | Expr[int] = 0) -> Expr[Any]:
        """Rounded half away from zero to `digits` decimals."""
        check_wire("round", number.type, number.type.wire.is_exact, "cast it to pg.numeric")
        return Expr(Call("round", (number.node, _integer(digits))), pg.numeric, Decimal, number.optional)

    def floor(self, number: Expr[NN]) -> Expr[NN]:
        """The greatest whole number not above it."""
        return _whole("floor", number)

    def ceil(self, number: Expr[NN]) -> Expr[NN]:
        """The least whole number not below it."""
        return _whole("ceil", number)

    @overload
    def div(self, a: Expr[int], b: Whole) -> Expr[int]: ...
    @overload
    def div(self, a: Expr[int | None], b: MaybeWhole) -> Expr[int | None]: ...
    @overload
    def div(self, a: Expr[Exact], b: Exactly) -> Expr[Decimal]: ...
    @overload
    def div(self, a: Expr[Exact | None], b: MaybeExactly) -> Expr[Decimal | None]: ...
    def div(self, a: Expr[Any], b: Any) -> Expr[Any]:
        """The whole quotient, cut towards zero: `a == fn.div(a, b) * b + a % b`. `a // b` is the greatest one below."""
        return whole_quotient(a, b)

    def random(self) -> Computed[float]:
        """A random number from 0 to 1, 1 left out."""
        return Computed(Call("random", (), "never"), pg.double_precision, float, False)

    # ------------------------------------------------------------ dates and times

    def now(self) -> Computed[dt.datetime]:
        """When the transaction began."""
        return Computed(Call("now", (), "never"), pg.timestamptz, dt.datetime, False)

    def clock_timestamp(self) -> Computed[dt.datetime]:
        """The time right now, which moves on within a statement."""
        return Computed(Call("clock_timestamp", (), "never"), pg.timestamptz, dt.datetime, False)

    def current_date(self) -> Computed[dt.date]:
        """Today, in the session's time zone."""
        return Computed(Call("CURRENT_DATE", (), "never", keyword=True), pg.date, dt.date, False)

    @overload
    def date_trunc(self, unit: Unit, when: Expr[TimeT]) -> Expr[TimeT]: ...
    @overload
    def date_trunc(self, unit: Unit, when: Expr[dt.date]) -> Expr[dt.datetime]: ...
    @overload
    def date_trunc(self, unit: Unit, when: Expr[dt.date | None]) -> Expr[dt.datetime | None]: ...
    def date_trunc(self, unit: Unit, when: Expr[Any]) -> Expr[Any]:
        """A time cut to its "hour", "day", "month", ..., in the session's time zone."""
        of = when.type.wire
        check_wire("date_trunc", when.type, of.is_day or of.is_span, "give a date, a datetime or an interval")
        if of.is_date:  # which PostgreSQL would make a midnight of the session's time zone
            midnight = Cast(when.node, pg.timestamp)
            return Expr(Call("date_trunc", (_unit(unit), midnight)), pg.timestamp, dt.datetime, when.optional)
        return Expr(Call("date_trunc", (_unit(unit), when.node)), when.type, when.python, when.optional)

    @overload
    def extract(self, field: Field, when: Expr[dt.datetime] | Expr[dt.date] | Expr[dt.time]) -> Expr[Decimal]: ...
    @overload
    def extract(
        self, field: Field, when: Expr[dt.datetime | None] | Expr[dt.date | None] | Expr[dt.time | None]
    ) -> Expr[Decimal | None]: ...
    def extract(self, field: Field, when: Expr[Any]) -> Expr[Any]:
        """A field of a date or time: "year", "dow", "epoch", ...

        https://www.postgresql.org/docs/current/functions-datetime.html#FUNCTIONS-DATETIME-EXTRACT
        """
        if field not in _FIELDS:
            raise QueryError(f"extract knows no field {field!r}: one of {', '.join(_FIELDS)}")
        return Expr(Extract(field, when.node), pg.numeric, Decimal, when.optional)

    # ------------------------------------------------------------ arrays, JSON, UUIDs

    @overload
    def cardinality(self, array: Expr[list[A]]) -> Expr[int]: ...
    @overload
    def cardinality(self, array: Expr[list[A] | None]) -> Expr[int | None]: ...
    def cardinality(self, array: Expr[Any]) -> Expr[Any]:
        """How many elements an array has."""
        if not isinstance(array.type, Array) and not array.type.wire.is_unstated:
            raise QueryError(f"cardinality is not for {array.type.name}: of a jsonb list write fn.jsonb_array_length")
        return Expr(Call("cardinality", (array.node,)), pg.integer, int, array.optional)

    @overload
    def jsonb_array_length(self, document: Expr[list[A]]) -> Expr[int]: ...
    @overload
    def jsonb_array_length(self, document: Expr[list[A] | None]) -> Expr[int | None]: ...
    def jsonb_array_length(self, document: Expr[Any]) -> Expr[Any]:
        """How many elements a jsonb list has."""
        of = document.type.wire
        check_wire(
            "jsonb_array_length",
            document.type,
            of.is_document and of.equality,
            "of an array write fn.cardinality; cast json to pg.jsonb",
        )
        return Expr(Call("jsonb_array_length", (document.node,)), pg.integer, int, document.optional)

    def gen_random_uuid(self) -> Computed[UUID]:
        """A random (version 4) UUID."""
        return Computed(Call("gen_random_uuid", (), "never"), pg.uuid, UUID, False)


_OF_ARRAYS = "of an array write fn.cardinality, and cast json to pg.jsonb"
fn: Functions = Functions()

_TEXT: Expr[str] = Expr(Bind("", pg.text), pg.text, str, False)


def value(item: A | Expr[A]) -> Expr[A]:
    """A Python value as an expression, bound as a parameter of its obvious type. Errors: QueryError where it has none.

    https://www.postgresql.org/docs/current/sql-expressions.html

    >>> db.all(select(User.name, value("person")).order_by(User.id))
    <Success: [('Ada', 'person'), ('Grace', 'person')]>
    """
    return cast("Expr[A]", lift_plain(item))


def _sum_of(type_: SqlType[Any]) -> SqlType[Any]:
    """What PostgreSQL adds numbers up as."""
    if type_.wire.is_integer:
        return pg.bigint if type_.wire.rank < pg.bigint.wire.rank else pg.numeric
    return pg.numeric if type_.wire.is_numeric else type_


def _unit(unit: Any) -> Node:
    # Part of the SQL, as the field of extract is: written twice it is the same, for PostgreSQL as for people.
    if is_expr(unit):
        return lift(unit, _TEXT)
    if unit not in _UNITS:
        raise QueryError(f"date_trunc knows no unit {unit!r}: one of {', '.join(_UNITS)}")
    return Constant(unit, pg.text.base)


def _integer(number: object) -> Node:
    if not is_expr(number):
        return Bind(number, pg.integer)
    if (name := param_name(number)) is not None:
        return ParamNode(name, pg.integer)
    check_wire("a position", number.type, number.type.wire.is_integer, "give an int")
    # PostgreSQL widens an integer by itself, and never narrows one.
    return Cast(number.node, pg.integer) if number.type.wire.rank > pg.integer.wire.rank else number.node


def _nullified(a: Expr[Any], b: Expr[Any]) -> tuple[SqlType[Any], object]:
    # NULLIF gives its left side as the operator = takes it.
    one, other = a.type.wire, b.type.wire
    if one is not other and one.is_clock and other.is_clock:
        return pg.interval, dt.timedelta
    if one.is_float or other.is_float:
        return (a.type if one.is_float and other.is_float else pg.double_precision), float
    return common([a, b]) if one.is_numeric or other.is_numeric else (a.type, a.python)


def _settled(item: Expr[Any]) -> Expr[Any]:
    # Their type follows from that of their argument, which the server may know as another one.
    node = settled(item.node, item.type.wire, whole=whole_number(item))
    return item if node is item.node else Expr(node, item.type, item.python, item.optional)


def _aggregate(name: str, item: Expr[Any], type: SqlType[Any], python: object, distinct: bool) -> Expr[Any]:
    return Expr(Call(name, (item.node,), "always", aggregate=True, distinct=distinct), type, python, True)


def _window(name: str, type: SqlType[Any], python: object) -> Expr[Any]:
    return Expr(Call(name, (), "never", window=True), type, python, False)


def _shifted(name: str, item: Expr[Any], offset: int) -> Expr[Any]:
    return Expr(Call(name, (item.node, _integer(offset)), "always", window=True), item.type, item.python, True)


def _same(name: str, item: Expr[Any]) -> Expr[Any]:
    check_wire(name, item.type, item.type.wire.is_number, "give a number")
    type_ = plain_type(item.type.wire) or item.type
    python = int if whole_number(item) else item.python  # of labels it need be none
    return Expr(Call(name, (item.node,)), type_, python, item.optional)


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


def _whole(name: str, number: Expr[Any]) -> Expr[Any]:
    # PostgreSQL has floor and ceil for numeric and double precision alone: of integers they would be a float.
    if whole_number(number):
        return number
    type_ = pg.double_precision if number.type.wire.is_float else number.type
    return _same(name, Expr(number.node, type_, number.python, number.optional))


def _among(name: str, first: Expr[Any], others: tuple[object, ...]) -> Expr[Any]:
    optional = first.optional and all(isinstance(other, Expr) and other.optional for other in others)
    check_compared(first.type, first.type)
    check_order(first.type, *(other.type for other in others if is_typed(other)))
    made = mixed(name, (first, *others))
    return Expr(Call(name, made.nodes, "all"), made.type, made.python, optional)
