"""Whether files are as a commit has them: what nobody has reviewed is not deployed."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode


@dataclass(repr=False, eq=False)
class NotCommitted(KitError):
    """Files of the history are in no commit, or not as they are."""

    files: tuple[str, ...]
    why: str = ""
    code: ClassVar[str] = "not-committed"
    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED

    @property
    def file(self) -> str:
        """The first of them."""
        return self.files[0]

    def __str__(self) -> str:
        if self.why:
            return f"{self.files[0]}: {self.why}: only what is committed is deployed"
        some = ", ".join(self.files[:5]) + (", ..." if len(self.files) > 5 else "")
        return f"{some}: not committed, or changed since: only what is committed is deployed"


def committed(folder: Path) -> str:
    """The commit that a folder is of, all of it. Raises `NotCommitted` where git knows of none, or of other files."""
    head = _git(folder, "rev-parse", "HEAD")
    changed = _git(folder, "status", "--porcelain", "--untracked-files=all", "--ignored=no", "--", ".")
    if names := tuple(line[3:] for line in changed.splitlines() if line):
        raise NotCommitted(names)
    return head.strip()


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False)
    except OSError as error:
        raise NotCommitted((str(folder),), f"git cannot be asked ({error.strerror})") from None
    if done.returncode:
        lines = [each for each in done.stderr.splitlines() if each.strip()]
        raise NotCommitted((str(folder),), lines[-1] if lines else "git knows of no commit here")
    return done.stdout
