# Made by tools/sync.py from async_inserting.py: change that one, then run `make generate`.
"""How many rows are sent: in one message where that is enough, else in a transaction or a savepoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from qb.errors import DbError
from qb.errors.outcome import Outcome, Success
from qb.run.database.block import TransactionBlock
from qb.run.pool.outside import outside, thread
from qb.run.session.characteristics import Characteristics
from qb.run.session.link import Link
from qb.run.session.options import Options
from qb.run.session.wait import Conversation
from qb.run.talk import log
from qb.run.talk.bulk import Bulk
from qb.run.talk.chunks import ROWS_AT_ONCE
from qb.run.talk.held import Held, Source, doom
from qb.run.talk.keyed import KeyedRows
from qb.run.talk.masks import Batch
from qb.run.talk.renew import anew


def insert_all(
    source: Source, options: Options, bulk: Bulk, first: list[Any], parts: Iterator[list[Any]]
) -> Outcome[Any]:
    """Insert the first chunk and all that follow, all or none. DbError where it fails, and the transaction around it
    has failed then, as of any statement."""
    try:
        return _insert_chunks(source, options, bulk, first, parts)
    except DbError as error:
        doom(source, error)
        raise


def write_all(
    source: Source, options: Options, work: KeyedRows, first: list[Any], parts: Iterator[list[Any]]
) -> Outcome[Any]:
    """Write what the first chunk and all that follow say. It is as `insert_all`."""
    try:
        return _keyed_chunks(source, options, work, first, parts)
    except DbError as error:
        doom(source, error)
        raise


def _insert_chunks(
    source: Source, options: Options, bulk: Bulk, first: list[Any], parts: Iterator[list[Any]]
) -> Outcome[Any]:
    if source.opened:
        outside(source.opened, thread(), bulk.title)
    batches = bulk.steps(first)
    second = next(parts, None) if len(first) >= ROWS_AT_ONCE else None
    while True:
        try:
            if second is None and bulk.alone(batches) and not isinstance(source, Held):
                _send(source, options, bulk, batches)
                return Success(bulk.result)
            with _block(source, options) as held:
                _send(held, options, bulk, batches)
                if second is not None:
                    _send(held, options, bulk, bulk.steps(second))
                for chunk in parts:
                    _send(held, options, bulk, bulk.steps(chunk))
            return Success(bulk.result)
        except DbError as error:
            if not bulk.otherwise(error):
                raise
            batches = bulk.steps(first)


def _keyed_chunks(
    source: Source, options: Options, work: KeyedRows, first: list[Any], parts: Iterator[list[Any]]
) -> Outcome[Any]:
    if source.opened:
        outside(source.opened, thread(), work.title)
    second = next(parts, None) if len(first) >= ROWS_AT_ONCE else None
    if second is None:
        _talk(source, options, work, len(first), lambda link: work.whole(link, options, first))
        return Success(work.result)
    with _block(source, options) as held:
        _talk(held, options, work, len(first), lambda link: work.chunk(link, options, first, new=True))
        _talk(held, options, work, len(second), lambda link: work.chunk(link, options, second))
        for chunk in parts:
            _talk(held, options, work, len(chunk), partial(_chunk, work, options, chunk))
        _talk(held, options, work, 0, lambda link: work.end(link, options))
    return Success(work.result)


def _chunk(work: KeyedRows, options: Options, chunk: list[Any], link: Link) -> Conversation[None]:
    return work.chunk(link, options, chunk)


def _block(source: Source, options: Options) -> TransactionBlock[Held]:
    return TransactionBlock(source, options, Characteristics(), lambda held: held, rollback=False, own=False)


def _send(source: Source, options: Options, bulk: Bulk, batches: Sequence[Batch]) -> None:
    count = sum(len(batch.rows) for batch in batches)
    _talk(source, options, bulk, count, lambda link: bulk.send(link, options, batches))


def _talk(
    source: Source,
    options: Options,
    work: Bulk | KeyedRows,
    count: int,
    talk: Callable[[Link], Conversation[None]],
) -> None:
    """Have a conversation about some rows."""
    watched = None if options.observer is None else options.observer.begun(work.written, None, 0)
    try:
        lease = source.checkout()
        entry = log.entry(work.title.encode(), (), options)
        try:
            if watched is not None:
                watched.on(lease.link)
            anew(source, lease, talk)
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
