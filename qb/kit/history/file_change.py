"""Files of a history that change together. Who is stopped meanwhile leaves all of them as they were, or says which
command goes on: the files are written aside, and one rename says that they are to be the history's."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from qb.errors.outcome import Failure, Success
from qb.frozen import FrozenStruct
from qb.kit.errors import KitError
from qb.kit.history.errors import UnfinishedChange, UnwritableHistory

T = TypeVar("T")

_UNFINISHED: Final = ".unfinished"
_WRITING: Final = ".writing-"
_DONE: Final = ".done-"
_SAID, _FILES, _GONE = "change.json", "files", "gone"
_ABANDONED: Final = 3600.0
"""Seconds after which what somebody has written aside is nobody's any more."""
_FORMAT: Final = 1
_UNREADABLE: Final = "it cannot be read: bring the folder back from version control"


class FileChange(FrozenStruct):
    """What is to become of files, by their paths in a folder."""

    puts: Mapping[str, bytes] = {}
    """Files that are not there yet."""
    over: Mapping[str, bytes] = {}
    """Files that may be there, and are another's then."""
    removes: tuple[str, ...] = ()
    """Files and folders that go, before others take their places."""

    def __or__(self, other: FileChange) -> FileChange:
        """Both, as one."""
        return FileChange({**self.puts, **other.puts}, {**self.over, **other.over}, (*self.removes, *other.removes))

    def paths(self, folder: Path | str) -> tuple[str, ...]:
        """Where what is written lies in a folder."""
        return tuple(str(Path(folder) / each) for each in (*self.puts, *self.over))


