"""The input of a write of many rows, a chunk at a time: so many rows are held in memory, however many come."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Generator, Iterable, Mapping
from itertools import islice
from typing import Final, Protocol, TypeVar, runtime_checkable

import msgspec

from qb.errors import QueryError
from qb.query.insert_into import InsertIntoReturning

T = TypeVar("T")

ROWS_AT_ONCE = 5000
"""Rows that are taken from the input at a time."""
LISTED_AT_ONCE = 50_000
"""The same where they are all there, and nothing comes back: then one COPY takes them, which needs no transaction."""


def size_of(rows: object, statement: object) -> int:
    """How many rows are taken at a time."""
    some = isinstance(rows, list | tuple) and not isinstance(statement, InsertIntoReturning)
    return LISTED_AT_ONCE if some else ROWS_AT_ONCE


def iterable(rows: object, called: str = "insert_many") -> None:
    """QueryError for what rows cannot be taken from."""
    if isinstance(rows, AsyncIterable):
        raise QueryError(f"{called}: an asynchronous iterable of rows is for a database of connect_async")
    if isinstance(rows, _NO_ROWS) or not isinstance(rows, Iterable | _Indexed):
        one = isinstance(rows, msgspec.Struct)
        advice = "put it into a list, or run insert(row) with `execute`" if one else "give it a list or a generator"
        what = f"one row, {type(rows).__name__}" if one else type(rows).__name__
        raise QueryError(f"{called} takes any number of rows, and this is {what}: {advice}")


_NO_ROWS: Final[tuple[type, ...]] = (type, str, bytes, Mapping)
"""What can be iterated over, and holds no rows."""


@runtime_checkable
class _Indexed(Protocol):
    def __getitem__(self, index: int, /) -> object: ...


def chunks(rows: Iterable[T], size: int = ROWS_AT_ONCE, called: str = "insert_many") -> Generator[list[T], None, None]:
    """The input, a chunk at a time."""
    iterable(rows, called)
    rest = iter(rows)
    while chunk := list(islice(rest, size)):
        yield chunk


async def chunks_async(
    rows: AsyncIterable[T] | Iterable[T], size: int = ROWS_AT_ONCE, called: str = "insert_many"
) -> AsyncGenerator[list[T], None]:
    """The same for an asynchronous input, or a plain one."""
    if not isinstance(rows, AsyncIterable):
        for chunk in chunks(rows, size, called):
            yield chunk
        return
    held: list[T] = []
    async for row in rows:
        held.append(row)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held
