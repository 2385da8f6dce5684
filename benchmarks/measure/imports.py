"""The processor's time that a module takes to be imported, over an interpreter that imports nothing."""

import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

from benchmarks.measure.raw import Raw
from benchmarks.measure.seat import ROOT
from benchmarks.peers.registry import ENTRIES, Key

NOTHING = "nothing"


def import_all(
    programs: Mapping[Key, str], rounds: int, step: Callable[[float], None]
) -> tuple[list[Raw], dict[Key, str]]:
    """Of each program a figure a round, and why some cannot be imported."""
    samples: dict[Key, list[float]] = {key: [] for key in programs}
    absent: dict[Key, str] = {}
    with tempfile.TemporaryDirectory(prefix="qb-benchmarks-") as folder:
        names = {key: f"program_{number}" for number, key in enumerate(programs)}
        for key, text in programs.items():
            Path(folder, f"{names[key]}.py").write_text(text, encoding="utf-8")
            if seconds(names[key], folder) is None:  # its bytecode is written, as a program's is
                absent[key] = f"its modules cannot be imported: {ENTRIES[key].advice}"
        order = [key for key in programs if key not in absent]
        for number in range(rounds):
            Random(number).shuffle(order)
            floor = seconds(NOTHING, folder) or 0.0
            for key in order:
                samples[key].append((seconds(names[key], folder) or 0.0) - floor)
                step(1 / rounds / len(order))
    return [Raw(ENTRIES[key].name, ENTRIES[key].role, samples[key]) for key in samples if key not in absent], absent


def seconds(module: str, folder: str) -> float | None:
    """Of the processor, in a process of its own; None where it fails."""
    statement = "pass" if module == NOTHING else f"import {module}"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = os.pathsep.join([folder, str(ROOT), str(ROOT / "codecs")])
    pid = os.posix_spawn(
        sys.executable,
        [sys.executable, "-c", statement],
        environment,
        file_actions=[(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(pid, 0)
    return None if status else usage.ru_utime + usage.ru_stime