class _Said(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done, beside the files that it is done with."""

    format: int = _FORMAT
    command: str
    puts: tuple[str, ...]
    removes: tuple[str, ...]
    done: msgspec.Raw


def change_files(
    folder: Path | str, change: FileChange, *, command: str, done: object = None
) -> Success[None] | Failure[KitError, None]:
    """Have files change together. Who is stopped before the last rename is not to have begun, or has to say `command`
    again: see `finished_before`, which gives `done` then. What one rename does is never half done.

    Errors: `UnwritableHistory`, and then all is as it was; `UnfinishedChange`.

    >>> import tempfile
    >>> from qb.kit.history.file_change import FileChange, change_files
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = change_files(folder, FileChange({"0001_a/up.sql": b"SELECT 1;"}), command="qb generate").unwrap()
    ...     change = FileChange({"0002_a/up.sql": b"SELECT 1;"}, removes=("0001_a",))
    ...     _ = change_files(folder, change, command="qb renumber a").unwrap()
    ...     sorted(each.name for each in Path(folder).iterdir())
    ['0002_a']
    """
    where = Path(folder)
    try:
        refuse_unfinished(where)
        removes = tuple(dict.fromkeys(each for each in change.removes if _is_there(where / each)))
        for name in change.puts:
            if _is_there(where / name) and not _goes(name, removes):
                raise UnwritableHistory(str(where / name), "it is there already")
        entries = tuple(dict.fromkeys(_entry(where, each, removes) for each in (*change.puts, *change.over)))
        said = _Said(command=command, puts=entries, removes=removes, done=msgspec.Raw(msgspec.json.encode(done)))
        _write_aside(where, change, said)
    except KitError as error:
        return Failure(error)
    except OSError as error:
        if (other := _unfinished(where)) is not None:  # somebody was faster
            return Failure(UnfinishedChange(str(where), other.command))
        return Failure(UnwritableHistory(str(error.filename or where), _why(error)))
    return _carried_out(where, said) if len(entries) + len(removes) > 1 else Success(None)


def refuse_unfinished(folder: Path | str) -> None:
    """Raise `UnfinishedChange` where somebody was stopped, with the command that goes on."""
    said = _unfinished(Path(folder))
    if said is not None:
        raise UnfinishedChange(str(folder), said.command)


def finished_before(folder: Path | str, command: str, type_: type[T]) -> T | None:
    """What a command has done that was stopped, and is said again: the rest of its files are written now. None where
    nobody was stopped. Raises `UnfinishedChange`: it was another command, or cannot be finished now, either."""
    where = Path(folder)
    said = _unfinished(where)
    if said is None:
        return None
    if said.command != command:
        raise UnfinishedChange(str(folder), said.command)
    outcome = _carried_out(where, said)
    if isinstance(outcome, Failure):
        raise outcome.failure()
    return msgspec.json.decode(said.done, type=type_)


def _unfinished(where: Path) -> _Said | None:
    path = where / _UNFINISHED / _SAID
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Said)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, msgspec.MsgspecError) as error:
        why = _why(error) if isinstance(error, OSError) else _UNREADABLE
        raise UnwritableHistory(str(path), why) from None


def _is_there(path: Path) -> bool:
    return os.path.lexists(path)


def _goes(name: str, removes: Iterable[str]) -> bool:
    return any(name == each or name.startswith(f"{each}/") for each in removes)


def _entry(where: Path, name: str, removes: tuple[str, ...]) -> str:
    """What is renamed to have a file there: itself, or the folder that comes with it."""
    first, slash, _ = name.partition("/")
    return first if slash and (first in removes or not _is_there(where / first)) else name


def _write_aside(where: Path, change: FileChange, said: _Said) -> None:
    """Write all of it where nobody looks; the last rename makes it the history's, or what has to be carried out."""
    where.mkdir(parents=True, exist_ok=True)
    _sweep(where)
    apart = Path(tempfile.mkdtemp(prefix=_WRITING, dir=where))
    try:
        files = {f"{_FILES}/{name}": content for name, content in (*change.puts.items(), *change.over.items())}
        for name, content in {**files, _SAID: msgspec.json.encode(said)}.items():
            path = apart / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        (apart / _GONE).mkdir()
        for each in (apart, *(path for path in apart.rglob("*") if path.is_dir())):
            _synced(each)
        if len(said.puts) == 1 and not said.removes:
            (apart / _FILES / said.puts[0]).replace(where / said.puts[0])
        elif said.puts or said.removes:
            apart.rename(where / _UNFINISHED)
        _synced(where)
    finally:
        shutil.rmtree(apart, ignore_errors=True)


def _carried_out(where: Path, said: _Said) -> Success[None] | Failure[KitError, None]:
    """What is not done yet of a change that was begun: each step is one rename, and is done once."""
    begun = where / _UNFINISHED
    at = begun
    try:
        for number, name in enumerate(said.removes):
            at = where / name
            if _is_there(at) and not _is_there(begun / _GONE / str(number)):
                at.rename(begun / _GONE / str(number))
        for name in said.puts:
            at = where / name
            if _is_there(begun / _FILES / name):
                at.parent.mkdir(parents=True, exist_ok=True)
                (begun / _FILES / name).replace(at)
        for each in dict.fromkeys((where, *((where / name).parent for name in (*said.puts, *said.removes)))):
            if each.is_dir():
                _synced(each)
        at = begun
        done = where / f"{_DONE}{secrets.token_hex(4)}"
        begun.rename(done)
    except OSError as error:
        return Failure(UnfinishedChange(str(where), said.command, str(error.filename or at), _why(error)))
    shutil.rmtree(done, ignore_errors=True)
    return Success(None)


def _sweep(where: Path) -> None:
    """Remove what was left aside by who was stopped."""
    for each in where.glob(".*-*"):
        written = each.name.startswith(_WRITING) and time.time() - each.stat().st_mtime > _ABANDONED
        if written or each.name.startswith(_DONE):
            shutil.rmtree(each, ignore_errors=True)


def _why(error: OSError) -> str:
    """What is wrong, and what to do about it."""
    why = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{why}: make room there"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{why}: have who runs this write there"
    return why


def _synced(folder: Path) -> None:
    """Have the names themselves on the disk, where folders can be asked for that."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
