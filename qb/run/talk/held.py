"""A link held by a transaction: one conversation, however many threads or tasks use it, and none after its end."""

from __future__ import annotations

import os
from collections.abc import Hashable, Mapping
from math import inf
from threading import get_ident
from types import MappingProxyType
from typing import Final, Protocol

from qb.errors import ClosedError, QueryError
from qb.run.pool.line import AsyncLine, Lease, Line
from qb.run.pool.outside import Openers, task
from qb.run.session.link import IN_ERROR, UNKNOWN, Link
from qb.run.talk.converse import recover, recover_async
from qb.unseen import Ending

NOBODY: Final[Mapping[object, Hashable]] = MappingProxyType({})


class Owned(Protocol):
    """What is known of those who use a source."""

    @property
    def opened(self) -> Mapping[object, Hashable]:
        """Who should not use it, as their transaction is open: nobody, of a transaction itself."""
        ...

    @property
    def openers(self) -> Openers:
        """Where those who open a transaction of it are noted."""
        ...


class Source(Owned, Protocol):
    """Where statements get a link from, for as long as they run: a pool, or a transaction."""

    def checkout(self) -> Lease[Link]: ...
    def rested(self, lease: Lease[Link]) -> bool: ...
    def renew(self, lease: Lease[Link]) -> None: ...
    def give_back(self, lease: Lease[Link]) -> None: ...


class AsyncSource(Owned, Protocol):
    """The same on an event loop. Giving back never waits, so that it cannot be cancelled."""

    async def checkout(self) -> Lease[Link]: ...
    def rested(self, lease: Lease[Link]) -> bool: ...
    async def renew(self, lease: Lease[Link]) -> None: ...
    def give_back(self, lease: Lease[Link]) -> None: ...


class Apart:
    """A pool for those who know that a transaction is open, and mean another connection."""

    __slots__ = ("_pool", "openers")

    opened = NOBODY

    def __init__(self, pool: Source) -> None:
        self._pool = pool
        self.openers: Openers = pool.openers

    def checkout(self) -> Lease[Link]:
        """As the pool's."""
        return self._pool.checkout()

    def rested(self, lease: Lease[Link]) -> bool:
        """As the pool's."""
        return self._pool.rested(lease)

    def renew(self, lease: Lease[Link]) -> None:
        """As the pool's."""
        self._pool.renew(lease)

    def give_back(self, lease: Lease[Link]) -> None:
        """As the pool's."""
        self._pool.give_back(lease)


class AsyncApart:
    """The same for tasks."""

    __slots__ = ("_pool", "openers")

    opened = NOBODY

    def __init__(self, pool: AsyncSource) -> None:
        self._pool = pool
        self.openers: Openers = pool.openers

    async def checkout(self) -> Lease[Link]:
        """As the pool's."""
        return await self._pool.checkout()

    def rested(self, lease: Lease[Link]) -> bool:
        """As the pool's."""
        return self._pool.rested(lease)

    async def renew(self, lease: Lease[Link]) -> None:
        """As the pool's."""
        await self._pool.renew(lease)

    def give_back(self, lease: Lease[Link]) -> None:
        """As the pool's."""
        self._pool.give_back(lease)


