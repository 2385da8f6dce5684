"""The input of a bulk insert, a chunk at a time: so many rows are held in memory, however many come."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Generator, Iterable
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

ROWS_AT_ONCE = 5000
"""Rows that are taken from the input at a time."""


def chunks(rows: Iterable[T]) -> Generator[list[T], None, None]:
    """The input, a chunk at a time."""
    rest = iter(rows)
    while chunk := list(islice(rest, ROWS_AT_ONCE)):
        yield chunk


async def chunks_async(rows: AsyncIterable[T] | Iterable[T]) -> AsyncGenerator[list[T], None]:
    """The same for an asynchronous input, or a plain one."""
    if not isinstance(rows, AsyncIterable):
        for chunk in chunks(rows):
            yield chunk
        return
    held: list[T] = []
    async for row in rows:
        held.append(row)
        if len(held) == ROWS_AT_ONCE:
            yield held
            held = []
    if held:
        yield held
