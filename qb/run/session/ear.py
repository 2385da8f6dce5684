"""A socket, as asyncio's event loop watches it: from one query to the next, which saves each of them two system calls.

The task reads: what is made of an answer is made in it. So the loop finds the socket readable once more before the task
has run, and is told to look again where the next query waits by then.
https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.add_reader
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress


class Ear:
    """The ear of one link. `open` says whether the socket is still the link's, which libpq may close of its own accord,
    and `readable` whether there is something to read at this moment.

    The loop knows a socket by its number, which the next one gets that is opened: so whoever closes a socket must have
    called `deaf` before, or at least before anything else happens.
    """

    __slots__ = ("_answered", "_fileno", "_idle", "_loop", "_open", "_process", "_readable")

    def __init__(self, fileno: int, open: Callable[[], bool], readable: Callable[[], bool]) -> None:
        self._fileno = fileno
        self._open = open
        self._readable = readable
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = 0
        self._idle = 0
        self._answered: asyncio.Future[None] | None = None

    @property
    def fileno(self) -> int:
        """The number of the socket."""
        return self._fileno

    def attend(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Have the loop watch the socket. False where it watches none (the Proactor of Windows)."""
        self._idle = 0
        if self._loop is loop:
            return True
        self.deaf()
        try:
            loop.add_reader(self._fileno, self._heard)
        except NotImplementedError:
            return False
        self._loop, self._process = loop, os.getpid()
        return True

    async def hear(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wait until the server has said something."""
        self._answered = answered = loop.create_future()
        try:
            await answered
        except BaseException:
            self.deaf()
            raise
        finally:
            self._answered = None

    def deaf(self) -> None:
        """Have the loop watch the socket no longer."""
        loop, self._loop = self._loop, None
        if loop is not None and self._process == os.getpid():  # a forked child shares what the loop watches with
            with suppress(RuntimeError):  # a loop that is closed
                loop.remove_reader(self._fileno)

    def check(self) -> None:
        """Be deaf if libpq has closed the socket."""
        if self._loop is not None and not self._open():
            self.deaf()

    def _heard(self) -> None:
        answered = self._answered
        if answered is None:
            # Once may be what a conversation has just read to its end. Else nobody will read it before the next one.
            self._idle += 1
            if self._idle > 1:
                self.deaf()
        elif not answered.done() and self._readable():
            answered.set_result(None)
