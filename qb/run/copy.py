"""COPY in binary: the fastest way in when nothing comes back.

https://www.postgresql.org/docs/current/sql-copy.html
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import psycopg
from psycopg import generators
from psycopg.abc import Buffer
from psycopg.pq import ExecStatus

from qb.run.link import Link
from qb.run.session import answer, drain, refused, settle
from qb.run.settings import Settings
from qb.run.wait import Conversation
from qb.types import SqlType
from qb.types.array import Array
from qb.types.labels import Enum
from qb.types.scalar import Text
from qb.types.temporal import Timestamptz

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn

Convert = Callable[[Any], Any]
Rows = list[tuple[Any, ...]]

COPY_IN = int(ExecStatus.COPY_IN)

PIECE = 128 * 1024
"""Bytes handed to libpq at a time: more it may fail to buffer, and would not say so."""
UNSENT = 1024 * 1024
"""Bytes handed to libpq before the server must have taken them: what it may hold in memory."""

# psycopg's C dumpers wrap what does not fit (70,000 as an int2 is 4,464): `struct` refuses it.
_PACKED: dict[str, Convert] = {
    "int2": struct.Struct("!h").pack,
    "int4": struct.Struct("!i").pack,
    "int8": struct.Struct("!q").pack,
    "float4": struct.Struct("!f").pack,
    "float8": struct.Struct("!d").pack,
}
_DUMPED = frozenset(
    ("bool", "text", "uuid", "date", "time", "timestamp", "timestamptz", "interval", "numeric", "bytea")
)


class Cell(NamedTuple):
    """How a value gets into a binary COPY: what Python makes of it first, and which type's dumper in C writes it.

    `inline` is the conversion as source, `v` being the value and `c` the function, where a call would cost more.
    """

    convert: Convert | None
    dumper: str
    inline: str = "c(v)"


def cell(type_: SqlType[Any]) -> Cell | None:
    """The way of a type, or None where there is none in binary: then its rows are inserted with VALUES."""
    if isinstance(type_, Text):
        return Cell(None, "text")  # what is no str, or holds NUL, psycopg and the server refuse
    if type_.wire == "jsonb":
        # A version byte, and the document; NUL in it is refused by the server.
        return Cell(_encode, "bytea", r'b"\1" + c(v)')
    own = type_.encode
    if type_.wire == "int8" and own is None:
        return Cell(None, "int8")  # the one integer whose dumper refuses what does not fit
    if isinstance(type_, Timestamptz):
        return Cell(own, "timestamptz", "v if v.tzinfo is not None else c(v)")
    if type_.wire == "uuid" and own is None:
        # psycopg's dumper is two calls in Python, and so is `bytes`.
        return Cell(attrgetter("bytes"), "bytea", 'v.int.to_bytes(16, "big")')
    if type_.wire in _PACKED:
        return Cell(_after(own, _PACKED[type_.wire]), "bytea")
    if type_.wire in _DUMPED:
        return Cell(own, type_.wire)
    if type_.wire == "json":
        return Cell(own, "bytea")
    if isinstance(type_, Enum):
        return Cell(own, "text")
    if isinstance(type_, Array) and (inner := _array(type_.of)) is not None:
        return Cell(inner, "bytea")
    return None


def rows_of(fields: Sequence[str], cells: Sequence[Cell]) -> Callable[[Sequence[Any]], Rows]:
    """A function from new rows to tuples of the cells to send; generated, as it runs for every row."""
    names: dict[str, Any] = {}
    sent = ""
    for number, (field, each) in enumerate(zip(fields, cells, strict=True)):
        if each.convert is None:
            sent += f"r.{field}, "
        else:
            names[f"c{number}"] = each.convert
            written = re.sub(r"\b([cv])\b", rf"\g<1>{number}", each.inline)
            sent += f"(None if (v{number} := r.{field}) is None else {written}), "
    exec(f"def rows_of(rows): return [({sent}) for r in rows]", names)  # identifiers and numbers alone
    made: Callable[[Sequence[Any]], Rows] = names["rows_of"]
    return made


def copy_rows(link: Link, wanted: Settings, sql: bytes, cells: Sequence[Cell], rows: Rows) -> Conversation[int]:
    """Send rows, which are all in or none. Raises DbError; ValueError and TypeError of a value leave nothing behind."""
    pgconn = link.pgconn
    if link.local is not wanted:
        yield from settle(link, wanted)
    pgconn.send_query(sql)
    result = yield from answer(link)
    if result.status != COPY_IN:
        raise refused(link, result, bound=False)
    copy = psycopg.Copy(psycopg.Cursor(link), binary=True)
    copy.set_types([each.dumper for each in cells])
    write = copy.formatter.write_row
    try:
        unsent = 0
        for row in rows:
            if full := write(row):
                unsent = yield from _put(pgconn, full, unsent)
        # Not flushed: the last rows and the end are one message, for which the server wakes up once.
        yield from _put(pgconn, copy.formatter.end(), unsent)
    except Exception:
        pgconn.put_copy_end(b"a value cannot be sent")
        yield from drain(link)
        raise
    pgconn.put_copy_end(None)
    result = yield from answer(link)
    if result.status != ExecStatus.COMMAND_OK:
        raise refused(link, result, bound=True)
    return result.command_tuples or 0


def _put(pgconn: PGconn, data: Buffer, unsent: int) -> Conversation[int]:
    """Hand data to libpq, and wait when it holds much of it. Returns how much was handed over since the last wait."""
    for start in range(0, len(data), PIECE):
        piece = data[start : start + PIECE] if len(data) > PIECE else data
        unsent += len(piece)
        yield from generators.copy_to(pgconn, piece, unsent >= UNSENT)
        if unsent >= UNSENT:
            unsent = 0
    return unsent


_encode = msgspec.json.Encoder().encode


def _document(value: Any) -> bytes:
    return b"\1" + _encode(value)


def _after(own: Convert | None, then: Convert) -> Convert:
    return then if own is None else lambda value: then(own(value))


# ---------------------------------------------------------------- arrays
# https://www.postgresql.org/docs/current/protocol-message-formats.html says nothing of them; array_recv in the sources
# reads: dimensions, whether there are NULLs, element type, then each dimension's size and first index, then the cells.

_HEADER = struct.Struct("!iiI").pack
_PAIR = struct.Struct("!ii").pack
_SIZE = struct.Struct("!i").pack
_NULL = _SIZE(-1)


def _array(of: SqlType[Any]) -> Convert | None:
    inner = cell(of)
    known = psycopg.adapters.types.get(of.wire)
    if inner is None or known is None:
        return None
    oid = known.oid
    convert = of.encode if of.wire == "json" else _document if of.wire == "jsonb" else inner.convert
    if inner.dumper != "bytea":
        dump = psycopg.adapters.get_dumper_by_oid(psycopg.adapters.types[inner.dumper].oid, psycopg.pq.Format.BINARY)
        written = dump(object).dump
        convert = _after(inner.convert, lambda value: written(value) or b"")
    convert = convert or _PACKED.get(of.wire)
    document = of.wire in ("json", "jsonb")

    def pack(values: Any) -> bytes:
        if isinstance(values, str | bytes):
            raise TypeError(f"an array takes a list, not {type(values).__name__}")
        sizes, cells = _flat(values, document)
        if not cells:
            return _HEADER(0, 0, oid)
        parts = [_HEADER(len(sizes), any(value is None for value in cells), oid), *(_PAIR(size, 1) for size in sizes)]
        for value in cells:
            if value is None:
                parts.append(_NULL)
            else:
                data = convert(value) if convert is not None else value
                parts += (_SIZE(len(data)), data)
        return b"".join(parts)

    return pack


def _flat(values: Any, document: bool) -> tuple[list[int], list[Any]]:
    """The sizes of the dimensions, and all cells in one list."""
    level: list[Any] = list(values)
    sizes = [len(level)]
    while level and not document and _is_list(level[0]):
        size = len(level[0])
        if any(not _is_list(each) or len(each) != size for each in level):
            raise ValueError("the inner lists of an array must all have the same length")
        sizes.append(size)
        level = [item for each in level for item in each]
    return sizes, level


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)
