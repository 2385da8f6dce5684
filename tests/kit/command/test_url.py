"""`qb url`: where a database is, and the embedded server as long as it is asked for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from qb import Failure, connect, sql
from qb.kit.command.url import ShownAddress
from tests.kit.command.commands import OURS, ROOT, project, run


def test_an_address_without_its_password(tmp_path: Path) -> None:
    project(tmp_path, 'url = "env:SHOP"', 'direct_url = "env:DIRECT"')
    said = {"SHOP": "postgresql://ada:hunter2@db:6543/shop", "DIRECT": "postgresql://ada:hunter2@db/shop"}
    ran = run("url", folder=tmp_path, **said)
    assert (ran.code, ran.output, ran.errors) == (0, "postgresql://ada@db:6543/shop\n", "")
    reply = run("url", "--direct", "--json", folder=tmp_path, **said).reply_of(ShownAddress)
    assert reply.data == ShownAddress("default", "postgresql://ada@db/shop", "env:DIRECT")


@pytest.mark.slow
@pytest.mark.parametrize("ends", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_embedded_server_answers_as_long_as_it_runs(server_folder: Path, ends: signal.Signals) -> None:
    folder = server_folder / f"at{ends}"
    folder.mkdir()
    project(folder)
    address = run("url", folder=folder).output.strip()
    assert address.startswith("postgresql://postgres@/postgres?host=")
    environ = {name: value for name, value in os.environ.items() if name not in OURS} | {"PYTHONPATH": str(ROOT)}
    command = (sys.executable, "-m", "qb", "url", "--run")
    with subprocess.Popen(command, cwd=folder, env=environ, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        assert running.stderr.readline() == f"{address} answers until Ctrl-C\n"
        with connect(address) as db:
            assert db.scalar(sql("SELECT 1").rows(int)).unwrap() == 1
        running.send_signal(ends)
        assert running.wait(30) == 0
    with connect(address, max_size=1) as db:
        assert isinstance(db.scalar(sql("SELECT 1").rows(int)), Failure)
