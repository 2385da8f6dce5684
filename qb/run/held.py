"""A link held by a transaction: one conversation, however many threads or tasks use it, and none after its end."""

from __future__ import annotations

import threading
from typing import Protocol

import anyio

from qb.errors import ClosedError, QueryError
from qb.run.link import Link


class Source(Protocol):
    """Where statements get a link from, for as long as they run: a pool, or a transaction."""

    def checkout(self) -> Link: ...
    def give_back(self, link: Link) -> None: ...


class AsyncSource(Protocol):
    """The same on an event loop. Giving back never waits, so that it cannot be cancelled."""

    async def checkout(self) -> Link: ...
    def give_back(self, link: Link) -> None: ...


class Held:
    """The link of one transaction, taken by one statement at a time; threads wait for each other."""

    __slots__ = ("alive", "link", "lock")

    def __init__(self, link: Link, lock: threading.Lock | None = None) -> None:
        self.link: Link = link
        self.lock: threading.Lock = lock or threading.Lock()
        self.alive: bool = True

    def checkout(self) -> Link:
        """The link, once no other thread talks on it. ClosedError after the transaction's block."""
        self.lock.acquire()
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


class AsyncHeld:
    """The same for tasks."""

    __slots__ = ("alive", "link", "lock")

    def __init__(self, link: Link, lock: anyio.Lock | None = None) -> None:
        self.link: Link = link
        self.lock: anyio.Lock = lock or anyio.Lock(fast_acquire=True)
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


def _streaming() -> QueryError:
    return QueryError("a stream is open on this transaction: leave its block first, or read the rows with `all`")
