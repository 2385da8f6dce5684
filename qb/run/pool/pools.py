"""A pool of connections, for threads and for tasks of asyncio or trio.

Our own, because psycopg_pool keeps the reason of a failed connection to itself (it retries in background threads until
the caller's timeout is over), and because its asynchronous half runs on asyncio alone. Both cost about 2 us a use.

A line with `max_size` places stands in front (`line`), so whoever is served finds an idle link or room for one
more, and makes it: no background threads, and a refused connection is known at once. The last link back is the first
out, which keeps its prepared statements warm; one that the server has closed meanwhile is noticed, as its socket is
readable.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Generic, TypeVar

import anyio
import anyio.to_thread
import msgspec

from qb.errors import ClosedError, PoolExhausted
from qb.run.pool.line import AsyncLine, Lease, Line
from qb.run.pool.stock import C, Seat, Stock

L = TypeVar("L", bound=Line | AsyncLine)

ASIDE = 16
"""Threads that connect for those who listen, at once."""


class PoolReport(msgspec.Struct, frozen=True):
    """What a pool is doing at this moment: `db.pool`.

    >>> with db.transaction():
    ...     report = db.pool
    >>> report.in_use, report.waiting
    (1, 0)
    """

    size: int
    """Connections there may be at once: `max_size`."""
    in_use: int
    """Connections that are used by a statement, a transaction or a stream."""
    idle: int
    """Connections that are open and used by nobody."""
    waiting: int
    """Threads or tasks that wait for one."""
    waited: int
    """How many had to wait since the database was made."""
    longest_wait: float
    """The longest of these waits, in seconds."""
    listening: int
    """Connections that `db.listen` has beside these."""


class _Pool(Stock[C], Generic[C, L]):
    """What both pools share."""

    _line: L
    _process: int

    def give_back(self, lease: Lease[C]) -> None:
        """The end of a `checkout`. A second one, or one in a forked child, does nothing."""
        if self._keep(lease):
            self._line.leave(lease)

    def _empty(self) -> None:
        super()._empty()
        self._process = os.getpid()

    def _of_this_process(self) -> None:
        """In a forked child forget the links of the parent, which goes on with them: two cannot share a socket."""
        if self._process != os.getpid():
            self._empty()

    def _usable(self) -> None:
        """ClosedError after `close`."""
        self._of_this_process()
        if self.closed:
            raise ClosedError("the database is closed")

    def rested(self, lease: Lease[C]) -> bool:
        """Whether its link had idled here: one that was made for it has not been closed for that."""
        seat: Seat[C] | None = lease.seat
        return seat is not None and seat.since > 0 and seat.process == os.getpid() and not self.closed

    def close(self) -> None:
        """Close what is idle now, and the rest as it comes back. Whoever waits gets ClosedError."""
        self._of_this_process()
        self.closed = True
        self._close_idle(0)
        self._line.close()
        self._wake_all()

    def _holders(self) -> tuple[str, ...]:
        """The streams that hold links, and since when: they may do so for as long as they like."""
        now = monotonic()
        links = [getattr(lease, "link", None) for lease in self._line.members()]
        held = [found for link in links if (found := getattr(link, "holder", None)) is not None]
        return tuple(f"a stream that was opened at {where} {now - since:.0f} s ago" for where, since in held)

    def report(self) -> PoolReport:
        """The numbers of this moment."""
        line = self._line
        state = self.max_size, line.served, len(self._idle), line.waiting, line.waited, line.longest
        return PoolReport(*state, len(self.listening))

    def __repr__(self) -> str:
        report = self.report()
        state = f"{report.in_use} of {report.size} in use, {report.idle} idle"
        if report.waiting:
            state += f", {report.waiting} waiting"
        return self._named("closed" if self.closed else state)

    def __del__(self) -> None:
        if not getattr(self, "closed", True) and self._idle and self._process == os.getpid():
            warnings.warn(f"{self!r} was not closed: `close` it, or use `with`", ResourceWarning, 1, self)


class SyncPool(_Pool[C, Line]):
    """Connections shared by threads. Nothing is connected before the first `checkout`."""

    def _empty(self) -> None:
        super()._empty()
        self._line = Line(self.max_size)

    def checkout(self, timeout: float | None = None) -> Lease[C]:
        """A link of one's own until `give_back`, waiting up to `timeout` seconds (the pool's, if None) for a free one.

        Raises PoolExhausted or ConnectionRefused (both DbError), or ClosedError after `close`.
        """
        if self._process != os.getpid():
            self._empty()  # as `_of_this_process`
        lease: Lease[C] = Lease()
        served = self._line.join(lease)
        try:
            limit = self.timeout if timeout is None else timeout
            if not served and not self._line.wait(lease, limit):
                raise PoolExhausted(self.max_size, limit, self._holders())
            seat = lease.seat = self._take() or self._connect(limit)
            lease.link = seat.link
        except BaseException:
            self._line.leave(lease)
            raise
        return lease

    def renew(self, lease: Lease[C]) -> None:
        """Put a new link in the place of one that was closed while it idled: another idle one may be just as dead."""
        lease.seat.link.close()
        seat = lease.seat = self._connect(self.timeout)
        lease.link = seat.link

    def aside(self) -> Seat[C]:
        """A link beside those of the pool, which nobody waits for and nobody gives back: whoever takes it closes it."""
        self._usable()
        return self._connect(self.timeout)


class AsyncPool(_Pool[C, AsyncLine]):
    """Connections shared by the tasks of one event loop, made in threads as name resolution blocks."""

    def _empty(self) -> None:
        super()._empty()
        self._line = AsyncLine(self.max_size)
        self._threads: anyio.CapacityLimiter | None = None
        self._aside: anyio.CapacityLimiter | None = None

    async def checkout(self, timeout: float | None = None) -> Lease[C]:  # noqa: ASYNC109 - it is the error's field
        """A link of one's own until `give_back`; see SyncPool. Cancelling it leaves nothing behind."""
        if self._process != os.getpid():
            self._empty()  # as `_of_this_process`
        lease: Lease[C] = Lease()
        served = self._line.join(lease)
        try:
            limit = self.timeout if timeout is None else timeout
            if not served and not await self._line.wait(lease, limit):
                raise PoolExhausted(self.max_size, limit, self._holders())
            seat = lease.seat = self._take() or await self._connect_in_thread(limit)
            lease.link = seat.link
        except BaseException:
            self._line.leave(lease)
            raise
        return lease

    async def renew(self, lease: Lease[C]) -> None:
        """As SyncPool's."""
        lease.seat.link.close()
        seat = lease.seat = await self._connect_in_thread(self.timeout)
        lease.link = seat.link

    async def aside(self) -> Seat[C]:
        """As SyncPool's."""
        self._usable()
        if self._aside is None:  # of their own, so that no statement waits for one, nor anything of the program's
            self._aside = anyio.CapacityLimiter(ASIDE)
        connect = partial(self._connect, self.timeout)
        return await anyio.to_thread.run_sync(connect, abandon_on_cancel=True, limiter=self._aside)

    async def _connect_in_thread(self, limit: float) -> Seat[C]:
        return await self._in_thread(partial(self._connect, limit))

    async def _in_thread(self, connect: Callable[[], Seat[C]]) -> Seat[C]:
        if self._threads is None:  # within the event loop
            self._threads = anyio.CapacityLimiter(self.max_size)
        # Abandoned rather than awaited when cancelled: a thread cannot be told to stop waiting for a network. A link
        # that is ready when nobody is there any more is collected with its seat, and so closed.
        return await anyio.to_thread.run_sync(connect, abandon_on_cancel=True, limiter=self._threads)
