"""A seat for a peer in Python: `python -m benchmarks.measure.child MODULE:CLASS`."""

import asyncio
import cProfile
import gc
import inspect
import os
import platform
import pstats
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, BinaryIO, cast
from uuid import UUID

import msgspec

from benchmarks.data.model import Change, NewTicket
from benchmarks.data.rows import made
from benchmarks.measure.messages import (
    Answer,
    Changes,
    Failed,
    Found,
    Held,
    Hold,
    Ids,
    Made,
    Message,
    Missing,
    New,
    Open,
    Opened,
    Profile,
    Profiled,
    Rows,
    Spent,
    Took,
    Turn,
    Wrong,
)
from benchmarks.peers.peer import SINGLE, STREAMS, Method, Peer, row_of

Arguments = tuple[Any, ...]
Place = tuple[str, int, str]
Own = Callable[[Sequence[NewTicket]], Sequence[Any]]


def loop_of(name: str) -> Callable[[], asyncio.AbstractEventLoop] | None:
    if name == "asyncio":
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = import_module(name).new_event_loop
    return factory


class PythonSeat:
    """A peer at work. The loop of an asynchronous one is entered once a turn, so that no call pays for it."""

    def __init__(self, peer: Peer, asked: Open) -> None:
        self.peer = peer
        self.templates = asked.templates
        self.held: object = None
        self.runner: asyncio.Runner | None = None
        if inspect.iscoroutinefunction(peer.setup):
            self.runner = asyncio.Runner(loop_factory=loop_of(peer.loop))
            self.runner.run(peer.setup(asked.url))
        else:
            peer.setup(asked.url)

    def opened(self) -> Opened:
        return Opened(
            versions=self.peer.versions,
            methods=[method for method in Method if hasattr(self.peer, method) and method not in self.peer.absent],
            absent={str(method): why for method, why in self.peer.absent.items()},
            runtime=f"{platform.python_implementation()} {platform.python_version()}",
        )

    def answer(self, message: Message) -> Answer:
        match message:
            case Turn(method, arguments):
                todo = [self.arguments(method, each) for each in arguments]
                gc.collect()  # nobody cleans up after another, before or while the clock runs
                return self.turn(Method(method), todo)
            case Rows(method, argument, step):
                return self.rows(Method(method), self.arguments(method, argument), step)
            case Profile(method, arguments):
                return profiled(lambda: self.turn(Method(method), [self.arguments(method, each) for each in arguments]))
            case Hold(objects):
                self.held = [[number] for number in range(objects)]
                gc.collect()
                return Held(len(gc.get_objects()))
            case Open():
                return Failed("already open")

    def arguments(self, method: str, given: Any) -> Arguments:
        own = self.peer.own if method == Method.BULK_INSERT else self.peer.own_intake
        several = msgspec.convert(given, list[Any]) if isinstance(given, list) else [given]
        return tuple(self.argument(own, each) for each in several)

    def argument(self, own: Own, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        wanted: Made = msgspec.convert(given, Made)  # pyright: ignore[reportArgumentType]  # a union, which it takes
        match wanted:
            case New(count, call, lazily):
                rows = made(self.templates, count, call)
                return lazy(own, rows) if lazily else own(list(rows))
            case Ids(first, count):
                return list(range(first, first + count))
            case Changes(count, call):
                changes = [Change(key, f"changed {call} {key}", key + call) for key in range(1, count + 1)]
                own_changes: Callable[[Sequence[Change]], object] = getattr(self.peer, "own_changes", list)
                return own_changes(changes)

    def turn(self, method: Method, todo: Sequence[Arguments]) -> Took:
        call = getattr(self.peer, method)
        if self.runner is not None:
            return self.runner.run(self.async_turn(method, call, todo))
        cpu, wall = process_time(), perf_counter()
        if method in STREAMS:
            for arguments in todo:
                for _ in call(*arguments):
                    pass
        else:
            for arguments in todo:
                call(*arguments)
        return Took(perf_counter() - wall, process_time() - cpu)

    async def async_turn(self, method: Method, call: Callable[..., Any], todo: Sequence[Arguments]) -> Took:
        cpu, wall = process_time(), perf_counter()
        if method in STREAMS:
            for arguments in todo:
                async for _ in call(*arguments):
                    pass
        else:
            for arguments in todo:
                await call(*arguments)
        return Took(perf_counter() - wall, process_time() - cpu)

    def rows(self, method: Method, arguments: Arguments, step: int) -> Found | Wrong:
        seen = Seen(self.peer, row_of(method), step)
        call = getattr(self.peer, method)
        if self.runner is not None:
            result = self.runner.run(self.result(method, call, arguments, seen))
        else:
            result = call(*arguments)
        if row_of(method) is None:
            return Found(0, [])
        if method in SINGLE:
            seen.row(result)
        elif result is not None:
            for row in result:
                seen.row(row)
        return seen.wrong or Found(seen.count, seen.found)

    async def result(self, method: Method, call: Callable[..., Any], arguments: Arguments, seen: "Seen") -> Any:
        if method not in STREAMS:
            return await call(*arguments)
        async for row in call(*arguments):
            seen.row(row)
        return None

    def close(self) -> None:
        if self.runner is None:
            self.peer.close()
        else:
            with self.runner as runner:
                runner.run(self.peer.close())


class Seen:
    """The rows that one call returned, as data; one of many where they are many."""

    def __init__(self, peer: Peer, wanted: Any, step: int) -> None:
        self.plain = peer.plain
        self.wanted = wanted
        self.step = step
        self.count = 0
        self.found: list[object] = []
        self.wrong: Wrong | None = None

    def row(self, row: object) -> None:
        self.count += 1
        if (self.count - 1) % self.step or self.wrong:
            return
        plain: object = row
        if not isinstance(row, int | str):
            plain = {str(name): value for name, value in self.plain(row).items()}  # some have a subclass of str
        try:
            # What is decoded is not text any more: with these as built-in types, text is no UUID.
            msgspec.convert(plain, self.wanted, builtin_types=(UUID, datetime))
        except msgspec.ValidationError as error:
            self.wrong = Wrong(self.count, f"{error}: {plain!r}")
        self.found.append(plain)


FUNCTIONS = 12


def profiled(run: Callable[[], object]) -> Profiled:
    profiler = cProfile.Profile(process_time)  # a wait is the server's
    profiler.runcall(run)
    found: Any = pstats.Stats(profiler)
    spent = [
        Spent(named(place), calls, own)
        for place, (_, calls, own, _, _) in cast(
            dict[Place, tuple[int, int, float, float, object]], found.stats
        ).items()
    ]
    spent.sort(key=lambda each: each.seconds, reverse=True)
    return Profiled(sum(each.seconds for each in spent), spent[:FUNCTIONS])


def named(place: Place) -> str:
    """Without where the library is installed."""
    file, line, function = place
    if file == "~":
        return function
    path = Path(file)
    return f"{'/'.join(path.parts[-3:])}:{line} {function}"


def lazy(own: Own, rows: Iterator[NewTicket]) -> Iterator[Any]:
    for row in rows:
        yield from own((row,))


def build(factory: str) -> Peer:
    """From `module:class`."""
    module, name = factory.split(":")
    peer: Peer = getattr(import_module(module), name)()
    return peer


def open_seat(factory: str, asked: Open) -> PythonSeat | Missing:
    try:
        return PythonSeat(build(factory), asked)
    except ModuleNotFoundError as error:
        return Missing(f"{error.name} is not installed")


def serve(factory: str, asking: BinaryIO, answering: BinaryIO) -> None:
    seat: PythonSeat | None = None

    def answer(message: Message) -> Answer:
        nonlocal seat
        if seat is not None:
            return seat.answer(message)
        if not isinstance(message, Open):
            return Failed("not open yet")
        opened = open_seat(factory, message)
        if isinstance(opened, Missing):
            return opened
        seat = opened
        return seat.opened()

    for line in asking:
        message: Message = msgspec.json.decode(line, type=Message)
        try:
            told = answer(message)
        except Exception:
            told = Failed(traceback.format_exc())
        answering.write(msgspec.json.encode(told) + b"\n")
        answering.flush()
    if seat is not None:
        seat.close()


if __name__ == "__main__":
    # Whatever prints does so on standard error: standard output belongs to the protocol.
    protocol = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.argv[1], sys.stdin.buffer, protocol)
