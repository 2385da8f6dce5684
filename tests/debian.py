"""A server of Debian's packages, with the extensions that the embedded one lacks: thrown away when the run is over.

`.ci/run` installs them where it may. Elsewhere what needs them is skipped, and says so.
https://www.postgresql.org/docs/current/app-initdb.html
"""

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
from typing import Any
from urllib.parse import quote

import pytest

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
EXTENSIONS = Path("/usr/share/postgresql/15/extension")
SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=40")
"""Nothing of it has to survive a power cut."""


@contextmanager
def debian(*extensions: str, preload: str = "") -> Generator[str]:
    """The address of its empty database, as long as the block runs. The test is skipped where it, or one of the
    extensions, is not installed. `preload` are its shared_preload_libraries."""
    if not (PROGRAMS / "initdb").exists():
        pytest.skip("Debian's postgresql-15 is not installed")
    missing = [name for name in extensions if not (EXTENSIONS / f"{name}.control").exists()]
    if missing:
        pytest.skip(f"Debian's postgresql-15 is installed without {', '.join(missing)}")
    folder = Path(tempfile.mkdtemp(prefix="qb-debian-"))
    somebody = _somebody()
    if somebody:
        shutil.chown(folder, somebody["user"], somebody["group"])
    data, log = folder / "data", folder / "log"
    command: list[str | Path] = [PROGRAMS / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"]
    command += ["-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **somebody)
    settings = (*SETTINGS, f"shared_preload_libraries={preload}")
    options = [option for setting in settings for option in ("-c", setting)]
    with log.open("w") as output:
        server: subprocess.Popen[Any] = subprocess.Popen(
            [PROGRAMS / "postgres", "-D", data, "-k", folder, *options],
            stdout=output, stderr=output, cwd=folder, **somebody,
        )  # fmt: skip
    try:
        _wait(server, folder, log)
        yield f"postgresql://postgres@/postgres?host={quote(str(folder))}"
    finally:
        server.kill()
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _somebody() -> dict[str, Any]:
    """Who runs it: it refuses to be run by root."""
    if os.getuid() != 0:
        return {}
    known = {each.pw_name for each in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in known else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _wait(server: subprocess.Popen[Any], folder: Path, log: Path) -> None:
    until = time.monotonic() + 30
    ready: list[str | Path] = [PROGRAMS / "pg_isready", "-q", "-h", folder]
    while subprocess.run(ready, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > until:
            raise AssertionError(log.read_text())
        time.sleep(0.05)
