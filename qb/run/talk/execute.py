"""Running one statement: prepare it, send it, read what comes back. Generators, written once for every world.

https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import psycopg
from psycopg import generators
from psycopg.pq import Format
from psycopg.pq.abc import PGresult

from qb.errors import DbError, DdlRefused, DecodeError, QueryError, SchemaMismatch
from qb.run.report.diagnose import farewell
from qb.run.session.ahead import ahead, heard
from qb.run.session.answers import COMMAND_OK, EMPTY_QUERY, alone, begin_now, drain, empty, further, refused
from qb.run.session.describe import changed, compare, known, server_columns
from qb.run.session.executable import Executable
from qb.run.session.link import GOOD, IDLE, Link, PreparedStatement, out_of_step
from qb.run.session.no_ddl import ddl_of
from qb.run.session.options import Options
from qb.run.session.ready import forget, introduce, ready
from qb.run.session.wait import Conversation
from qb.run.session.wire import encode
from qb.run.talk.collector import seldom_collected
from qb.run.talk.counts import remarked, with_committed
from qb.run.talk.send import at_once, first_chunk, send, together
from qb.run.talk.transaction import fail, left_open

R = TypeVar("R")

CHUNK = 500
"""Rows of one chunk: small enough that the server keeps working while they are decoded, large enough to be few."""

ATTEMPTS = 3
"""How often a statement is sent at most: twice it may turn out to be stale, and then it is sent without a name."""

_OWN_TAG = frozenset((b"SELECT", b"INSERT", b"UPDATE", b"DELETE"))
"""Statements whose command tag begins with their own first word."""


def fetch(link: Link, options: Options, statement: Executable[R], values: Sequence[object]) -> Conversation[list[R]]:
    """All rows of a statement that gives few: received whole, then decoded."""
    reader, result = yield from ask(link, options, statement, values)
    try:
        return read(statement, reader, result, 0)
    except DbError as error:
        raise with_committed(error, link, statement) from None
    except Exception as error:
        remarked(error, link, statement)
        raise


def fetch_first(
    link: Link, options: Options, statement: Executable[R], values: Sequence[object]
) -> Conversation[list[R]]:
    """The first row, if there is one."""
    return (yield from _fetch_few(link, options, statement, values, 1))


def fetch_two(
    link: Link, options: Options, statement: Executable[R], values: Sequence[object]
) -> Conversation[list[R]]:
    """The first two rows: whether there is one, and no other."""
    return (yield from _fetch_few(link, options, statement, values, 2))


def _fetch_few(
    link: Link, options: Options, statement: Executable[R], values: Sequence[object], count: int
) -> Conversation[list[R]]:
    """The first rows of a statement that may give many: the others are received in chunks, and left undecoded."""
    reader, first = yield from ask(link, options, statement, values, CHUNK)
    chunk: PGresult | None = first
    rows: list[R] = []
    unread: Exception | None = None
    while chunk is not None:
        if chunk.status not in GOOD and chunk.status != EMPTY_QUERY:
            yield from drain(link)
            raise refused(link, chunk, bound=True, of=statement)
        if len(rows) < count and unread is None:
            try:
                rows += read(statement, reader, chunk, len(rows), end=count - len(rows))
            except (DecodeError, SchemaMismatch) as error:
                unread = with_committed(error, link, statement)  # whether what was written stays is known at the end
            except Exception as error:
                if not statement.writes:
                    raise
                remarked(error, link, statement)
                unread = error
        chunk = yield from further(link)
    if unread is not None:
        raise unread
    return rows


def fetch_all(
    link: Link, options: Options, statement: Executable[R], values: Sequence[object]
) -> Conversation[list[R]]:
    """All rows of a statement that may give many: decoded in chunks while the server works on the next one."""
    reader, first = yield from ask(link, options, statement, values, CHUNK)
    talk = _chunks(link, statement, reader, first)
    return (yield from (talk if first.ntuples < CHUNK else seldom_collected(talk)))


def _chunks(
    link: Link, statement: Executable[R], reader: PreparedStatement, chunk: PGresult | None
) -> Conversation[list[R]]:
    rows: list[R] = []
    while chunk is not None:
        try:
            rows += yield from take(link, statement, reader, chunk, len(rows))
        except (DecodeError, SchemaMismatch) as error:
            raise (with_committed(error, link, statement) if (yield from drain(link)) else error) from None
        except Exception as error:
            if isinstance(error, DbError | psycopg.Error) and id(error) != link.thrown:
                raise
            if statement.writes and (yield from drain(link)):  # else it is cancelled
                remarked(error, link, statement)
            raise
        chunk = yield from further(link)
    return rows


FETCH_ALL: Callable[[Link, Options, Executable[Any], Sequence[object]], Conversation[list[Any]]] = fetch_all
"""The same, for who knows of which class the rows are: one checker loses it on the way through the border."""


def affect(link: Link, options: Options, statement: Executable[Any], values: Sequence[object]) -> Conversation[int]:
    """The number of rows that a command touched, 0 where PostgreSQL does not count (DDL, SET)."""
    _, result = yield from ask(link, options, statement, values)
    if result.command_status in (b"DISCARD ALL", b"DEALLOCATE ALL"):
        link.prepared.clear()
    return result.command_tuples or 0


def ask(
    link: Link, options: Options, statement: Executable[Any], values: Sequence[object], size: int = 0
) -> Conversation[tuple[PreparedStatement, PGresult]]:
    """Send a statement and wait for its result, or with `size` for its first chunk; `further` gives more.

    Raises DbError where the server refuses it, EncodeError where a value cannot be sent. A prepared statement that the
    session has lost, or whose result type has changed, is prepared again, unless a transaction was doomed by it.
    """
    pgconn = link.pgconn
    if statement.controls and (error := left_open(link, statement.controls)) is not None:
        yield from fail(link, error)
        raise error
    # The usual case without another generator: these lines are on every query's path.
    reader = link.prepared.get(statement.sent)
    new = False
    if reader is None or reader.statement is not statement or not reader.agreed or link.local is not options.settings:
        if link.opening is not None and link.lingers(statement):
            yield from begin_now(link)  # it may be a COMMIT: what stands in one message with a BEGIN is known not to
        new = reader is None and at_once(link, statement, options)
        reader = introduce(link, statement, named=True) if new else (yield from ready(link, statement, options))
    else:
        reader.used = True
    buffers = encode(reader.encoders, values, statement.parameters)
    attempt = 0
    while True:
        attempt += 1
        if size and not reader.name and reader.found is None:
            size = 0  # its types may have to be looked up before a row is read: so it is received whole, this once
        before = link.sent
        commands = () if link.local is options.settings else ahead(link, options.settings)
        if commands or new:
            results = yield from together(link, options, commands, reader, buffers, size, new=new)
            if new and not results:  # its name was taken
                reader, new = (yield from ready(link, statement, options)), False
                buffers = encode(reader.encoders, values, statement.parameters)
                continue
            new = False
            result = results[0] if len(results) == 1 else alone(link, results)
        else:
            send(link, reader, buffers, reader.encoders.formats)
            if size:
                result = yield from first_chunk(link, size)
                results = [result]
            else:
                results = yield from generators.execute(pgconn)
                result = results[0] if len(results) == 1 else alone(link, results)
        if result.status in GOOD:
            if result.status == COMMAND_OK and not answers(statement.sql, result):
                raise out_of_step(link)
            if not options.ddl and (command := ddl_of(result)) is not None:
                if size:
                    yield from drain(link)
                raise (yield from _undone(link, command))
            if not reader.name and not size and changed(reader, result):
                yield from known(link, statement, server_columns(result))
            return reader, result
        if empty(result, statement):
            if size:
                yield from drain(link)
            return reader, result
        if farewell(result):
            link.close()
            heard(link, results, before)
        elif size:
            yield from drain(link)
        found = forget(link, reader, result)
        if found is None:
            raise refused(link, result, bound=bool(buffers), of=statement)
        if attempt > 1 and found.sqlstate == "26000":
            options.pooler.noticed()  # it was prepared a moment ago
        if pgconn.transaction_status != IDLE or attempt == ATTEMPTS:
            raise found  # `transact` runs the whole again
        reader = yield from ready(link, statement, options)


def _undone(link: Link, command: str) -> Conversation[DdlRefused]:
    """What to raise of DDL that has run where there is to be none: the transaction that it is a part of has failed."""
    refused = DdlRefused(command)
    yield from fail(link, refused)
    return refused


def answers(sql: bytes, result: PGresult) -> bool:
    """Whether a result without rows is the answer to a statement: PostgreSQL names the command that it has run."""
    word = sql[:6].upper()
    return word not in _OWN_TAG or (result.command_status or b"").startswith(word)


def take(
    link: Link,
    statement: Executable[R],
    reader: PreparedStatement,
    chunk: PGresult,
    position: int,
    start: int = 0,
    end: int | None = None,
) -> Conversation[list[R]]:
    """The rows of a chunk, or those from `start` to before `end`. The last chunk is empty, or says that the statement
    failed half-way."""
    if chunk.status not in GOOD and chunk.status != EMPTY_QUERY:
        yield from drain(link)
        raise refused(link, chunk, bound=True, of=statement)
    return read(statement, reader, chunk, position, start, end)


def read(
    statement: Executable[R],
    reader: PreparedStatement,
    result: PGresult,
    position: int,
    start: int = 0,
    end: int | None = None,
) -> list[R]:
    """A result's rows, decoded, or those from `start` to before `end`; `position` is the first one's, for errors."""
    count = result.ntuples
    if not count:
        if result.status == COMMAND_OK:
            raise QueryError("the statement returns no rows: run it with `execute`")
        if result.status == EMPTY_QUERY:
            raise QueryError("the SQL is empty, so there are no rows to read: write a query")
    if not start and (not reader.agreed or not reader.name):
        compare(reader, result)
    if not count:
        return []
    try:
        rows = reader.load(result, start, count if end is None or end > count else end)
    except Exception as error:
        raise unreadable(statement, reader, result, position - start, error, start) from None
    try:
        return reader.decode(rows, position)
    except (OSError, psycopg.Error) as error:  # of the user's own: nothing was read from the socket in there
        if isinstance(link := reader.transformer.connection, Link):
            link.thrown = id(error)
        raise


def unreadable(
    statement: Executable[Any],
    reader: PreparedStatement,
    result: PGresult,
    position: int,
    error: Exception,
    start: int = 0,
) -> DecodeError:
    """Which cell it was that psycopg's loaders could not read, from row `start` on: an infinite timestamp, a year of
    five digits. `position` is that of the result's first row."""
    for row in range(start, result.ntuples):
        for index in range(result.nfields):
            loader = reader.transformer.get_loader(result.ftype(index), Format(result.fformat(index)))
            value = result.get_value(row, index)
            try:
                if value is not None:
                    loader.load(value)
            except Exception as found:
                column = reader.columns[index] if index < len(reader.columns) else None
                name = column.name if column else (result.fname(index) or b"").decode()
                return DecodeError(column.table if column else None, name, position + row, None, _kind(found))
    return DecodeError(None, None, position, None, _kind(error))


def _kind(error: Exception) -> str:
    # psycopg says what is wrong, then the value: after a colon, or between quotes.
    return str(error).partition(":")[0].partition(" '")[0] or type(error).__name__
