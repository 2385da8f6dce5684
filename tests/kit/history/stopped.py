"""Who writes files is stopped, at each rename in turn; then the same is said again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest

from qb.errors.outcome import Failure, Success
from qb.kit.history.errors import UnfinishedChange
from qb.kit.history.migration_names import HistoryLayout
from qb.kit.history.reading import read_history

T = TypeVar("T")


class Killed(BaseException):
    """Nothing runs behind it."""


class Kill:
    """Counts what changes names in a folder, and kills before one of them; from then on nothing is done at all."""

    def __init__(self, folder: Path, at: int) -> None:
        self.folder, self.at, self.count = str(folder), at, 0

    @property
    def happened(self) -> bool:
        return self.count > self.at

    def before(self, path: object) -> None:
        if str(path).startswith(self.folder):
            self.count += 1
            if self.happened:
                raise Killed


@contextmanager
def killed(folder: Path, at: int) -> Generator[Kill]:
    """Kill before the rename or removal of this number."""
    kill = Kill(folder, at)

    def counted(work: Callable[..., Any]) -> Callable[..., Any]:
        def instead(path: object, *rest: Any, **named: Any) -> Any:
            kill.before(path)
            return work(path, *rest, **named)

        return instead

    with pytest.MonkeyPatch.context() as patch:
        for where, name in ((os, "rename"), (os, "replace"), (shutil, "rmtree")):
            patch.setattr(where, name, counted(getattr(where, name)))
        with suppress(Killed):
            yield kill


def files(folder: Path) -> dict[str, bytes]:
    """What lies in a folder, without what is left aside."""
    found = (each for each in sorted(folder.rglob("*")) if each.is_file())
    names = ((each.relative_to(folder).as_posix(), each) for each in found)
    return {name: each.read_bytes() for name, each in names if not name.startswith((".writing-", ".done-"))}


def goes_on(
    folder: Path,
    work: Callable[[], Success[T] | Failure[Any, T]],
    command: str | None,
    *,
    layout: HistoryLayout = "folder",
    readable: bool = True,
    points: Sequence[int] | None = None,
) -> None:
    """Stopped before each of its renames, or those of some numbers, it ends in the same bytes and says the same when it
    is said again; meanwhile the folder is as it was, or as it is to be, or names the command."""
    template = folder.with_name(f"{folder.name}-before")
    folder.mkdir(exist_ok=True)
    shutil.copytree(folder, template)
    wanted = work().unwrap()
    before, after = files(template), files(folder)
    tried = stopped = 0
    for at in points or count():
        shutil.rmtree(folder)
        shutil.copytree(template, folder)
        with killed(folder, at) as kill:
            work().unwrap()
        if not kill.happened:
            break
        unfinished = (folder / ".unfinished").exists()
        if unfinished:
            error = read_history(folder, layout).failure()
            assert isinstance(error, UnfinishedChange)
            assert (error.command, error.fix) == (command, command)
            stop = f"`{command}` was stopped while it wrote its files"
            assert str(error) == f"{folder}: {stop}: say it again, and it writes the rest"
            stopped += 1
            assert work().unwrap() == wanted
        else:
            assert files(folder) in (before, after)
            if readable:
                read_history(folder, layout).unwrap()
            if files(folder) == before:
                assert work().unwrap() == wanted
        assert files(folder) == after
        tried += 1
    assert tried > 1
    assert (stopped > 0) == (command is not None)
