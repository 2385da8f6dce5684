"""How many rows are sent: in one message where that is enough, else in a transaction or a savepoint."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Any

from qb.errors import DbError
from qb.errors.outcome import Outcome, Success
from qb.run.database.async_block import AsyncTransactionBlock
from qb.run.pool.outside import outside, task
from qb.run.session.characteristics import Characteristics
from qb.run.session.link import Link
from qb.run.session.options import Options
from qb.run.session.wait import Conversation
from qb.run.talk import log
from qb.run.talk.async_held import AsyncHeld, AsyncSource, doom_async
from qb.run.talk.async_renew import anew_async
from qb.run.talk.bulk import Bulk
from qb.run.talk.chunks import ROWS_AT_ONCE
from qb.run.talk.keyed import KeyedRows
from qb.run.talk.masks import Batch


async def insert_all(
    source: AsyncSource, options: Options, bulk: Bulk, first: list[Any], parts: AsyncIterator[list[Any]]
) -> Outcome[Any]:
    """Insert the first chunk and all that follow, all or none. DbError where it fails, and the transaction around it
    has failed then, as of any statement."""
    try:
        return await _insert_chunks(source, options, bulk, first, parts)
    except DbError as error:
        await doom_async(source, error)
        raise


async def write_all(
    source: AsyncSource, options: Options, work: KeyedRows, first: list[Any], parts: AsyncIterator[list[Any]]
) -> Outcome[Any]:
    """Write what the first chunk and all that follow say. It is as `insert_all`."""
    try:
        return await _keyed_chunks(source, options, work, first, parts)
    except DbError as error:
        await doom_async(source, error)
        raise


async def _insert_chunks(
    source: AsyncSource, options: Options, bulk: Bulk, first: list[Any], parts: AsyncIterator[list[Any]]
) -> Outcome[Any]:
    if source.opened:
        outside(source.opened, task(), bulk.title)
    batches = bulk.steps(first)
    second = await anext(parts, None) if len(first) >= ROWS_AT_ONCE else None
    while True:
        try:
            if second is None and bulk.alone(batches) and not isinstance(source, AsyncHeld):
                await _send(source, options, bulk, batches)
                return Success(bulk.result)
            async with _block(source, options) as held:
                await _send(held, options, bulk, batches)
                if second is not None:
                    await _send(held, options, bulk, bulk.steps(second))
                async for chunk in parts:
                    await _send(held, options, bulk, bulk.steps(chunk))
            return Success(bulk.result)
        except DbError as error:
            if not bulk.otherwise(error):
                raise
            batches = bulk.steps(first)


async def _keyed_chunks(
    source: AsyncSource, options: Options, work: KeyedRows, first: list[Any], parts: AsyncIterator[list[Any]]
) -> Outcome[Any]:
    if source.opened:
        outside(source.opened, task(), work.title)
    second = await anext(parts, None) if len(first) >= ROWS_AT_ONCE else None
    if second is None:
        await _talk(source, options, work, len(first), lambda link: work.whole(link, options, first))
        return Success(work.result)
    async with _block(source, options) as held:
        await _talk(held, options, work, len(first), lambda link: work.chunk(link, options, first, new=True))
        await _talk(held, options, work, len(second), lambda link: work.chunk(link, options, second))
        async for chunk in parts:
            await _talk(held, options, work, len(chunk), partial(_chunk, work, options, chunk))
        await _talk(held, options, work, 0, lambda link: work.end(link, options))
    return Success(work.result)


def _chunk(work: KeyedRows, options: Options, chunk: list[Any], link: Link) -> Conversation[None]:
    return work.chunk(link, options, chunk)


def _block(source: AsyncSource, options: Options) -> AsyncTransactionBlock[AsyncHeld]:
    return AsyncTransactionBlock(source, options, Characteristics(), lambda held: held, rollback=False, own=False)


async def _send(source: AsyncSource, options: Options, bulk: Bulk, batches: Sequence[Batch]) -> None:
    count = sum(len(batch.rows) for batch in batches)
    await _talk(source, options, bulk, count, lambda link: bulk.send(link, options, batches))


async def _talk(
    source: AsyncSource,
    options: Options,
    work: Bulk | KeyedRows,
    count: int,
    talk: Callable[[Link], Conversation[None]],
) -> None:
    """Have a conversation about some rows."""
    watched = None if options.observer is None else options.observer.begun(work.written, None, 0)
    try:
        lease = await source.checkout()
        entry = log.entry(work.title.encode(), (), options)
        try:
            if watched is not None:
                watched.on(lease.link)
            await anew_async(source, lease, talk)
            if entry is not None:
                entry.end(count)
            if watched is not None:
                watched.found(count)
        except BaseException as error:
            if entry is not None:
                entry.end(0, error)
            raise
        finally:
            source.give_back(lease)
    except BaseException as error:
        if watched is not None:
            watched.failed(error)
        raise
    finally:
        if watched is not None:
            watched.end()
