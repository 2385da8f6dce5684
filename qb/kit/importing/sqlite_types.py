"""What a column of SQLite becomes: by what it was declared as, and by what it holds.

Each conversion says twice what a value is: of what was read there, and of what PostgreSQL gives as text of what has
arrived. So what a conversion would lose is seen, and not only what the way here would.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import struct
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from qb.kit.importing.number_said import number_said
from qb.kit.importing.rejected import Rejected
from qb.kit.importing.sqlite_document import document_said, kept_document
from qb.kit.importing.sqlite_file import SqliteColumn, SqliteText
from qb.types import SqlType
from qb.types.builtin import pg


class SqliteConversion(NamedTuple):
    """How the values of a column are converted."""

    sql: str
    """The type that it is of afterwards."""
    type: SqlType[Any]
    python: Any
    convert: Callable[[Any], Any]
    """Of a value that is not None; raises `Rejected`, also where something of it would be lost."""
    sent: Callable[[Any], str]
    """What a value says that was read there, in a form that is the same for the same."""
    arrived: Callable[[str], str]
    """The same of what PostgreSQL says that it has."""
    text: str = "{}::text"
    """How PostgreSQL says it, whatever the settings of the session are."""
    classes: frozenset[str] = frozenset()
    """SQLite's classes of which the values stay what they are."""


_MOMENTS: Final = re.compile(r"(_at|At|_on|_time|Time|_date|Date|timestamp)$")
_WORDS: Final = ("DATE", "TIME")
_FIRST_MS, _LAST_MS = 10**11, 10**14
_FIRST_S = 10**8
_EXACT: Final = 2**53
"""Up to which a double precision has all whole numbers."""
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T](?!24)[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6}0*)?)?"
    r" ?(?P<offset>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
"""What is understood: a longer fraction would be cut."""
_LONGEST: Final = 131_000
"""Digits of a numeric in front of its point, about."""


# ---------------------------------------------------------------- what is written


def _integer(value: Any) -> int:
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer() and -(2**63) <= value < 2**63:
        return int(value)
    raise Rejected("it is no whole number")


def _double(value: Any) -> float:
    if isinstance(value, float):
        return value
    if not isinstance(value, int):
        raise Rejected("it is no number")
    if int(float(value)) != value:
        raise Rejected("it has more digits than double precision keeps")
    return float(value)


def _decimal(value: Any) -> Decimal:
    if isinstance(value, float) and math.isinf(value):
        return Decimal(value)
    text = repr(value) if isinstance(value, int | float) else _text(value).strip(" \t\r\n")
    if not _NUMBER.fullmatch(text):
        raise Rejected("it is no number")
    found = Decimal(text)
    if found.adjusted() > _LONGEST or int(found.as_tuple().exponent) < -16_383:
        raise Rejected("it has more digits than numeric keeps")
    return found


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
    found = {b"true": 1, b"t": 1, b"false": 0, b"f": 0}.get(value.lower()) if _is_text(value) else value
    if isinstance(found, int | float) and found in (0, 1):
        return bool(found)
    raise Rejected("it is neither 0 nor 1")


def _is_text(value: Any) -> bool:
    return isinstance(value, SqliteText)


def _bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes) else repr(value).encode()


def _document(value: Any) -> msgspec.Raw:
    text = _text(value)
    kept_document(text)
    return msgspec.Raw(b" " + text.encode())  # "null" alone would be taken for NULL, which JSON's own null is not


def _uuid(value: Any) -> UUID:
    try:
        if isinstance(value, bytes) and not _is_text(value) and len(value) == 16:
            return UUID(bytes=bytes(value))
        return UUID(_text(value))
    except ValueError:
        raise Rejected("it is no uuid") from None


def _after(unit: int) -> Callable[[Any], dt.datetime]:
    def moment(value: Any) -> dt.datetime:
        try:
            return _EPOCH + dt.timedelta(microseconds=_microseconds(value, unit))
        except OverflowError:
            raise Rejected("it is no time") from None

    return moment


def _microseconds(value: Any, unit: int) -> int:
    if not isinstance(value, int | float):
        raise Rejected("it is no number")
    if isinstance(value, float) and not math.isfinite(value):
        raise Rejected("it is no time")
    found = value * unit if isinstance(value, int) else round(value * unit)
    if isinstance(value, float) and found / unit != value:
        raise Rejected("it has more digits than a time keeps")
    return found


def _iso(value: Any) -> dt.datetime:
    text = _text(value)
    if not _MOMENT.fullmatch(text):
        raise Rejected("it is no time")
    try:
        found = dt.datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-").replace(" Z", "Z"))
        utc = dt.UTC
        return found.astimezone(utc) if found.tzinfo is not None else found.replace(tzinfo=utc)  # as SQLite has its now
    except (ValueError, OverflowError):
        raise Rejected("it is no time") from None


def _day(value: Any) -> dt.date:
    text = _text(value)
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Rejected("it is no date") from None


# ---------------------------------------------------------------- what it says


