"""How a link listens: what is said to begin with, and waiting for what comes.

https://www.postgresql.org/docs/current/sql-listen.html
"""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from psycopg.waiting import Wait

from qb.errors import ClosedError, QueryError
from qb.query.channel import Channel
from qb.run.session.answers import command
from qb.run.session.link import Link
from qb.types.identifier import quoted

if TYPE_CHECKING:
    from qb.run.session.wait import Conversation
    from qb.run.talk.notifications import Inbox
    from qb.run.talk.waking import AsyncWaking, Waking

LISTENING_LOGGER: Final = logging.getLogger("qb")

CALM: Final = 10.0
"""Seconds after which a connection that breaks counts as the first one to do so."""
FIRST_WAIT: Final = 0.1
LONGEST_WAIT: Final = 30.0


def subscribe(link: Link, channels: Sequence[Channel[Any]]) -> Conversation[None]:
    """Listen to the channels, for as long as the server does not mind idle sessions."""
    listens = [f"LISTEN {quoted(each.name)}" for each in channels]
    patient = ["SET idle_session_timeout TO 0"] if link.pgconn.server_version >= 140000 else []
    result = yield from command(link, "; ".join((*patient, *listens, "SELECT pg_catalog.pg_backend_pid()")).encode())
    if int(result.get_value(0, 0) or 0) != link.pgconn.backend_pid:
        LISTENING_LOGGER.warning(
            "db.listen goes through a pooler, where it works in session mode alone: give the program that listens an "
            "address of the server itself"
        )


def hear(link: Link, inbox: Inbox[Any], waking: Waking | AsyncWaking, until: float) -> Conversation[None]:
    """Put what came into the inbox; where that is empty, wait for something, for the time, or to be woken."""
    pgconn = link.pgconn
    while True:
        pgconn.consume_input()
        while (notice := pgconn.notifies()) is not None:
            inbox.put(notice)
        if inbox or waking.woken or monotonic() >= until:
            return
        yield Wait.R


def backoff(attempt: int) -> float:
    """Seconds before connecting once more: longer each time, and not all listeners at the same moment."""
    return random.uniform(0.5, 1) * min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(attempt, 20))


def seconds(name: str, given: object, otherwise: float) -> float:
    """A length of time. QueryError for less than none."""
    if given is None:
        return otherwise
    if isinstance(given, bool) or not isinstance(given, int | float) or not given >= 0:
        raise QueryError(f"{name} is {given!r}: it counts seconds, 0 or more")
    return given


def not_listening() -> ClosedError:
    """For a listener outside of its block."""
    return ClosedError("nobody listens: take events in the block, `with db.listen(channel) as events`")


def forked_away() -> ClosedError:
    """For one that a child process has of its parent."""
    return ClosedError(
        "this listener belongs to the process that opened it, and this one is a fork of it: open another"
    )


def one_at_a_time() -> QueryError:
    """For two threads or tasks that take events from one listener."""
    return QueryError(
        "two take events of one listener at the same time: let one take them, or open a listener for each"
    )
