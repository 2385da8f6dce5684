"""Types of columns that nobody declared: each value is read from the server's own text, and none is lost or refused.

A value comes as Python's where that, written back, is the same text; else it is a ServerText. So one infinite date
leaves its table readable, and a document keeps its digits.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, ClassVar, Final, TypeAlias, cast

import msgspec

from qb.frozen import fix
from qb.types.array import Array, texts_of_array
from qb.types.base import Convert, JsonForm, SqlType
from qb.types.custom import Custom
from qb.types.from_text import reader_of_text
from qb.types.json import check_finite, check_nul, encode_json
from qb.types.server_text import ServerText
from qb.types.temporal import span, timedelta_of
from qb.types.textual import Plain

TextReader: TypeAlias = Callable[[str], Any]


def verbatim(type_: SqlType[Any]) -> SqlType[Any]:
    """A type whose every value can be read. The type itself, where that is so of it.

    >>> verbatim(pg.date).decoder(object)("infinity")
    ServerText(type='date', text='infinity')
    >>> verbatim(pg.jsonb).decoder(object)('{"price": 1.10}')
    {'price': Decimal('1.10')}
    >>> verbatim(pg.bigint)
    <type bigint>
    """
    if isinstance(type_, Array):
        return VerbatimArray(type_.of)
    if type_.wire.is_held_by_python or isinstance(type_, Plain):
        return type_
    if isinstance(type_, Custom) and type_.decoder(object) is str:
        return type_
    return Verbatim(type_)


class Verbatim(SqlType[Any]):
    """Another type, whose values come as Python's or as a ServerText."""

    __slots__ = ("of",)
    in_json_as: ClassVar[str] = "text"
    verbatim: ClassVar[bool] = True
    of: SqlType[Any]

    def __init__(self, of: SqlType[Any]) -> None:
        super().__init__(of.name, of.base, of.wire, of.declared)
        fix(self, "of", of)

    def identity(self) -> tuple[object, ...]:
        return (self.of,)

    @property
    def encode(self) -> Convert | None:
        return self.literal

    def decoder(self, python: object) -> Convert:
        return _of_text(_reader(self.of))

    def in_json(self, python: object) -> JsonForm:
        return JsonForm(str, _reader(self.of))

    def literal(self, value: Any) -> str:
        if isinstance(value, ServerText):
            return _same(value, self.of)
        if self.of.wire.is_document:
            return _document_text(value)
        if self.of.wire.is_span:
            return _interval_text(span(value))
        return self.of.literal(value)

    def refuses(self, python: object) -> str | None:
        return self.of.refuses(python)

    def operators(self, word: str) -> Any:
        return self.of.operators(word)


class VerbatimArray(Array[Any]):
    """An array, whose elements come as Python's or as a ServerText, and which is one where its bounds are its own."""

    __slots__ = ()
    in_json_as: ClassVar[str] = "text"
    verbatim: ClassVar[bool] = True

    def __init__(self, of: SqlType[Any]) -> None:
        super().__init__(verbatim(of))

    def decoder(self, python: object) -> Convert:
        return _of_text(_reader(self))

    def in_json(self, python: object) -> JsonForm:
        return JsonForm(str, _reader(self))

    def literal(self, value: Any) -> str:
        return _same(value, self) if isinstance(value, ServerText) else super().literal(value)


def _of_text(read: TextReader) -> Convert:
    # What psycopg has read already is no text: points in time, which it gives in the session's zone.
    return lambda value: read(value) if isinstance(value, str) else value


def _same(value: ServerText, of: SqlType[Any]) -> str:
    if value.type != of.name:
        raise TypeError(f"{of.name} takes no ServerText of another type, {value.type}")
    return value.text


# ---------------------------------------------------------------- from text


