"""Generated text as ruff would leave it: without imports that nobody uses, sorted, formatted."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
RUFF: Final = Path(sysconfig.get_path("scripts")) / ("ruff.exe" if sys.platform == "win32" else "ruff")
_OURS: Final = ("--config", 'lint.isort.known-first-party=["qb"]')  # also a module that is about to be written


def tidy(text: str, path: Path) -> str:
    """The text of a module as it would stand at `path`."""
    sorted_ = _ruff(["check", "--fix-only", "--quiet", "--select", "I,F401", "--no-cache", *_OURS], text, path)
    return _ruff(["format", "--quiet", "--no-cache"], sorted_, path)


def _ruff(arguments: list[str], text: str, path: Path) -> str:
    command = [str(RUFF), *arguments, "--stdin-filename", str(path), "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=False)
    if done.returncode:
        raise ValueError(f"ruff could not read what was made for {path}: {done.stderr.strip()}")
    return done.stdout
