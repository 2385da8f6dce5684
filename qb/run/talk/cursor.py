"""Where a stream is: how it begins, goes on and ends. Generators, written once for every world."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from typing import Generic, TypeVar

from psycopg.pq.abc import PGresult

from qb.errors import DbError, DecodeError, QueryError, SchemaMismatch
from qb.errors.unseen import caller
from qb.run.session.answers import command, drain, further
from qb.run.session.describe import agree_unnamed
from qb.run.session.executable import Executable
from qb.run.session.link import IN_ERROR, IN_TRANSACTION, Link, PreparedStatement
from qb.run.session.options import Options
from qb.run.session.ready import ready, settle
from qb.run.session.wait import Conversation
from qb.run.talk.counts import with_committed
from qb.run.talk.execute import ask, take

R = TypeVar("R")

AT_ONCE = 50
"""Rows that are decoded at a time: they are gone again before the garbage collector has looked at them. The chunks in
which they come are larger."""


class Cursor(Generic[R]):
    """Where a stream is."""

    __slots__ = ("chunk", "ended", "failed", "link", "position", "reader", "savepoint", "start", "statement")

    def __init__(
        self, link: Link, statement: Executable[R], reader: PreparedStatement, chunk: PGresult, *, savepoint: bool
    ) -> None:
        self.link: Link = link
        self.statement: Executable[R] = statement
        self.reader: PreparedStatement = reader
        self.chunk: PGresult | None = chunk
        self.position: int = 0
        self.start: int = 0
        """The next row within the chunk."""
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
    if not options.ddl and not savepoint and statement.perhaps_ddl:
        raise QueryError(
            "a stream of SQL that is neither a query nor a write could be DDL, which this database does not take, and "
            "outside a transaction it could not be undone: stream it in one, `with db.transaction() as tx`"
        )
    if savepoint:
        yield from command(link, b"SAVEPOINT qb_stream")
    try:
        if not options.named:
            reader = yield from ready(link, statement, options)
            yield from agree_unnamed(link, reader, options.settings)
        elif statement.sent not in link.prepared:
            yield from ready(link, statement, options)
        if link.local is not options.settings:  # a turn of its own: what is left early is then in no pipeline
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
        chunk, start = cursor.chunk, cursor.start
        cursor.chunk = None
        if chunk is None:
            chunk, start = (yield from further(link)), 0
        if chunk is None:
            cursor.ended = True
            break
        end = start + AT_ONCE
        try:
            rows = yield from take(link, cursor.statement, cursor.reader, chunk, cursor.position, start, end)
        except (DecodeError, SchemaMismatch) as error:
            if not cursor.statement.writes:
                raise
            cursor.ended = True  # read to its end: else nobody knew whether it is committed
            raise (with_committed(error, link, cursor.statement) if (yield from drain(link)) else error) from None
        except DbError:
            cursor.failed = link.pgconn.transaction_status == IN_ERROR
            raise
        if end < chunk.ntuples:
            cursor.chunk, cursor.start = chunk, end
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
