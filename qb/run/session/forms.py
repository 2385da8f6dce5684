"""The wire forms of each type: one row of facts makes the parameter, the COPY cell and the element of an array.

A value is judged once, by its type (`SqlType.encode`), and what is written then cannot differ between the ways in. The
functions here only write; where COPY leaves the judge out for speed, `inline` is a test that the judge would pass.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple, TypeAlias

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format
from psycopg.types.string import TextLoader

from qb.run.session.verbatim_loaders import VERBATIM_LOADERS
from qb.types import SqlType
from qb.types.array import Array
from qb.types.base import Convert, Told
from qb.types.bits import BIT, VARBIT
from qb.types.citext import CITEXT
from qb.types.custom import is_custom
from qb.types.facts import COLONS, ENUM, OPAQUE, UNTEXTED, Wire
from qb.types.geometric_types import BOX, CIRCLE, LINE, LSEG, PATH, POINT, POLYGON
from qb.types.json import JSON, JSONB, JSONPATH, json_bytes
from qb.types.money import MONEY
from qb.types.network import CIDR, INET, MACADDR, MACADDR8
from qb.types.number import FLOAT4, FLOAT8, INT2, INT4, INT8, NUMERIC, exact_decimal, fits_numeric, kept_single
from qb.types.oid import OID, REGCLASS, REGCONFIG, oid_value
from qb.types.range_types import (
    DATEMULTIRANGE,
    DATERANGE,
    INT4MULTIRANGE,
    INT4RANGE,
    INT8MULTIRANGE,
    INT8RANGE,
    NUMMULTIRANGE,
    NUMRANGE,
    TSMULTIRANGE,
    TSRANGE,
    TSTZMULTIRANGE,
    TSTZRANGE,
)
from qb.types.scalar import BOOL, BYTEA, UUID_, bool_value, bytes_value, uuid_value
from qb.types.temporal import (
    DATE,
    INTERVAL,
    TIME,
    TIMESTAMP,
    TIMESTAMPTZ,
    TIMETZ,
    aware,
    naive,
    naive_time,
    plain_date,
    span,
)
from qb.types.text import BPCHAR, TEXT, VARCHAR, text_value
from qb.types.text_search import TSQUERY, TSVECTOR
from qb.types.xml import XML

Dump: TypeAlias = Callable[[Any], Buffer | None]
Encoder: TypeAlias = tuple[Format, Dump]

TEXT_FORMAT, BINARY = Format.TEXT, Format.BINARY


_SINGLE = struct.Struct("!f")


class SingleLoader(Loader):
    """The float4 that PostgreSQL's shortest text stands for: the nearest double to that text is another number."""

    def load(self, data: Buffer) -> float:
        """The value of a text."""
        exact: float = _SINGLE.unpack(_SINGLE.pack(float(bytes(data))))[0]
        return exact


class Form(NamedTuple):
    """How the values of one wire type are written, once they are judged."""

    judge: Convert | None
    """The type's own, to which the shortcuts below belong."""
    format: Format
    parameter: Dump
    binary: Dump
    """In PostgreSQL's binary form: an element of an array, or a cell of COPY."""
    copier: Wire = BYTEA
    """Whose dumper in C writes a cell of COPY; bytea's writes what `binary` has made."""
    inline: str = "c(v)"
    """A cell as source: `v` is the value, `c` judges and, for bytea's dumper, writes it."""
    loader: type[Loader] | None = None
    """What reads the text of a result; psycopg's own where nothing is said."""
    cell: Convert | None = None
    """What `c` is where bytea's dumper does not write."""
    sure: str = ""
    """A test that only values pass which the judge passes, as source; nothing where he is asked always."""
    sent: Dump | None = None
    """What writes a sure value as a parameter, if not `parameter`."""
    plain: str = ""
    """A parameter as source, where there is more to it than these."""
    packs: bool = True
    """Whether it is written in binary at all: what is not goes as text, into arrays and with VALUES."""


