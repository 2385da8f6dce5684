"""What is deployed is what a commit has, whatever git was told to overlook."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from qb.errors.outcome import unwrap
from qb.kit.history.history_files import migration_files
from qb.kit.history.migration import Migration
from qb.kit.history.migration_names import HistoryLayout
from qb.kit.history.reading import read_history
from qb.kit.running.in_commit import NotCommitted, committed, history_paths

STEPS = "from qb.kit import data_step\n"
ONE = Migration(
    id="20260101000000_one", up="SELECT 1;\nVACUUM;\n", down="SELECT 2;\n", data_steps=STEPS, recorded=("", "")
)
TWO = Migration(id="20260102000000_two", parents=(ONE.id,), up="DROP TABLE x;\n")


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


def write(folder: Path, migration: Migration, layout: HistoryLayout) -> list[Path]:
    made: list[Path] = []
    for name, content in migration_files(migration, layout).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        made.append(path)
    return made


def asked(folder: Path, layout: HistoryLayout = "folder") -> str:
    return committed(folder, history_paths(unwrap(read_history(folder, layout))))


@pytest.fixture(params=["folder", "flat"])
def layout(request: pytest.FixtureRequest) -> HistoryLayout:
    found: HistoryLayout = request.param
    return found


@pytest.fixture
def folder(tmp_path: Path, layout: HistoryLayout) -> Path:
    """A history in a repository, all of it committed."""
    folder = tmp_path / 'odd "ä' / "migrations"
    write(folder, ONE, layout)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    return folder


def test_all_that_a_history_is_read_from_is_asked_for(folder: Path, layout: HistoryLayout) -> None:
    assert len(asked(folder, layout)) == 40
    history = unwrap(read_history(folder, layout))
    lies = {each for each in folder.rglob("*") if each.is_file()}
    assert set(history_paths(history)) == lies


def test_where_there_is_no_commit_yet_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotCommitted, match="not a git repository"):
        committed(tmp_path, ())
    git(tmp_path, "init", "-q")
    with pytest.raises(NotCommitted, match="there is no commit yet: only what is committed is deployed"):
        committed(tmp_path, ())


@pytest.mark.parametrize("where", [".gitignore", ".git/info/exclude"])
def test_one_that_is_ignored_is_in_no_commit(tmp_path: Path, folder: Path, layout: HistoryLayout, where: str) -> None:
    (tmp_path / where).write_text("*two*\n.gitignore\n")
    new = write(folder, TWO, layout)
    with pytest.raises(NotCommitted, match="not committed, or changed since") as found:
        asked(folder, layout)
    assert set(found.value.files) == set(map(str, new))


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_one_that_git_looks_at_no_more(folder: Path, layout: HistoryLayout, flag: str) -> None:
    for path in sorted(history_paths(unwrap(read_history(folder, layout)))):
        before = path.read_bytes()
        git(folder, "update-index", flag, str(path))
        path.write_bytes(before + b"\n")
        with pytest.raises(NotCommitted) as found:
            asked(folder, layout)
        assert found.value.files == (str(path),)
        path.write_bytes(before)


def test_other_files_are_asked_for_by_name(tmp_path: Path, folder: Path, layout: HistoryLayout) -> None:
    views, elsewhere = tmp_path / "views.sql", tmp_path.parent / f"{tmp_path.name}_views.sql"
    for each in (views, elsewhere):
        each.write_text("SELECT 1;\n")
        with pytest.raises(NotCommitted) as found:
            committed(folder, [each])
        assert found.value.files == (str(each),)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "views")
    assert committed(folder, [views])
    views.write_bytes(b"SELECT 1;\r\n")
    assert committed(folder, [views]), "as git writes it on Windows"
    views.unlink()
    views.symlink_to(elsewhere)
    with pytest.raises(NotCommitted):
        committed(folder, [views])
