"""What a command loads before it works: a release asks often, and mostly there is nothing to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from qb.kit.command.application import QB_COMMANDS, command_module, first_line
from tests.kit.command.commands import project, run

_PROGRAM = """
import sys
sys.argv = ["qb", *{arguments!r}]
from qb.kit.command.main import main
try:
    main()
except SystemExit as ended:
    sys.stderr.write(" ".join((str(ended.code), *sys.modules)))
"""
NEVER = {
    *("pypika", "pydantic", "rich", "dotenv"),
    *("qb.declare", "qb.kit.facts", "qb.kit.catalog", "qb.kit.reader", "qb.kit.generating", "qb.render.ddl.table"),
}
"""What nobody needs who has nothing to do."""


def loaded(*arguments: str, folder: Path, **environ: str) -> set[str]:
    program = _PROGRAM.format(arguments=list(arguments))
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=environ, capture_output=True, text=True, check=True
    )
    code, *modules = done.stderr.split()
    assert code == "0", done
    return set(modules)


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("migrate",), ("status",), ("migrate", "--database", "default", "--to", "0001")])
def test_who_has_nothing_to_do_loads_little(tmp_path: Path, bare_url: str, arguments: tuple[str, ...]) -> None:
    (tmp_path / "migrations" / "0001_nothing").mkdir(parents=True)
    (tmp_path / "migrations" / "0001_nothing" / "up.sql").write_text("SELECT 1;")
    folder = project(tmp_path, 'url = "env:SHOP"', 'schema = "never.imported"', 'journal = "startup"')
    assert run("migrate", folder=folder, SHOP=bare_url).code == 0
    modules = loaded(*arguments, folder=folder, SHOP=bare_url)
    assert modules & NEVER == set()
    assert {command_module(name) for name in QB_COMMANDS} & modules == {command_module(arguments[0])}
    ours = [name for name in modules if name.startswith("qb.")]
    assert len(ours) < 400, sorted(ours)


@pytest.mark.slow
def test_help_loads_no_command(tmp_path: Path) -> None:
    for arguments in ((), ("--help",), ("--version",)):
        modules = loaded(*arguments, folder=tmp_path)
        assert {command_module(name) for name in QB_COMMANDS} & modules == set()
        assert modules & {"psycopg", "pydantic", "anyio", "asyncio", "qb.run", "qb.query"} == set()


@pytest.mark.parametrize("name", QB_COMMANDS)
def test_what_is_listed_of_a_command_is_what_it_says(name: str) -> None:
    module = __import__(command_module(name), fromlist=["perform"])
    assert first_line(name) == module.perform.help.splitlines()[0]