def encoder(type_: SqlType[Any]) -> Encoder:
    """The format and the function of a parameter of a type."""
    if type_.verbatim:
        return TEXT_FORMAT, after(type_.literal, FORMS[TEXT].parameter)
    if isinstance(type_, Array) and (packed := packer(type_)) is not None:
        return BINARY, packed
    form = FORMS[type_.wire]
    own = type_.encode
    if own is None:
        return form.format, form.parameter
    return form.format, own if form.parameter is _as_it_is else after(own, form.parameter)


def reason(error: Exception, value: object, type_: SqlType[Any]) -> str:
    """What is wrong with a value, without the value."""
    if is_custom(type_) and not isinstance(error, Told | UnicodeEncodeError | psycopg.Error):
        # What a function of the user's says may hold the value, in any quotes or none.
        return f"{type_.name} does not take it: {type(error).__name__}"
    match error:
        case UnicodeEncodeError():
            return "it holds a lone surrogate, which UTF-8 cannot"  # the error's own text quotes the character
        case struct.error() if not isinstance(value, int) or isinstance(value, bool):
            wanted = "float" if type_.wire.is_float else "int"
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


# ---------------------------------------------------------------- arrays
# https://www.postgresql.org/docs/current/protocol-message-formats.html says nothing of them; array_recv in the sources
# reads: dimensions, whether there are NULLs, element type, then each dimension's size and first index, then the cells.

_HEADER = struct.Struct("!iiI").pack
_PAIR = struct.Struct("!ii").pack
_SIZE = struct.Struct("!i").pack
_NULL = _SIZE(-1)


class _Fixed(NamedTuple):
    """Elements of one size, which `struct` packs all at once."""

    code: str
    size: int
    kinds: frozenset[type]

    def packed(self, cells: Sequence[Any]) -> bytes:
        """Each element behind its size. struct.error where one does not fit."""
        both: list[Any] = [self.size] * (2 * len(cells))
        both[1::2] = cells
        return struct.Struct("!" + f"i{self.code}" * len(cells)).pack(*both)


_FIXED: dict[Wire, _Fixed] = {
    INT2: _Fixed("h", 2, frozenset((int,))),
    INT4: _Fixed("i", 4, frozenset((int,))),
    INT8: _Fixed("q", 8, frozenset((int,))),
    FLOAT8: _Fixed("d", 8, frozenset((float,))),
}


def packer(array: Array[Any]) -> Dump | None:
    """A function from lists to the binary form of an array; None for elements that have none, or no fixed OID, as those
    of a domain."""
    of = array.of
    if not of.wire.oid or not FORMS[of.wire].packs or of.declared is not None:
        return None
    oid, own, write = of.wire.oid, of.encode, FORMS[of.wire].binary
    fixed = _FIXED.get(of.wire) if own is None else None
    convert: Dump = write if own is None else after(own, write)

    def pack(values: Any) -> bytes:
        sizes, cells = array.flat(values)
        if not cells:
            return _HEADER(0, 0, oid)
        if fixed is not None and frozenset(map(type, cells)) == fixed.kinds:
            try:
                return _HEADER(len(sizes), 0, oid) + b"".join(_PAIR(size, 1) for size in sizes) + fixed.packed(cells)
            except struct.error:
                pass  # one of them does not fit: which one, is said below
        parts = [_HEADER(len(sizes), None in cells, oid), *(_PAIR(size, 1) for size in sizes)]
        value: Any = None
        try:
            for value in cells:
                if value is None:
                    parts.append(_NULL)
                else:
                    data = convert(value) or b""
                    parts += (_SIZE(len(data)), bytes(data))
        except Exception as error:
            raise ValueError(reason(error, value, of)) from None
        return b"".join(parts)

    return pack


# ---------------------------------------------------------------- one row of facts for each wire form
#
# psycopg's binary dumpers write what C casts give: 70,000 as an int2 is 4,464, 1e300 as a float4 is infinite, a number
# as an interval is what lies in memory there. `struct` is as fast and refuses all of these.


def after(own: Convert, dump: Dump) -> Dump:
    """Judge, then write."""
    return lambda value: dump(own(value))


