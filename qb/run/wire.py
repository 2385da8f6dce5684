"""Parameters on the wire: what turns a Python value into the bytes that PostgreSQL reads.

Every parameter's type is known from its column, so the encoder is fixed when the statement is compiled and one query is
one prepared statement. SQL carries `$1::type` casts, so no type OIDs are sent and the format is free per parameter:
binary where it is exact and fast, text elsewhere. https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES
"""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Callable, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple, Protocol, TypeAlias

import psycopg
from psycopg.abc import Buffer
from psycopg.pq import Format

from qb.errors import EncodeError
from qb.types import SqlType
from qb.types.base import Told
from qb.types.custom import is_custom

Dump: TypeAlias = Callable[[Any], Buffer | None]
Encoder: TypeAlias = tuple[Format, Dump]

TEXT, BINARY = Format.TEXT, Format.BINARY


class Parameter(Protocol):
    """What a statement says about one of its parameters: `users.id` or '', for errors, and its type."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> SqlType[Any]: ...


class Encoders(NamedTuple):
    """One encoder per parameter, as libpq wants them: formats on one side, functions on the other."""

    formats: list[int] | None
    functions: tuple[Dump, ...]


def encoders(parameters: Sequence[Parameter]) -> Encoders:
    """The encoders of a statement's parameters, in order."""
    pairs = [encoder(parameter.type) for parameter in parameters]
    formats = [int(format) for format, _ in pairs]
    return Encoders(formats if any(formats) else None, tuple(function for _, function in pairs))


def encoder(type: SqlType[Any]) -> Encoder:
    """The format and the function for values of a type: its own `encode` first, then the wire's."""
    format, dump = _WIRE[type.wire]
    own = type.encode
    if own is None:
        return format, dump
    if dump is _as_it_is:
        return format, own
    return format, _after(own, dump)


def encode(given: Encoders, values: Sequence[object], parameters: Sequence[Parameter]) -> list[Buffer | None]:
    """The values as libpq takes them, None for NULL. EncodeError, without the value, where one cannot be sent."""
    functions = given.functions
    try:
        if len(functions) == 1 == len(values):  # a key, most of the time: half the cost
            value = values[0]
            return [None if value is None else functions[0](value)]
        return [None if value is None else function(value) for function, value in zip(functions, values, strict=True)]
    except Exception as error:
        if len(values) != len(functions):
            raise
        raise _refused(given, values, parameters, error) from None


def _refused(
    given: Encoders, values: Sequence[object], parameters: Sequence[Parameter], error: Exception
) -> EncodeError:
    """Which one it was: only now does anybody look, so that the usual case pays for one `try` and no names."""
    for function, value, parameter in zip(given.functions, values, parameters, strict=True):
        try:
            if value is not None:
                function(value)
        except Exception as found:
            table, _, column = parameter.name.rpartition(".")
            return EncodeError(table or None, column or None, _reason(found, value, parameter.type))
    return EncodeError(None, None, type(error).__name__)


def _reason(error: Exception, value: object, type_: SqlType[Any]) -> str:
    if is_custom(type_) and not isinstance(error, Told | UnicodeEncodeError | psycopg.Error):
        # What a function of the user's says may hold the value, in any quotes or none.
        return f"{type_.name} does not take it: {type(error).__name__}"
    match error:
        case UnicodeEncodeError():
            return "it holds a lone surrogate, which UTF-8 cannot"  # the error's own text quotes the character
        case struct.error() if not isinstance(value, int):
            wanted = "float" if type_.wire.startswith("float") else "int"
            return f"{type_.name} takes {wanted}, not {type(value).__name__}"
        case struct.error() | OverflowError() if isinstance(value, int | float):
            return f"the number is out of range for {type_.name}"
        case OverflowError():
            return f"a number in it is out of range for {type_.name}"
        case ValueError() | psycopg.DataError():
            return str(error)
        case TypeError() if type_.encode is not None:
            return str(error)
        case _:
            return f"{type_.name} does not take {type(value).__name__}"


# ---------------------------------------------------------------- one function per wire form
#
# psycopg's binary dumpers write what C casts give: 70,000 as an int2 is 4,464, 1e300 as a float4 is infinite, a number
# as an interval is what lies in memory there. `struct` is as fast and refuses all of these.


def _after(own: Callable[[Any], Any], dump: Dump) -> Dump:
    return lambda value: dump(own(value))


def _as_it_is(value: Any) -> Buffer:
    found: Buffer = value
    return found


def _psycopg(name: str, format: Format, python: type) -> Dump:
    """psycopg's dumper for one of PostgreSQL's own types: C where there is one, no connection, no state."""
    dumper = psycopg.adapters.get_dumper_by_oid(psycopg.adapters.types[name].oid, format)
    return dumper(python).dump


def _guarded(python: type, dump: Dump) -> Dump:
    def guarded(value: Any) -> Buffer | None:
        if not isinstance(value, python):
            raise AttributeError
        return dump(value)

    return guarded


def _bytea(value: Any) -> Buffer:
    if isinstance(value, bytes | bytearray):
        return value
    if isinstance(value, memoryview):
        return value.tobytes()
    raise AttributeError


_WIRE: dict[str, Encoder] = {
    "int2": (BINARY, struct.Struct("!h").pack),
    "int4": (BINARY, struct.Struct("!i").pack),
    "int8": (BINARY, struct.Struct("!q").pack),
    "float4": (BINARY, struct.Struct("!f").pack),
    "float8": (BINARY, struct.Struct("!d").pack),
    # Text: four times as fast to write as binary, and exact; it takes int as well, as sums of integers need.
    "numeric": (TEXT, _psycopg("numeric", TEXT, Decimal)),
    "bool": (BINARY, {True: b"\1", False: b"\0"}.__getitem__),
    # Text and binary are the same bytes; only psycopg's text dumper refuses NUL.
    "text": (TEXT, _psycopg("text", TEXT, str)),
    "text_literal": (TEXT, _psycopg("text", TEXT, str)),
    "bytea": (BINARY, _bytea),
    "uuid": (BINARY, attrgetter("bytes")),
    "date": (BINARY, _psycopg("date", BINARY, dt.date)),
    "time": (BINARY, _guarded(dt.time, _psycopg("time", BINARY, dt.time))),
    "timestamp": (BINARY, _psycopg("timestamp", BINARY, dt.datetime)),
    "timestamptz": (BINARY, _psycopg("timestamptz", BINARY, dt.datetime)),
    "interval": (BINARY, _guarded(dt.timedelta, _psycopg("interval", BINARY, dt.timedelta))),
    # The type's own encoder has made UTF-8 of it; jsonb's binary form has a version byte in front, its text has not.
    "json": (TEXT, _as_it_is),
    "jsonb": (TEXT, _as_it_is),
}
