"""A peer's process, as the run sees it: it is asked in one line, and answers in one."""

import os
import selectors
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from benchmarks.measure.messages import (
    Answer,
    Failed,
    Found,
    Held,
    Hold,
    Message,
    Missing,
    Open,
    Opened,
    Profile,
    Profiled,
    Rows,
    Took,
    Turn,
)
from benchmarks.measure.messages import Wrong as WrongRow
from benchmarks.peers.registry import Entry

ROOT = Path(__file__).parents[2]
PATIENCE = 600.0
"""Seconds for one answer: a peer that is stuck must not hold up the run for ever."""

DECODER: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer)
T = TypeVar("T")


class SeatFailed(Exception):
    """A peer's process ended, or could not do what it has a method for."""

    def __init__(self, peer: str, why: str) -> None:
        super().__init__(f"{peer} {why}")
        self.peer = peer


class Mismatch(Exception):
    """A peer returned something else than what was written."""

    def __init__(self, peer: str, method: str, row: int, difference: str) -> None:
        super().__init__(f"{peer} returned something else for {method}, first in row {row}: {difference}")
        self.peer = peer
        self.method = method
        self.row = row
        self.difference = difference


class NotInstalled(Exception):
    """What the peer needs is not on this machine."""


class Seat:
    """Raises NotInstalled when it cannot be taken, SeatFailed when the peer fails."""

    def __init__(self, entry: Entry, asked: Open) -> None:
        program, *others = entry.command
        found = shutil.which(program)
        missing = [need for need in entry.needs if not (ROOT / need).exists()]
        if found is None or missing:
            raise NotInstalled(f"{program if found is None else missing[0]} is not there: {entry.advice}")
        self.name = entry.name
        self.role = entry.role
        self.said = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the process
        self.process = subprocess.Popen(
            [found, *others], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.said, cwd=ROOT, bufsize=0
        )
        self.heard = b""
        try:
            opened = self.ask(asked)
            if isinstance(opened, Missing):
                raise NotInstalled(f"{opened.why}: {entry.advice}")
            self.opened = self.expect(Opened, opened)
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        return self.process.pid

    def turn(self, method: str, arguments: Sequence[object]) -> Took:
        return self.expect(Took, self.ask(Turn(method, arguments)))

    def rows(self, method: str, argument: object, step: int = 1) -> Found:
        """Raises Mismatch."""
        answer = self.ask(Rows(method, argument, step))
        if isinstance(answer, WrongRow):
            raise Mismatch(self.name, method, answer.row, answer.difference)
        return self.expect(Found, answer)

    def profile(self, method: str, arguments: Sequence[object]) -> Profiled:
        return self.expect(Profiled, self.ask(Profile(method, arguments)))

    def hold(self, objects: int) -> int | None:
        return self.expect(Held, self.ask(Hold(objects))).tracked

    def expect(self, kind: type[T], answer: object) -> T:
        if isinstance(answer, Failed):
            raise SeatFailed(self.name, f"failed:\n{answer.why.strip()}")
        if not isinstance(answer, kind):
            raise SeatFailed(self.name, f"answered with {type(answer).__name__}")
        return answer

    def ask(self, message: Message) -> Answer:
        with suppress(BrokenPipeError):  # it has ended, and what it said of that is read below
            self.write(msgspec.json.encode(message) + b"\n")
        return DECODER.decode(self.line())

    def write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        rest: Any = memoryview(data)
        while rest:
            rest = rest[os.write(self.process.stdin.fileno(), rest) :]

    def line(self) -> bytes:
        assert self.process.stdout is not None
        parts = [self.heard]
        with selectors.DefaultSelector() as ready:
            ready.register(self.process.stdout, selectors.EVENT_READ)
            while b"\n" not in parts[-1]:
                if not ready.select(PATIENCE):
                    raise SeatFailed(self.name, f"did not answer for {PATIENCE:.0f} seconds")
                part = os.read(self.process.stdout.fileno(), 1 << 20)
                if not part:
                    raise SeatFailed(self.name, f"ended:\n{self.last_words()}")
                parts.append(part)
        line, _, self.heard = b"".join(parts).partition(b"\n")
        return line

    def last_words(self) -> str:
        self.process.wait()
        self.said.seek(0)
        return self.said.read().decode(errors="replace").strip()

    def close(self) -> None:
        """Its input ends, and so does it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.said.close()
