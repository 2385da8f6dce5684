"""What a command works with: its database, open as long as it runs."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from qb import ClosedError, Database, sql
from qb.kit.command.frame.invocation import Invocation
from qb.kit.errors import KitError, UnreachableDatabase
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
