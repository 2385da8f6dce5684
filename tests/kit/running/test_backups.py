"""Backups before migrations."""

from __future__ import annotations

import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qb import Database, connect, sql
from qb.kit import Backups, migrate, status
from qb.kit.running.backup_errors import BackupFailed, NoBackupTool
from qb.kit.running.backups import dump_tool
from qb.kit.running.run_progress import RunProgress
from qb.run.database.own_session import OwnSession
from tables.scratch import scratch_database
from tests.kit.cut_off import cut_off_dump
from tests.kit.running.histories import in_line, migration

TWO = in_line(
    migration("0001_notes", "CREATE TABLE notes (text text); INSERT INTO notes VALUES ('kept');"),
    migration("0002_more", "CREATE TABLE more ();"),
)


def test_each_migration_has_a_backup_that_restores(db: Database, url: str, qb_url: str, tmp_path: Path) -> None:
    said: list[RunProgress] = []
    backups = Backups(folder=tmp_path / "new" / "folder", address=url, name="shop")
    done = migrate(db, TWO, backups=backups, on_progress=said.append).unwrap()
    assert done.backups == tuple(map(str, backups.there()))
    assert [Path(each).name.partition("-before-")[2] for each in done.backups] == ["0001_notes.dump", "0002_more.dump"]
    assert [str(each) for each in said if each.moment == "backed up"][1] == f"0002_more: backup in {done.backups[1]}"
    restore = dump_tool(18).with_name("pg_restore")
    with scratch_database(qb_url, name="restored") as other:
        subprocess.run([str(restore), f"--dbname={other}", done.backups[1]], check=True, capture_output=True)
        with connect(other) as restored:
            assert restored.all(sql("SELECT text FROM notes").rows(str)).unwrap() == ["kept"]
            assert status(restored, TWO).unwrap().pending == ("0002_more",)
    assert migrate(db, TWO, backups=backups).unwrap().backups == (), "nothing is to be run"


def test_the_last_ones_stay(url: str, tmp_path: Path) -> None:
    backups = Backups(folder=tmp_path, address=url, keep=2)
    for second in range(4):
        backups.take(f"000{second}", 18, now=datetime(2026, 11, 23, 9, 30, second, tzinfo=UTC))
    (tmp_path / "other-x-before-y.dump").write_text("another database's")
    assert [each.name for each in backups.there()] == [
        "default-20261123_093002-before-0002.dump",
        "default-20261123_093003-before-0003.dump",
    ]
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("other", ["shop-eu", "shop-20260101", "sho", "shop*", "org/../[a]"])
def test_those_of_a_database_that_is_called_alike_stay(url: str, tmp_path: Path, other: str) -> None:
    def take(name: str, second: int) -> None:
        now = datetime(2026, 11, 23, 9, 30, second, tzinfo=UTC)
        Backups(folder=tmp_path, address=url, name=name, keep=2).take("0001_notes", 18, now=now)

    for second in range(3):
        take("shop", second)
    for second in range(3, 6):
        take(other, second)
    take("shop", 6)
    seconds = {
        name: [
            each.name[-len("00-before-0001_notes.dump") :][:2]
            for each in Backups(folder=tmp_path, address=url, name=name).there()
        ]
        for name in ("shop", other)
    }
    assert seconds == {"shop": ["02", "06"], other: ["04", "05"]}
    assert len(list(tmp_path.iterdir())) == 4


def test_nobody_else_may_read_one(url: str, tmp_path: Path) -> None:
    made = Backups(folder=tmp_path, address=url).take("0001_notes", 18)
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert Backups(folder=tmp_path / "none", address=url).there() == ()


def test_where_it_fails_nothing_is_run(db: Database, url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    error = migrate(db, TWO, backups=Backups(folder=tmp_path / "file", address=url)).failure()
    assert isinstance(error, BackupFailed)
    assert str(error).endswith("no backup was made, so 0001_notes was not run")
    wrong = Backups(folder=tmp_path, address="postgresql://nobody:hunter2@localhost:1/x")
    error = migrate(db, TWO, backups=wrong).failure()
    assert isinstance(error, BackupFailed)
    assert "hunter2" not in str(error)
    assert status(db, TWO).unwrap().pending == TWO.ids
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("lost", [1, 300])
def test_one_that_is_cut_off_is_none(
    db: Database, url: str, tmp_path: Path, lost: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(db, TWO, to="0001_notes").unwrap()
    monkeypatch.setenv("PG_DUMP", str(cut_off_dump(tmp_path / "bin", dump_tool(18), lost)))
    error = migrate(db, TWO, backups=Backups(folder=tmp_path / "kept", address=url)).failure()
    assert isinstance(error, BackupFailed)
    assert "before-0002_more.dump: it cannot be read again, is the disk full? pg_restore: error: " in str(error)
    assert status(db, TWO).unwrap().pending == ("0002_more",)
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_tool_of_another_major_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoBackupTool) as found:
        dump_tool(99)
    words = str(found.value)
    assert words.startswith("there is no pg_dump of PostgreSQL 99, the server's version, only ")
    assert "pg_dump (18)" in words
    assert "PG_DUMP" in words
    old = dump_tool(16)
    with pytest.raises(NoBackupTool, match=r"only .*pg_dump \(16\)"):
        dump_tool(18, environ={"PG_DUMP": str(old)})
    with pytest.raises(NoBackupTool, match="the server's version: install one"):
        dump_tool(18, environ={"PG_DUMP": str(tmp_path / "none")})


def test_a_table_that_is_locked_is_not_waited_for_for_good(db: Database, url: str, tmp_path: Path) -> None:
    """Whoever waits has the runner's lock."""
    migrate(db, TWO, to="0001").unwrap()
    backups = Backups(folder=tmp_path, address=url, wait=0.2)
    with connect(url, max_size=2) as other, OwnSession(other) as session:
        session.run("BEGIN")
        session.run("LOCK TABLE notes")
        assert isinstance(migrate(db, TWO, backups=backups).failure(), BackupFailed)
    assert list(tmp_path.iterdir()) == []
    assert len(migrate(db, TWO, backups=backups).unwrap().backups) == 1
