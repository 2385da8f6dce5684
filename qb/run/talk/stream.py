"""Streams: the rows of a query in constant memory, while the server works on the next ones.

Not a server-side cursor: libpq hands the rows of an ordinary statement over in chunks, and the network's own flow
control makes a fast server wait. https://www.postgresql.org/docs/current/libpq-single-row-mode.html
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator, Sequence
from time import monotonic
from types import TracebackType
from typing import Generic, TypeVar
from weakref import ref

import anyio
from psycopg import generators
from psycopg.pq.abc import PGresult

from qb.errors import DbError, DecodeError, SchemaMismatch
from qb.errors.family import Meeting
from qb.run.pool.line import Lease
from qb.run.pool.outside import outside, task, thread
from qb.run.session.answers import command, drain
from qb.run.session.describe import agree_unnamed
from qb.run.session.executable import Executable
from qb.run.session.link import IN_ERROR, IN_TRANSACTION, Link, PreparedStatement
from qb.run.session.options import Options
from qb.run.session.ready import ready, settle
from qb.run.session.wait import Conversation
from qb.run.talk import log
from qb.run.talk.converse import PATIENCE, converse, converse_async, recover, recover_async
from qb.run.talk.counts import kept
from qb.run.talk.execute import ask, take
from qb.run.talk.held import AsyncHeld, AsyncSource, Held, Source, forked
from qb.run.talk.renew import anew, anew_async
from qb.unseen import caller

R = TypeVar("R")


class Cursor(Generic[R]):
    """Where a stream is."""

    __slots__ = ("chunk", "ended", "failed", "link", "position", "reader", "savepoint", "statement")

    def __init__(
        self, link: Link, statement: Executable[R], reader: PreparedStatement, chunk: PGresult, *, savepoint: bool
    ) -> None:
        self.link: Link = link
        self.statement: Executable[R] = statement
        self.reader: PreparedStatement = reader
        self.chunk: PGresult | None = chunk
        self.position: int = 0
        self.savepoint: bool = savepoint
        self.ended: bool = False
        self.failed: bool = False


def begin(
    link: Link, options: Options, statement: Executable[R], values: Sequence[object], size: int
) -> Conversation[Cursor[R]]:
    """Send the query and wait for its first rows.

    In a transaction a savepoint goes before: leaving early cancels the query, which would doom the transaction.
    """
    savepoint = link.depth > 0
    if savepoint:
        yield from command(link, b"SAVEPOINT qb_stream")
    try:
        if not options.named:
            reader = yield from ready(link, statement, options)
            yield from agree_unnamed(link, reader, options.settings)
        elif statement.sql not in link.prepared:
            yield from ready(link, statement, options)
        if link.local is not options.settings:  # chunks do not come out of one message with something else
            yield from settle(link, options.settings)
        reader, chunk = yield from ask(link, options, statement, values, size)
    except DbError:
        if savepoint and link.pgconn.transaction_status == IN_TRANSACTION:  # it was never sent
            yield from command(link, b"RELEASE qb_stream")
        raise
    return Cursor(link, statement, reader, chunk, savepoint=savepoint)


def advance(cursor: Cursor[R]) -> Conversation[list[R]]:
    """The next rows, [] at the end."""
    link = cursor.link
    while not cursor.ended:
        chunk, cursor.chunk = cursor.chunk, None
        chunk = chunk or (yield from generators.fetch(link.pgconn))
        if chunk is None:
            cursor.ended = True
            break
        try:
            rows = yield from take(link, cursor.statement, cursor.reader, chunk, cursor.position)
        except (DecodeError, SchemaMismatch) as error:
            if not cursor.statement.writes:
                raise
            cursor.ended = True  # read to its end: else nobody knew whether it is committed
            raise (kept(error, link, cursor.statement) if (yield from drain(link)) else error) from None
        except DbError:
            cursor.failed = link.pgconn.transaction_status == IN_ERROR
            raise
        if rows:
            cursor.position += len(rows)
            return rows
    return []


def end(cursor: Cursor[R]) -> Conversation[None]:
    """Leave the transaction as the stream should: as it is after the last row, untouched by a loop that was left early.

    A failure of the query itself has doomed the transaction, like that of any statement.
    """
    status = cursor.link.pgconn.transaction_status
    if not cursor.savepoint or status not in (IN_TRANSACTION, IN_ERROR) or cursor.failed:
        return
    undo = b"" if cursor.ended else b"ROLLBACK TO qb_stream; "
    yield from command(cursor.link, undo + b"RELEASE qb_stream")
    cursor.link.failure = None


def _each(cursor: Cursor[R], process: int) -> Generator[R]:
    meeting = Meeting(cursor.statement.sql)
    while True:
        with meeting:
            rows = converse(cursor.link, advance(cursor))
        if not rows:
            return
        yield from rows
        if process != os.getpid():
            raise forked()


async def _each_async(cursor: Cursor[R], process: int) -> AsyncGenerator[R]:
    meeting = Meeting(cursor.statement.sql)
    while True:
        with meeting:
            rows = await converse_async(cursor.link, advance(cursor))
        if not rows:
            return
        for row in rows:
            yield row
        if process != os.getpid():
            raise forked()


def opened_at() -> str:
    """The place in the user's program that runs."""
    frame = sys._getframe(caller() - 1)  # pyright: ignore[reportPrivateUsage] - there is no other way to it
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def forgotten(stream: object, place: str) -> None:
    """Tell of a stream that is collected while open."""
    warnings.warn(
        f"a stream was never left, so its connection had to be closed: leave the block that opened it at {place}",
        ResourceWarning,
        source=stream,
        stacklevel=2,
    )


