"""Values of a column's type, drawn from a source: Hypothesis, or a seed. What is drawn is what the column can hold.

The annotation says what a value is to Python (msgspec reads it, documents included), the type how much of it PostgreSQL
keeps.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any, Protocol, TypeVar, get_args, get_origin
from uuid import UUID

import msgspec
from msgspec import inspect

from qb.kit.made_rows.bounds import ValueBounds
from qb.kit.made_rows.conditions import parts_of_like
from qb.types import SqlType
from qb.types.annotation import bare
from qb.types.array import Array
from qb.types.enum import Enum as PgEnum
from qb.types.narrowed import narrowed
from qb.types.number import Numeric
from qb.types.range import Range
from qb.types.temporal import Timestamp, Timestamptz
from qb.types.undecoded import undecoded
from qb.types.vector import SparseVector, Vector
from qb.types.versions import UndecodedDocument

T = TypeVar("T")


class ValueSource(Protocol):
    """What values are drawn from. Both ends are included."""

    depth: int
    """How many Structs are around what is drawn: one that holds itself has to end."""

    def integer(self, low: int, high: int, *, spread: bool = False) -> int:
        """A whole number; `spread`, where none of them is likelier than others."""
        ...

    def real(self, low: float, high: float, *, single: bool) -> float:
        """A finite number, of single precision or double."""
        ...

    def text(self, low: int, high: int) -> str:
        """A text of so many characters, which PostgreSQL can hold."""
        ...

    def choice(self, of: Sequence[T]) -> T:
        """One of these."""
        ...


class NoValue(Exception):
    """A value that cannot be drawn: of a type whose values qb does not know, or within bounds that hold none."""


class WantedValue(msgspec.Struct, frozen=True):
    """What a column wants: its type, its annotation, what its simple checks say."""

    type: SqlType[Any]
    python: Any
    bounds: ValueBounds = ValueBounds()
    elements: ValueBounds = ValueBounds()
    """The same of the elements of an array."""

    def draw(self, source: ValueSource) -> Any:
        """A value that is not None. Raises NoValue."""
        bounds = self.bounds
        if bounds.choices is not None:
            return _chosen(self.python, bounds.choices, source)
        found = self._known(source)
        if isinstance(self.type, UndecodedDocument):
            found = undecoded(found)
        judge = narrowed(self.type, self.python)
        try:
            if judge.encode is not None:
                judge.encode(found)
            reason = self.type.cannot_hold(found)
        except (TypeError, ValueError) as error:
            reason = str(error)
        if reason is not None:
            raise NoValue(reason)
        return found

    def _known(self, source: ValueSource) -> Any:
        type_, plain = self.type, bare(self.python)
        if isinstance(type_, Array):
            info = _info(type_.limits(self.python))
            return _array(type_, info, self.bounds, self.elements, source)
        if get_origin(plain) is Range or plain is Range:
            return _range(plain, source)
        if isinstance(type_, Vector):
            return _vector(type_, source)
        if not _is_known(type_):
            raise NoValue(f"qb makes no values of {type_.name}")
        try:
            info = _info(type_.limits(self.python))
        except TypeError as error:
            raise NoValue(str(error)) from None
        return of_type(info, source, type_, self.bounds)


def _info(annotation: Any) -> inspect.Type:
    """What msgspec says of an annotation. It takes a while, and the same ones are asked for again and again."""
    try:
        return _infos(annotation)
    except TypeError:  # of one that cannot be hashed, and of what msgspec does not know
        return inspect.type_info(annotation)


_infos: Callable[[Any], inspect.Type] = functools.lru_cache(maxsize=1024)(inspect.type_info)


def _is_known(type_: SqlType[Any]) -> bool:
    wire = type_.wire
    plain = wire.is_number or wire.is_boolean or wire.is_text or wire.is_bytes or wire.is_day or wire.is_document
    return plain or UUID in wire.takes or wire.is_clock or isinstance(type_, PgEnum)


def of_type(
    info: inspect.Type, source: ValueSource, type_: SqlType[Any] | None = None, bounds: ValueBounds = ValueBounds()
) -> Any:
    """A value of what msgspec says of an annotation; `type_` is that of the column, not of what a document holds."""
    make = _MAKERS.get(type(info))
    if make is None:
        raise NoValue(f"qb makes no values of {type(info).__name__}")
    return make(info, source, type_, bounds)


def _chosen(python: Any, choices: Sequence[Any], source: ValueSource) -> Any:
    if not choices:
        raise NoValue("its checks leave no value")
    picked = source.choice(choices)
    plain = bare(python)
    return plain(picked) if isinstance(plain, type) and issubclass(plain, Enum) else picked


def _ends(low: Any, high: Any, bounds: ValueBounds, least: Any, most: Any) -> tuple[Any, Any]:
    """The ends that the annotation, the checks and the type leave."""
    lows = [each for each in (low, bounds.low) if each is not None]
    highs = [each for each in (high, bounds.high) if each is not None]
    first = max(lows) if lows else min(least, *highs) if highs else least
    last = min(highs) if highs else max(most, first)
    if first > last:
        raise NoValue("its checks leave no value")
    return first, last


def _integer(info: Any, source: ValueSource, type_: SqlType[Any] | None, bounds: ValueBounds) -> int:
    low = info.ge if info.gt is None else info.gt + 1
    high = info.le if info.lt is None else info.lt - 1
    bounds = bounds._replace(
        low=None if bounds.low is None else math.ceil(bounds.low),
        high=None if bounds.high is None else math.floor(bounds.high),
    )
    least, most = -(2**63), 2**63 - 1
    if isinstance(type_, Numeric) and type_.digits is not None:
        whole = 10 ** max(type_.digits[0] - type_.digits[1], 0) - 1
        least, most = -whole, whole
    first, last = _ends(low, high, bounds, least, most)
    step = info.multiple_of or 1
    return source.integer(-(-first // step), last // step) * step


def _decimal(info: Any, source: ValueSource, type_: SqlType[Any] | None, bounds: ValueBounds) -> Decimal:
    precision, scale = type_.digits if isinstance(type_, Numeric) and type_.digits is not None else (12, 2)
    unit = 10**precision - 1
    low, high = (None if each is None else Decimal(str(each)).scaleb(scale) for each in (bounds.low, bounds.high))
    whole = ValueBounds(None if low is None else math.ceil(low), None if high is None else math.floor(high))
    first, last = _ends(None, None, whole, -unit, unit)
    return Decimal(source.integer(first, last)).scaleb(-scale)


def _real(info: Any, source: ValueSource, type_: SqlType[Any] | None, bounds: ValueBounds) -> float:
    single = type_ is not None and type_.wire.is_float and type_.wire.bits == 32
    low = info.ge if info.gt is None else math.nextafter(info.gt, math.inf)
    high = info.le if info.lt is None else math.nextafter(info.lt, -math.inf)
    low_check, high_check = (None if each is None else float(each) for each in (bounds.low, bounds.high))
    known = ValueBounds(low_check, high_check)
    first, last = _ends(low, high, known, -1e9, 1e9)
    return source.real(float(first), float(last), single=single)


def _text(info: Any, source: ValueSource, type_: SqlType[Any] | None, bounds: ValueBounds) -> str:
    if info.pattern is not None:
        raise NoValue(f"qb makes no texts of the pattern {info.pattern}")
    shortest, longest = _sizes(info, bounds, source, 40)
    if bounds.like is not None:
        return _like(bounds.like, shortest, longest, source)
    found = source.text(shortest, longest)
    # Spaces at the end are what PostgreSQL takes from a char(n), and what fills it.
    return found.rstrip(" ").ljust(shortest, "x") if type_ is not None and type_.wire.is_text else found


def _like(pattern: str, shortest: int, longest: int, source: ValueSource) -> str:
    """A text that a pattern matches. What `%` stands for may be empty, and is long enough for the text to be."""
    parts = parts_of_like(pattern)
    many = parts.count("%")
    least = len(parts) - many
    if longest < least:
        raise NoValue(f"no text of {longest} characters is LIKE '{pattern}'")
    found: list[str] = []
    for part in parts:
        if part == "%":
            room = (longest - least) // many
            found.append(source.text(min(-(-max(shortest - least, 0) // many), room), min(room, 8)))
        else:
            found.append(source.text(1, 1) if part == "_" else part[-1])
    return "".join(found)


def _bytes(info: Any, source: ValueSource, type_: SqlType[Any] | None, bounds: ValueBounds) -> bytes:
    size = source.integer(*_sizes(info, bounds, source, 12))
    return bytes(source.integer(0, 255, spread=True) for _ in range(size))


def _sizes(info: Any, bounds: ValueBounds, source: ValueSource, most: int) -> tuple[int, int]:
    shortest = max(info.min_length or 0, bounds.shortest)
    most = most if source.depth <= _DEEP else shortest
    given = [each for each in (info.max_length, bounds.longest) if each is not None]
    longest = min([*given, max(most, shortest)])
    if shortest > longest:
        raise NoValue("its checks leave no value")
    return shortest, longest


def _date(info: Any, source: ValueSource, type_: SqlType[Any] | None, bounds: ValueBounds) -> dt.date:
    first, last = _ends(None, None, bounds, dt.date(1900, 1, 1), dt.date(2100, 1, 1))
    return dt.date.fromordinal(source.integer(first.toordinal(), last.toordinal(), spread=True))


_EPOCH = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - of no zone
_SECOND = 1_000_000
_DEEP = 3


def _datetime(info: Any, source: ValueSource, type_: SqlType[Any] | None, bounds: ValueBounds) -> dt.datetime:
    aware = info.tz is not False
    zone = dt.UTC if aware else None
    start = _EPOCH.replace(tzinfo=zone)
    years = dt.timedelta(days=36_500)
    first, last = _ends(None, None, bounds, start - years, start + years)
    precision = type_.precision if isinstance(type_, Timestamp | Timestamptz) else None
    unit = 10 ** (6 - (6 if precision is None else precision))
    micro = dt.timedelta(microseconds=1)
    low, high = (first - start) // micro, (last - start) // micro
    found: dt.datetime = start + source.integer(-(-low // unit), high // unit, spread=True) * unit * micro
    return found


def _time(info: Any, source: ValueSource, type_: SqlType[Any] | None, bounds: ValueBounds) -> dt.time:
    first, last = _ends(None, None, bounds, dt.time(0), dt.time(23, 59, 59, 999_999))
    low, high = (
        ((each.hour * 60 + each.minute) * 60 + each.second) * _SECOND + each.microsecond for each in (first, last)
    )
    moment = _EPOCH + dt.timedelta(microseconds=source.integer(low, high, spread=True))
    return moment.time().replace(tzinfo=dt.UTC if info.tz else None)


def _span(info: Any, source: ValueSource, type_: SqlType[Any] | None, bounds: ValueBounds) -> dt.timedelta:
    years = dt.timedelta(days=3650)
    first, last = _ends(None, None, bounds, -years, years)
    micro = dt.timedelta(microseconds=1)
    return source.integer(first // micro, last // micro) * micro


def _union(info: Any, source: ValueSource, type_: SqlType[Any] | None, bounds: ValueBounds) -> Any:
    none = [each for each in info.types if isinstance(each, inspect.NoneType)]
    return of_type(source.choice(none if none and source.depth > _DEEP else info.types), source, type_, bounds)


def _list(info: Any, source: ValueSource, type_: SqlType[Any] | None, bounds: ValueBounds) -> list[Any]:
    size = source.integer(*_sizes(info, bounds, source, 4))
    return [of_type(info.item_type, source) for _ in range(size)]


def _dict(info: Any, source: ValueSource, type_: SqlType[Any] | None, bounds: ValueBounds) -> dict[Any, Any]:
    size = source.integer(*_sizes(info, bounds, source, 3))
    found = {of_type(info.key_type, source): of_type(info.value_type, source) for _ in range(size)}
    if len(found) < (info.min_length or 0):
        raise NoValue("two keys are the same")
    return found


def _fields(info: Any, source: ValueSource, type_: SqlType[Any] | None, bounds: ValueBounds) -> Any:
    source.depth += 1
    try:
        given = [each for each in info.fields if each.required or source.depth <= _DEEP]
        if source.depth > 4 * _DEEP:
            raise NoValue(f"a {info.cls.__name__} holds another one without end")
        return info.cls(**{each.name: of_type(each.type, source) for each in given})
    finally:
        source.depth -= 1


def _typed_dict(info: Any, source: ValueSource, type_: SqlType[Any] | None, bounds: ValueBounds) -> dict[str, Any]:
    return {each.name: of_type(each.type, source) for each in info.fields}


def _array(type_: Array[Any], info: Any, bounds: ValueBounds, elements: ValueBounds, source: ValueSource) -> Any:
    """Of several dimensions every list has the same length, which is what PostgreSQL has."""
    depth, element = 0, info
    sizes: list[int] = []
    while isinstance(element, inspect.ListType | inspect.CollectionType):
        low, high = _sizes(element, bounds if not depth else ValueBounds(), source, 3)
        sizes.append(source.integer(max(low, 1) if depth else low, max(high, 1)))
        depth, element = depth + 1, element.item_type

    def filled(at: int) -> Any:
        if at == depth:
            if elements.choices is not None:
                return source.choice(elements.choices)
            return of_type(element, source, type_.of, elements)
        return [filled(at + 1) for _ in range(sizes[at])]

    return filled(0)


def _vector(type_: Vector, source: ValueSource) -> Any:
    """Not all numbers are 0: such a vector has no cosine."""
    sparse = SparseVector in type_.wire.takes or type_.python is SparseVector
    count = min(type_.dimensions, 4) if sparse else type_.dimensions
    numbers = [1.0, *(source.real(-1, 1, single=True) for _ in range(count - 1))]
    return SparseVector(type_.dimensions, dict(enumerate(numbers, 1))) if sparse else numbers


def _range(plain: Any, source: ValueSource) -> Any:
    of = inspect.type_info(get_args(plain)[0] if get_args(plain) else int)
    lower, upper = sorted((of_type(of, source), of_type(of, source)))
    return Range(lower, upper)


_ANYTHING: tuple[object, ...] = (None, True, 0, 1.5, "", "x", [], {})
"""What may stand where an annotation says nothing."""

_MAKERS: Mapping[type[Any], Callable[[Any, ValueSource, SqlType[Any] | None, ValueBounds], Any]] = {
    inspect.NoneType: lambda info, source, type_, bounds: None,
    inspect.BoolType: lambda info, source, type_, bounds: source.choice((False, True)),
    inspect.IntType: _integer,
    inspect.FloatType: _real,
    inspect.DecimalType: _decimal,
    inspect.StrType: _text,
    inspect.BytesType: _bytes,
    inspect.UUIDType: lambda info, source, type_, bounds: UUID(int=source.integer(0, 2**128 - 1, spread=True)),
    inspect.DateType: _date,
    inspect.DateTimeType: _datetime,
    inspect.TimeType: _time,
    inspect.TimeDeltaType: _span,
    inspect.EnumType: lambda info, source, type_, bounds: source.choice(tuple(info.cls)),
    inspect.LiteralType: lambda info, source, type_, bounds: source.choice(sorted(info.values, key=repr)),
    inspect.UnionType: _union,
    inspect.ListType: _list,
    inspect.CollectionType: _list,
    inspect.VarTupleType: lambda info, source, type_, bounds: tuple(_list(info, source, type_, bounds)),
    inspect.SetType: lambda info, source, type_, bounds: set(_list(info, source, type_, bounds)),
    inspect.FrozenSetType: lambda info, source, type_, bounds: frozenset(_list(info, source, type_, bounds)),
    inspect.TupleType: lambda info, source, type_, bounds: tuple(of_type(each, source) for each in info.item_types),
    inspect.DictType: _dict,
    inspect.StructType: _fields,
    inspect.DataclassType: _fields,
    inspect.NamedTupleType: _fields,
    inspect.TypedDictType: _typed_dict,
    inspect.AnyType: lambda info, source, type_, bounds: source.choice(_ANYTHING),
    inspect.RawType: lambda info, source, type_, bounds: _document(source),
    inspect.CustomType: lambda info, source, type_, bounds: _custom(info, source),
}


def _document(source: ValueSource) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode({source.text(1, 8): source.choice(_ANYTHING)}))


def _custom(info: Any, source: ValueSource) -> Any:
    if info.cls is object:
        return source.choice(_ANYTHING)
    raise NoValue(f"qb makes no values of {info.cls.__name__}")
