"""The garbage collector looks less often while many rows are made: none of them is garbage, and to look at all that
there is, once more for every few thousand of them, costs more than to make them.

It is not switched off: whatever else the process does meanwhile is still looked through, after more allocations. It is
the process's one collector, so this is counted over threads: the first that asks changes its thresholds, the last one
sets them back, unless the program has set others meanwhile. Whether it is enabled is the program's alone.
https://docs.python.org/3/library/gc.html#gc.set_threshold
"""

from __future__ import annotations

import gc
import os
from collections.abc import Generator
from contextlib import contextmanager
from threading import RLock
from typing import Final, TypeVar

from qb.run.session.wait import Conversation

T = TypeVar("T")

SELDOM: Final = (50_000, 20, 100)
"""Thresholds at which looking costs a tenth of making the rows, and what is young never grows beyond some megabytes."""


class _Collector:
    """Who has asked the collector to look less often."""

    def __init__(self) -> None:
        self._lock = RLock()  # what a signal's handler reads may strike within
        self._askers: set[object] = set()
        self._usual = SELDOM
        self._set = SELDOM
        self._hears_of_forks = False

    def less(self, asker: object) -> None:
        with self._lock:
            first = not self._askers
            self._askers.add(asker)
            if not first:
                return
            if not self._hears_of_forks and hasattr(os, "register_at_fork"):
                self._hears_of_forks = True
                os.register_at_fork(after_in_child=self._in_a_child)
            self._usual = gc.get_threshold()
            young, middle, old = self._usual
            # 0 is never: so it stays.
            self._set = young and max(young, SELDOM[0]), max(middle, SELDOM[1]), max(old, SELDOM[2])
            gc.set_threshold(*self._set)

    def as_usual(self, asker: object) -> None:
        """Also where `less` was interrupted, or a fork has set them back meanwhile."""
        with self._lock:
            if asker in self._askers:
                self._askers.remove(asker)
                if not self._askers:
                    self._back()

    def _back(self) -> None:
        if gc.get_threshold() == self._set:  # else the program has set others
            gc.set_threshold(*self._usual)

    def _in_a_child(self) -> None:
        """A forked child has none of the threads that would set them back."""
        self._lock = RLock()
        if self._askers:
            self._askers = set()
            self._back()


_collector: Final = _Collector()  # as there is one in the process


@contextmanager
def seldom() -> Generator[None]:
    """A block in which the collector looks less often."""
    asker = object()
    try:
        _collector.less(asker)
        yield
    finally:
        _collector.as_usual(asker)


def seldom_collected(talk: Conversation[T]) -> Conversation[T]:
    """A conversation during which the collector looks less often."""
    asker = object()
    try:  # around the asking, too: an interrupt may strike within
        _collector.less(asker)
        return (yield from talk)
    finally:
        _collector.as_usual(asker)
