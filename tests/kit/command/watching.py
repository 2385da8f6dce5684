"""A command that goes on until it is stopped, and what it says meanwhile: waited for by its words, never by time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tests.kit.command.commands import OURS, ROOT

_LONGEST = 120
"""Seconds after which a test that waits is wrong."""


class Watched:
    """The process."""

    def __init__(self, running: subprocess.Popen[str]) -> None:
        self.running = running

    def until(self, said: str) -> str:
        """All that it says up to a line with these words."""
        assert self.running.stderr is not None
        lines: list[str] = []
        while True:
            line = self.running.stderr.readline()
            assert line, f"it has ended without {said!r}: {''.join(lines)}"
            lines.append(line)
            if said in line:
                return "".join(lines)

    def interrupted(self) -> tuple[int, str]:
        """Ctrl-C: how it exits, and what it says to that."""
        self.running.send_signal(signal.SIGINT)
        _, errors = self.running.communicate(timeout=60)
        return self.running.returncode, errors


@contextmanager
def watched(*arguments: str, folder: Path, **environ: str) -> Generator[Watched]:
    """A command in a folder, as long as the block runs."""
    said = {name: value for name, value in os.environ.items() if name not in OURS} | environ
    said["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), said.get("PYTHONPATH"))))
    said.pop("PYTHONDONTWRITEBYTECODE", None)
    command = (sys.executable, "-m", "qb", *arguments)
    with subprocess.Popen(
        command, cwd=folder, env=said, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        late = threading.Timer(_LONGEST, running.kill)
        late.start()
        try:
            yield Watched(running)
        finally:
            late.cancel()
            running.kill()
