"""Where reads get a link from that may be a little late: one replica after the other, or the primary."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Mapping, Sequence
from itertools import count
from typing import Final, cast

from qb.errors import ConnectionRefused, DbError
from qb.run.pool.line import Lease
from qb.run.pool.outside import Openers
from qb.run.pool.pools import AsyncPool
from qb.run.session.link import Link
from qb.run.talk.converse import converse_async
from qb.run.talk.following import (
    KEPT,
    Following,
    PrimaryPlace,
    ReplicaReport,
    asked_cluster,
    asked_primary,
    asked_replica,
)

BRIEFLY: Final = 0.25
"""Seconds to wait for a connection to the primary, where all that is wanted is to ask how far it has come."""


class AsyncReplicas:
    """The source of reads: a replica that is no further behind than allowed, each in its turn, else the primary.

    A lease is one of ours, and `seat` is the pool's: so that another pool's can take its place.
    """

    __slots__ = ("_following", "_max_lag", "_pools", "_primary", "_turns", "_written", "openers")

    fails_over = False

    def __init__(self, primary: AsyncPool[Link], pools: Sequence[AsyncPool[Link]], max_lag: float) -> None:
        self._primary = primary
        self._pools = tuple(pools)
        self._following = tuple(Following() for _ in pools)
        self._max_lag = max_lag
        self._turns = count()
        self._written: deque[PrimaryPlace] = deque(maxlen=KEPT)
        self.openers: Openers = primary.openers

    def __repr__(self) -> str:
        places = ", ".join(pool.address for pool in self._pools) or "no replica"
        return f"{places}, else {self._primary!r}"

    def within(self, max_lag: float) -> AsyncReplicas:
        """The same with another bound."""
        other = AsyncReplicas(self._primary, (), max_lag)
        other._pools, other._following, other._written = self._pools, self._following, self._written
        return other

    @property
    def primary(self) -> AsyncPool[Link]:
        """What answers in the end."""
        return self._primary

    @property
    def opened(self) -> Mapping[object, Hashable]:
        """Who has a transaction of the primary open: what is read here is no part of it."""
        return self._primary.opened

    @property
    def reports(self) -> tuple[ReplicaReport, ...]:
        """What is known of each."""
        found = zip(self._pools, self._following, strict=True)
        return tuple(_report(pool, following) for pool, following in found)

    async def checkout(self) -> Lease[Link]:
        """A link of a replica, or of the primary where none will do."""
        lease: Lease[Link] = Lease()
        await self._fill(lease)
        return lease

    def rested(self, lease: Lease[Link]) -> bool:
        """Whether what is lost on its link may be had on another one: on the primary in the end."""
        if lease.seat is None:
            return False
        return lease.who is not self._primary or self._primary.rested(lease.seat)

    async def renew(self, lease: Lease[Link]) -> None:
        """Another link, once this one is lost: of another replica, or the primary."""
        if lease.who is self._primary:
            await self._primary.renew(lease.seat)
            lease.link = lease.seat.link
            return
        for pool, following in zip(self._pools, self._following, strict=True):
            if pool is lease.who:
                following.left(pool.address)
        lease.link.close()
        self.give_back(lease)
        await self._fill(lease)

    def give_back(self, lease: Lease[Link]) -> None:
        """The end of a `checkout`. A second one does nothing."""
        inner, lease.seat = lease.seat, None
        if inner is not None:
            cast("AsyncPool[Link]", lease.who).give_back(inner)

    def close(self) -> None:
        """Close the replicas' connections."""
        for pool in self._pools:
            pool.close()

    async def _fill(self, lease: Lease[Link]) -> None:
        turn = next(self._turns)
        for place in range(len(self._pools)):
            at = (turn + place) % len(self._pools)
            if (inner := await self._lent(self._pools[at], self._following[at])) is not None:
                lease.who, lease.link, lease.seat = self._pools[at], inner.link, inner
                return
        inner = await self._primary.checkout()
        lease.who, lease.link, lease.seat = self._primary, inner.link, inner

    async def _lent(self, pool: AsyncPool[Link], following: Following) -> Lease[Link] | None:
        """A link of this replica, where it will do."""
        due = following.due(self._max_lag)
        if following.aside_now or not (due or following.behind <= self._max_lag):
            return None
        try:
            inner = await pool.checkout()
        except ConnectionRefused as error:
            following.left(pool.address, error)
            return None
        kept = False
        try:
            if due:
                following.asked_now()
                await self._look(inner, following)
            kept = following.behind <= self._max_lag
        except DbError as error:
            following.left(pool.address, error)
        finally:
            if not kept:
                pool.give_back(inner)
        return inner if kept else None

    async def _look(self, inner: Lease[Link], following: Following) -> None:
        """Ask both. A primary that does not answer leaves what is known of the replica as it is."""
        cluster: bytes | None = None
        try:
            primary = await self._primary.checkout(BRIEFLY)
            try:
                self._written.append(await converse_async(primary.link, asked_primary(primary.link)))
                if not following.kin:
                    cluster = await converse_async(primary.link, asked_cluster(primary.link))
            finally:
                self._primary.give_back(primary)
        except DbError:
            return
        if not following.kin:
            following.akin(cluster, await converse_async(inner.link, asked_cluster(inner.link)))
        following.heard(await converse_async(inner.link, asked_replica(inner.link)), self._written)


def _report(pool: AsyncPool[Link], following: Following) -> ReplicaReport:
    state = pool.report()
    return ReplicaReport(pool.address, following.behind, state.in_use, state.idle, following.why)
