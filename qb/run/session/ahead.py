"""What goes ahead of a statement in its own message: the session is brought to where the statement expects it.

A transaction's BEGIN goes ahead of its first statement, with the limits that hold within it.

A link that ran raw SQL may be in another role, have other settings, temporary tables, locks. It is brought back before
the next statement, and no answer is waited for in between: the commands stand in one pipeline with it. They are a
transaction of their own, so what it begins with (read only, its isolation) is what they leave, and its failure does not
undo them. Where one of them fails the server skips the rest of the message: nothing runs in a session that is not as it
should be. https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import psycopg
from psycopg import generators
from psycopg.pq import DiagnosticField, ExecStatus

from qb.errors import ConnectionLost
from qb.run.report.diagnose import farewell, from_result
from qb.run.session.link import COPIES, GOOD, IDLE, ONCE, REFUSALS, out_of_step
from qb.run.session.settings import AFRESH, SERVER_DEFAULTS, limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.pq.abc import PGconn, PGresult

    from qb.errors import DbError
    from qb.run.session.link import Link
    from qb.run.session.settings import Settings
    from qb.run.session.wait import Conversation

SYNC: Final = int(ExecStatus.PIPELINE_SYNC)


def ahead(link: Link, wanted: Settings) -> tuple[bytes, ...]:
    """The commands that go ahead of the next statement: a BEGIN that was not sent yet, or what brings the session to
    where it should be. None within a transaction, where SET LOCAL is a turn."""
    if link.local is wanted or link.pgconn.transaction_status != IDLE:
        return ()
    now = SERVER_DEFAULTS if link.dirty else link.settings
    afresh = (*AFRESH, *link.own) if link.dirty else ()
    if link.opening is not None:
        opening, within = link.opening, limits(now, wanted, local=True)
        return *(enclosed(afresh) if afresh else ()), opening.begin, *within, *opening.also
    commands = (*afresh, *limits(now, wanted, local=False))
    if commands:  # not known until the server has answered: an interrupt may come before
        link.local = link.settings = None
        return enclosed(commands)
    link.local = link.settings = wanted
    return ()


def enclosed(commands: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """As a transaction of their own, so that no rollback brings the old session back."""
    return b"BEGIN", *commands, b"COMMIT"


def piped(link: Link, commands: tuple[bytes, ...], *, single: bool) -> None:
    """Begin a pipeline with these commands. `single` is for one that is about one statement: after an interrupt it is
    brought to its end, where half of another one must not be run, and the link is closed."""
    link.single = single
    link.pgconn.enter_pipeline_mode()
    put(link, commands)


def put(link: Link, commands: tuple[bytes, ...]) -> None:
    """Hand them to libpq, which is in pipeline mode."""
    for command in commands:
        link.pgconn.send_query_params(command, None)


def brought_back(
    link: Link,
    wanted: Settings,
    commands: tuple[bytes, ...],
    results: list[PGresult],
    before: int,
    *,
    lingers: bool = False,
) -> list[PGresult]:
    """What came after the answers to the commands. `lingers`: whether that may have changed the session once more.

    A session that could not be brought back, or where no transaction could be begun, is closed. Nothing was run in it:
    `before` is what had been sent then.
    """
    if not commands:
        return results
    count = len(commands)
    for result in results[:count]:
        if result.status not in GOOD:
            if result.status not in REFUSALS:
                raise out_of_step(link)
            link.sent = before
            raise (unopened if link.opening is not None and not link.dirty else unsettled)(link, from_result(result))
    if len(results) < count:
        raise out_of_step(link)
    if link.opening is not None:
        if link.dirty:
            link.dirty, link.settings = False, SERVER_DEFAULTS
        link.opening, link.local = None, wanted
        return results[count:]
    link.settings = wanted
    link.local = None if lingers else wanted
    link.dirty = lingers
    return results[count:]


def unsettled(link: Link, error: DbError) -> ConnectionLost:
    """A session that could not be brought back is closed, as everybody would meet it as it is."""
    link.close()
    return ConnectionLost(f"its session could not be reset: {error}", sqlstate=error.sqlstate)


def unopened(link: Link, error: DbError) -> DbError:
    """A transaction that could not be begun is over, for whatever else its block may want to run."""
    link.close()
    return error


def next_ones(pgconn: PGconn, count: int) -> Conversation[list[PGresult]]:
    """The next results of a pipeline, at rest behind the last of them: or fewer, up to a refusal."""
    results: list[PGresult] = []
    while len(results) < count:
        result: PGresult | None = yield from generators.fetch(pgconn)
        if result is None:
            raise psycopg.OperationalError("the connection was lost within a pipeline")
        results.append(result)
        if result.status not in GOOD:
            break
        yield from generators.fetch(pgconn)  # None, the end of this one
    return results


def until_sync(pgconn: PGconn, before: Sequence[PGresult] = ()) -> Conversation[list[PGresult]]:
    """The results of a pipeline up to a synchronisation point, up to a COPY, which nobody expects there, or up to what
    the server said before it went away. `before` are those that came already."""
    results: list[PGresult] = [*before]
    silent = False
    while True:
        # A statement gives one result and then None; the point itself gives one result.
        try:
            # What came in one packet is taken from libpq without another generator for each.
            result: PGresult | None = (yield from generators.fetch(pgconn)) if pgconn.is_busy() else pgconn.get_result()
        except psycopg.Error:
            # What stands after the server's last words was skipped.
            if last := next((count for count, each in enumerate(results, 1) if farewell(each)), 0):
                return results[:last]
            raise
        if result is None:
            if silent:
                raise psycopg.OperationalError("the connection was lost within a pipeline")
            silent = True
            continue
        silent = False
        if result.status == SYNC:
            return results
        results.append(result)
        if result.status in COPIES:  # there is no end to it
            return results


def heard(link: Link, results: Sequence[PGresult], before: int) -> None:
    """Note what the server's last words say, where they came in the place of an answer to a statement."""
    words = results[0]
    # A pooler may end connections under the same code, and not know.
    idle = (
        words.error_field(DiagnosticField.SQLSTATE) == b"57P05"  # idle_session_timeout
        and words.error_field(DiagnosticField.SOURCE_FUNCTION) == b"ProcessInterrupts"
    )
    link.sent = before if idle and len(results) == 1 else ONCE
