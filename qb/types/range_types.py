"""Ranges and multiranges as types, PostgreSQL's own and those over a subtype of one's own.

https://www.postgresql.org/docs/current/rangetypes.html
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, Generic, LiteralString, TypeVar, get_args, get_origin
from uuid import UUID

from typing_extensions import TypeIs

from qb.errors import DefinitionError
from qb.frozen import fix
from qb.types.annotation import bare
from qb.types.base import Convert, JsonForm, Signs, SqlType, Told, mismatch
from qb.types.custom import Custom
from qb.types.facts import Wire
from qb.types.number import NumberTypes
from qb.types.range import Multirange, Range
from qb.types.temporal import TimeTypes
from qb.types.textual import Textual

T = TypeVar("T")
R_contra = TypeVar("R_contra", contravariant=True)


def _wire(name: str, oid: int, array_oid: int, multirange: str = "") -> Wire:
    return Wire(
        name=name,
        oid=oid,
        array_oid=array_oid,
        kind="range" if multirange else "multirange",
        takes=(Range if multirange else Multirange,),
        extremes=False,
        texted=True,
        casts=multirange,
        since=0 if multirange else 14,
    )


INT4RANGE: Final = _wire("int4range", 3904, 3905, "int4multirange")
INT8RANGE: Final = _wire("int8range", 3926, 3927, "int8multirange")
NUMRANGE: Final = _wire("numrange", 3906, 3907, "nummultirange")
TSRANGE: Final = _wire("tsrange", 3908, 3909, "tsmultirange")
TSTZRANGE: Final = _wire("tstzrange", 3910, 3911, "tstzmultirange")
DATERANGE: Final = _wire("daterange", 3912, 3913, "datemultirange")
INT4MULTIRANGE: Final = _wire("int4multirange", 4451, 6150)
INT8MULTIRANGE: Final = _wire("int8multirange", 4536, 6157)
NUMMULTIRANGE: Final = _wire("nummultirange", 4532, 6151)
TSMULTIRANGE: Final = _wire("tsmultirange", 4533, 6152)
TSTZMULTIRANGE: Final = _wire("tstzmultirange", 4534, 6153)
DATEMULTIRANGE: Final = _wire("datemultirange", 4535, 6155)

# As classes of anything, for checkers that make of an isinstance a range of they know not what.
_ONE: Final[type[Any]] = Range
_MANY: Final[type[Any]] = Multirange

# What PostgreSQL writes without quotes has none of its own signs in it; braces are none, also in a multirange.
_BOUND: Final = r'(?:"((?:[^"\\]|\\.|"")*)"|([^,"()\[\]]*))'
_WRITTEN: Final = re.compile(rf"empty|([\[(]){_BOUND},{_BOUND}([\])])", re.DOTALL)


RANGE_OPERATORS: Final = {
    "contains": "@>",
    "contained_by": "<@",
    "overlaps": "&&",
    "left_of": "<<",
    "right_of": ">>",
    "not_right_of": "&<",
    "not_left_of": "&>",
    "adjacent": "-|-",
    "union": "+",
    "intersection": "*",
    "difference": "-",
}
"""What PostgreSQL asks of two ranges, two multiranges, or one of each.