class Stream(Generic[R]):
    """`with db.stream(query) as rows: for row in rows: ...`

    Entering the block sends the query, and raises its DbError if that fails; a failure half-way (DecodeError included)
    is raised out of the loop. Leaving early cancels the query on the server. The connection is free after the block.

    >>> with db.stream(select(Task.title).order_by(Task.id)) as titles:
    ...     for title in titles:
    ...         if title == "test":
    ...             break
    >>> title
    'test'
    """

    def __init__(
        self, source: Source, options: Options, statement: Executable[R], values: Sequence[object], size: int
    ) -> None:
        self._source = source
        self._call = (options, statement, values, size)
        self._logged = log.entry(statement.sql, values, options)
        self._place = opened_at()
        self._process = os.getpid()
        self._open = False
        self._begun: tuple[Lease[Link], Cursor[R], Generator[R]] | None = None

    def __enter__(self) -> Iterator[R]:
        options, statement, values, size = self._call
        if self._source.opened:
            outside(self._source.opened, thread(), statement.sql)
        lease = self._source.checkout()
        try:
            with Meeting(statement.sql):
                cursor = anew(self._source, lease, lambda link: begin(link, options, statement, values, size))
            link = lease.link
            rows = _each(cursor, self._process)
            link.stream, link.holder = ref(self), (self._place, monotonic())
            self._begun = lease, cursor, rows
        finally:
            if self._begun is None or isinstance(self._source, Held):
                self._source.give_back(lease)
        self._open = True
        return rows

    def __exit__(
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
            rows.close()
            recover(link)
            converse(link, end(cursor))
        finally:
            link.stream = link.holder = None
            if not isinstance(self._source, Held):
                self._source.give_back(lease)
        if self._logged:
            self._logged.end(cursor.position, error)

    def __del__(self) -> None:
        if self._open and self._process == os.getpid():
            forgotten(self, self._place)


class AsyncStream(Generic[R]):
    """`async with db.stream(query) as rows: async for row in rows: ...`; otherwise as Stream.

    >>> async def main() -> None:
    ...     async with connect_async() as db, db.stream(select(Task.title).order_by(Task.id)) as titles:
    ...         print([title async for title in titles])
    >>> import anyio
    >>> anyio.run(main)
    ['write', 'test', 'ship']
    """

    def __init__(
        self, source: AsyncSource, options: Options, statement: Executable[R], values: Sequence[object], size: int
    ) -> None:
        self._source = source
        self._call = (options, statement, values, size)
        self._logged = log.entry(statement.sql, values, options)
        self._place = opened_at()
        self._process = os.getpid()
        self._open = False
        self._begun: tuple[Lease[Link], Cursor[R], AsyncGenerator[R]] | None = None

    async def __aenter__(self) -> AsyncIterator[R]:
        options, statement, values, size = self._call
        if self._source.opened:
            outside(self._source.opened, task(), statement.sql)
        lease = await self._source.checkout()
        try:
            with Meeting(statement.sql):
                cursor = await anew_async(
                    self._source, lease, lambda link: begin(link, options, statement, values, size)
                )
            link = lease.link
            rows = _each_async(cursor, self._process)
            link.stream, link.holder = ref(self), (self._place, monotonic())
            self._begun = lease, cursor, rows
        finally:
            if self._begun is None or isinstance(self._source, AsyncHeld):
                self._source.give_back(lease)
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
            with anyio.move_on_after(PATIENCE, shield=True):
                await converse_async(link, end(cursor))
        finally:
            if link.busy:
                link.close()
            link.stream = link.holder = None
            if not isinstance(self._source, AsyncHeld):
                self._source.give_back(lease)
        if self._logged:
            self._logged.end(cursor.position, error)

    def __del__(self) -> None:
        if self._open and self._process == os.getpid():
            forgotten(self, self._place)
