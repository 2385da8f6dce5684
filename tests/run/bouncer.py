"""A PgBouncer of one's own in front of the tests' server, where the program is installed.

https://www.pgbouncer.org/config.html
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Literal
from urllib.parse import quote

import pytest
from psycopg.conninfo import conninfo_to_dict

Mode = Literal["transaction", "session"]

PROGRAM = shutil.which(os.environ.get("QB_PGBOUNCER", "pgbouncer")) or shutil.which("/usr/sbin/pgbouncer")
"""The program, or the one that the environment names: to run the tests with another release."""


def version() -> tuple[int, int]:
    """Its release; the test is skipped where there is none."""
    if PROGRAM is None:
        pytest.skip("pgbouncer is not installed")
    said = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)\.(\d+)", said)
    assert found is not None, said
    return int(found[1]), int(found[2])


@contextmanager
def bouncer(url: str, mode: Mode, *, prepared: int = 0, pool: int = 3) -> Generator[str]:
    """Its address, as long as the block runs. `prepared` is its max_prepared_statements, `pool` its server sessions."""
    release = version()
    if prepared and release < (1, 21):
        pytest.skip(f"PgBouncer {release[0]}.{release[1]} cannot keep prepared statements: 1.21 can")
    assert PROGRAM is not None
    server = conninfo_to_dict(url)
    folder = Path(mkdtemp(prefix="qb-bouncer-"))
    folder.chmod(0o777)  # under root it runs as somebody else
    lines = [
        "[databases]",
        f"* = host={server['host']} port={server.get('port', 5432)} user={server['user']}",
        "[pgbouncer]",
        "listen_port = 6432",
        "listen_addr =",
        f"unix_socket_dir = {folder}",
        "auth_type = any",
        f"pool_mode = {mode}",
        f"default_pool_size = {pool}",
        "server_round_robin = 1",  # so that sessions are swapped as often as can be
        f"logfile = {folder / 'log'}",
    ]
    lines += [f"max_prepared_statements = {prepared}"] if release >= (1, 21) else []
    if os.getuid() == 0:  # which it refuses to run as; the server's folder may be open to the server's user alone
        lines.append(f"user = {pwd.getpwuid(Path(str(server['host'])).stat().st_uid).pw_name}")
    config = folder / "pgbouncer.ini"
    config.write_text("\n".join(lines))
    process = subprocess.Popen([PROGRAM, "-q", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        socket = folder / ".s.PGSQL.6432"
        until = time.monotonic() + 20
        while not socket.exists():
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError((folder / "log").read_text())
            time.sleep(0.01)
        yield f"postgresql://{server['user']}@/{server['dbname']}?host={quote(str(folder))}&port=6432"
    finally:
        process.kill()  # at once: TERM waits for clients in newer releases
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)
