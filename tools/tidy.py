"""Generated text as ruff would leave it: without imports that nobody uses, sorted, formatted."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
RUFF: Final = Path(sysconfig.get_path("scripts")) / ("ruff.exe" if sys.platform == "win32" else "ruff")
_FIXED: Final = (
    "I", "F401",  # sorted, nothing that nobody uses
    "SIM117", "C416",  # blocks and loops that had to be apart while one of two was asynchronous
)  # fmt: skip
_OURS: Final = (
    "--config", 'lint.isort.known-first-party=["qb"]',  # also a module that is about to be written
    "--config", "line-length=160",  # blocks are put together though that is long: the formatter breaks them
)  # fmt: skip


def tidy(text: str, path: Path) -> str:
    """The text of a module as it would stand at `path`."""
    fixing = ["check", "--fix-only", "--unsafe-fixes", "--quiet", "--select", ",".join(_FIXED), "--no-cache", *_OURS]
    return _ruff(["format", "--quiet", "--no-cache"], _ruff(fixing, text, path), path)


def _ruff(arguments: list[str], text: str, path: Path) -> str:
    command = [str(RUFF), *arguments, "--stdin-filename", str(path), "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=False)
    if done.returncode:
        raise ValueError(f"ruff could not read what was made for {path}: {done.stderr.strip()}")
    return done.stdout
