"""A conversation from its start to its end, and how a link is brought to rest after an interruption.

Ctrl-C, a task's cancellation, an exception in a loop over a stream: all leave a server that is still answering. The
query is cancelled there and its answer thrown away. Nobody ever reads somebody else's answer: a link that cannot be
brought to rest in time is closed.
https://www.postgresql.org/docs/current/libpq-cancel.html
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import TypeVar

import anyio
import anyio.lowlevel
import anyio.to_thread
import psycopg
from psycopg import capabilities, generators
from psycopg.pq import ExecStatus, PipelineStatus
from psycopg.waiting import Wait

from qb.errors import ConnectionLost, DbError
from qb.run.report.diagnose import from_exception
from qb.run.session.link import AGAIN, COPIES, IN_ERROR, NOTHING, OK, ONCE, UNKNOWN, Link
from qb.run.session.wait import SIGNAL_INTERVAL, Conversation, stop_clock, wait, wait_anyio, wait_approach

T = TypeVar("T")

PIPELINE_SYNC = int(ExecStatus.PIPELINE_SYNC)

PATIENCE = 5.0
"""Seconds for the server to take a cancel request and to end the query, both together."""
PROMPT = 1.0
"""Seconds in which the end of a link that was closed while it idled is heard of."""


def converse(link: Link, talk: Conversation[T]) -> T:
    """Have a conversation, blocking. Raises DbError, and leaves the link at rest or closed whatever happens."""
    link.sent, link.thrown = NOTHING, 0
    try:
        return wait(talk, link.descriptor, SIGNAL_INTERVAL)
    except (DbError, psycopg.Error, OSError) as error:
        talk.close()
        if link.thrown == id(error):
            recover(link)
            raise
        if link.pgconn.status == OK:
            link.sent = ONCE  # it is there: what went wrong is not that it was closed while it idled
        link.single = False  # nothing is known of a pipeline that went wrong
        recover(link)
        failure = noted(link, error)
    except BaseException:
        talk.close()  # now, and not when nobody holds the traceback any more
        recover(link)
        raise
    raise failure  # out here, so that psycopg's error is not its context


async def converse_async(link: Link, talk: Conversation[T], kept: Callable[[BaseException], bool] | None = None) -> T:
    """The same on an event loop."""
    link.sent, link.thrown = NOTHING, 0
    try:
        return await wait_anyio(talk, link.ear, kept)
    except (DbError, psycopg.Error, OSError) as error:
        talk.close()
        if link.thrown == id(error):
            await recover_async(link)
            raise
        if link.pgconn.status == OK:
            link.sent = ONCE  # it is there: what went wrong is not that it was closed while it idled
        link.single = False  # nothing is known of a pipeline that went wrong
        await recover_async(link)
        failure = noted(link, error)
    except BaseException:
        talk.close()
        await recover_async(link)
        raise
    raise failure


async def converse_whole(link: Link, talk: Conversation[T]) -> tuple[T, BaseException | None]:
    """The same of a moment that no cancellation is to break, as where a savepoint begins or ends: nobody could tell
    afterwards on which side of it the transaction is. One that came meanwhile is given back, to be raised then.

    ConnectionLost where the server does not answer for as long as it is given.
    """
    said, struck = await _uncancelled(link, talk)
    try:  # a scope's would else strike wherever the task next waits, which may be after all that is in the block
        await anyio.lowlevel.checkpoint_if_cancelled()
    except anyio.get_cancelled_exc_class() as error:
        struck = error
    return said, struck


async def _uncancelled(link: Link, talk: Conversation[T]) -> tuple[T, BaseException | None]:
    struck: list[BaseException] = []
    cancelled = anyio.get_cancelled_exc_class()
    scope = anyio.move_on_after(PATIENCE, shield=True)

    def kept(error: BaseException) -> bool:
        # A scope's own cancellation stays outside of the shield; asyncio's comes through, once for each `cancel()`.
        if scope.cancel_called or not isinstance(error, cancelled):
            return False
        struck.append(error)
        return True

    try:
        with scope:
            return await converse_async(link, talk, kept), struck[-1] if struck else None
    finally:
        stop_clock(scope)
    link.close()
    raise ConnectionLost("the server did not answer in time where a savepoint begins or ends")


async def converse_shielded(link: Link, talk: Conversation[None]) -> None:
    """The same where a cancelled task has something left to say; what cancels it meanwhile is raised then."""
    _, struck = await converse_whole(link, talk)
    if struck is not None:
        raise struck


def repeatable(link: Link) -> bool:
    """Whether what was said on a link that turned out to be closed may be said again, on another one."""
    return link.sent == NOTHING or (link.sent == AGAIN and monotonic() - link.asked < PROMPT)


def noted(link: Link, error: DbError | psycopg.Error | OSError) -> DbError:
    """A failure as a DbError. The first one that dooms a transaction is kept, to be named at its end."""
    failure = error if isinstance(error, DbError) else from_exception(error, overran=link.overran())
    if link.failure is None and link.pgconn.transaction_status in (IN_ERROR, UNKNOWN):
        link.failure = failure
    return failure


def recover(link: Link) -> None:
    """Bring a link to rest, blocking; close it where that fails. A second Ctrl-C closes it at once."""
    if not link.busy:
        return
    deadline = monotonic() + PATIENCE
    try:
        with suppress(psycopg.Error, OSError):
            link.cancel_safe(timeout=PATIENCE)
            wait(_drain(link, deadline), link.descriptor, SIGNAL_INTERVAL)
    finally:
        if link.busy:
            link.close()


async def recover_async(link: Link) -> None:
    """The same on an event loop, shielded from further cancellation for as long as it is given."""
    if not link.busy:
        return
    scope = anyio.move_on_after(PATIENCE, shield=True)
    try:
        with suppress(psycopg.Error, OSError), scope:
            if capabilities.has_cancel_safe():
                request = link.pgconn.cancel_conn()
                request.start()
                await wait_approach(generators.cancel(request))
            else:
                await anyio.to_thread.run_sync(link.cancel)
            await wait_anyio(_drain(link, monotonic() + PATIENCE), link.ear)
    finally:
        stop_clock(scope)
        if link.busy:
            link.close()


def _drain(link: Link, deadline: float) -> Conversation[None]:
    """Read until the link is at rest or the time is up."""
    pgconn = link.pgconn
    piped = pgconn.pipeline_status != PipelineStatus.OFF
    if piped:
        if not link.single:
            return  # half of it may have been sent, which must not be run: it is closed
        pgconn.pipeline_sync()  # a second one does no harm
    while monotonic() < deadline:
        while pgconn.flush() or pgconn.is_busy():
            ready = yield Wait.RW if pgconn.flush() else Wait.R
            if ready:
                pgconn.consume_input()
            if monotonic() > deadline:
                return
        result = pgconn.get_result()
        if piped and result is not None and result.status == PIPELINE_SYNC:
            with suppress(psycopg.Error):  # there is more to read
                pgconn.exit_pipeline_mode()
                return
        elif (result is None and not piped) or (result is not None and result.status in COPIES):
            return