https://www.postgresql.org/docs/current/functions-range.html
"""


class Edges(Generic[T]):
    """How the bounds of ranges over a subtype are written and read."""

    __slots__ = ("altered", "of", "parse")

    def __init__(self, of: SqlType[Any], parse: Callable[[str], Any]) -> None:
        self.altered: Callable[[Any], str | None] | None = of.altered()
        self.of: SqlType[Any] = of
        self.parse: Callable[[str], Any] = parse

    def __reduce__(self) -> tuple[object, ...]:
        return Edges, (self.of, self.parse)

    def write(self, value: Any, name: str) -> str:
        """The text of a range."""
        if not isinstance(value, _ONE):
            raise TypeError(f"{name} takes Range, not {type(value).__name__}")
        if value.empty:
            return "empty"
        return f"{value.bounds[0]}{self._end(value.lower, name)},{self._end(value.upper, name)}{value.bounds[1]}"

    def write_all(self, value: Any, name: str) -> str:
        """The text of a multirange."""
        if not isinstance(value, _MANY):
            raise TypeError(f"{name} takes Multirange, not {type(value).__name__}")
        return "{" + ",".join(self.write(each, name) for each in value.ranges) + "}"

    def read(self, text: str) -> Range[Any]:
        """The range of a text."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError("not the text of a range")
        return self._made(found)

    def read_all(self, text: str) -> Multirange[Any]:
        """The multirange of a text."""
        return Multirange(tuple(map(self._made, _WRITTEN.finditer(text))))

    def _end(self, value: Any, name: str) -> str:
        if value is None:
            return ""
        judge = self.of.encode
        takes = self.of.wire.takes
        # An int is a Decimal, too; but a range of ints counts, and one of Decimals does not.
        if takes and type(value) is not takes[0] and not (judge is None and isinstance(value, takes[0])):
            raise TypeError(f"{name} takes a Range of {takes[0].__name__}, not of {type(value).__name__}")
        text = self.of.literal(value)
        if self.altered is not None and (reason := self.altered(value)) is not None:
            raise ValueError(reason)
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def _made(self, found: re.Match[str]) -> Range[Any]:
        start, quoted, plain, other_quoted, other_plain, end = found.groups()
        if start is None:
            return Range(empty=True)
        bounds: Any = start + end
        return Range(self._value(quoted, plain), self._value(other_quoted, other_plain), bounds)

    def _value(self, quoted: str | None, plain: str | None) -> Any:
        if quoted is not None:
            return self.parse(re.sub(r'\\(.)|"(")', lambda found: found[1] or found[2], quoted, flags=re.DOTALL))
        return self.parse(plain) if plain else None


class RangeType(Textual[R_contra]):
    """One of PostgreSQL's own types of ranges, or of multiranges."""

    __slots__ = ("edges", "subtype")
    edges: Edges[Any]
    subtype: SqlType[Any]
    """What its bounds are."""

    def __init__(self, wire: Wire, of: SqlType[Any]) -> None:
        holder: Any = Multirange if wire.is_multirange else Range
        super().__init__(wire.name, wire.name, wire, holder, holder.__name__)
        fix(self, "subtype", of)
        fix(self, "edges", Edges[Any](of, parser(of)))

    def write(self, value: Any) -> str:
        return (self.edges.write_all if self.wire.is_multirange else self.edges.write)(value, self.name)

    def read(self, text: str) -> Any:
        return self.edges.read_all(text) if self.wire.is_multirange else self.edges.read(text)

    def refuses(self, python: object) -> str | None:
        return _why_not(self, python, self.python, self.subtype)

    def operators(self, word: str) -> Signs:
        return _operators(self, self.subtype, word, other_kind(self))


class OwnRange(Custom[Any]):
    """A type of ranges that CREATE TYPE has made."""

    __slots__ = ("edges", "subtype")
    edges: Edges[Any]
    subtype: SqlType[Any]

    def __init__(self, name: str, of: SqlType[Any], extension: str | None = None) -> None:
        edges = Edges[Any](of, parser(of))

        def write(value: Any) -> str:
            try:
                return edges.write(value, name)
            except (TypeError, ValueError) as error:
                raise Told(str(error)) from None

        super().__init__(name, write, edges.read, None, name, extension)
        fix(self, "subtype", of)
        fix(self, "edges", edges)

    def __reduce__(self) -> tuple[object, ...]:
        return OwnRange, (self.name, self.subtype, self.extension)

    def identity(self) -> tuple[object, ...]:
        return (self.name, self.subtype)

    def in_json(self, python: object) -> JsonForm:
        return JsonForm(str, self.edges.read)

    def refuses(self, python: object) -> str | None:
        return _why_not(self, python, Range, self.subtype)

    def operators(self, word: str) -> Signs:
        return _operators(self, self.subtype, word, None)


def subtype_of(type_: SqlType[Any]) -> SqlType[Any] | None:
    """What the bounds of a type's ranges are; None for what is no range or multirange."""
    return type_.subtype if isinstance(type_, RangeType | OwnRange) else None


def is_range(type_: SqlType[Any]) -> bool:
    """Whether the values of a type are ranges."""
    return type_.wire.is_range or isinstance(type_, OwnRange)


def is_own_type(value: object) -> TypeIs[RangeType[Any]]:
    """Whether a value is one of PostgreSQL's own types of ranges or multiranges."""
    return isinstance(value, RangeType)


