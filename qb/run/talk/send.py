"""Sending a statement: alone, or in one message with what goes ahead of it.

That is a BEGIN, the session's settings, the statement's own preparation: one trip over the network, where each of them
would be one of its own. The server skips what stands behind a refusal.
https://www.postgresql.org/docs/current/libpq-pipeline-mode.html
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from psycopg import capabilities, generators

from qb.errors import SchemaMismatch
from qb.run.report.diagnose import farewell, from_result
from qb.run.session.ahead import brought_back, next_ones, piped, until_sync
from qb.run.session.answers import refused
from qb.run.session.describe import DescribedStatement, accept, server_columns, strange
from qb.run.session.link import AGAIN, COPIES, GOOD, IDLE, ONCE, out_of_step
from qb.run.session.ready import PREPARED_MAX, as_described, clash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.abc import Buffer
    from psycopg.pq.abc import PGresult

    from qb.run.session.executable import Executable
    from qb.run.session.link import Link, PreparedStatement
    from qb.run.session.options import Options
    from qb.run.session.wait import Conversation

CHUNKED = capabilities.has_stream_chunked()


def at_once(link: Link, statement: Executable[Any], options: Options) -> bool:
    """Whether a statement that is new to the session may be prepared in the message that runs it.

    What returns rows that it wrote is compared with its description first, as one that does not fit must not run.
    """
    if not options.named or link.suspect or len(link.prepared) >= PREPARED_MAX:
        return False
    if (statement.writes and (statement.returns_rows or statement.lingers)) or statement.probes:
        return False
    return link.local is options.settings or link.pgconn.transaction_status == IDLE


def send(
    link: Link, reader: PreparedStatement, buffers: Sequence[Buffer | None], formats: Sequence[int] | None
) -> None:
    """Hand a statement to libpq. Its result comes in binary where psycopg's C loaders read all of it faster so."""
    statement = reader.statement
    link.asked = monotonic()
    if statement.lingers or (statement.calls and link.lingers(statement)):
        link.soil()  # before: whatever becomes of it
        link.sent = ONCE
    elif statement.writes and link.opening is None:  # else it is undone with the link, if it ever ran
        link.sent = ONCE
    elif not link.sent:
        link.sent = AGAIN
    if reader.name:
        link.pgconn.send_query_prepared(reader.name, buffers, formats, int(statement.binary))
    else:
        link.pgconn.send_query_params(statement.sent, buffers, None, formats, int(statement.binary))


def together(
    link: Link,
    options: Options,
    commands: tuple[bytes, ...],
    reader: PreparedStatement,
    buffers: Sequence[Buffer | None],
    size: int,
    *,
    new: bool,
) -> Conversation[list[PGresult]]:
    """Send a statement behind commands, and where it is `new` behind its preparation. The results of the statement, or
    with `size` its first chunk; none where the session has a statement of its name already, and is not in a
    transaction."""
    before, pgconn, statement = link.sent, link.pgconn, reader.statement
    piped(link, commands, single=True)
    if new:
        pgconn.send_prepare(reader.name, statement.sent)
        pgconn.send_describe_prepared(reader.name)
    send(link, reader, buffers, reader.encoders.formats)
    pgconn.pipeline_sync()
    yield from generators.send(pgconn)
    count = len(commands) + (2 if new else 0)
    results = yield from next_ones(pgconn, count)
    well = all(result.status in GOOD for result in results)
    if not well:
        results = yield from until_sync(pgconn, results)
    lingers = link.lingers(statement)
    results = brought_back(link, options.settings, commands, results, before, lingers=lingers)
    found = None
    if new:
        if not well:
            return (yield from _not_prepared(link, reader, results, before))
        found = DescribedStatement(server_columns(results[1]))
        link.prepared[statement.sent] = reader
        results = []
        if not _fits(link, reader, found):
            size = 0  # something has to be asked or said, on a link that is at rest
    if size:
        return [(yield from first_chunk(link, size))]
    results = yield from until_sync(pgconn, results)
    if not results or not (results[-1].status in COPIES or farewell(results[-1])):
        pgconn.exit_pipeline_mode()
        if found is not None and not reader.agreed and results and results[0].status in GOOD:
            yield from as_described(link, reader, found, options)
    return results


def first_chunk(link: Link, size: int) -> Conversation[PGresult]:
    """The first rows of a statement that was sent; `further` gives the next ones."""
    pgconn = link.pgconn
    pgconn.set_chunked_rows_mode(size) if CHUNKED else pgconn.set_single_row_mode()
    yield from generators.send(pgconn)
    fetched: PGresult | None = yield from generators.fetch(pgconn)
    if fetched is None:
        raise out_of_step(link)
    if fetched.status in GOOD:
        link.sent = ONCE  # rows have come that may have been seen
    return fetched


def _fits(link: Link, reader: PreparedStatement, found: DescribedStatement) -> bool:
    """Whether a statement's result is what was declared, as far as it is known without asking."""
    if any(strange(link, reader.statement, found.columns)):
        return False
    try:
        accept(reader, found.columns)
    except SchemaMismatch:
        return False
    return True


def _not_prepared(
    link: Link, reader: PreparedStatement, results: Sequence[PGresult], before: int
) -> Conversation[list[PGresult]]:
    """What the server says of a statement that it did not prepare. Nothing of it has run: `before` is what had been
    sent then."""
    link.sent = before
    if farewell(results[-1]):
        link.close()
        raise from_result(results[-1])
    failed = next(result for result in results if result.status not in GOOD)
    link.pgconn.exit_pipeline_mode()
    if (taken := clash(link, reader, failed)) is None:
        raise refused(link, failed, bound=bool(reader.statement.parameters), of=reader.statement)
    if link.pgconn.transaction_status != IDLE:
        raise taken
    yield from ()
    return []
