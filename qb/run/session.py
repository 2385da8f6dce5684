"""The session behind a link: bring it to where a statement can be sent, and hear what the server refuses.

Statements are prepared once per session and then named. Preparing is not transactional: a statement stays so after
a ROLLBACK. https://www.postgresql.org/docs/current/sql-prepare.html
"""

from __future__ import annotations

from typing import Any

from psycopg import capabilities, generators
from psycopg.adapt import Transformer
from psycopg.pq import DiagnosticField, ExecStatus
from psycopg.pq.abc import PGresult

from qb.errors import DbError, QueryError
from qb.run import settings
from qb.run.diagnose import from_result
from qb.run.link import IDLE, Link, Prepared
from qb.run.settings import Settings
from qb.run.statements import Statement
from qb.run.wait import Conversation
from qb.run.wire import encoders

PREPARED_MAX = 200
"""Statements a session keeps prepared; beyond that, ones that are not in use are closed."""

COMMAND_OK = int(ExecStatus.COMMAND_OK)
COPIES = frozenset(map(int, (ExecStatus.COPY_IN, ExecStatus.COPY_OUT, ExecStatus.COPY_BOTH)))
GOOD = frozenset(
    map(int, (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK, ExecStatus.TUPLES_CHUNK, ExecStatus.SINGLE_TUPLE))
)
STALE = frozenset((b"26000", b"0A000"))
"""The prepared statement is gone (DISCARD), or its result type has changed (ALTER TABLE)."""


def ready(link: Link, statement: Statement[Any], wanted: Settings, *, named: bool) -> Conversation[Prepared]:
    """Bring the session to where the statement can be sent: settings in force, prepared, encoders at hand."""
    if link.local is not wanted:
        yield from settle(link, wanted)
    found = link.prepared.get(statement.sql)
    if found is None:
        found = yield from _prepare(link, statement, named=named)
    elif found.statement is not statement:
        # The same SQL from another query: its values may be encoded in another way, its rows asked for in another form.
        # A new one in one step: an interrupt must not leave the decoder of one with the loaders of the other.
        found = Prepared(found.name, statement, encoders(statement.parameters), found.transformer)
        link.prepared[statement.sql] = found
    return found


def settle(link: Link, wanted: Settings) -> Conversation[None]:
    """Put settings into force: for the rest of the transaction within one, for the session outside.

    A session that raw SQL may have changed is brought back to its beginning with it, in one message.
    """
    local = link.pgconn.transaction_status != IDLE
    if link.dirty and not local:
        link.local = link.settings = None
        limits = settings.sql(settings.SERVER_DEFAULTS, wanted, local=False)
        yield from command(link, settings.afresh(link.own) + (b"; " + limits if limits else b""))
        link.dirty = False
    elif commands := settings.sql(link.local, wanted, local=local):
        link.local = None  # not known until the server has answered: an interrupt may come before
        if not local:
            link.settings = None
        yield from command(link, commands)
    if not local:
        link.settings = wanted
    link.local = wanted


def _prepare(link: Link, statement: Statement[Any], *, named: bool) -> Conversation[Prepared]:
    reader = introduce(link, statement, named=named)
    if named:
        while len(link.prepared) >= PREPARED_MAX:  # a pipeline may have gone beyond
            yield from _evict(link)
        link.pgconn.send_prepare(reader.name, statement.sql)
        result = (yield from generators.execute(link.pgconn))[-1]
        if result.status != COMMAND_OK:
            raise refused(link, result, bound=bool(statement.parameters))
    elif len(link.prepared) >= PREPARED_MAX:
        link.prepared.clear()
    link.prepared[statement.sql] = reader
    return reader


def introduce(link: Link, statement: Statement[Any], *, named: bool) -> Prepared:
    """What the link will know of a statement once the server has prepared it."""
    name = b"qb_%d" % next(link.names) if named else b""
    return Prepared(name, statement, encoders(statement.parameters), Transformer(link))


def _evict(link: Link) -> Conversation[None]:
    """Close a statement that has not run since the last look (the clock algorithm: no bookkeeping on each use)."""
    for sql in list(link.prepared):
        reader = link.prepared.pop(sql)
        if not reader.used:
            break
        reader.used = False
        link.prepared[sql] = reader
    else:
        reader = link.prepared.pop(next(iter(link.prepared)))
    if not capabilities.has_send_close_prepared():
        yield from command(link, b"DEALLOCATE " + reader.name)
        return
    link.pgconn.send_close_prepared(reader.name)  # which PgBouncer understands, unlike DEALLOCATE
    yield from generators.execute(link.pgconn)


def stale(link: Link, reader: Prepared, result: PGresult) -> bool:
    """Whether a refusal is only about the prepared statement, and running it again makes sense.

    Also a feature that is not supported has that code: it fails again, and has done nothing the first time.
    """
    if not reader.name or result.error_field(DiagnosticField.SQLSTATE) not in STALE:
        return False
    link.prepared.pop(reader.statement.sql, None)
    return link.pgconn.transaction_status == IDLE


def command(link: Link, sql: bytes) -> Conversation[PGresult]:
    """Run commands of qb's own, several separated by semicolons. The result of the last; DbError where one fails."""
    link.pgconn.send_query(sql)
    results = yield from generators.execute(link.pgconn)
    for result in results:
        if result.status not in GOOD:
            raise refused(link, result, bound=False)
    last: PGresult = results[-1]
    return last


def refused(link: Link, result: PGresult | None, *, bound: bool) -> DbError:
    """The server's refusal as a value. A link that is left inside COPY cannot be talked to any more."""
    if result is None or result.status in COPIES:
        link.close()
        raise QueryError("COPY is not a statement that returns rows or a count: use insert_many")
    return from_result(result, bound=bound)


def drain(link: Link) -> Conversation[bool]:
    """Throw the rest of the results away. Whether it went well until the end."""
    well = True
    while (result := (yield from generators.fetch(link.pgconn))) is not None:
        if result.status in COPIES:
            link.close()
            return False
        well = well and result.status in GOOD
    return well
