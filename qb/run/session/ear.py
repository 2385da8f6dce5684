"""A socket, as asyncio's event loop watches it: from one query to the next, which saves each of them two system calls.

What the server says is read where the loop notices it, before the task goes on: so a socket is readable once, and a
long answer needs no turn of the loop for each of its pieces.
https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.add_reader
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from qb.run.session.wait import Conversation

READ = 1
"""What a conversation yields to wait until the server has said something."""

Heard: TypeAlias = "tuple[bool, Any]"
"""Whether the conversation is over; and then what it returned, else what it waits for other than to read."""


class Ear:
    """The ear of one link. `open` says whether the socket is still the link's: libpq may close it of its own accord.

    The loop knows a socket by its number, which the next one gets that is opened: so whoever closes a socket must have
    called `deaf` before, or at least before anything else happens.
    """

    __slots__ = (
        "_answered",
        "_context",
        "_failure",
        "_fileno",
        "_idle",
        "_loop",
        "_open",
        "_process",
        "_said",
        "_talk",
    )

    def __init__(self, fileno: int, open: Callable[[], bool]) -> None:
        self._fileno = fileno
        self._open = open
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = 0
        self._idle = 0
        self._talk: Conversation[Any] | None = None
        self._answered: asyncio.Future[None] | None = None
        self._context: Context | None = None
        self._said: Heard | None = None
        self._failure: BaseException | None = None

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

    async def hear(self, loop: asyncio.AbstractEventLoop, talk: Conversation[Any]) -> Heard:
        """Go on with a conversation that waits to read, for as long as that is all that it waits for."""
        self._talk, self._context = talk, copy_context()
        self._answered = answered = loop.create_future()
        try:
            await answered
        except BaseException:
            self.deaf()
            self._said = self._failure = None
            raise
        finally:
            self._talk = self._context = self._answered = None
        # Not through the future, which the loop holds for as long as the task runs that it has woken up.
        heard, failure, self._said, self._failure = self._said, self._failure, None, None
        if heard is not None:
            return heard
        assert failure is not None
        try:
            raise failure
        finally:
            del failure  # whose traceback holds this frame

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
        answered, context = self._answered, self._context
        if answered is None or context is None or answered.done():
            # Once may be what a conversation has just read to its end. Else nobody will read it before the next one.
            self._idle += 1
            if self._idle > 1:
                self.deaf()
            return
        context.run(self._go_on, answered)

    def _go_on(self, answered: asyncio.Future[None]) -> None:
        assert self._talk is not None
        try:
            wanted = int(self._talk.send(READ))
        except StopIteration as stop:
            self._said = (True, stop.value)
        except BaseException as error:  # for the task, as if it had gone on itself
            self._failure = error
        else:
            if wanted == READ:
                return
            self._said = (False, wanted)
        self.check()
        if not answered.done():  # the user's own function may have cancelled the task
            answered.set_result(None)
