"""Where a row could not be read: only when decoding has failed does anybody look cell by cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from qb.errors import DecodeError


class Reader(NamedTuple):
    """How one column of the result is read, and what an error calls it."""

    table: str
    column: str
    convert: Callable[[Any], Any] | None
    optional: bool


def locate(readers: Sequence[Reader], rows: Sequence[Sequence[Any]], position: int, error: Exception) -> Exception:
    """The error with table, column, row and path; the error itself where every cell can be read (a function of the
    user's own failed)."""
    for offset, row in enumerate(rows):
        for reader, value in zip(readers, row, strict=True):
            if value is None:
                if reader.convert is not None and not reader.optional:
                    return _error(reader, position + offset, None, "NULL, where the description says there is none")
                continue
            try:
                if reader.convert is not None:
                    reader.convert(value)
            except DecodeError as inner:  # of a nested row: its own names say more
                return DecodeError(inner.table, inner.column, position + offset, inner.path, inner.reason)
            except Exception as found:
                reason, path = _reason(found)
                return _error(reader, position + offset, path, reason)
    return error


def _error(reader: Reader, row: int, path: str | None, reason: str) -> DecodeError:
    return DecodeError(reader.table or None, reader.column or None, row, path, reason)


def _reason(error: Exception) -> tuple[str, str | None]:
    # msgspec ends with " - at `$.labels[1]`", and quotes the value where an enum has no such member.
    text, _, path = str(error).partition(" - at `")
    if isinstance(error, msgspec.ValidationError):
        return _masked(text), path.rstrip("`") or "$"
    if isinstance(error, msgspec.DecodeError):
        return "not the JSON that was expected", None
    return _masked(text) if isinstance(error, ValueError) else type(error).__name__, None


def _masked(text: str) -> str:
    return re.sub(r"""'[^']*'|"[^"]*"|value \S+$""", "...", text)
