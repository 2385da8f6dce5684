"""Waiting for a socket, in every world that a coroutine may live in."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator

import anyio
import pytest
import trio
from psycopg.waiting import Wait

from qb.run.session.ear import Ear
from qb.run.session.wait import Conversation, wait_anyio

Sockets = tuple[socket.socket, socket.socket]


@pytest.fixture
def sockets() -> Iterator[Sockets]:
    here, there = socket.socketpair()
    with here, there:
        yield here, there


def hear(here: socket.socket) -> Conversation[bytes]:
    """Waits until something has been said."""
    ready = yield Wait.R
    assert ready
    return here.recv(100)


async def said_later(sockets: Sockets) -> bytes:
    here, there = sockets
    found: list[bytes] = []

    async def listen() -> None:
        found.append(await wait_anyio(hear(here), Ear(here.fileno(), lambda: True)))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(listen)
        await anyio.sleep(0.01)
        there.send(b"hello")
    return found[0]


def guest(work: Callable[[Sockets], Awaitable[bytes]], sockets: Sockets) -> bytes:
    """Run in trio while trio runs in asyncio."""

    async def host() -> bytes:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[bytes] = loop.create_future()
        trio.lowlevel.start_guest_run(
            work,
            sockets,
            run_sync_soon_threadsafe=loop.call_soon_threadsafe,
            done_callback=lambda outcome: done.set_result(outcome.unwrap()),
        )
        return await done

    return asyncio.run(host())


def test_on_asyncio(sockets: Sockets) -> None:
    assert asyncio.run(said_later(sockets)) == b"hello"


def test_on_trio(sockets: Sockets) -> None:
    assert trio.run(said_later, sockets) == b"hello"


def test_on_trio_as_a_guest_of_asyncio(sockets: Sockets) -> None:
    assert guest(said_later, sockets) == b"hello"


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_wait_that_is_cancelled_is_no_hindrance(sockets: Sockets, backend: str) -> None:
    here, there = sockets
    ear = Ear(here.fileno(), lambda: True)

    async def main() -> bytes:
        with anyio.move_on_after(0.01) as scope:
            await wait_anyio(hear(here), ear)
        assert scope.cancelled_caught
        there.send(b"again")
        return await wait_anyio(hear(here), ear)

    assert anyio.run(main, backend=backend) == b"again"


def test_a_wait_that_the_event_loop_never_forgot_is_no_hindrance(sockets: Sockets) -> None:
    """As an interrupt may leave it behind of a socket that had the same number."""
    here, there = sockets
    found: list[bytes] = []

    async def main() -> None:
        with anyio.fail_after(30):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(waits, here)
                await anyio.wait_all_tasks_blocked()
                tasks.start_soon(said, there)
                found.append(await wait_anyio(hear(here), Ear(here.fileno(), lambda: True)))
                tasks.cancel_scope.cancel()

    anyio.run(main, backend="trio")
    assert found == [b"hello"]


async def waits(here: socket.socket) -> None:
    await anyio.wait_readable(here)


async def said(there: socket.socket) -> None:
    await anyio.sleep(0.01)
    there.send(b"hello")
