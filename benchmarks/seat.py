"""A contender at work: the same calls whether it is synchronous or not."""

import asyncio
import inspect
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any, Protocol, TypeGuard

from benchmarks.contender import AsyncContender, Contender, Operation


class Seat(Protocol):
    @property
    def contender(self) -> Contender | AsyncContender: ...

    def turn(self, operation: Operation, arguments: Sequence[object]) -> float:
        """Seconds for one call for each argument."""
        ...

    def call(self, operation: Operation, argument: object) -> Any:
        """One call, for its result."""
        ...

    def stream(self, count: int, visit: Callable[[object], None] | None = None) -> tuple[int, float]:
        """How many rows came, one by one and none of them kept, and in how many seconds."""
        ...

    def close(self) -> None: ...


def take_seat(contender: Contender | AsyncContender, url: str) -> Seat:
    return AsyncSeat(contender, url) if is_async(contender) else SyncSeat(contender, url)


def is_async(contender: Contender | AsyncContender) -> TypeGuard[AsyncContender]:
    return inspect.iscoroutinefunction(contender.setup)


class SyncSeat:
    def __init__(self, contender: Any, url: str) -> None:
        self.contender: Contender = contender
        self.contender.setup(url)

    def turn(self, operation: Operation, arguments: Sequence[object]) -> float:
        call = getattr(self.contender, operation)
        start = perf_counter()
        for argument in arguments:
            call(argument)
        return perf_counter() - start

    def call(self, operation: Operation, argument: object) -> Any:
        return getattr(self.contender, operation)(argument)

    def stream(self, count: int, visit: Callable[[object], None] | None = None) -> tuple[int, float]:
        rows = 0
        start = perf_counter()
        for row in self.contender.stream(count):
            rows += 1
            if visit is not None:
                visit(row)
        return rows, perf_counter() - start

    def close(self) -> None:
        self.contender.close()


class AsyncSeat:
    """Enters the event loop once a turn, not once a call."""

    def __init__(self, contender: Any, url: str) -> None:
        self.contender: AsyncContender = contender
        self.loop = asyncio.Runner()
        self.loop.run(self.contender.setup(url))

    def turn(self, operation: Operation, arguments: Sequence[object]) -> float:
        async def calls() -> float:
            call = getattr(self.contender, operation)
            start = perf_counter()
            for argument in arguments:
                await call(argument)
            return perf_counter() - start

        return self.loop.run(calls())

    def call(self, operation: Operation, argument: object) -> Any:
        return self.loop.run(getattr(self.contender, operation)(argument))

    def stream(self, count: int, visit: Callable[[object], None] | None = None) -> tuple[int, float]:
        async def rows_and_seconds() -> tuple[int, float]:
            rows = 0
            start = perf_counter()
            async for row in self.contender.stream(count):
                rows += 1
                if visit is not None:
                    visit(row)
            return rows, perf_counter() - start

        return self.loop.run(rows_and_seconds())

    def close(self) -> None:
        self.loop.run(self.contender.close())
        self.loop.close()
