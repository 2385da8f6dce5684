# Made by tools/sync.py from async_held.py: change that one, then run `make generate`.
"""A link held by a transaction: one conversation, however many threads use it, and none after its end."""

from __future__ import annotations

import os
from contextlib import suppress
from math import inf
from threading import get_ident
from typing import Protocol

from qb.errors import ConnectionLost, DbError
from qb.errors.unseen import Ending
from qb.run.pool.line import Lease, Line
from qb.run.pool.outside import Openers
from qb.run.session.link import Link
from qb.run.talk.converse import converse, recover
from qb.run.talk.owned import NOBODY, HeldLink, Owned, forked, waits_for_itself
from qb.run.talk.transaction import fail


class Source(Owned, Protocol):
    """Where statements get a link from, for as long as they run: a pool, or a transaction."""

    def checkout(self) -> Lease[Link]: ...
    def rested(self, lease: Lease[Link]) -> bool: ...
    def renew(self, lease: Lease[Link]) -> None: ...
    def give_back(self, lease: Lease[Link]) -> None: ...


class Apart:
    """A pool for those who know that a transaction is open, and mean another connection."""

    __slots__ = ("_pool", "openers")

    opened = NOBODY

    def __init__(self, pool: Source) -> None:
        self._pool = pool
        self.openers: Openers = pool.openers

    def __repr__(self) -> str:
        return f"apart, {self._pool!r}"

    @property
    def fails_over(self) -> bool:
        """As the pool, which may be another one for each statement."""
        return self._pool.fails_over

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


class Held(HeldLink):
    """The link of one transaction, taken by one statement at a time; threads stand in line."""

    __slots__ = ("below", "lease", "line")

    def __init__(self, below: Source, lease: Lease[Link], ending: Ending | None = None) -> None:
        super().__init__(lease.link, ending)
        self.below: Source = below
        self.lease: Lease[Link] = lease
        """What was taken from there."""
        self.line: Line = below.line if isinstance(below, Held) else Line(1)

    def __repr__(self) -> str:
        kind = "a savepoint" if isinstance(self.below, Held) else "a transaction"
        return kind if self.alive else f"{kind} that is over"

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
                    raise waits_for_itself()
                self.line.leave(before)
            del before
            try:
                self.line.wait(lease, inf)
            except BaseException:
                self.line.leave(lease)
                raise
        return lease

    def checkout(self) -> Lease[Link]:
        """The link, once no other thread talks on it. ClosedError after the transaction's block."""
        if self.process != os.getpid():
            raise forked()
        lease = self.wait()
        try:
            lease.link = self.link  # which whoever was before in the line may have found closed, and renewed
            self.usable()
            if self.link.busy:  # somebody was interrupted
                recover(self.link)
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
        return self.link.opening is not None and not isinstance(self.below, Held) and self.below.rested(self.lease)

    def renew(self, lease: Lease[Link]) -> None:
        """The same transaction on a new link, to be begun there."""
        self.below.renew(self.lease)
        self.go_on(self.lease.link)
        lease.link = self.link

    def give_back(self, lease: Lease[Link]) -> None:
        """The end of a `checkout`."""
        self.line.leave(lease)


def doom(source: Source, error: DbError) -> None:
    """Have the transaction that is held fail of this, if it is held and has not failed of it."""
    if not isinstance(source, Held) or isinstance(error, ConnectionLost):
        return
    lease = source.checkout()
    try:
        with suppress(DbError):
            converse(lease.link, fail(lease.link, error))
    finally:
        source.give_back(lease)
