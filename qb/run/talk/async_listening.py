"""Listening: what others NOTIFY, as a stream of typed events, for as long as one likes.

It holds a connection of its own beside the pool's, which is closed at the end: nothing has to be undone in it. Where it
breaks, another one takes its place, and the stream says so: see `Gap`.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from functools import partial
from math import inf
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from qb.errors import ClosedError, DbError, QueryError
from qb.query.channel import Channel
from qb.run.pool.pools import AsyncPool
from qb.run.pool.stock import Seat
from qb.run.session.link import Link
from qb.run.talk.converse import converse_async
from qb.run.talk.cursor import forgotten, opened_at
from qb.run.talk.hearing import (
    CALM,
    LISTENING_LOGGER,
    backoff,
    forked_away,
    hear,
    not_listening,
    one_at_a_time,
    seconds,
    subscribe,
)
from qb.run.talk.notifications import ChannelEvent, Inbox, listened_to
from qb.run.talk.waking import AsyncWaking

if TYPE_CHECKING:
    from psycopg.pq import PGnotify

T = TypeVar("T")


class AsyncListening(Generic[T]):
    """`async with db.listen(channel) as events: async for event in events: ...`; see there.

    >>> cleared = channel("cache_cleared")
    >>> async with db.listen(cleared) as events:
    ...     await db.execute(notify(cleared, "users"))
    ...     async for event in events:
    ...         match event:
    ...             case Notification(payload=text):
    ...                 print("cleared", text)
    ...             case Garbled() | Gap():
    ...                 print("read everything again")
    ...         break
    <Success: 1>
    cleared users
    """

    def __init__(
        self, pool: AsyncPool[Link], channels: Sequence[Channel[Any]], buffer: int, patience: float | None
    ) -> None:
        self._pool = pool
        self._channels = listened_to(channels, buffer)
        self._inbox: Inbox[T] = Inbox(self._channels, buffer)
        self._patience = seconds("patience", patience, inf)
        self._waking = AsyncWaking()
        self._process = os.getpid()
        self._place = opened_at()
        self._open = False
        self._taken = False
        self._seat: Seat[Link] | None = None
        self._lost: DbError | None = None
        """What broke the connection, until there is another one."""
        self._since = self._gone = self._again = 0.0
        """When the connection was made, when it was lost, and when another one may be tried."""
        self._attempt = 0
        self._told = False

    def __repr__(self) -> str:
        state = "connected" if self._seat is not None else "reconnecting" if self._open else "not open"
        return f"<listening to {', '.join(each.name for each in self._channels)}: {state}>"

    async def __aenter__(self) -> Self:
        if self._open or self._waking.woken:
            raise QueryError("the block of a listener is entered once: call db.listen(...) for each")
        await self._begin()
        self._pool.listens(self._waking)
        self._open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        self._waking.wake()
        self._pool.listens_no_more(self._waking)
        seat, self._seat = self._seat, None
        if seat is not None and seat.process == os.getpid():
            seat.link.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ChannelEvent[T]:
        event = await self._next(inf)
        if event is None:
            raise StopAsyncIteration
        return event

    async def within(self, wait: float) -> ChannelEvent[T] | None:
        """The next event, None where none comes in so many seconds, or where it was stopped. 0 is what is there now.

        While there is no connection, it may take as long as an attempt to connect does.

        >>> async with db.listen(channel("cache_cleared")) as events:
        ...     await events.within(0.01)
        """
        return await self._next(monotonic() + seconds("wait", wait, inf))

    def stop(self) -> None:
        """Have the loop over the events end, once those that came are taken. From another task of the same loop.

        >>> async with db.listen(channel("cache_cleared")) as events:
        ...     events.stop()
        ...     [event async for event in events]
        []
        """
        self._waking.wake()

    async def _next(self, until: float) -> ChannelEvent[T] | None:
        if self._process != os.getpid():
            raise forked_away()
        if not self._open:
            raise not_listening()
        if self._taken:
            raise one_at_a_time()
        self._taken = True
        try:
            while True:
                if self._seat is not None:
                    await self._hear(self._seat.link, until)
                if (event := self._inbox.take()) is not None:
                    return event
                if self._pool.closed:
                    raise ClosedError("the database is closed")
                if self._waking.woken:
                    return None
                if self._seat is None:
                    await self._begin_again(until)
                if monotonic() >= until and not self._inbox:
                    return None
        finally:
            self._taken = False

    async def _hear(self, link: Link, until: float) -> None:
        try:
            await self._waking.hear(link, partial(hear, link, self._inbox, self._waking), until)
        except DbError as error:
            link.close()
            self._seat, self._lost, self._gone = None, error, monotonic()
            self._attempt = 0 if self._gone - self._since > CALM else self._attempt + 1
            self._again = self._gone + backoff(self._attempt)

    async def _begin_again(self, until: float) -> None:
        """Another connection in the place of the one that was lost, if it is time for it before `until`."""
        await self._waking.sleep(min(self._again, until))
        if self._waking.woken or monotonic() < self._again:
            return
        try:
            await self._begin()
        except DbError as error:
            now = monotonic()
            if now - self._gone >= self._patience:
                raise
            if not self._told:
                self._told = True
                LISTENING_LOGGER.warning(
                    "%r has lost its connection, and goes on trying to have another one: %s", self, error
                )
            self._attempt += 1
            self._again = now + backoff(self._attempt)

    async def _begin(self) -> None:
        early: deque[PGnotify] = deque()
        seat = await self._pool.aside()
        link = seat.link
        try:
            link.pgconn.notify_handler = early.append
            await converse_async(link, subscribe(link, self._channels))
        except BaseException:
            link.close()
            raise
        link.pgconn.notify_handler = self._inbox.put
        # In this order: an interrupt in between makes another connection, and another gap.
        self._inbox.begin(self._lost, early)
        self._since, self._seat = monotonic(), seat
        self._lost, self._told = None, False

    def __del__(self) -> None:
        # An interrupt may have struck before there was anything to forget.
        if getattr(self, "_open", False) and self._process == os.getpid():
            forgotten(self, self._place)
