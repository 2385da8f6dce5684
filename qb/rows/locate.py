"""Where a row could not be read: only when decoding has failed does anybody look cell by cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from qb.errors import DecodeError
from qb.types.read_back import refusal


class Reader(NamedTuple):
    """How one column of the result is read, and what an error calls it."""

    table: str
    column: str
    convert: Callable[[Any], Any] | None
    optional: bool
    flag: int | None = None
    """The column that says whether the row it belongs to is there at all."""
    document: bool = False
    inner: Sequence[Reader] | None = None
    """The readers of nested rows."""


def locate(readers: Sequence[Reader], rows: Sequence[Sequence[Any]], position: int, error: Exception) -> Exception:
    """The error with table, column, row and path; the error itself where every cell can be read (a function of the
    user's own failed)."""
    for offset, row in enumerate(rows):
        for reader, value in zip(readers, row, strict=True):
            if value is None:
                if not reader.optional and (reader.flag is None or row[reader.flag]):
                    return _error(reader, position + offset, None, "NULL, where the description says there is none")
                continue
            try:
                if reader.convert is not None:
                    reader.convert(value)
            except DecodeError as inner:  # of a nested row: its own names say more
                reason = f"{inner.reason} (row {inner.row} of the nested rows)"
                return DecodeError(inner.table, inner.column, position + offset, inner.path, reason)
            except Exception as found:
                if reader.inner is not None:  # every cell could be read: a function of the user's own failed
                    return found
                reason, path = refusal(found)
                return _error(reader, position + offset, path, reason)
    return error


_CELL = re.compile(r"\$\[(\d+)\]\[(\d+)\](.*)", re.DOTALL)


def misshapen(readers: Sequence[Reader], error: msgspec.DecodeError) -> DecodeError:
    """The error for nested rows that msgspec could not read: their path holds row, column, and what is left."""
    reason, path = refusal(error)
    row = 0
    while (found := _CELL.fullmatch(path or "")) is not None:
        row, reader, rest = int(found[1]), readers[int(found[2])], found[3]
        if reader.inner is None:
            at = f"${rest}" if rest or reader.document else None
            return _error(reader, row, at, reason)
        readers, path = reader.inner, f"${rest}"
    return DecodeError(None, "nested rows", row, path, reason)


def _error(reader: Reader, row: int, path: str | None, reason: str) -> DecodeError:
    return DecodeError(reader.table or None, reader.column or None, row, path, reason)
