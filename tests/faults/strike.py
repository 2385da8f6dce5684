"""One interrupt at a chosen place: at the nth instruction of qb's own code, or at the nth wait of a coroutine."""

import dis
import gc
import inspect
import sys
import types
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, TypeVar

import anyio

import qb

T = TypeVar("T")

OURS = tuple(str(Path(folder).resolve()) for folder in qb.__path__)


def ours(code: CodeType) -> bool:
    """Whether it is qb's own code."""
    return code.co_filename.startswith(OURS)


YIELDS = {dis.opmap[name] for name in ("YIELD_VALUE", "RETURN_GENERATOR") if name in dis.opmap}
WAITS = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


@cache
def _code(code: CodeType) -> bytes:
    return code.co_code


def _hands_over(frame: FrameType) -> bool:
    """Whether a coroutine is about to hand its wish to the event loop, which has noted it already.

    No signal handler runs there, and trio would take the wish for one that still stands.
    """
    return bool(frame.f_code.co_flags & WAITS) and _code(frame.f_code)[frame.f_lasti] in YIELDS


class Struck(BaseException):
    """What a signal handler may raise, such as KeyboardInterrupt: no Exception."""


class Strike:
    """Within its block, raises Struck at the nth instruction (counted from 1) of qb's own code in this thread; once.

    Beyond the last instruction it does nothing, and `count` is how many there were. Struck goes no further than the
    block, and `ended` says whether that came to its end.
    """

    def __init__(self, at: int, within: Callable[[CodeType], bool] = ours) -> None:
        self.at = at
        self.within = within
        self.count = 0
        self.where = ""
        self.ended = False

    @property
    def hit(self) -> bool:
        return self.count >= self.at

    def __enter__(self) -> "Strike":
        sys.settrace(self._trace)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        sys.settrace(None)
        self.ended = kind is None
        return kind is Struck

    def _trace(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        if not self.within(frame.f_code):
            return None
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        if event == "opcode" and not _hands_over(frame):
            self.count += 1
            if self.count == self.at:
                self.where = f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno} {frame.f_code.co_name}"
                raise Struck
        return self._trace


def struck(at: int, work: Callable[[], object], within: Callable[[CodeType], bool] = ours) -> tuple[Strike, bool]:
    """Run a function with one interrupt, and let the exception go. Whether it came to its end."""
    with Strike(at, within) as strike:
        work()
    gc.collect()
    return strike, strike.ended


@contextmanager
def only_new_garbage() -> Generator[None]:
    """After each strike garbage is collected, of what the strike has left: not of all that the tests have loaded."""
    frozen = gc.get_freeze_count()
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
    if frozen:  # as all that was collected is, from the beginning of a run
        gc.collect()
        gc.freeze()


async def cancelled(at: int, work: Callable[[], Coroutine[Any, Any, object]]) -> tuple[int, bool]:
    """Run a coroutine function, and cancel it at its nth wait. How many waits there were, and whether it ended."""
    waits = 0
    ended = False
    with anyio.CancelScope() as scope:

        @types.coroutine
        def counted(talk: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
            nonlocal waits
            steps = talk.__await__()
            given: Any = None
            error: BaseException | None = None
            while True:
                try:
                    wanted = steps.send(given) if error is None else steps.throw(error)
                except StopIteration as stop:
                    value: T = stop.value
                    return value
                waits += 1
                if waits == at:
                    scope.cancel()
                given, error = None, None
                try:
                    given = yield wanted
                except BaseException as thrown:
                    error = thrown

        await counted(work())
        ended = True
    gc.collect()
    return waits, ended