class Held:
    """The link of one transaction, taken by one statement at a time; threads stand in line."""

    __slots__ = ("alive", "ending", "line", "link", "openers", "process")

    opened = NOBODY

    def __init__(self, link: Link, line: Line | None = None, ending: Ending | None = None) -> None:
        self.link: Link = link
        self.line: Line = line or Line(1)
        self.process: int = os.getpid()
        self.ending: Ending | None = ending
        self.openers: Openers = Openers()
        self.alive: bool = True

    def wait(self, *, ending: bool = False) -> Lease[Link]:
        """The link, once no other thread talks on it.

        At the end of its block a lease of one's own is one that an interrupt kept from being given back: the exception
        that leaves the block still holds it. It does not count.
        """
        lease: Lease[Link] = Lease()
        lease.link = self.link
        lease.who = get_ident()
        if not self.line.join(lease):
            before = self.line.first()
            if before is not None and before.who == lease.who and before is not lease:
                if not ending:
                    self.line.leave(lease)
                    raise QueryError(
                        "a statement of this transaction is still running, and what makes its rows or values runs "
                        "another one on it, which would wait for itself: read the rows first, then run statements for "
                        "each of them"
                    )
                self.line.leave(before)
            del before
            self.line.wait(lease, inf)
        return lease

    def checkout(self) -> Lease[Link]:
        """The link, once no other thread talks on it. ClosedError after the transaction's block."""
        if self.process != os.getpid():
            raise forked()
        lease = self.wait()
        try:
            if self.link.stream is not None or not self.alive:
                _refuse(self.link, alive=self.alive)
            if self.link.busy:  # somebody was interrupted
                recover(self.link)
        except BaseException:
            self.line.leave(lease)
            raise
        return lease

    def rested(self, lease: Lease[Link]) -> bool:
        """No: it is in the middle of a transaction."""
        return False

    def renew(self, lease: Lease[Link]) -> None:
        """Never asked for."""
        raise NotImplementedError

    def give_back(self, lease: Lease[Link]) -> None:
        """The end of a `checkout`."""
        self.line.leave(lease)


class AsyncHeld:
    """The same for tasks. What makes rows is no coroutine, so none can wait for itself."""

    __slots__ = ("alive", "ending", "line", "link", "openers", "process")

    opened = NOBODY

    def __init__(self, link: Link, line: AsyncLine | None = None, ending: Ending | None = None) -> None:
        self.link: Link = link
        self.line: AsyncLine = line or AsyncLine(1)
        self.process: int = os.getpid()
        self.ending: Ending | None = ending
        self.openers: Openers = Openers()
        self.alive: bool = True

    async def wait(self, *, ending: bool = False) -> Lease[Link]:
        """The link, once no other task talks on it; see Held."""
        lease: Lease[Link] = Lease()
        lease.link = self.link
        lease.who = task()
        if not self.line.join(lease):
            before = self.line.first()
            if ending and before is not None and before.who == lease.who and before is not lease:
                self.line.leave(before)
            del before
            try:
                await self.line.wait(lease, inf)
            except BaseException:
                self.line.leave(lease)
                raise
        return lease

    async def checkout(self) -> Lease[Link]:
        """The link, once no other task talks on it. ClosedError after the transaction's block."""
        if self.process != os.getpid():
            raise forked()
        lease = await self.wait()
        try:
            if self.link.stream is not None or not self.alive:
                _refuse(self.link, alive=self.alive)
            if self.link.busy:  # somebody was interrupted
                await recover_async(self.link)
        except BaseException:
            self.line.leave(lease)
            raise
        return lease

    def rested(self, lease: Lease[Link]) -> bool:
        """No: it is in the middle of a transaction."""
        return False

    async def renew(self, lease: Lease[Link]) -> None:
        """Never asked for."""
        raise NotImplementedError

    def give_back(self, lease: Lease[Link]) -> None:
        """The end of a `checkout`."""
        self.line.leave(lease)


def ending_of(source: object) -> Ending | None:
    """Who tells of a failure on this source: its block, where it doomed the transaction and is raised at the end."""
    if isinstance(source, Held | AsyncHeld) and source.link.pgconn.transaction_status in (IN_ERROR, UNKNOWN):
        return source.ending
    return None


def forked() -> ClosedError:
    """For a child process that uses its parent's connection: two cannot talk on one."""
    return ClosedError(
        "this transaction belongs to the process that began it, and this one is a fork of it: begin another one here"
    )


def _refuse(link: Link, *, alive: bool) -> None:
    """Raise unless a statement can run: no stream is being read, and the block has not ended."""
    if link.streaming:
        raise QueryError("a stream is open on this transaction: leave its block first, or read the rows with `all`")
    if not alive:
        raise ClosedError("the transaction is over: its block has ended")