def other_kind(type_: SqlType[Any]) -> SqlType[Any] | None:
    """The multiranges of a type of ranges, and the ranges of one of multiranges; None of those of one's own."""
    wire = type_.wire
    for each in _OWN:
        if wire.name == each.wire.casts or wire.casts == each.wire.name:
            return each
    return None


def _operators(type_: SqlType[Any], of: SqlType[Any], word: str, other: SqlType[Any] | None) -> Signs:
    operator = RANGE_OPERATORS.get(word)
    if operator is None:
        return ()
    right: list[SqlType[Any]] = [type_]
    if word == "contains":
        right.append(of)
    if other is not None and word not in ("union", "intersection", "difference"):
        right.append(other)
    return tuple((operator, each) for each in right)


def _why_not(type_: SqlType[Any], python: object, holder: object, of: SqlType[Any]) -> str | None:
    plain = bare(python)
    if plain is object or plain is holder:
        return None
    said = get_args(plain)
    if get_origin(plain) is holder and len(said) == 1 and of.refuses(said[0]) is None:
        return None
    return mismatch(type_, python, f"{getattr(holder, '__name__', holder)}[{getattr(_takes(of), '__name__', '')}]")


def _takes(of: SqlType[Any]) -> object:
    return of.wire.takes[0] if of.wire.takes else getattr(of, "python", object)


def _moment(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("a datetime holds neither infinity nor years outside of 1 to 9999") from None


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError("a date holds neither infinity nor years outside of 1 to 9999") from None


_PARSERS: Final[dict[str, Callable[[str], Any]]] = {
    "integer": int,
    "numeric": Decimal,
    "float": float,
    "text": str,
    "uuid": UUID,
    "date": _day,
    "moment": _moment,
    "time": dt.time.fromisoformat,
}
"""How the text of a bound becomes a value, by the kind of its type."""


def parser(of: SqlType[Any]) -> Callable[[str], Any]:
    """What reads the text of a bound. DefinitionError for a type that no ranges are read of."""
    read: Convert | None = _PARSERS.get(of.wire.kind)
    if isinstance(of, Textual | Custom):
        read = of.decoder(object) or str
    if read is None:
        raise DefinitionError(f"ranges of {of.name} are not read: write pg.custom(...) for them")
    return read


_int4: Final = NumberTypes.integer
_int8: Final = NumberTypes.bigint
_num: Final = NumberTypes.numeric


class RangeTypes:
    """Ranges in `pg`."""

    __slots__ = ()
    int4range: SqlType[Range[int] | None] = RangeType(INT4RANGE, _int4)
    int8range: SqlType[Range[int] | None] = RangeType(INT8RANGE, _int8)
    numrange: SqlType[Range[Decimal] | None] = RangeType(NUMRANGE, _num)
    tsrange: SqlType[Range[dt.datetime] | None] = RangeType(TSRANGE, TimeTypes.timestamp)
    tstzrange: SqlType[Range[dt.datetime] | None] = RangeType(TSTZRANGE, TimeTypes.timestamptz)
    daterange: SqlType[Range[dt.date] | None] = RangeType(DATERANGE, TimeTypes.date)
    int4multirange: SqlType[Multirange[int] | None] = RangeType(INT4MULTIRANGE, _int4)
    int8multirange: SqlType[Multirange[int] | None] = RangeType(INT8MULTIRANGE, _int8)
    nummultirange: SqlType[Multirange[Decimal] | None] = RangeType(NUMMULTIRANGE, _num)
    tsmultirange: SqlType[Multirange[dt.datetime] | None] = RangeType(TSMULTIRANGE, TimeTypes.timestamp)
    tstzmultirange: SqlType[Multirange[dt.datetime] | None] = RangeType(TSTZMULTIRANGE, TimeTypes.timestamptz)
    datemultirange: SqlType[Multirange[dt.date] | None] = RangeType(DATEMULTIRANGE, TimeTypes.date)

    def range(self, name: LiteralString, of: SqlType[T | None]) -> SqlType[Range[T] | None]:
        """A type of ranges of one's own, which CREATE TYPE ... AS RANGE (subtype = ...) has made, over `of`.

        https://www.postgresql.org/docs/current/rangetypes.html#RANGETYPES-DEFINING
        """
        return OwnRange(name, of)


_HAVE: Final[list[object]] = list(vars(RangeTypes).values())
_OWN: Final[tuple[RangeType[Any], ...]] = tuple(each for each in _HAVE if is_own_type(each))
