"""`qb migrate --wait` and `qb deploy --wait`, as a step of a release begins: before its server does."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from psycopg.conninfo import conninfo_to_dict

from qb.errors import ConnectionLost, ConnectionRefused, DbError, InvalidSql
from qb.kit.examination.reaching import may_come
from tables.scratch import scratch_database
from tests.kit.command.commands import OURS, ROOT, run
from tests.kit.command.test_migrate import NOTES, shop


@pytest.fixture
def later(qb_url: str) -> Iterator[tuple[str, Path, Path]]:
    """The address of a database on a socket that is not there, where that would be, and the server's own."""
    with scratch_database(qb_url, name="later") as url, tempfile.TemporaryDirectory(prefix="qb-") as folder:
        said, name = conninfo_to_dict(url), ".s.PGSQL.5432"
        address = f"postgresql://postgres@/{said['dbname']}?host={quote(folder)}"
        yield address, Path(folder) / name, Path(str(said["host"])) / name


def test_a_server_that_comes_up_is_waited_for(tmp_path: Path, later: tuple[str, Path, Path]) -> None:
    url, socket, theirs = later
    folder = shop(tmp_path, _0001_notes=NOTES)
    said = {name: value for name, value in os.environ.items() if name not in OURS}
    command = (sys.executable, "-m", "qb", "migrate", "--wait", "60")
    environment = {**said, "SHOP": url, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None
        assert running.stderr.readline().startswith("waiting for database default (postgresql://postgres@/later_")
        socket.symlink_to(theirs)
        output, _ = running.communicate(timeout=60)
    assert (running.returncode, output) == (0, "1 migration applied, the last one is 0001_notes\n")


def test_one_that_does_not_come_up_is_told(tmp_path: Path, later: tuple[str, Path, Path]) -> None:
    folder = shop(tmp_path, _0001_notes=NOTES)
    for wait, lines in ((("--wait", "0.6"), 1), ((), 0)):
        refused = run("migrate", *wait, folder=folder, SHOP=later[0])
        assert refused.code == 1
        assert refused.errors.count("waiting for database default") == lines
        assert "could not connect" in refused.errors
        quiet = run("migrate", *wait, "--json", folder=folder, SHOP=later[0])
        assert (quiet.code, quiet.errors) == (1, "")


def test_what_no_waiting_helps_against_is_told_at_once(tmp_path: Path, qb_url: str) -> None:
    folder = shop(tmp_path, _0001_notes=NOTES)
    url = f"postgresql://postgres@/nowhere?host={quote(str(conninfo_to_dict(qb_url)['host']))}"
    refused = run("migrate", "--wait", "600", folder=folder, SHOP=url)
    assert refused.code == 1
    assert 'database "nowhere" does not exist' in refused.errors


@pytest.mark.parametrize(
    ("error", "comes"),
    [
        (ConnectionRefused("connection to server at 127.0.0.1 failed: Connection refused"), True),
        (ConnectionRefused('could not translate host name "db" to address'), True),
        (ConnectionRefused("FATAL:  the database system is starting up"), True),
        (ConnectionRefused("FATAL:  the database system is not yet accepting connections"), True),
        (ConnectionLost("the server closed the connection"), True),
        (ConnectionRefused('FATAL:  password authentication failed for user "ada"'), False),
        (ConnectionRefused("FATAL:  sorry, too many clients already"), False),
        (InvalidSql("syntax error"), False),
    ],
)
def test_which_errors_pass(error: DbError, comes: bool) -> None:
    assert may_come(error) is comes
