"""What a column of SQLite becomes: by what it was declared as, and by what it holds."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple
from uuid import UUID

from qb.kit.importing.sqlite_file import SqliteColumn
from qb.types import SqlType
from qb.types.builtin import pg


class Rejected(Exception):
    """A value that is not what its column becomes."""


class SqliteConversion(NamedTuple):
    """How the values of a column are converted."""

    sql: str
    """The type that it is of afterwards."""
    type: SqlType[Any]
    python: Any
    convert: Callable[[Any], Any]
    """Of a value that is not None; raises `Rejected`."""


_MOMENTS: Final = re.compile(r"(_at|At|_on|_time|Time|_date|Date|timestamp)$")
_WORDS: Final = ("DATE", "TIME")
_FIRST_MS, _LAST_MS = 10**11, 10**14
_FIRST_S = 10**8


def _integer(value: Any) -> int:
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return int(value)
    raise Rejected("it is no whole number")


def _number(value: Any) -> float:
    if isinstance(value, int | float):
        return float(value)
    raise Rejected("it is no number")


def _decimal(value: Any) -> Decimal:
    try:
        return Decimal(repr(value) if isinstance(value, int | float) else _text(value))
    except InvalidOperation:
        raise Rejected("it is no number") from None


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        try:
            value = value.decode()
        except UnicodeDecodeError:
            raise Rejected("it is no UTF-8") from None
    found = value if isinstance(value, str) else repr(value)
    if "\0" in found:
        raise Rejected("it holds a NUL, which no text has in PostgreSQL")
    return found


def _boolean(value: Any) -> bool:
    found = {"true": 1, "t": 1, "false": 0, "f": 0}.get(value.decode().lower(), value) if _said(value) else value
    if found in (0, 1):
        return bool(found)
    raise Rejected("it is neither 0 nor 1")


def _said(value: Any) -> bool:
    return isinstance(value, bytes) and value.isascii()


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else repr(value).encode()


def _document(value: Any) -> Any:
    try:
        return json.loads(_text(value), parse_constant=_no_number)
    except ValueError:
        raise Rejected("it is no JSON") from None


def _no_number(word: str) -> Any:
    raise Rejected("it is no JSON")


def _uuid(value: Any) -> UUID:
    try:
        return UUID(bytes=value) if isinstance(value, bytes) and len(value) == 16 else UUID(_text(value))
    except ValueError:
        raise Rejected("it is no uuid") from None


def _after(unit: int) -> Callable[[Any], dt.datetime]:
    def moment(value: Any) -> dt.datetime:
        if not isinstance(value, int | float):
            raise Rejected("it is no number")
        try:
            return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=round(value * unit))
        except (OverflowError, ValueError):
            raise Rejected("it is no time") from None

    return moment


def _iso(value: Any) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(_text(value))
    except ValueError:
        raise Rejected("it is no time") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=dt.UTC)  # which SQLite's CURRENT_TIMESTAMP is


def _day(value: Any) -> dt.date:
    try:
        return dt.date.fromisoformat(_text(value))
    except ValueError:
        raise Rejected("it is no date") from None


CONVERSIONS: Final[Mapping[str, SqliteConversion]] = {
    "bigint": SqliteConversion("bigint", pg.bigint, int, _integer),
    "double precision": SqliteConversion("double precision", pg.double_precision, float, _number),
    "numeric": SqliteConversion("numeric", pg.numeric, Decimal, _decimal),
    "text": SqliteConversion("text", pg.text, str, _text),
    "boolean": SqliteConversion("boolean", pg.boolean, bool, _boolean),
    "bytea": SqliteConversion("bytea", pg.bytea, bytes, _bytes),
    "jsonb": SqliteConversion("jsonb", pg.jsonb, object, _document),
    "uuid": SqliteConversion("uuid", pg.uuid, UUID, _uuid),
    "date": SqliteConversion("date", pg.date, dt.date, _day),
    "timestamptz:ms": SqliteConversion("timestamp with time zone", pg.timestamptz, dt.datetime, _after(1000)),
    "timestamptz:s": SqliteConversion("timestamp with time zone", pg.timestamptz, dt.datetime, _after(1_000_000)),
    "timestamptz:iso": SqliteConversion("timestamp with time zone", pg.timestamptz, dt.datetime, _iso),
}
"""What a column may become, by what `--as` calls it."""


def becomes(column: SqliteColumn, texts: Callable[[], Iterable[bytes]]) -> str:
    """The name of the conversion for a column; `texts` gives all texts that it holds."""
    kinds = {kind for kind, _ in column.holds} - {"null"}
    declared = column.declared
    if kinds == {"integer"}:
        return _of_integers(column)
    if kinds and kinds <= {"integer", "real"}:
        return "numeric" if any(word in declared for word in ("NUMERIC", "DECIMAL")) else "double precision"
    if kinds == {"blob"}:
        return "bytea"
    if kinds == {"text"}:
        return _of_texts(declared, texts)
    return "text" if kinds else _of_nothing(declared)


def _of_integers(column: SqliteColumn) -> str:
    low, high = column.low or 0, column.high or 0
    if "BOOL" in column.declared and low >= 0 and high <= 1:
        return "boolean"
    if any(word in column.declared for word in _WORDS) or _MOMENTS.search(column.name):
        if low >= _FIRST_MS and high < _LAST_MS:
            return "timestamptz:ms"
        if low >= _FIRST_S and high < _FIRST_MS:
            return "timestamptz:s"
    return "bigint"


def _of_texts(declared: str, texts: Callable[[], Iterable[bytes]]) -> str:
    likely: dict[str, Callable[[bytes], bool]] = {
        "jsonb": lambda text: text[:1] in (b"{", b"[") or "JSON" in declared,
        "date": lambda text: "DATE" in declared and len(text) == 10,
        "timestamptz:iso": lambda text: any(word in declared for word in _WORDS) and len(text) > 10,
    }
    for name, is_likely in likely.items():
        convert = CONVERSIONS[name].convert
        if all(is_likely(text) and _fits(convert, text) for text in texts()):
            return name
    return "text"


def _fits(convert: Callable[[Any], Any], text: bytes) -> bool:
    try:
        convert(text)
    except Rejected:
        return False
    return True


def _of_nothing(declared: str) -> str:
    """By SQLite's own rules of affinity, where there is no value to look at."""
    for words, name in (
        (("BOOL",), "boolean"),
        (("JSON",), "jsonb"),
        (("DATETIME", "TIMESTAMP"), "timestamptz:iso"),
        (("INT",), "bigint"),
        (("CHAR", "CLOB", "TEXT"), "text"),
        (("BLOB",), "bytea"),
        (("REAL", "FLOA", "DOUB"), "double precision"),
        (("NUMERIC", "DECIMAL"), "numeric"),
    ):
        if any(word in declared for word in words):
            return name
    return "text"
