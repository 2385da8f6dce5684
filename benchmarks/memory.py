"""The peak memory of one process, and the child process in which a contender streams alone."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import msgspec
import psutil

from benchmarks.contender import Operation
from benchmarks.data import Sizes
from benchmarks.verify import Mismatch


class Job(msgspec.Struct, frozen=True):
    """What the child is to do. It reads it from standard input: a command line, passwords included, is public."""

    factory: str
    url: str
    sizes: Sizes
    verify: bool


class Streamed(msgspec.Struct, frozen=True, tag="streamed"):
    baseline_bytes: int
    """Resident after connecting and warming up, before the stream."""
    peak_bytes: int
    seconds: float

    @property
    def over_baseline(self) -> int:
        """Good to about a quarter of a megabyte: Linux counts resident pages in batches per core."""
        return self.peak_bytes - self.baseline_bytes


class Differs(msgspec.Struct, frozen=True, tag="differs"):
    """The child's Mismatch."""

    contender: str
    row: int
    difference: str


ANSWER: msgspec.json.Decoder[Streamed | Differs] = msgspec.json.Decoder(Streamed | Differs)


class ChildFailed(Exception):
    """The child process ended without an answer."""


def stream_alone(job: Job) -> Streamed:
    """In a process of its own, so that nobody's garbage counts as another's memory."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.memory_child"],
        input=msgspec.json.encode(job),
        capture_output=True,
        cwd=Path(__file__).parent.parent,  # where `benchmarks` can be imported from
        check=False,
    )
    if done.returncode:
        raise ChildFailed(f"streaming with {job.factory} failed:\n{done.stderr.decode(errors='replace').strip()}")
    answer = ANSWER.decode(done.stdout)
    if isinstance(answer, Differs):
        raise Mismatch(answer.contender, Operation.STREAM, answer.row, answer.difference)
    return answer


def resident() -> int:
    rss: int = psutil.Process().memory_info().rss
    return rss


def forget_peak() -> None:
    """Starts the peak anew (Linux only): imports may have needed more than the stream will."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak() -> int:
    """The most that has been resident, in bytes."""
    # Not getrusage on Linux: its figure is inherited from the parent that started this process.
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
