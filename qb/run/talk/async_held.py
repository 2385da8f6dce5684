"""A link held by a transaction: one conversation, however many tasks use it, and none after its end."""

from __future__ import annotations

import os
from contextlib import suppress
from math import inf
from typing import Protocol

from qb.errors import ConnectionLost, DbError
from qb.errors.unseen import Ending
from qb.run.pool.line import AsyncLine, Lease
from qb.run.pool.outside import Openers, task
from qb.run.session.link import Link
from qb.run.talk.converse import converse_async, recover_async
from qb.run.talk.owned import NOBODY, HeldLink, Owned, forked, waits_for_itself
from qb.run.talk.transaction import fail

# sync: from threading import get_ident


class AsyncSource(Owned, Protocol):
    """Where statements get a link from, for as long as they run: a pool, or a transaction.

    Giving back never waits, so that it cannot be cancelled.
    """

    async def checkout(self) -> Lease[Link]: ...
    def rested(self, lease: Lease[Link]) -> bool: ...
    async def renew(self, lease: Lease[Link]) -> None: ...
    def give_back(self, lease: Lease[Link]) -> None: ...


class AsyncApart:
    """A pool for those who know that a transaction is open, and mean another connection."""

    __slots__ = ("_pool", "openers")

    opened = NOBODY

    def __init__(self, pool: AsyncSource) -> None:
        self._pool = pool
        self.openers: Openers = pool.openers

    def __repr__(self) -> str:
        return f"apart, {self._pool!r}"

    @property
    def fails_over(self) -> bool:
        """As the pool, which may be another one for each statement."""
        return self._pool.fails_over

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


class AsyncHeld(HeldLink):
    """The link of one transaction, taken by one statement at a time; tasks stand in line."""

    __slots__ = ("below", "lease", "line")

    def __init__(self, below: AsyncSource, lease: Lease[Link], ending: Ending | None = None) -> None:
        super().__init__(lease.link, ending)
        self.below: AsyncSource = below
        self.lease: Lease[Link] = lease
        """What was taken from there."""
        self.line: AsyncLine = below.line if isinstance(below, AsyncHeld) else AsyncLine(1)

    def __repr__(self) -> str:
        kind = "a savepoint" if isinstance(self.below, AsyncHeld) else "a transaction"
        return kind if self.alive else f"{kind} that is over"

    async def wait(self, *, ending: bool = False) -> Lease[Link]:
        """The link, once no other task talks on it.

        At the end of its block a lease of one's own is one that an interrupt kept from being given back: the exception
        that leaves the block still holds it. It does not count.
        """
        lease: Lease[Link] = Lease()
        lease.link = self.link
        lease.who = task()  # sync: lease.who = get_ident()
        if not self.line.join(lease):
            before = self.line.first()
            if before is not None and before.who == lease.who and before is not lease:
                if not ending:
                    self.line.leave(lease)
                    raise waits_for_itself()
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
            lease.link = self.link  # which whoever was before in the line may have found closed, and renewed
            self.usable()
            if self.link.busy:  # somebody was interrupted
                await recover_async(self.link)
            if self.link.opening is not None:
                self.seen()
            if self.acting or self.link.unsure or self.link.narrowed is not None:
                self.confined()
        except BaseException:
            self.line.leave(lease)
            raise
        return lease

    def rested(self, lease: Lease[Link]) -> bool:
        """Whether the link idled in its pool until now: the transaction's BEGIN has not been answered."""
        return self.link.opening is not None and not isinstance(self.below, AsyncHeld) and self.below.rested(self.lease)

    async def renew(self, lease: Lease[Link]) -> None:
        """The same transaction on a new link, to be begun there."""
        await self.below.renew(self.lease)
        self.go_on(self.lease.link)
        lease.link = self.link

    def give_back(self, lease: Lease[Link]) -> None:
        """The end of a `checkout`."""
        self.line.leave(lease)


async def doom_async(source: AsyncSource, error: DbError) -> None:
    """Have the transaction that is held fail of this, if it is held and has not failed of it."""
    if not isinstance(source, AsyncHeld) or isinstance(error, ConnectionLost):
        return
    lease = await source.checkout()
    try:
        with suppress(DbError):
            await converse_async(lease.link, fail(lease.link, error))
    finally:
        source.give_back(lease)