def _as_it_is(value: Any) -> Buffer:
    found: Buffer = value
    return found


def _psycopg(wire: Wire, format: Format, python: type) -> Dump:
    """psycopg's dumper for one of PostgreSQL's own types: C where there is one, no connection, no state."""
    dumper = psycopg.adapters.get_dumper_by_oid(wire.oid, format)
    return dumper(python).dump


def _is_parsed(oid: int) -> bool:
    return psycopg.adapters.get_loader(oid, TEXT_FORMAT) is not None


def _packed(code: str, copier: Wire = BYTEA, inline: str = "c(v)", loader: type[Loader] | None = None) -> Form:
    write = struct.Struct(code).pack

    def pack(value: Any) -> bytes:
        # Not `_number`, which would be one more call for every integer.
        if value is True or value is False:
            raise struct.error
        return write(value)

    sure = "v.__class__ is float" if code == "!d" else "v.__class__ is int"
    return Form(None, BINARY, pack, pack, copier, inline, loader, _number, sure, write)


def _single() -> Form:
    """A real, of which C would make 0 where it is too small."""
    form = _packed("!f", inline=f"p(v) if {_SURE} else c(v)", loader=SingleLoader)
    write = form.parameter

    def pack(value: Any) -> bytes:
        return kept_single(bytes(write(value) or b""), value)

    def judge(value: Any) -> Any:
        pack(value)
        return value

    return form._replace(parameter=pack, binary=pack, cell=judge, sure=_SURE)


def _number(value: Any) -> Any:
    """Anything but a bool, which is a number to Python and none to PostgreSQL."""
    if value is True or value is False:
        raise struct.error
    return value


def _temporal(wire: Wire, judge: Convert, sure: str = "", loader: type[Loader] | None = None) -> Form:
    dump = _psycopg(wire, BINARY, wire.takes[0])
    return Form(judge, BINARY, dump, dump, wire, f"v if {sure} else c(v)" if sure else "c(v)", loader, sure=sure)


_numeric_text = _psycopg(NUMERIC, TEXT_FORMAT, Decimal)
_numeric_binary = _psycopg(NUMERIC, BINARY, Decimal)


def _numeric(value: Decimal) -> Buffer | None:
    text = _numeric_text(value)
    fits_numeric(text or b"", value)
    return text


def _numeric_element(value: Decimal) -> Buffer | None:
    _numeric(value)  # which refuses in the same words
    return _numeric_binary(value)


def _document(value: bytes) -> bytes:
    return b"\1" + value


def _octets(value: str) -> bytes:
    return bytes.fromhex(value.replace(":", ""))


# Nearly no document holds what json_bytes looks for, and to find that out costs less here than to call it.
_PLAIN = r'(d if (d := e(v)).find(b"null") < 0 and d.find(b"\\u0000") < 0 else j(v))'
_FLAG = 'b"\\1" if v is True else b"\\0" if v is False else c(v)'
_KEY = 'v.int.to_bytes(16, "big") if v.__class__ is UUID else c(v)'
_OCTETS = "v if v.__class__ is bytes else c(v)"
# Far from what is 0 in four bytes.
_SURE = "v.__class__ is float and (v > 1e-37 or v < -1e-37 or v == 0)"

_bool = {True: b"\1", False: b"\0"}.__getitem__
_text = _psycopg(TEXT, TEXT_FORMAT, str)

