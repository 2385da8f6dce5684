"""All rows of a table judged as they come, also past those that the driver cannot read: for coroutines on asyncio or
trio."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, Final

from qb.errors import DecodeError
from qb.kit.validating.cells import RowReader
from qb.kit.validating.report import Tally
from qb.query.select import Select
from qb.run.database.async_db import AsyncDb
from qb.run.talk.async_stream import AsyncStream
from qb.tree.walk import walk

UNREADABLE: Final = 1000
"""After so many rows of a table that the driver cannot read it is given up."""


async def judged_rows_async(
    title: str, table: type[Any], db: AsyncDb, sample: int | None, tally: Tally, only: Container[str] | None = None
) -> int:
    """How many rows were read. What is wrong with some of them is in the tally. `only` these columns are read."""
    reader = RowReader(table, only)
    query = reader.query if sample is None else reader.drawn(sample)
    own = Tally(tally.show_keys)
    try:
        count = await _streamed(reader, query, title, db, own)
    except DecodeError:  # of the driver's, which ends the stream: once more, in an order that can be gone on with
        return await _past(reader, sample, title, db, tally)
    tally.join(own)
    return count


async def _past(reader: RowReader, sample: int | None, title: str, db: AsyncDb, tally: Tally) -> int:
    """The rows in an order, each part of them up to a row that the driver cannot read, and from there on."""
    query = reader.ordered(sample)
    count = met = 0
    ranges: list[tuple[int, int | None]] = [(0, None)]
    while ranges:
        start, size = ranges.pop()
        part = query.offset(start) if size is None else query.offset(start).limit(size)
        own = Tally(tally.show_keys)
        try:
            count += await _streamed(reader, part, title, db, own)
        except DecodeError as error:
            place = error.row or 0
            key = None
            if tally.wants_key("codec", title, error.column, None, error.reason):
                key = await _key(reader, start + place, db)
            tally.add("codec", title, error.column, None, error.reason, key=key)
            count, met = count + 1, met + 1
            if met >= UNREADABLE:
                tally.add("table", title, None, None, f"given up after {met} rows that cannot be read", rows=0)
                return count
            left = None if size is None else size - place - 1
            if left is None or left > 0:
                ranges.append((start + place + 1, left))
            if place:
                ranges.append((start, place))
            continue
        tally.join(own)
    return count


async def _key(reader: RowReader, place: int, db: AsyncDb) -> str | None:
    """The key of the row at a place in that order, as text, as the driver cannot read the row."""
    query = reader.key_at(place)
    found: list[Any] = [] if query is None else await db.raising.all(query)
    return next((each if isinstance(each, str) else ", ".join(each) for each in found), None)


async def _streamed(reader: RowReader, query: Select[Any], title: str, db: AsyncDb, tally: Tally) -> int:
    """How many rows a query gave, all of which the driver could read."""
    statement = reader.statement(query)
    _, binds = walk(query.node)
    values = [binds[position].value for position in statement.order]
    count = 0
    source, options = db._source, db._options  # pyright: ignore[reportPrivateUsage] - a stream that judges its rows
    async with AsyncStream(source, options, statement, values, 500) as rows:
        async for row in rows:
            count += 1
            for bad in row.bad:
                tally.add(bad.kind, title, bad.column, bad.path, bad.reason, key=row.key)
    return count
