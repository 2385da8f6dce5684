"""A copy of the package that something is added to, as a contributor would, and a program that uses it there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import qb

QB = Path(qb.__file__).parent


class Copy:
    """The package in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(QB, folder / "qb", ignore=shutil.ignore_patterns("__pycache__"))

    def write(self, path: str, text: str) -> None:
        """A module anew."""
        (self.folder / "qb" / path).write_text(text, encoding="utf-8")

    def edit(self, path: str, pieces: Mapping[str, str]) -> None:
        """A module with texts replaced, each of which stands in it once."""
        text = (self.folder / "qb" / path).read_text(encoding="utf-8")
        for before, after in pieces.items():
            assert text.count(before) == 1, f"{path}: {before}"
            text = text.replace(before, after)
        self.write(path, text)

    @property
    def touched(self) -> list[str]:
        """The modules that are new or changed."""
        mine = self.folder / "qb"
        return sorted(
            path.relative_to(mine).as_posix()
            for path in mine.rglob("*.py")
            if not (there := QB / path.relative_to(mine)).exists() or there.read_bytes() != path.read_bytes()
        )

    def run(self, program: str, *arguments: str) -> str:
        """What a program prints that imports this package. It may have nothing to complain of."""
        command = [sys.executable, "-W", "ignore", "-c", program, *arguments]
        path = os.environ | {"PYTHONPATH": str(self.folder)}
        done = subprocess.run(
            command, check=False, cwd=self.folder, env=path, capture_output=True, text=True, timeout=60
        )
        assert done.stderr == "", done.stderr
        return done.stdout
