"""Streams: the rows of a query in constant memory, while the server works on the next ones.

Not a server-side cursor: libpq hands the rows of an ordinary statement over in chunks, and the network's own flow
control makes a fast server wait. https://www.postgresql.org/docs/current/libpq-single-row-mode.html
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from time import monotonic
from types import TracebackType
from typing import Generic, TypeVar
from weakref import ref

from qb.errors import DbError
from qb.errors.family import Meeting
from qb.run.pool.line import Lease
from qb.run.pool.outside import outside, task
from qb.run.session.executable import Executable
from qb.run.session.link import Link
from qb.run.session.observer import Observed
from qb.run.session.options import Options
from qb.run.talk import log
from qb.run.talk.async_held import AsyncHeld, AsyncSource, doom_async
from qb.run.talk.async_renew import anew_async
from qb.run.talk.converse import converse_async, converse_shielded, recover_async
from qb.run.talk.cursor import Cursor, advance, begin, end, forgotten, opened_at
from qb.run.talk.owned import forked
from qb.run.talk.transaction import REFUSED_HERE

R = TypeVar("R")


async def _rows(cursor: Cursor[R], process: int) -> AsyncGenerator[R]:
    meeting = Meeting(cursor.statement.sql)
    while True:
        with meeting:
            rows = await converse_async(cursor.link, advance(cursor))
        if not rows:
            return
        for row in rows:  # sync: yield from rows
            yield row  # sync:
        if process != os.getpid():
            raise forked()


class AsyncStream(Generic[R]):
    """`async with db.stream(query) as rows: async for row in rows: ...`

    Entering the block sends the query, and raises its DbError if that fails; a failure half-way (DecodeError included)
    is raised out of the loop. Leaving early cancels the query on the server. The connection is free after the block.

    >>> async with db.stream(select(Task.title).order_by(Task.id)) as titles:
    ...     async for title in titles:
    ...         if title == "test":
    ...             break
    >>> title
    'test'
    """

    def __init__(
        self, source: AsyncSource, options: Options, statement: Executable[R], values: Sequence[object], size: int
    ) -> None:
        self._source = source
        self._call = (options, statement, values, size)
        self._logged = log.entry(statement.sql, values, options)
        self._watched: Observed | None = None
        self._place = opened_at()
        self._process = os.getpid()
        self._open = False
        self._begun: tuple[Lease[Link], Cursor[R], AsyncGenerator[R]] | None = None

    async def __aenter__(self) -> AsyncIterator[R]:
        options, statement, values, size = self._call
        if options.observer is not None:
            self._watched = options.observer.begun(statement.sql.decode(), statement.title, 0)
        failed: DbError | None = None
        try:
            if self._source.opened:
                outside(self._source.opened, task(), statement.sql)
            lease = await self._source.checkout()
            try:
                if self._watched is not None:
                    self._watched.on(lease.link)
                with Meeting(statement.sql):
                    cursor = await anew_async(
                        self._source, lease, lambda link: begin(link, options, statement, values, size)
                    )
                link = lease.link
                rows = _rows(cursor, self._process)
                link.stream, link.holder = ref(self), (self._place, monotonic())
                self._begun = lease, cursor, rows
            except REFUSED_HERE as error:
                failed = error
                raise
            finally:
                if self._begun is None or isinstance(self._source, AsyncHeld):
                    self._source.give_back(lease)
                if failed is not None:
                    await doom_async(self._source, failed)
        except BaseException as error:
            if self._watched is not None:
                self._watched.failed(error)
                self._watched.end()
            raise
        self._open = True
        return rows

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._begun is None:
            return
        self._open = False
        lease, cursor, rows = self._begun
        if self._process != os.getpid():  # its parent's: not to be touched
            return
        link = cursor.link
        try:
            await rows.aclose()
            await recover_async(link)
            await converse_shielded(link, end(cursor))
        finally:
            if link.busy:
                link.close()
            link.stream = link.holder = None
            if not isinstance(self._source, AsyncHeld):
                self._source.give_back(lease)
            if self._watched is not None:
                self._watched.found(cursor.position)
                if error is not None:
                    self._watched.failed(error)
                self._watched.end()
        if self._logged:
            self._logged.end(cursor.position, error)

    def __del__(self) -> None:
        # An interrupt may have struck before there was anything to forget.
        if getattr(self, "_open", False) and self._process == os.getpid():
            forgotten(self, self._place)
