"""How many links several pools may have open together, idle ones included.

A link that is open has a place in one line, from before it is connected until it is closed.
Whoever comes to a full line has the link closed that has idled longest, of whichever pool; where all are in use, one is
closed instead of kept when it is given back.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any, Final, Generic, Protocol, TypeVar
from weakref import ref

from qb.errors import ClosedError, PoolExhausted
from qb.run.pool.line import GLANCE, AsyncLine, Lease, Line

L = TypeVar("L", Line, AsyncLine)


class Sparing(Protocol):
    """A pool that can do with a link less."""

    def idle_since(self) -> float | None:
        """Since when the link has idled that has idled longest; None where none does."""
        ...

    def spare(self) -> None:
        """Close that one, if it is still there."""
        ...


class _Ration(Generic[L]):
    """What both share."""

    __slots__ = ("_pools", "line")

    def __init__(self, line: L) -> None:
        self.line: Final[L] = line
        self._pools: dict[object, ref[Any]] = {}

    def share(self, pool: Sparing) -> None:
        """Count the links of a pool from now on, for as long as there is that pool."""
        forget: Callable[[object], object] = self._pools.pop
        known = ref(pool, forget)
        self._pools[known] = known

    def settle(self) -> None:
        """After a link was given back: have one closed if somebody waits for its place."""
        if self.line.crowded:
            self._spare()

    def leave(self, place: Lease[Any]) -> None:
        """Give up a place, as its link is closed, or there is none. In whatever thread."""
        line: Line | AsyncLine = self.line
        line.gone(place)

    def close(self) -> None:
        """Nobody is given a place any more."""
        self.line.close()

    @property
    def open(self) -> int:
        """How many links are open, or being opened."""
        line: Line | AsyncLine = self.line
        return line.served

    def _spare(self) -> None:
        pools: list[Sparing] = [pool for known in self._pools.copy().values() if (pool := known()) is not None]
        resting = [(since, place) for place, pool in enumerate(pools) if (since := pool.idle_since()) is not None]
        if resting:
            pools[min(resting)[1]].spare()

    def _patience(self, limit: float, deadline: float) -> float:
        """Seconds to wait for a place at most. Raise where there is none to be had."""
        rest = deadline - monotonic()
        if not self.line.closed and rest > 0:
            self._spare()  # each time: another one may have meant the same
            return min(rest, GLANCE)
        if self.line.closed:
            raise ClosedError("the databases are closed")
        raise PoolExhausted(self.line.size, limit, bound="links")


class Ration(_Ration[Line]):
    """For threads."""

    __slots__ = ()

    def __init__(self, size: int) -> None:
        super().__init__(Line(size))

    def place(self, limit: float) -> Lease[Any]:
        """A place for one link, waiting up to `limit` seconds. PoolExhausted, or ClosedError."""
        place: Lease[Any] = Lease()
        deadline = monotonic() + limit
        served = self.line.join(place)
        try:
            while not served or self.line.closed:
                served = self.line.wait(place, self._patience(limit, deadline))
        except BaseException:
            self.line.leave(place)
            raise
        return place


class AsyncRation(_Ration[AsyncLine]):
    """For the tasks of one event loop."""

    __slots__ = ()

    def __init__(self, size: int) -> None:
        super().__init__(AsyncLine(size))

    async def place(self, limit: float) -> Lease[Any]:
        """As Ration's."""
        place: Lease[Any] = Lease()
        deadline = monotonic() + limit
        served = self.line.join(place)
        try:
            while not served or self.line.closed:
                served = await self.line.wait(place, self._patience(limit, deadline))
        except BaseException:
            self.line.leave(place)
            raise
        return place
