"""Asking the server one thing, and what its answer means.

https://www.postgresql.org/docs/current/libpq-exec.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import generators
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from qb.errors import ConnectionLost, DbError, QueryError, ReadOnly, ServerError
from qb.run.report.diagnose import from_result
from qb.run.session.ahead import SYNC, ahead, brought_back
from qb.run.session.executable import Executable
from qb.run.session.link import COPIES, GOOD, OFF, REFUSALS, Link, out_of_step
from qb.run.session.wait import Conversation
from qb.tree.semicolons import blank

COMMAND_OK = int(ExecStatus.COMMAND_OK)
EMPTY_QUERY = int(ExecStatus.EMPTY_QUERY)


def answer(link: Link) -> Conversation[PGresult]:
    """Send what libpq has been given, and wait for its one result."""
    return alone(link, (yield from generators.execute(link.pgconn)))


def alone(link: Link, results: Sequence[PGresult]) -> PGresult:
    """The one result of a statement, or the first that is an error. No result, or two, are the answer to another."""
    if len(results) != 1:
        errors = [result for result in results if result.status not in GOOD]
        if not errors:
            raise out_of_step(link)
        return errors[0]
    return results[0]


def command(link: Link, sql: bytes) -> Conversation[PGresult]:
    """Run commands of qb's own, several separated by semicolons. The result of the last; DbError where one fails."""
    if link.opening is not None:
        return (yield from _begun(link, sql))
    link.pgconn.send_query(sql)
    results = yield from generators.execute(link.pgconn)
    for result in results:
        if result.status not in GOOD:
            raise refused(link, result, bound=False)
    if not results:
        raise out_of_step(link)
    last: PGresult = results[-1]
    return last


def begin_now(link: Link) -> Conversation[None]:
    """Begin the transaction whose BEGIN was not sent yet, for what cannot go along with it in one message."""
    if link.opening is not None:
        yield from _begun(link, b"")


def _begun(link: Link, sql: bytes) -> Conversation[PGresult]:
    assert link.opening is not None
    wanted = link.opening.settings
    commands = ahead(link, wanted)
    link.pgconn.send_query(b"; ".join((*commands, sql) if sql else commands))
    results: list[PGresult] = yield from generators.execute(link.pgconn)
    if not results:
        raise out_of_step(link)
    last = results[-1]
    for result in brought_back(link, wanted, commands, results, link.sent):
        if result.status not in GOOD:
            raise refused(link, result, bound=False)
    return last


def refused(link: Link, result: PGresult, *, bound: bool, of: Executable[Any] | None = None) -> DbError:
    """The server's refusal as a value, `of` a statement. A link left inside COPY cannot be talked to any more."""
    if result.status in COPIES:
        link.close()
        raise QueryError("COPY is not a statement that returns rows or a count: use insert_many")
    if result.status not in REFUSALS:
        return out_of_step(link)
    error = from_result(result, bound=bound, overran=link.overran(), written=None if of is None else of.written)
    reports(link, error)
    return error


def reports(link: Link, error: DbError) -> None:
    """Note what a refusal says of the server: it writes no more, where no transaction was begun that only reads."""
    if type(error) is ReadOnly and not (link.depth and link.begun.read_only):
        link.demoted = True


def empty(result: PGresult, statement: Executable[Any]) -> bool:
    """Whether a result is the answer to a statement that has no SQL but comments: it does nothing."""
    return result.status == EMPTY_QUERY and blank(statement.sql.decode())


def further(link: Link) -> Conversation[PGresult | None]:
    """The next chunk of a statement, None after its last one: the link is at rest then."""
    result: PGresult | None = yield from generators.fetch(link.pgconn)
    if result is None and link.pgconn.pipeline_status != OFF:  # it came in one message with something else
        end = yield from generators.fetch(link.pgconn)
        if end is None or end.status != SYNC:
            raise out_of_step(link)
        link.pgconn.exit_pipeline_mode()
    return result


def drain(link: Link) -> Conversation[bool]:
    """Throw the rest of the results away. Whether it went well until the end."""
    well = True
    while (result := (yield from further(link))) is not None:
        if result.status in COPIES:
            link.close()
            return False
        well = well and result.status in GOOD
    return well


def commit(link: Link) -> Conversation[DbError | None]:
    """Commit. What kept it from being done: PostgreSQL answers the COMMIT of a doomed transaction with ROLLBACK."""
    try:
        result = yield from command(link, b"COMMIT")
    except psycopg.Error as error:
        # Whether it was committed is not known: that is what ConnectionLost says.
        return ConnectionLost(str(error).partition("\n")[0])
    except DbError as error:
        return error
    return None if result.command_status == b"COMMIT" else link.failure or doomed()


def doomed() -> ServerError:
    """What a transaction failed of where nobody noted it."""
    return ServerError("the transaction has failed", sqlstate="25P02")
