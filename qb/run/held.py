"""A link held by a transaction: one conversation, however many threads or tasks use it, and none after its end."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Mapping
from threading import get_ident
from types import MappingProxyType
from typing import Final, Protocol

import anyio

from qb.errors import ClosedError, QueryError
from qb.outcome import Ending
from qb.run.link import IN_ERROR, UNKNOWN, Link
from qb.run.outside import Openers

NOBODY: Final[Mapping[Hashable, int]] = MappingProxyType({})


class Owned(Protocol):
    """What is known of those who use a source."""

    @property
    def opened(self) -> Mapping[Hashable, int]:
        """Who should not use it, as their transaction is open: nobody, of a transaction itself."""
        ...

    @property
    def openers(self) -> Openers:
        """Where those who open a transaction of it are noted."""
        ...


class Source(Owned, Protocol):
    """Where statements get a link from, for as long as they run: a pool, or a transaction."""

    def checkout(self) -> Link: ...
    def give_back(self, link: Link) -> None: ...


class AsyncSource(Owned, Protocol):
    """The same on an event loop. Giving back never waits, so that it cannot be cancelled."""

    async def checkout(self) -> Link: ...
    def give_back(self, link: Link) -> None: ...


class Apart:
    """A pool for those who know that a transaction is open, and mean another connection."""

    __slots__ = ("_pool", "openers")

    opened = NOBODY

    def __init__(self, pool: Source) -> None:
        self._pool = pool
        self.openers: Openers = pool.openers

    def checkout(self) -> Link:
        """As the pool's."""
        return self._pool.checkout()

    def give_back(self, link: Link) -> None:
        """As the pool's."""
        self._pool.give_back(link)


class AsyncApart:
    """The same for tasks."""

    __slots__ = ("_pool", "openers")

    opened = NOBODY

    def __init__(self, pool: AsyncSource) -> None:
        self._pool = pool
        self.openers: Openers = pool.openers

    async def checkout(self) -> Link:
        """As the pool's."""
        return await self._pool.checkout()

    def give_back(self, link: Link) -> None:
        """As the pool's."""
        self._pool.give_back(link)


class Turn:
    """The lock of a transaction and its savepoints, and which thread has it."""

    __slots__ = ("lock", "thread")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.thread = 0


class Held:
    """The link of one transaction, taken by one statement at a time; threads wait for each other."""

    __slots__ = ("alive", "ending", "link", "openers", "turn")

    opened = NOBODY

    def __init__(self, link: Link, turn: Turn | None = None) -> None:
        self.link: Link = link
        self.turn: Turn = turn or Turn()
        self.ending: Ending = Ending()
        self.openers: Openers = Openers()
        self.alive: bool = True

    def checkout(self) -> Link:
        """The link, once no other thread talks on it. ClosedError after the transaction's block."""
        turn, me = self.turn, get_ident()
        if turn.thread == me:  # nobody else makes it so
            raise QueryError(
                "a statement of this transaction is still running, and what makes its rows or values runs another one "
                "on it, which would wait for itself: read the rows first, then run statements for each of them"
            )
        turn.lock.acquire()
        turn.thread = me
        if self.link.streaming:
            self.give_back(self.link)
            raise _streaming()
        if not self.alive:
            self.give_back(self.link)
            raise ClosedError("the transaction is over: its block has ended")
        return self.link

    def give_back(self, link: Link) -> None:
        """The end of a `checkout`."""
        self.turn.thread = 0
        self.turn.lock.release()


class AsyncHeld:
    """The same for tasks. What makes rows is no coroutine, so none can wait for itself."""

    __slots__ = ("alive", "ending", "link", "lock", "openers")

    opened = NOBODY

    def __init__(self, link: Link, lock: anyio.Lock | None = None) -> None:
        self.link: Link = link
        self.lock: anyio.Lock = lock or anyio.Lock(fast_acquire=True)
        self.ending: Ending = Ending()
        self.openers: Openers = Openers()
        self.alive: bool = True

    async def checkout(self) -> Link:
        """The link, once no other task talks on it. ClosedError after the transaction's block."""
        await self.lock.acquire()
        if self.link.streaming:
            self.lock.release()
            raise _streaming()
        if not self.alive:
            self.lock.release()
            raise ClosedError("the transaction is over: its block has ended")
        return self.link

    def give_back(self, link: Link) -> None:
        """The end of a `checkout`."""
        self.lock.release()


def ending_of(source: object) -> Ending | None:
    """Who tells of a failure on this source: its block where the failure doomed the transaction, else nobody yet."""
    if isinstance(source, Held | AsyncHeld) and source.link.pgconn.transaction_status in (IN_ERROR, UNKNOWN):
        return source.ending
    return None


def _streaming() -> QueryError:
    return QueryError("a stream is open on this transaction: leave its block first, or read the rows with `all`")
