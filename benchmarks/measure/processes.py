"""The processes that take part, seen from the operating system: cores they may use, memory, time of the processor."""

import os
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from benchmarks.data.database import Database


class Server:
    """The processes of a server on this machine; of one elsewhere nothing is known."""

    def __init__(self, database: Database) -> None:
        self.backend = database.backend
        self.postmaster: psutil.Process | None = None
        with suppress(psutil.Error):
            found = psutil.Process(self.backend)
            if database.local and "postgres" in found.name():
                self.postmaster = found.parent()

    @property
    def here(self) -> bool:
        return self.postmaster is not None

    def pids(self) -> Sequence[int]:
        return [] if self.postmaster is None else [self.postmaster.pid, *children(self.postmaster)]

    def cpu(self) -> float | None:
        """Seconds of the processor that all of the server's processes had, without our own one's."""
        if self.postmaster is None:
            return None
        return sum(processor(pid) for pid in children(self.postmaster) if pid != self.backend)


def children(process: psutil.Process) -> Sequence[int]:
    """Linux says it in one file; elsewhere every process there is is asked."""
    with suppress(OSError):
        return list(map(int, Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()))
    return [each.pid for each in process.children()]


def processor(pid: int) -> float:
    with suppress(psutil.Error):
        times = psutil.Process(pid).cpu_times()
        return float(times.user + times.system)
    return 0.0  # it has ended


@contextmanager
def pinned(pids: Sequence[int], wanted: bool) -> Generator[bool]:
    """Those processes on one core for the length of a block, if that is wanted and possible: says whether they are."""
    if not wanted or not pids or sys.platform != "linux":
        yield False
        return
    cores = os.sched_getaffinity(0)
    try:
        put(pids, {max(cores)})
        yield True
    finally:
        put(pids, cores)


def put(pids: Sequence[int], cores: set[int]) -> None:
    if sys.platform == "linux":
        for pid in pids:
            for thread in threads(pid):
                with suppress(OSError):
                    os.sched_setaffinity(thread, cores)


def threads(pid: int) -> Sequence[int]:
    with suppress(OSError):
        return [int(each.name) for each in Path(f"/proc/{pid}/task").iterdir()]
    return [pid]


def resident(pid: int) -> int:
    size: int = psutil.Process(pid).memory_info().rss
    return size


def forget_peak(pid: int) -> None:
    """Starts the peak anew (Linux only): imports may have needed more than what is measured will."""
    with suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak(pid: int) -> int:
    """The most that has been resident, in bytes; elsewhere than on Linux, what is resident now."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return resident(pid)
