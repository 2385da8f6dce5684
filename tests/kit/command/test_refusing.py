"""What is refused because of whose database it is: with 4, the key that says so, and no connection."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.command.commands import project, run

TABLES = """
from qb import Col, Table, column


class Guarded(Table, name="guarded"):
    id: Col[int] = column(primary_key=True)
"""
SHADOW = "tool.qb.databases.default.shadow: it is on the server of the database"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = project(tmp_path, 'schema = "guarded_tables"', 'shadow = "env:SHADOW"', guarded_tables=TABLES)
    with (made / "pyproject.toml").open("a") as file:
        file.write('[tool.qb.databases.production]\nurl = "env:PRODUCTION_URL"\n')
    (made / ".env.production").write_text("PRODUCTION_URL=postgresql://ada:hunter2@127.0.0.2:1/shop\n")
    return made


@pytest.mark.parametrize("command", ["drift", "check", "verify", "docs", "erd", "pull pulled"])
def test_a_shadow_on_the_server_of_a_protected_database(folder: Path, command: str) -> None:
    with (folder / "pyproject.toml").open("a") as file:
        file.write("protected = true\n")
    ran = run(*command.split(), folder=folder, SHADOW="postgresql://eve:hunter3@localhost:1/x")
    assert (ran.code, ran.output) == (4, "")
    assert ran.errors == (
        f"error: {folder}/pyproject.toml:3: {SHADOW} production, which is protected, and a shadow makes scratch "
        "databases: name another server, or none for the embedded one\n"
    )
    reply = run(*command.split(), "--json", folder=folder, SHADOW="postgresql://eve:hunter3@localhost:1/x").reply()
    (problem,) = reply.problems
    assert (reply.code, problem.code, problem.line) == (4, "refused", 3)
    assert problem.object == "tool.qb.databases.default.shadow"


def test_one_that_is_said_by_an_option(folder: Path) -> None:
    with (folder / "pyproject.toml").open("a") as file:
        file.write("owned = false\n")
    shadow = "postgresql://eve:hunter3@localhost:1/x"
    ran = run("diff", "guarded_tables", "nothing.sql", "--shadow", shadow, folder=folder, SHADOW="postgresql://b/c")
    assert (ran.code, ran.output) == (4, "")
    assert ran.errors.startswith("error: --shadow: it is on the server of the database production, which is not owned")
    assert "hunter" not in ran.errors
    bare = run(
        "diff", "guarded_tables", "nothing.sql", "--shadow", "mysql://x", folder=folder, SHADOW="postgresql://b/c"
    )
    assert (bare.code, "begins with postgresql://" in bare.errors) == (1, True)