def _numeric_said(value: Any) -> str:
    return number_said(value if isinstance(value, int | float) else Decimal(_text(value).strip(" \t\r\n")))


def _integer_arrived(text: str) -> str:
    return number_said(int(text))


def _numeric_arrived(text: str) -> str:
    return number_said(Decimal(text))


def _double_arrived(text: str) -> str:
    (found,) = struct.unpack(">d", bytes.fromhex(text))
    return number_said(found)


def _boolean_said(value: Any) -> str:
    return "true" if value in (1, 1.0) or (_is_text(value) and value[:1].lower() == b"t") else "false"


def _bytes_said(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else repr(value).encode().hex()


def _document_said(value: Any) -> str:
    return document_said(_text(value))


def _uuid_said(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) and not _is_text(value) and len(value) == 16 else _uuid(value).hex


def _uuid_arrived(text: str) -> str:
    return text.replace("-", "")


def _moment_said(unit: int) -> Callable[[Any], str]:
    return lambda value: str(_microseconds(value, unit))


def _iso_said(value: Any) -> str:
    return str((_iso(value) - _EPOCH) // dt.timedelta(microseconds=1))


def _same(text: str) -> str:
    return text


_MICROSECONDS: Final = "(extract(epoch FROM {}) * 1000000)::numeric(38)::text"
_INTEGERS, _NUMBERS = frozenset(("integer",)), frozenset(("integer", "real"))
_TEXTS: Final = frozenset(("text",))

CONVERSIONS: Final[Mapping[str, SqliteConversion]] = {
    "bigint": SqliteConversion("bigint", pg.bigint, int, _integer, number_said, _integer_arrived, classes=_NUMBERS),
    "double precision": SqliteConversion(
        *("double precision", pg.double_precision, float, _double, number_said, _double_arrived),
        text="encode(float8send({}), 'hex')",
        classes=_NUMBERS,
    ),
    "numeric": SqliteConversion(
        "numeric", pg.numeric, Decimal, _decimal, _numeric_said, _numeric_arrived, classes=_NUMBERS
    ),
    "text": SqliteConversion("text", pg.text, str, _text, _text, _same, "{}", _TEXTS),
    "boolean": SqliteConversion("boolean", pg.boolean, bool, _boolean, _boolean_said, _same, classes=_INTEGERS),
    "bytea": SqliteConversion(
        "bytea", pg.bytea, bytes, _bytes, _bytes_said, _same, "encode({}, 'hex')", frozenset(("blob",))
    ),
    "jsonb": SqliteConversion("jsonb", pg.jsonb, msgspec.Raw, _document, _document_said, document_said, classes=_TEXTS),
    "uuid": SqliteConversion(
        *("uuid", pg.uuid, UUID, _uuid, _uuid_said, _uuid_arrived),
        classes=frozenset(("text", "blob")),
    ),
    "date": SqliteConversion("date", pg.date, dt.date, _day, _text, _same, "to_char({}, 'YYYY-MM-DD')", classes=_TEXTS),
    "timestamptz:ms": SqliteConversion(
        *("timestamp with time zone", pg.timestamptz, dt.datetime, _after(1000)),
        *(_moment_said(1000), _same, _MICROSECONDS, _NUMBERS),
    ),
    "timestamptz:s": SqliteConversion(
        *("timestamp with time zone", pg.timestamptz, dt.datetime, _after(1_000_000)),
        *(_moment_said(1_000_000), _same, _MICROSECONDS, _NUMBERS),
    ),
    "timestamptz:iso": SqliteConversion(
        *("timestamp with time zone", pg.timestamptz, dt.datetime, _iso, _iso_said, _same, _MICROSECONDS, _TEXTS)
    ),
}
"""What a column may become, by what `--as` calls it."""


# ---------------------------------------------------------------- what a column becomes


def becomes(column: SqliteColumn, texts: Callable[[], Iterable[bytes]]) -> str:
    """The name of the conversion for a column; `texts` gives all texts that it holds."""
    kinds = {kind for kind, _ in column.holds} - {"null"}
    declared = column.declared
    if kinds == {"integer"}:
        return _of_integers(column)
    if kinds and kinds <= {"integer", "real"}:
        exact = any(word in declared for word in ("NUMERIC", "DECIMAL"))
        large = "integer" in kinds and max(abs(column.low or 0), abs(column.high or 0)) > _EXACT
        return "numeric" if exact or large else "double precision"
    if "blob" in kinds:
        return "bytea"  # which is whatever bytes there are
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
        if all(is_likely(text) and is_converted(name, SqliteText(text)) for text in texts()):
            return name
    return "text"


def is_converted(name: str, value: Any) -> bool:
    """Whether a value is what a conversion makes of it."""
    try:
        CONVERSIONS[name].convert(value)
    except Rejected:
        return False
    return True


def has_offset(text: bytes) -> bool:
    """Whether a time says where on earth it is meant."""
    found = _MOMENT.fullmatch(text.decode(errors="replace"))
    return found is not None and found["offset"] not in (None, "Z")


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
