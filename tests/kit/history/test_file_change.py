"""Files that change together, stopped at every rename; a disk that is full; folders that cannot be written to."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from qb.errors.outcome import Failure, Success
from qb.kit import renumber
from qb.kit.errors import KitError
from qb.kit.history.adding import add_migration, new_files
from qb.kit.history.errors import UnfinishedChange, UnwritableHistory
from qb.kit.history.file_change import FileChange, change_files, finished_before
from qb.kit.history.migration_names import HistoryLayout
from qb.kit.history.reading import read_history
from tests.kit.history.stopped import files, goes_on, killed
from tests.kit.running.histories import migration

CHANGE = FileChange(
    {"b/up.sql": b"b", "b/down.sql": b"", "c/up.sql": b"c", "a/new.sql": b"new"},
    {"seen.sql": b"now", "a/up.sql": b"anew"},
    ("b", "gone", "not there"),
)
HERE = {"a/up.sql": b"a", "b/up.sql": b"old", "gone/x": b"x", "seen.sql": b"then"}


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def changed(folder: Path) -> Success[str] | Failure[KitError, str]:
    if (before := finished_before(folder, "qb x", str)) is not None:
        return Success(before)
    return change_files(folder, CHANGE, command="qb x", done="done").map(lambda _: "done")


def test_all_of_it_or_the_rest_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    put(folder, HERE)
    goes_on(folder, lambda: changed(folder), "qb x", readable=False)
    assert files(folder) == {
        "a/new.sql": b"new",
        "a/up.sql": b"anew",
        "b/down.sql": b"",
        "b/up.sql": b"b",
        "c/up.sql": b"c",
        "seen.sql": b"now",
    }
    assert sorted(each.name for each in folder.iterdir()) == ["a", "b", "c", "seen.sql"]


def test_what_one_rename_does_is_never_half_done(tmp_path: Path) -> None:
    made = migration("0001_a", "SELECT 1;", "SELECT 2;")
    goes_on(tmp_path / "one", lambda: add_migration(tmp_path / "one", made), None)


@pytest.mark.parametrize("layout", ["folder", "flat"])
def test_numbers_that_are_given_anew(tmp_path: Path, layout: HistoryLayout) -> None:
    folder = tmp_path / "migrations"
    parts = "SELECT 3; VACUUM; SELECT 4;"
    for each in (
        migration("0001_a", "SELECT 1;"),
        migration("0002_b", "SELECT 2;", parents=("0001_a",)),
        migration("0002_c", parts, "SELECT 5;", parents=("0001_a",)),
        migration("0003_d", "SELECT 6;", parents=("0002_c",)),
    ):
        add_migration(folder, each, layout).unwrap()
    put(folder, {"catalog.sql" if layout == "folder" else ".qb/catalog.sql": b"as it was"})
    goes_on(
        folder, lambda: renumber(folder, "0002_c", layout=layout, prefix="index"), "qb renumber 0002_c", layout=layout
    )
    assert read_history(folder, layout).unwrap().ids == ("0001_a", "0002_b", "0003_c", "0004_d")
    assert not any("catalog" in each for each in files(folder))


def test_a_flat_migration_of_several_files(tmp_path: Path) -> None:
    folder = tmp_path / "flat"
    put(folder, {".qb/0001_a.json": b"{}"})
    made = migration("0002_b", "SELECT 1; VACUUM; SELECT 2;", "SELECT 3;")

    def work() -> Success[str] | Failure[KitError, str]:
        if (before := finished_before(folder, "qb generate", str)) is not None:
            return Success(before)
        change = new_files(folder, [made], "flat")
        return change_files(folder, change, command="qb generate", done="b").map(lambda _: "b")

    (folder / ".qb" / "0001_a.json").unlink()
    goes_on(folder, work, "qb generate", layout="flat")
    assert len(files(folder)) == 5
    assert read_history(folder, "flat").unwrap().ids == ("0002_b",)


def test_another_command_is_told_which_one_goes_on(tmp_path: Path) -> None:
    put(tmp_path, HERE)
    with killed(tmp_path, 3) as kill:
        changed(tmp_path).unwrap()
    assert kill.happened
    said = f"{tmp_path}: `qb x` was stopped while it wrote its files: say it again, and it writes the rest"
    assert str(read_history(tmp_path).failure()) == said
    assert str(change_files(tmp_path, CHANGE, command="qb y").failure()) == said
    with pytest.raises(UnfinishedChange):
        finished_before(tmp_path, "qb y", str)
    assert finished_before(tmp_path, "qb x", str) == "done"
    assert finished_before(tmp_path, "qb x", str) is None


def test_a_disk_that_is_full_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, HERE)

    def full(path: str, to: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(to))

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        error = changed(tmp_path).failure()
    assert isinstance(error, UnfinishedChange)
    assert str(error) == (
        f"{tmp_path}/b: No space left on device: make room there; then say `qb x` again, which goes on where it was "
        "stopped"
    )
    assert changed(tmp_path).unwrap() == "done"
    assert files(tmp_path)["b/up.sql"] == b"b"


def test_a_folder_that_is_only_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(prefix: str, dir: Path) -> str:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(dir))

    monkeypatch.setattr(tempfile, "mkdtemp", read_only)
    error = changed(tmp_path).failure()
    assert isinstance(error, UnwritableHistory)
    assert str(error) == (f"{tmp_path}: Read-only file system: have who runs this write there: nothing was written")


def test_what_is_left_aside_is_swept_away_once_nobody_can_want_it(tmp_path: Path) -> None:
    for name, age in ((".writing-old", 7200.0), (".writing-new", 0.0), (".done-x", 0.0)):
        put(tmp_path, {f"{name}/x": b""})
        at = (tmp_path / name).stat().st_mtime - age
        os.utime(tmp_path / name, (at, at))
    add_migration(tmp_path, migration("0001_a", "SELECT 1;")).unwrap()
    assert sorted(each.name for each in tmp_path.iterdir()) == [".writing-new", "0001_a"]


_KILLED = """
import os, signal, sys
from pathlib import Path
from tests.kit.history.test_file_change import changed

left = int(sys.argv[2])

def before(work):
    def instead(*arguments, **named):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return work(*arguments, **named)
    return instead

os.rename, os.replace, os.fsync = before(os.rename), before(os.replace), before(os.fsync)
changed(Path(sys.argv[1])).unwrap()
"""


@pytest.mark.slow
def test_a_process_that_is_killed(tmp_path: Path) -> None:
    wanted = tmp_path / "wanted"
    put(wanted, HERE)
    changed(wanted).unwrap()
    for at in range(0, 60, 3):
        folder = tmp_path / str(at)
        put(folder, HERE)
        done = subprocess.run([sys.executable, "-c", _KILLED, str(folder), str(at)], check=False, capture_output=True)
        assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
        assert changed(folder).unwrap() == "done" if not _is_done(folder) else True
        assert files(folder) == files(wanted)
        if done.returncode == 0:
            break
    else:
        pytest.fail("it never came to its end")


def _is_done(folder: Path) -> bool:
    return not (folder / ".unfinished").exists() and (folder / "c").exists()
