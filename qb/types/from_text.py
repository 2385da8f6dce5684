"""Values of types from the text that PostgreSQL writes within another one's, as that of a row is.

A result is read by psycopg, each type by its number; within a text there are texts alone.
https://www.postgresql.org/docs/current/rowtypes.html#ROWTYPES-IO-SYNTAX
"""

from __future__ import annotations

import datetime as dt
import re
import struct
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, cast
from uuid import UUID

from qb.types.array import Array, texts_of_array
from qb.types.base import Convert, SqlType
from qb.types.scalar import bytes_of
from qb.types.textual import Textual

_SINGLE: Final = struct.Struct("!f")
_CELL: Final = re.compile(r'(?:"((?:[^"\\]|\\.|"")*)"|([^",()\\]*))([,)])', re.DOTALL)
_ESCAPED: Final = re.compile(r'\\(.)|"(")', re.DOTALL)


def reader_of_text(type_: SqlType[Any], python: object) -> Convert:
    """What reads a text of a type as `python`. ValueError for what that does not hold."""
    steps = [each for each in (_parser(type_), type_.decoder(python)) if each is not None]

    def read(text: str) -> Any:
        value: Any = text
        for step in steps:
            value = step(value)
        return value

    return read


def texts_of_row(text: str) -> list[str | None]:
    """The texts in that of a row, None for NULL."""
    found: list[str | None] = []
    at, end = 1, ""
    while end != ")":
        cell = _CELL.match(text, at) if text.startswith("(") else None
        if cell is None:
            raise ValueError("not the text of a row")
        quoted, plain, end = cell.groups()
        if quoted is None:
            found.append(plain or None)
        else:
            found.append(_ESCAPED.sub(lambda each: each[1] or each[2], quoted))
        at = cell.end()
    if at != len(text):
        raise ValueError("not the text of a row")
    return found


def text_of_row(texts: list[str | None]) -> str:
    """The text of a row of texts, None for NULL."""
    quoted = ("" if each is None else '"' + each.replace("\\", "\\\\").replace('"', '""') + '"' for each in texts)
    return f"({','.join(quoted)})"


def _parser(type_: SqlType[Any]) -> Convert | None:
    """The text as psycopg would have read it; None where that is the text."""
    if isinstance(type_, Array):
        split, element = texts_of_array(type_.of), _parser(type_.of)
        return split if element is None else lambda text: _deep(split(text), element)
    if isinstance(type_, Textual):
        return None
    return _PARSERS.get(type_.wire.name) or _PARSERS.get(type_.wire.kind)


def _deep(values: list[Any], element: Convert) -> list[Any]:
    def one(value: Any) -> Any:
        if isinstance(value, list):
            return _deep(cast("Any", value), element)
        return None if value is None else element(value)

    return list(map(one, values))


def _single(text: str) -> float:
    exact: float = _SINGLE.unpack(_SINGLE.pack(float(text)))[0]
    return exact


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError("a date holds neither infinity nor years outside of 1 to 9999") from None


def _moment(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("a datetime holds neither infinity nor years outside of 1 to 9999") from None


_PARSERS: Final[dict[str, Callable[[str], Any]]] = {
    "oid": int,  # by its name, as a regclass is of this kind, too
    "float4": _single,
    "integer": int,
    "numeric": Decimal,
    "float": float,
    "boolean": "t".__eq__,
    "bytes": bytes_of,
    "uuid": UUID,
    "date": _day,
    "moment": _moment,
    "time": dt.time.fromisoformat,
}
"""By the name of the type, or by its kind."""