def _reader(type_: SqlType[Any]) -> TextReader:
    """What reads any text of a type."""
    if isinstance(type_, VerbatimArray):
        return _array_reader(type_)
    of = type_.of if isinstance(type_, Verbatim) else type_
    wire, name = of.wire, of.name
    read: TextReader = (
        _document
        if wire.is_document
        else _interval
        if wire.is_span
        else _exactly(reader_of_text(of, object))
        if wire.is_written_as_pythons
        else reader_of_text(of, object)
    )

    def either(text: str) -> Any:
        try:
            return read(text)
        except (ValueError, TypeError, ArithmeticError, LookupError, RecursionError, msgspec.MsgspecError):
            return ServerText(name, text)

    return either


def _array_reader(type_: VerbatimArray) -> TextReader:
    split, element, name = texts_of_array(type_.of), _reader(type_.of), type_.name

    def deep(values: list[Any]) -> list[Any]:
        return [
            None if each is None else deep(cast("Any", each)) if isinstance(each, list) else element(each)
            for each in values
        ]

    # [2:3]={a,b}: a list begins where lists do.
    return lambda text: ServerText(name, text) if text.startswith("[") else deep(split(text))


_DAY: Final = r"\d{4}-\d\d-\d\d"
_CLOCK: Final = r"(?!24)\d\d:\d\d:\d\d(?:\.\d{1,6})?"
_MOMENT: Final = re.compile(rf"(?:{_DAY}|{_DAY} {_CLOCK}|{_CLOCK})(?:[+-]\d\d(?::\d\d){{0,2}})?")


def _exactly(read: TextReader) -> TextReader:
    """Dates and times alone that are written as Python's are: it takes more than that from a text, by and by."""

    def checked(text: str) -> Any:
        if _MOMENT.fullmatch(text) is None:
            raise ValueError("no date or time of Python's")
        return read(text)

    return checked


def _interval(text: str) -> dt.timedelta:
    found = timedelta_of(text)
    # 36:00:00 is not a day and a half to PostgreSQL, which adds days by the calendar.
    if timedelta_of(_interval_text(found)) != found or _fields(text) != _fields(_interval_text(found)):
        raise ValueError("no timedelta of Python's")
    return found


def _interval_text(value: dt.timedelta) -> str:
    """A timedelta as whole days and a clock of one sign, which is what PostgreSQL writes of what Python can hold."""
    sign = "-" if value < dt.timedelta(0) else ""
    positive = abs(value)
    clock = dt.timedelta(seconds=positive.seconds, microseconds=positive.microseconds)
    return f"{sign}{positive.days} days {sign}{str(clock).rjust(8, '0') if not clock.microseconds else str(clock)}"


def _fields(text: str) -> tuple[dt.timedelta, dt.timedelta]:
    """The days, and the clock."""
    days, mark, clock = text.rpartition("day")
    if not mark:
        return dt.timedelta(0), timedelta_of(text)
    return timedelta_of(f"{days}days"), timedelta_of(clock.removeprefix("s").strip() or "00:00:00")


def _document(text: str) -> Any:
    found = json.loads(text, parse_float=Decimal, parse_int=_whole, object_pairs_hook=_once)
    if found is None:  # which would be NULL
        raise ValueError("JSON's own null")
    return found


def _whole(text: str) -> int | Decimal:
    return Decimal(text) if text == "-0" else int(text)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _document_text(value: Any) -> str:
    document = encode_json(_with_digits(value))
    check_nul(document)
    check_finite(document, value)
    return document.decode()


def _items(value: Any) -> Iterable[tuple[Any, Any]]:
    items: Iterable[tuple[Any, Any]] = value.items()
    return items


def _with_digits(value: Any) -> Any:
    """The value, with its numbers as JSON writes them: msgspec makes texts of Decimals."""
    match value:
        case Decimal():
            if not value.is_finite():
                raise ValueError("JSON has neither NaN nor infinity, and null instead would change the document")
            return msgspec.Raw(str(value).encode())
        case bool():
            return value
        case int():
            return msgspec.Raw(str(value).encode())
        case dict():
            return {key: _with_digits(each) for key, each in _items(value)}
        case list() | tuple():
            return [_with_digits(each) for each in cast("list[Any]", value)]
        case _:
            return value
