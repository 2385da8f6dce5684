"""A line of those who want a link: first come, first served, and nobody keeps a place who is gone.

Whoever comes joins at the end, and the first `size` of the line are served. So a place that becomes free is the next
one's, also before that thread or task has woken up, and a newcomer cannot overtake.

There is no lock, and nothing that must be undone: an exception from a signal handler can strike between any two
instructions, also in a `finally`. The line knows its members by weak references alone. A lease that got lost is
collected with the exception that lost it, and its place is free. Each step is one operation of a dict, which is atomic;
to go through a dict is not (the collector may run in between, and another thread), so that is done in a copy.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Hashable
from contextlib import suppress
from itertools import islice
from time import monotonic
from typing import Any, Final, Generic, TypeVar
from weakref import ref

import anyio

from qb.run.session.wait import stop_clock

C = TypeVar("C")

GLANCE: Final = 1.0
"""Seconds between two looks at the line for those who wait. They are woken: this is for a wake-up that got lost."""


class Lease(Generic[C]):
    """The right to use a link, from `checkout` to `give_back`; or, without a link yet, a place in the line.

    Nothing refers to it but who holds it. When it is collected, its place is free.
    """

    __slots__ = ("__weakref__", "home", "link", "seat", "ticket", "turn", "who")
    home: Any
    """What it was lent by, where it could be one of several."""
    link: C
    """The link that is lent."""
    seat: Any
    """What the source wants back, None once it has it."""
    ticket: int
    turn: Any
    """What wakes who waits for it."""
    who: Hashable
    """The thread or task whose it is, where that matters."""


class _Line:
    """What both lines share."""

    __slots__ = ("_places", "_tickets", "_waits", "closed", "size")

    def __init__(self, size: int) -> None:
        self.size: Final = size
        self.closed: bool = False
        self._waits: dict[int, tuple[int, float]] = {}
        """By thread, as only its own writes there: how many waits there were, and the longest of them."""
        self._tickets = itertools.count()
        self._places: dict[int, ref[Lease[Any]]] = {}

    def join(self, lease: Lease[Any]) -> bool:
        """Stand at the end of the line. Whether one is served at once; otherwise `wait`."""
        lease.turn = None
        lease.ticket = ticket = next(self._tickets)
        self._places[ticket] = ref(lease, self._lost)
        return len(self._places) <= self.size

    def leave(self, lease: Lease[Any]) -> None:
        """Make room for the next one. A second time it does nothing."""
        places = self._places
        places.pop(lease.ticket, None)
        if len(places) >= self.size:
            self._call(self.size)

    def gone(self, lease: Lease[Any]) -> None:
        """As `leave`, in whatever thread."""
        self._places.pop(lease.ticket, None)
        self._lost(None)

    def close(self) -> None:
        """Wake everybody: `wait` returns, served or not."""
        self.closed = True
        self._call(len(self._places))

    @property
    def served(self) -> int:
        """How many are served at this moment."""
        self._sweep()
        return min(self.size, len(self._places))

    @property
    def crowded(self) -> bool:
        """Whether somebody may be waiting: asked often, so nobody is looked for who got lost."""
        return len(self._places) > self.size

    def first(self) -> Lease[Any] | None:
        """Who has stood longest in the line."""
        for place in islice(self._places.copy().values(), 1):
            return place()
        return None

    def members(self) -> list[Lease[Any]]:
        """Those who stand in the line, served or not."""
        return [lease for place in self._places.copy().values() if (lease := place()) is not None]

    @property
    def waiting(self) -> int:
        """How many wait at this moment."""
        self._sweep()
        return max(0, len(self._places) - self.size)

    @property
    def waited(self) -> int:
        """How many had to wait so far."""
        return sum(count for count, _ in self._waits.copy().values())

    @property
    def longest(self) -> float:
        """How long the longest of them did."""
        return max((longest for _, longest in self._waits.copy().values()), default=0.0)

    def _is_served(self, lease: Lease[Any]) -> bool:
        while lost := [ticket for ticket, place in islice(self._places.copy().items(), self.size) if place() is None]:
            for ticket in lost:
                self._places.pop(ticket, None)
        return lease.ticket in islice(self._places.copy(), self.size)

    def _sweep(self) -> None:
        for ticket, place in self._places.copy().items():
            if place() is None:
                self._places.pop(ticket, None)

    def _note(self, since: float) -> None:
        thread = threading.get_ident()
        count, longest = self._waits.get(thread, (0, 0.0))
        self._waits[thread] = (count + 1, max(longest, monotonic() - since))

    def _call(self, first: int) -> None:
        """Wake who waits among the first."""
        for place in islice(self._places.copy().values(), first):
            lease = place()
            if lease is not None and lease.turn is not None:
                self._wake(lease.turn)

    def _lost(self, _: ref[Lease[Any]] | None) -> None:
        """A lease was collected that had not left."""
        raise NotImplementedError

    def _wake(self, turn: Any) -> None:
        raise NotImplementedError


class Line(_Line):
    """A line of threads."""

    __slots__ = ()

    def wait(self, lease: Lease[Any], limit: float) -> bool:
        """Wait up to `limit` seconds to be served. Whether it came to that; if not, `leave`."""
        since = monotonic()
        turn = lease.turn = threading.Lock()
        turn.acquire()
        try:
            while not (self._is_served(lease) or self.closed):
                rest = since + limit - monotonic()
                if rest <= 0:
                    return False
                turn.acquire(timeout=min(rest, GLANCE))
            return True
        finally:
            lease.turn = None
            self._note(since)

    def _lost(self, _: ref[Lease[Any]] | None) -> None:
        self._sweep()
        self._call(self.size)

    def _wake(self, turn: Any) -> None:
        with suppress(RuntimeError):  # somebody else woke it
            turn.release()


class AsyncLine(_Line):
    """A line of tasks, on one event loop."""

    __slots__ = ("_thread",)

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._thread: int | None = None

    async def wait(self, lease: Lease[Any], limit: float) -> bool:
        """Wait up to `limit` seconds to be served. Whether it came to that; if not, or if cancelled, `leave`."""
        since = monotonic()
        self._thread = threading.get_ident()
        try:
            while not (self._is_served(lease) or self.closed):
                rest = since + limit - monotonic()
                if rest <= 0:
                    return False
                lease.turn = anyio.Event()
                scope = anyio.move_on_after(min(rest, GLANCE))
                try:
                    with scope:
                        await lease.turn.wait()
                finally:
                    stop_clock(scope)
            return True
        finally:
            lease.turn = None
            self._note(since)

    def _lost(self, _: ref[Lease[Any]] | None) -> None:
        self._sweep()
        if self._thread == threading.get_ident():  # only the loop's own thread may set an event
            self._call(self.size)

    def _wake(self, turn: Any) -> None:
        turn.set()
