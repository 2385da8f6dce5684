"""The session behind a link: bring it to where a statement can be sent, and hear what the server refuses.

Statements are prepared once per session and then named. Preparing is not transactional: a statement stays so after
a ROLLBACK. https://www.postgresql.org/docs/current/sql-prepare.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from psycopg import capabilities
from psycopg.adapt import Transformer
from psycopg.pq.abc import PGresult

from qb.errors import DbError, InvalidSql, SchemaMismatch, StaleStatement
from qb.run.session import settings
from qb.run.session.ahead import unsettled
from qb.run.session.answers import COMMAND_OK, answer, begin_now, command, refused
from qb.run.session.describe import DescribedStatement, agree, agree_unnamed, prepare_statement
from qb.run.session.executable import Executable
from qb.run.session.link import IDLE, Link, PreparedStatement
from qb.run.session.pooler import Pooler, name_taken, stale
from qb.run.session.settings import Settings
from qb.run.session.wait import Conversation
from qb.run.session.wire import encoders

if TYPE_CHECKING:
    from qb.run.session.options import Options

PREPARED_MAX: Final = 200
"""Statements a session keeps prepared; beyond that, ones that are not in use are closed."""


def ready(link: Link, statement: Executable[Any], options: Options) -> Conversation[PreparedStatement]:
    """Bring the session to where the statement can be sent: prepared, encoders at hand, settings in force within a
    transaction. Outside of one, settings that are not yet in force go ahead of the statement, in its message."""
    if link.local is not options.settings and link.pgconn.transaction_status != IDLE:
        yield from settle(link, options.settings)
    if link.suspect:
        yield from examine(link, options.pooler)
    found = link.prepared.get(statement.sent)
    if found is None:
        found = yield from _prepare(link, statement, options)
    elif found.statement is not statement or not found.agreed:
        # The same SQL from another query: its values may be encoded in another way, its rows asked for in another form.
        # A new one in one step: an interrupt must not leave the decoder of one with the loaders of the other.
        described = None if found.found is None else DescribedStatement(found.found, found.probed)
        found = found.of(statement)
        if found.agreed:
            pass
        elif found.name:
            if link.dirty and link.local is not options.settings:
                yield from settle(link, options.settings)
            try:
                yield from as_described(link, found, described, options)
            except SchemaMismatch:
                if described is None:
                    raise
                found = yield from _prepare(
                    link, statement, options
                )  # it was described to another, and may have changed
        else:
            yield from _described(link, found, options)
        link.prepared[statement.sent] = found
    return found


def settle(link: Link, wanted: Settings) -> Conversation[None]:
    """Put settings into force: for the rest of the transaction within one, for the session outside.

    A session that raw SQL may have changed is brought back to its beginning with it, in one message.
    """
    if link.opening is not None:
        yield from begin_now(link)
    local = link.pgconn.transaction_status != IDLE
    if link.dirty and not local:
        link.local = link.settings = None
        limits = settings.limits(settings.SERVER_DEFAULTS, wanted, local=False)
        try:
            yield from command(link, b"; ".join((*settings.AFRESH, *link.own, *limits)))
        except DbError as error:
            raise unsettled(link, error) from None
        link.dirty = False
    elif commands := settings.limits(link.local, wanted, local=local):
        link.local = None  # not known until the server has answered: an interrupt may come before
        if not local:
            link.settings = None
        yield from command(link, b"; ".join(commands))
    if not local:
        link.settings = wanted
    link.local = wanted


def _prepare(link: Link, statement: Executable[Any], options: Options) -> Conversation[PreparedStatement]:
    reader = introduce(link, statement, named=options.named)
    if reader.name:
        while len(link.prepared) >= PREPARED_MAX:  # a pipeline may have gone beyond
            yield from _evict(link)
        result, described = yield from prepare_statement(link, reader.name, statement, options.settings)
        if result.status != COMMAND_OK:
            if (found := clash(link, reader, result)) is None:
                raise refused(link, result, bound=bool(statement.parameters), of=statement)
            if link.pgconn.transaction_status != IDLE:
                raise found
            reader = introduce(link, statement, named=False)
        else:
            yield from as_described(link, reader, described, options)
    elif len(link.prepared) >= PREPARED_MAX:
        link.prepared.clear()
    if not reader.name:
        yield from _described(link, reader, options)
    link.prepared[statement.sent] = reader
    return reader


def _described(link: Link, reader: PreparedStatement, options: Options) -> Conversation[None]:
    """A statement without a name: its description comes with each result. That is too late for a write whose rows
    would not be what was declared, so it is asked for before such a one runs for the first time on a link."""
    statement = reader.statement
    if (statement.writes and statement.returns_rows) or statement.probes:
        yield from agree_unnamed(link, reader, options.settings)
    reader.agreed = True


def examine(link: Link, pooler: Pooler) -> Conversation[None]:
    """Find out why a statement was missing: somebody dropped it, or the session is not the one it was prepared in.

    A pooler gives its clients numbers of its own in the place of the server's process.
    """
    result = yield from command(link, b"SELECT pg_backend_pid()")
    link.suspect = False
    if result.get_value(0, 0) != b"%d" % link.pgconn.backend_pid:
        pooler.noticed()
        unlearn(link)


def unlearn(link: Link) -> None:
    """Forget what was prepared under a name, as sessions are swapped: it is in nobody knows which of them."""
    if any(reader.name for reader in link.prepared.values()):
        link.prepared.clear()


def unprepare(link: Link, *, deallocated: bool) -> Conversation[None]:
    """Close what was prepared about tables and types that may be others by now: within a transaction the server would
    refuse it only when it is used, and doom the transaction. `deallocated`: whether some of it may be gone already."""
    named = [reader for reader in link.prepared.values() if reader.name]
    if not named:
        return
    kept = {} if deallocated else {reader.statement.sent: reader for reader in named if reader.statement.lasting}
    link.prepared.clear()  # first: an interruption may come in between
    if not kept or not capabilities.has_send_close_prepared():
        yield from command(link, b"DEALLOCATE ALL")
        return
    link.prepared.update(kept)
    for reader in named:
        if not reader.statement.lasting:
            yield from _close(link, reader)


def as_described(
    link: Link, reader: PreparedStatement, described: DescribedStatement | None, options: Options
) -> Conversation[None]:
    """SchemaMismatch where the result is not what was declared: then the statement is closed, as the next try is to
    see what the database has by then."""
    if described is None:  # prepared by a pipeline that failed before it ran
        result, described = yield from prepare_statement(link, b"", reader.statement, options.settings)
        if result.status != COMMAND_OK:
            return  # it is gone, which its run will say
    try:
        yield from agree(link, reader, described)
    except SchemaMismatch:
        link.prepared.pop(reader.statement.sent, None)
        yield from _close(link, reader)
        raise


def introduce(link: Link, statement: Executable[Any], *, named: bool) -> PreparedStatement:
    """What the link will know of a statement once the server has prepared it. InvalidSql where it is too old."""
    check_server(link, statement)
    name = b"qb_%b_%d" % (link.mark, next(link.names)) if named else b""
    return PreparedStatement(name, statement, encoders(statement.parameters), Transformer(link), link.types)


def check_server(link: Link, statement: Executable[Any]) -> None:
    """InvalidSql where the server lacks what a statement needs: it would only speak of its syntax."""
    if (newest := statement.newest) is not None:
        version = link.pgconn.server_version // 10_000
        if 0 < version < newest.since:  # that of a connection which is gone is 0
            raise InvalidSql(newest.lacking(version), sqlstate="0A000")


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
    if reader.name:
        yield from _close(link, reader)


def _close(link: Link, reader: PreparedStatement) -> Conversation[None]:
    if not capabilities.has_send_close_prepared():
        yield from command(link, b"DEALLOCATE " + reader.name)
        return
    link.pgconn.send_close_prepared(reader.name)  # which PgBouncer understands, unlike DEALLOCATE
    yield from answer(link)


def forget(link: Link, reader: PreparedStatement, result: PGresult) -> StaleStatement | None:
    """What was wrong where a refusal is about the prepared statement alone: the link forgets it. Else None."""
    found = stale(reader, result)
    if found is not None:
        link.prepared.pop(reader.statement.sent, None)
        link.suspect = link.suspect or found.sqlstate == "26000"
    return found


def clash(link: Link, reader: PreparedStatement, result: PGresult) -> StaleStatement | None:
    """The same where preparing was refused, because the session knows the name already."""
    found = name_taken(reader, result)
    if found is not None:
        link.suspect = True
    return found
