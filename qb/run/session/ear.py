"""A link's socket, as asyncio's event loop watches it: from one query to the next, which saves each of them two system
calls and as much work of the loop.

The loop calls for as long as there is something to read. So nothing is lost where an exception strikes in the call, or
where it comes before anybody waits: it comes again. Reading is done by the task alone, later, so on most loops one
more call comes for what it has just been woken up for.
https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.add_reader
"""

from __future__ import annotations

import asyncio
import os
import select
from collections.abc import Callable
from contextlib import suppress
from functools import partial


class Ear:
    """The ear of one link; `open` says whether the socket is still the link's.

    The loop knows a socket by its number, which the next one gets that is opened, be it somebody else's. So whoever
    closes a link calls `deaf` first; libpq closes a socket of its own accord where it breaks, so `check` is called
    before anything else of the loop runs.
    """

    __slots__ = ("_again", "_answered", "_idle", "_loop", "_process", "_readable", "_told", "fileno", "open")

    def __init__(self, fileno: int, open: Callable[[], bool]) -> None:
        self.fileno: int = fileno
        self.open: Callable[[], bool] = open
        self._readable: Callable[[], object] = _readable(self.fileno)
        self._loop: asyncio.AbstractEventLoop | None = None
        """The loop that watches it for certain."""
        self._told: asyncio.AbstractEventLoop | None = None
        """The last one that was told to: it may watch it still."""
        self._process: int = 0
        self._answered: asyncio.Future[None] | None = None
        self._again: bool = False
        """Whether the next call may be for what the last one was for."""
        self._idle: int = 0
        """Calls while nobody waits."""

    def hear(self, loop: asyncio.AbstractEventLoop) -> asyncio.Future[None] | None:
        """Done when the server has said something. None where the loop watches no sockets (the Proactor of Windows)."""
        self._idle = 0
        self._answered = answered = loop.create_future()
        if self._loop is not loop:
            self.deaf()
            try:
                self._told, self._process = loop, os.getpid()
                loop.remove_reader(self.fileno)  # what a socket of this number may have left, that nobody took away
                loop.add_reader(self.fileno, self._heard)
            except NotImplementedError:
                self._told = None
                return None
            self._loop = loop
        return answered

    def deaf(self) -> None:
        """Have the loop watch the socket no longer."""
        # In this order: cut short anywhere, the next call does the rest.
        self._loop = None
        if (told := self._told) is not None:
            if self._process == os.getpid():  # a forked child shares what the loop watches with
                with suppress(RuntimeError):  # a loop that is closed
                    told.remove_reader(self.fileno)
            self._told = None

    def forsaken(self, end: Callable[[], object]) -> None:
        """For a link that got lost, as the collector finds it in whatever thread: have it ended, with `deaf` in it,
        where the loop may be told so. Its socket is not closed before."""
        told = self._told
        if told is None or self._process != os.getpid() or asyncio._get_running_loop() is told:  # pyright: ignore[reportPrivateUsage]
            end()
            return
        try:
            told.call_soon_threadsafe(end)
        except RuntimeError:  # a loop that is closed
            end()

    def check(self) -> None:
        """Be deaf if libpq has closed the socket."""
        if self._told is not None and not self.open():
            self.deaf()

    def _heard(self) -> None:
        answered = self._answered
        if answered is None or answered.done():
            # Once may be what the task has just been woken up for. Else nobody reads it before the next query.
            self._again = False
            self._idle += 1
            if self._idle > 1:
                self.deaf()
        elif not self._again or self._readable():
            self._again = True
            answered.set_result(None)
        else:
            self._again = False


if hasattr(select, "poll"):

    def _readable(fileno: int) -> Callable[[], object]:
        """Whether there is something to read from a socket."""
        poll = select.poll()
        poll.register(fileno, select.POLLIN)
        return partial(poll.poll, 0)

else:  # Windows

    def _readable(fileno: int) -> Callable[[], object]:
        return lambda: select.select([fileno], [], [], 0)[0]
