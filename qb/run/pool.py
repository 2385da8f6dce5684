"""A pool of connections, for threads and for tasks of asyncio or trio.

Our own, because psycopg_pool keeps the reason of a failed connection to itself (it retries in background threads until
the caller's timeout is over), and because its asynchronous half runs on asyncio alone. Both cost about 2 us a use.

A semaphore of `max_size` permits stands in front, so whoever holds one finds an idle link or room for one more, and
makes it: no background threads, and a refused connection is known at once. The last link back is the first out, which
keeps its prepared statements warm; one that the server has closed meanwhile is noticed, as its socket is readable.
"""

import os
import threading
import time
from collections.abc import Callable
from functools import cached_property, partial
from queue import Empty, SimpleQueue
from typing import Generic

import anyio
import anyio.to_thread

from qb.errors import PoolExhausted
from qb.run.stock import C, Stock


class SyncPool(Stock[C]):
    """Connections shared by threads. Nothing is connected before the first `checkout`.

    In a forked child it forgets the links of the parent, which two processes cannot share.
    """

    def _empty(self) -> None:
        super()._empty()
        # A queue of permits is a semaphore in C: a tenth of the cost of threading's.
        self._permits: SimpleQueue[None] = SimpleQueue()
        for _ in range(self.max_size):
            self._permits.put(None)
        self._process = os.getpid()

    def checkout(self, timeout: float | None = None) -> C:
        """A link of one's own until `give_back`, waiting up to `timeout` seconds (the pool's, if None) for a free one.

        Raises PoolExhausted or ConnectionRefused (both DbError), or ClosedError after `close`.
        """
        if self._process != os.getpid():
            self._empty()
        limit = self.timeout if timeout is None else timeout
        try:
            self._permits.get(timeout=min(limit, threading.TIMEOUT_MAX))
        except Empty:
            raise PoolExhausted(self.max_size, limit) from None
        try:
            link = self._take()
            if link is None:
                link = self._connect(limit)
                self._out[link] = time.monotonic()
        except BaseException:
            self._permits.put(None)
            raise
        return link

    def give_back(self, link: C) -> None:
        """The end of a `checkout`. A second one, or one in a forked child, does nothing."""
        born = self._out.pop(link, None) if self._process == os.getpid() else None
        if born is not None:
            self._keep(link, born)
            self._permits.put(None)

    def close(self) -> None:
        """Close what is idle now, and the rest as it comes back. Whoever waits gets ClosedError."""
        self.closed = True
        self._close_idle(0)
        self._permits.put(None)  # wakes one, which is refused and so wakes the next


class AsyncPool(Stock[C]):
    """Connections shared by the tasks of one event loop, made in threads as name resolution blocks.

    Like SyncPool, except that tasks wait in the event loop, first come first served.
    """

    @cached_property
    def _permits(self) -> anyio.Semaphore:  # within the event loop
        return anyio.Semaphore(self.max_size)

    @cached_property
    def _threads(self) -> anyio.CapacityLimiter:
        return anyio.CapacityLimiter(self.max_size)

    async def checkout(self, timeout: float | None = None) -> C:  # noqa: ASYNC109 - it is the error's field
        """A link of one's own until `give_back`; see SyncPool. Cancelling it leaves nothing behind."""
        limit = self.timeout if timeout is None else timeout
        try:
            self._permits.acquire_nowait()
        except anyio.WouldBlock:
            await self._wait(limit)
        try:
            link = self._take()
            if link is None:
                link = await self._connect_in_thread(limit)
                self._out[link] = time.monotonic()
        except BaseException:
            self._permits.release()
            raise
        return link

    def give_back(self, link: C) -> None:
        """The end of a `checkout`. A second one does nothing."""
        born = self._out.pop(link, None)
        if born is not None:
            self._keep(link, born)
            self._permits.release()

    def close(self) -> None:
        """Close what is idle now, and the rest as it comes back. Whoever waits gets ClosedError."""
        self.closed = True
        self._close_idle(0)
        self._permits.release()  # wakes one, which is refused and so wakes the next

    async def _wait(self, limit: float) -> None:
        acquired = False
        with anyio.move_on_after(limit):
            await self._permits.acquire()
            acquired = True
        if not acquired:
            raise PoolExhausted(self.max_size, limit)

    async def _connect_in_thread(self, limit: float) -> C:
        handover = _Handover(partial(self._connect, limit))
        try:
            # Abandoned rather than awaited when cancelled: a thread cannot be told to stop waiting for a network.
            return await anyio.to_thread.run_sync(handover.run, abandon_on_cancel=True, limiter=self._threads)
        except BaseException:
            handover.abandon()
            raise


class _Handover(Generic[C]):
    """A link made in a thread for a task that may be gone when it is ready. Then whoever comes last closes it."""

    def __init__(self, connect: Callable[[], C]) -> None:
        self._connect = connect
        self._lock = threading.Lock()
        self._abandoned = False
        self._link: C | None = None

    def run(self) -> C:
        link = self._connect()
        with self._lock:
            self._link = link
            if self._abandoned:
                link.close()
        return link

    def abandon(self) -> None:
        with self._lock:
            self._abandoned = True
            if self._link is not None:
                self._link.close()
