"""How `insert_many` sends its rows: in one message where that is enough, else in a transaction or a savepoint."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from qb.errors import DbError
from qb.errors.outcome import Outcome, Success
from qb.run.database.async_block import AsyncTransactionBlock
from qb.run.pool.outside import outside, task
from qb.run.session.characteristics import Characteristics
from qb.run.session.options import Options
from qb.run.talk import log
from qb.run.talk.async_held import AsyncHeld, AsyncSource
from qb.run.talk.async_renew import anew_async
from qb.run.talk.bulk import Bulk
from qb.run.talk.chunks import ROWS_AT_ONCE
from qb.run.talk.masks import Batch


async def insert_chunks(
    source: AsyncSource, options: Options, bulk: Bulk, first: list[Any], parts: AsyncIterator[list[Any]]
) -> Outcome[Any]:
    """Insert the first chunk and all that follow, all or none. DbError where it fails."""
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


def _block(source: AsyncSource, options: Options) -> AsyncTransactionBlock[AsyncHeld]:
    return AsyncTransactionBlock(source, options, Characteristics(), lambda held: held, rollback=False, own=False)


async def _send(source: AsyncSource, options: Options, bulk: Bulk, batches: Sequence[Batch]) -> None:
    lease = await source.checkout()
    entry = log.entry(bulk.title.encode(), (), options)
    try:
        await anew_async(source, lease, lambda link: bulk.send(link, options, batches))
        if entry is not None:
            entry.end(sum(len(batch.rows) for batch in batches))
    except BaseException as error:
        if entry is not None:
            entry.end(0, error)
        raise
    finally:
        source.give_back(lease)
