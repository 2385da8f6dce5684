"""What a command works with: its database, open as long as it runs."""

from __future__ import annotations

import logging
import os
import re
from contextlib import ExitStack
from pathlib import Path

import pytest

from qb import ClosedError, Database, sql
from qb.kit.command.frame.invocation import Invocation
from qb.kit.errors import KitError
from qb.kit.examination.way_errors import UnreachableDatabase
from tests.kit.command.commands import project

ONE = sql("SELECT 1").rows(int)


def invocation(stack: ExitStack, *, database: str | None = None, config: Path | None = None) -> Invocation:
    return Invocation(stack, json=False, database=database, config=config)


def test_a_connection_ends_with_the_command(qb_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project(tmp_path, 'url = "env:SHOP"', 'direct_url = "env:DIRECT"'))
    monkeypatch.setenv("SHOP", "postgresql://127.0.0.1:1/nowhere")
    monkeypatch.setenv("DIRECT", qb_url)
    opened: list[Database] = []
    with ExitStack() as stack:
        run = invocation(stack)
        opened.append(run.connect(run.database(), direct=True))
        assert opened[0].scalar(ONE).unwrap() == 1
        with pytest.raises(UnreachableDatabase) as raised:
            run.connect(run.database())
        assert raised.value.object == "database default"
    with pytest.raises(ClosedError):
        opened[0].scalar(ONE)


def test_the_config_that_is_named(tmp_path: Path) -> None:
    project(tmp_path, "major = 16", name="one")
    with ExitStack() as stack:
        run = invocation(stack, config=tmp_path / "pyproject.toml")
        assert run.database().major == 16
        assert run.config() is run.config()
        assert run.database("one").name == "one"
        with pytest.raises(KitError, match="names no database two"):
            run.database("two")
    with ExitStack() as stack, pytest.raises(KitError, match="names no database two"):
        invocation(stack, database="two", config=tmp_path / "pyproject.toml").database()


def test_an_error_names_the_direct_address_and_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project(tmp_path, 'url = "env:SHOP"', 'direct_url = "env:DIRECT"'))
    monkeypatch.setenv("SHOP", "postgresql://127.0.0.1:2/pooled")
    monkeypatch.setenv("DIRECT", "postgresql://ada:hunter2@127.0.0.1:1/straight")
    with ExitStack() as stack, pytest.raises(UnreachableDatabase) as raised:
        run = invocation(stack)
        run.connect(run.database(), direct=True)
    said = "database default (postgresql://ada@127.0.0.1:1/straight, from direct_url, env:DIRECT): "
    assert str(raised.value).startswith(said)


def test_what_the_files_of_one_database_say_is_not_in_force_for_another(
    qb_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project(tmp_path, 'url = "env:ONE"', "[tool.qb.databases.two]", 'url = "env:TWO"', name="one"))
    (tmp_path / ".env.one").write_text(f"ONE={qb_url}\nPGPASSWORD=hunter2\nPGAPPNAME=of_one\n")
    (tmp_path / ".env.two").write_text(f"TWO={qb_url}\n")
    name = sql("SELECT current_setting('application_name')").rows(str)
    with ExitStack() as stack:
        run = invocation(stack)
        one = run.connect(run.database("one"))
        assert os.environ["PGPASSWORD"] == "hunter2"
        two = run.connect(run.database("two"))
        assert not {"PGPASSWORD", "PGAPPNAME", "ONE"} & {*os.environ}
        assert two.scalar(name).unwrap() != "of_one"
        with one.transaction():  # on its one link, so that the other connects now
            assert one.apart.scalar(name).unwrap() == "of_one"


def test_each_statement_is_told_where_the_config_asks_for_it(
    qb_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project(tmp_path, 'url = "env:ONE"', "verbose = true"))
    monkeypatch.setenv("ONE", qb_url)
    with ExitStack() as stack:
        run = invocation(stack)
        run.connect(run.database()).scalar(sql("SELECT\n  {secret}::text", secret="hunter2").rows(str)).unwrap()
    said = capsys.readouterr()
    assert re.search(r" ms, 1 row: SELECT \$1::text", said.err), said
    assert (said.out, "hunter2" in said.err) == ("", False)
    assert not logging.getLogger("qb.sql").handlers


@pytest.mark.slow
def test_without_an_address_the_embedded_server_of_the_project(
    server_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (server_folder / "home").mkdir()
    project(server_folder / "home")
    with ExitStack() as stack:
        run = invocation(stack, config=server_folder / "home" / "pyproject.toml")
        assert run.connect(run.database()).scalar(ONE).unwrap() == 1
    assert (server_folder / "home" / ".qb" / "postgres").is_dir()