FORMS: dict[Wire, Form] = {
    INT2: _packed("!h", inline="p(v) if v.__class__ is int else c(v)"),
    INT4: _packed("!i", inline="p(v) if v.__class__ is int else c(v)"),
    # The one integer whose dumper in C refuses what does not fit.
    INT8: _packed("!q", INT8, "v if v.__class__ is int else c(v)"),
    FLOAT4: _single(),
    FLOAT8: _packed("!d", inline="p(v) if v.__class__ is float else c(v)"),
    # Text: four times as fast to write as binary, and exact; it takes int as well, as sums of integers need.
    NUMERIC: Form(exact_decimal, TEXT_FORMAT, _numeric, _numeric_element, NUMERIC),
    BOOL: Form(bool_value, BINARY, _bool, _bool, BOOL, "v if v is True or v is False else c(v)", plain=_FLAG),
    # Text and binary are the same bytes; only psycopg's text dumper refuses NUL, and for COPY the server does.
    **dict.fromkeys(
        (TEXT, VARCHAR, BPCHAR),
        Form(
            text_value,
            TEXT_FORMAT,
            _text,
            _text,
            TEXT,
            "v if v.__class__ is str else c(v)",
            sure="v.__class__ is str",
        ),
    ),
    **dict.fromkeys((OPAQUE, COLONS, ENUM, CITEXT), Form(None, TEXT_FORMAT, _text, _text, TEXT)),
    # Seldom ones, which are exact as their own text.
    **dict.fromkeys(
        (
            *(INET, CIDR, TIMETZ, BIT, VARBIT, MONEY, REGCLASS, REGCONFIG, JSONPATH, XML, TSVECTOR, TSQUERY),
            *(INT4RANGE, INT8RANGE, NUMRANGE, TSRANGE, TSTZRANGE, DATERANGE),
            *(INT4MULTIRANGE, INT8MULTIRANGE, NUMMULTIRANGE, TSMULTIRANGE, TSTZMULTIRANGE, DATEMULTIRANGE),
            *(POINT, LINE, LSEG, BOX, PATH, POLYGON, CIRCLE),
        ),
        Form(None, TEXT_FORMAT, _text, _text, TEXT, loader=TextLoader, packs=False),
    ),
    OID: Form(oid_value, BINARY, struct.Struct("!I").pack, struct.Struct("!I").pack),
    BYTEA: Form(bytes_value, BINARY, _as_it_is, _as_it_is, BYTEA, _OCTETS, plain=_OCTETS),
    # psycopg's dumper is two calls in Python, and so is `bytes`.
    UUID_: Form(
        uuid_value,
        BINARY,
        attrgetter("bytes"),
        attrgetter("bytes"),
        BYTEA,
        _KEY,
        plain=_KEY,
    ),
    DATE: _temporal(DATE, plain_date),
    TIME: _temporal(TIME, naive_time),
    TIMESTAMP: _temporal(TIMESTAMP, naive),
    TIMESTAMPTZ: _temporal(TIMESTAMPTZ, aware, "v.tzinfo is not None"),
    INTERVAL: _temporal(INTERVAL, span, "v.__class__ is timedelta", TextLoader),
    MACADDR: Form(None, BINARY, _octets, _octets),
    MACADDR8: Form(None, BINARY, _octets, _octets),
    # Documents stay text for msgspec, intervals for a reader that refuses months instead of calling them 30 days.
    # The judge has made UTF-8 of it; jsonb's binary form has a version byte in front, its text has not.
    JSON: Form(json_bytes, TEXT_FORMAT, _as_it_is, _as_it_is, loader=TextLoader, plain=_PLAIN),
    JSONB: Form(
        json_bytes,
        TEXT_FORMAT,
        _as_it_is,
        _document,
        BYTEA,
        rf'b"\1" + {_PLAIN}',
        TextLoader,
        plain=_PLAIN,
    ),
}

DOCUMENTS = frozenset(wire.oid for wire in FORMS if wire.is_document)
"""The OIDs of documents."""

ZONED = frozenset(oid for wire in FORMS if wire.zoned for oid in (wire.oid, wire.array_oid))
"""The OIDs of types, and of their arrays, whose values psycopg gives in the session's zone."""

_READ = frozenset(name for wire in FORMS for name in wire.readable) | UNTEXTED
LOADERS: tuple[tuple[int, type[Loader]], ...] = (
    *((wire.oid, form.loader) for wire, form in FORMS.items() if form.loader is not None),
    *VERBATIM_LOADERS,
    # What qb has no type for is a type of one's own, whose decoder takes text.
    *((info.oid, TextLoader) for info in psycopg.adapters.types if info.name not in _READ and _is_parsed(info.oid)),
)
"""What reads results, by OID, where it is not what psycopg would take by itself."""
