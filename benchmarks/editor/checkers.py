"""How long the checkers take for the whole project, from nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

BIN = Path(sys.executable).parent
COMMANDS = {
    "mypy": (),
    "pyright": ("--pythonpath", sys.executable),
    "basedpyright": ("--pythonpath", sys.executable),
}
"""What checks the project, and its arguments."""


class Checked(msgspec.Struct, frozen=True):
    """What a checker said of the project."""

    checker: str
    seconds: float
    processor_seconds: float
    """What it used of the processors: less disturbed by who else is busy."""
    clean: bool
    said: str


def check(folder: Path, *checkers: str) -> Iterator[Checked]:
    """Each checker that is installed, or those, on a project that none of them has seen."""
    for checker, arguments in COMMANDS.items():
        if (BIN / checker).exists() and (not checkers or checker in checkers):
            before, started = _used(), time.perf_counter()
            done = subprocess.run(
                (BIN / checker, *arguments), cwd=folder, capture_output=True, text=True, check=False, timeout=600
            )
            seconds = time.perf_counter() - started
            yield Checked(checker, seconds, _used() - before, done.returncode == 0, done.stdout + done.stderr)


def _used() -> float:
    times = os.times()
    return times.children_user + times.children_system
