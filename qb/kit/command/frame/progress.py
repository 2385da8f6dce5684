"""What is shown on a terminal while something takes longer than a second."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rich.progress import Progress

_PATIENCE: Final = 1.0
"""Seconds without a word."""


class Steps:
    """How far something is: who works says `done()`, and the terminal shows it if it takes that long."""

    def __init__(self, doing: str, total: int | None) -> None:
        self._doing = doing
        self._total = total
        self._count = 0
        self._lock = threading.Lock()
        self._ended = False
        self._shown: tuple[Progress, Callable[[int], None]] | None = None

    def done(self, count: int = 1) -> None:
        """So many more are done."""
        with self._lock:
            self._count += count
            if self._shown is not None:
                self._shown[1](self._count)

    def show(self) -> None:
        """Begin to show it, unless it is over."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        from qb.kit.command.frame.screen import console, visible

        with self._lock:
            if self._ended:
                return
            words = TextColumn("{task.description}", markup=False)
            counted = () if self._total is None else (BarColumn(), MofNCompleteColumn())
            progress = Progress(
                SpinnerColumn(), words, *counted, TimeElapsedColumn(), console=console(sys.stderr), transient=True
            )
            task = progress.add_task(visible(self._doing), total=self._total, completed=self._count)
            self._shown = progress, lambda count: progress.update(task, completed=count)
            progress.start()

    def end(self) -> None:
        """Take it off the terminal."""
        with self._lock:
            self._ended = True
            if self._shown is not None:
                self._shown[0].stop()


@contextmanager
def progress(doing: str, total: int | None = None, *, patience: float = _PATIENCE) -> Generator[Steps]:
    """As long as the block runs, and on a terminal alone, show what is done; of so many if their number is known."""
    steps = Steps(doing, total)
    if not sys.stderr.isatty():
        yield steps
        return
    timer = threading.Timer(patience, steps.show)
    timer.daemon = True
    timer.start()
    try:
        yield steps
    finally:
        timer.cancel()
        steps.end()
