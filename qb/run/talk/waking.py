"""Who listens waits for long, and has to be woken: by what comes, by the clock, by `stop`, by the database's end.

Written twice: a thread looks at its flag ten times a second, which is how it sees signals, too; a task is woken.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from time import monotonic

import anyio

from qb.run.session.link import Link
from qb.run.session.wait import SIGNAL_INTERVAL, Conversation, stop_clock
from qb.run.talk.converse import converse, converse_async


class Waking:
    """Of a thread."""

    __slots__ = ("__weakref__", "woken")

    def __init__(self) -> None:
        self.woken: bool = False
        """Whether it was woken for good."""

    def wake(self) -> None:
        """Wake it for good, from any thread."""
        self.woken = True

    def hear(self, link: Link, talk: Callable[[float], Conversation[None]], until: float) -> None:
        """Have a conversation that ends by itself at a time, or once it is woken."""
        converse(link, talk(until))

    def sleep(self, until: float) -> None:
        """Sleep until a time."""
        while not self.woken and (left := until - monotonic()) > 0:
            time.sleep(min(left, SIGNAL_INTERVAL))


class AsyncWaking:
    """Of a task."""

    __slots__ = ("__weakref__", "_scope", "woken")

    def __init__(self) -> None:
        self.woken: bool = False
        """Whether it was woken for good."""
        self._scope: anyio.CancelScope | None = None

    def wake(self) -> None:
        """Wake it for good, from any task of its loop."""
        self.woken = True
        if self._scope is not None:
            self._scope.cancel()

    async def hear(self, link: Link, talk: Callable[[float], Conversation[None]], until: float) -> None:
        """Have a conversation up to a time, or until it is woken."""
        scope = self._clock(until)
        try:
            with scope:
                await converse_async(link, talk(until))
        finally:
            stop_clock(scope)
            self._scope = None

    async def sleep(self, until: float) -> None:
        """Sleep until a time."""
        scope = self._clock(until)
        try:
            with scope:
                await anyio.sleep_forever()
        finally:
            stop_clock(scope)
            self._scope = None

    def _clock(self, until: float) -> anyio.CancelScope:
        self._scope = scope = anyio.CancelScope(deadline=anyio.current_time() + (until - monotonic()))
        if self.woken:
            scope.cancel()
        return scope
