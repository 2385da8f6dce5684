"""Waiting: what drives psycopg's generators, one function per world.

A generator does the talking and yields when the socket would block; it never waits itself. psycopg has a waiter for
threads and one for asyncio. The two here run on whatever anyio runs on, asyncio and trio alike.
"""

from __future__ import annotations

import asyncio
import math
import select
from collections.abc import Callable, Generator
from typing import TypeAlias, TypeVar

import anyio
import anyio.lowlevel
import psycopg
from psycopg.waiting import Ready, Wait, wait

from qb.run.session.ear import Ear

T = TypeVar("T")

Conversation: TypeAlias = Generator[Wait, Ready | int, T]
"""A piece of talk with the server: yields what it waits for, is sent what is ready, returns T."""

Approach: TypeAlias = Generator[tuple[int, Wait], Ready | int, T]
"""The same where the socket is part of what it yields: a connection that is being made, or a cancel request."""

SIGNAL_INTERVAL = 0.1
"""Seconds between two looks at signals in a blocking wait, where the system call itself is not interrupted."""

__all__ = ["SIGNAL_INTERVAL", "Approach", "Conversation", "stop_clock", "wait", "wait_anyio", "wait_approach"]

_READ, _WRITE = int(Wait.R), int(Wait.W)


async def wait_anyio(talk: Conversation[T], ear: Ear, kept: Callable[[BaseException], bool] | None = None) -> T:
    """Drive a conversation to its end on the running event loop, and return what it returns.

    What `kept` says True of does not break it: whoever asked has it for later, and the conversation goes on.
    """
    try:
        wanted: int = next(talk)
        loop = asyncio._get_running_loop()  # pyright: ignore[reportPrivateUsage]
        if loop is not None and asyncio.current_task(loop) is None:
            loop = None  # of trio's, which can be a guest on such a loop
        while True:
            try:  # around this alone: what the talk raises may be the user's
                heard = ear.hear(loop) if loop is not None and wanted == _READ else None
                if heard is not None:
                    await heard
                    ready = _READ
                else:
                    ready = await _ready(ear.fileno, wanted, ear.deaf)
            except (OSError, anyio.ClosedResourceError) as error:
                raise psycopg.OperationalError("connection socket closed") from error
            except BaseException as error:
                if kept is None or not kept(error):
                    raise
                continue
            wanted = talk.send(ready)
    except StopIteration as stop:
        value: T = stop.value
        return value
    finally:
        ear.check()


async def wait_approach(talk: Approach[T]) -> T:
    """The same for a conversation that says each time which socket it means."""
    try:
        fileno, wanted = next(talk)
        while True:
            fileno, wanted = talk.send(await _ready(fileno, wanted))
    except StopIteration as stop:
        value: T = stop.value
        return value


def stop_clock(scope: anyio.CancelScope) -> None:
    """Of a block that has ended. An interrupt right before its `__exit__` would leave it running, and the task would be
    cancelled when the time is up, whatever it does by then."""
    scope.shield, scope.deadline = False, math.inf


async def _ready(fileno: int, wanted: int, deaf: Callable[[], None] = lambda: None) -> int:
    """What a socket is ready for. `deaf` is called before the loop is asked to watch it in anyio's way."""
    if wanted == _READ:
        deaf()
        try:
            await anyio.wait_readable(fileno)
        except anyio.BusyResourceError:
            await _poll(fileno, _READ)
        return _READ
    # A socket is nearly always writable: looking costs a tenth of asking the event loop to wake us up.
    if ready := _now(fileno, wanted):
        await anyio.lowlevel.checkpoint()
        return ready
    if wanted == _WRITE:
        try:
            await anyio.wait_writable(fileno)
        except anyio.BusyResourceError:
            await _poll(fileno, _WRITE)
        return _WRITE
    deaf()
    return await _either(fileno)


async def _poll(fileno: int, wanted: int) -> None:
    """Wait without the event loop, which takes a task that was interrupted for one that still waits: for a socket that
    is closed by now, and had this one's number."""
    while not _now(fileno, wanted):  # noqa: ASYNC110 - there is nobody who could set an event
        await anyio.sleep(0.002)


if hasattr(select, "poll"):

    def _now(fileno: int, wanted: int) -> int:
        """What the socket is ready for at this moment."""
        poll = select.poll()
        poll.register(fileno, (select.POLLIN if wanted & _READ else 0) | (select.POLLOUT if wanted & _WRITE else 0))
        found = poll.poll(0)
        events = found[0][1] if found else 0
        return (_READ if events & select.POLLIN else 0) | (_WRITE if events & select.POLLOUT else 0)

else:  # Windows

    def _now(fileno: int, wanted: int) -> int:
        readers, writers = [fileno] if wanted & _READ else [], [fileno] if wanted & _WRITE else []
        readable, writable, _ = select.select(readers, writers, [], 0)
        return (_READ if readable else 0) | (_WRITE if writable else 0)


async def _either(fileno: int) -> int:
    """Whichever comes first: anyio waits for one direction at a time, so two tasks race."""
    ready = 0
    async with anyio.create_task_group() as race:

        async def readable() -> None:
            nonlocal ready
            await anyio.wait_readable(fileno)
            ready |= _READ
            race.cancel_scope.cancel()

        async def writable() -> None:
            nonlocal ready
            await anyio.wait_writable(fileno)
            ready |= _WRITE
            race.cancel_scope.cancel()

        race.start_soon(readable)
        race.start_soon(writable)
    return ready
