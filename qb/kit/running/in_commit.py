"""Whether files are as a commit has them: what nobody has reviewed is not deployed."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from qb.kit.errors import KitError
from qb.kit.exit_code import ExitCode
from qb.kit.history.history import History
from qb.kit.history.history_files import RECORD, path_aside
from qb.kit.running.data_runner import steps_file


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


def committed(folder: Path, files: Iterable[Path]) -> str:
    """The commit that a folder is of, all of it, and these files. Raises `NotCommitted` where git knows of none, or has
    others there: also where it was told to look at some of them no more (.gitignore, assume-unchanged)."""
    head = _git(folder, "rev-parse", "--verify", "--quiet", "HEAD").strip()
    changed = _git(folder, "status", "--porcelain", "--untracked-files=all", "--ignored=no", "--", ".")
    if names := tuple(line[3:] for line in changed.splitlines() if line):
        raise NotCommitted(names)
    top = Path(_git(folder, "rev-parse", "--show-toplevel").rstrip("\n")).resolve()
    held = dict(_held(top, head))
    if names := tuple(str(each) for each in files if held.get(_within(each, top)) not in _ids(each, len(head))):
        raise NotCommitted(names)
    return head


def history_paths(history: History) -> Iterator[Path]:
    """The files that a history was read from."""
    for each in history:
        up = Path(each.file)
        yield from (up.with_name(part) for part in each.parts or (up.name,))
        if each.down is not None:
            yield Path(each.down_file)
        if each.data_steps is not None:
            yield Path(steps_file(each))
        if each.recorded is not None:
            yield up.with_name(RECORD) if history.layout == "folder" else up.parent / path_aside(each.id, RECORD)


def _held(top: Path, head: str) -> Iterator[tuple[str, str]]:
    """The files of a commit, with what git calls their content."""
    for line in _git(top, "ls-tree", "-r", "-z", "--full-tree", head).split("\0"):
        kind, tab, name = line.partition("\t")
        if tab and kind.startswith("100"):  # a file: what a link leads to may be in no commit
            yield name, kind.split()[2]


def _within(file: Path, top: Path) -> str:
    """Its path in the commit; nothing that one has where it lies elsewhere."""
    path = file.parent.resolve() / file.name
    return path.relative_to(top).as_posix() if path.is_relative_to(top) and not path.is_symlink() else ""


def _ids(file: Path, length: int) -> tuple[str, ...]:
    """What git calls the content of a file: as it is, and with lines that end as on Unix."""
    content = file.read_bytes()
    make = hashlib.sha1 if length == 40 else hashlib.sha256
    both = (content, content.replace(b"\r\n", b"\n"))
    return tuple(make(b"blob %d\0%s" % (len(each), each)).hexdigest() for each in both)


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
    except OSError as error:
        raise NotCommitted((str(folder),), f"git cannot be asked ({error.strerror})") from None
    if done.returncode:
        lines = [each for each in done.stderr.splitlines() if each.strip()]
        raise NotCommitted((str(folder),), lines[0] if lines else "there is no commit yet")
    return done.stdout
