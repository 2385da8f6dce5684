"""`qb doctor`: what it says, and how it exits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qb.kit.command.doctor import Examination
from tests.documents import empty_database
from tests.kit.command.commands import process, project, run

TABLES = """
from qb import Col, Table, column

class Order(Table, name="orders"):
    id: Col[int] = column(primary_key=True)
"""


@pytest.fixture
def url(qb_url: str) -> Iterator[str]:
    with empty_database(qb_url) as url:
        yield url


@pytest.mark.slow
def test_a_database_that_can_be_worked_with(url: str, tmp_path: Path) -> None:
    project(tmp_path, 'url = "env:SHOP"', 'schema = "shop_of_doctor"', shop_of_doctor=TABLES)
    ran = process("doctor", folder=tmp_path, SHOP=url)
    assert (ran.code, ran.errors) == (0, ""), ran
    assert [line.split()[:2] for line in ran.output.splitlines()] == [
        ["ok", each]
        for each in (
            "config", "schema", "address", "version", "pooler", "settings", "extensions", "rights", "migrators",
                "locks", "shadow",
        )
    ]  # fmt: skip


def test_json(url: str, tmp_path: Path) -> None:
    project(tmp_path, 'url = "env:SHOP"', "major = 12")
    reply = run("doctor", "--json", folder=tmp_path, SHOP=url).reply_of(Examination)
    assert (reply.code, reply.data.database) == (3, "default")
    (problem,) = reply.problems
    assert (problem.code, problem.fix) == ("version", "major = 18")
    assert "and the config says 12" in problem.message
    assert {each.check: each.level for each in reply.data.findings}["schema"] == "warning"


def test_without_a_config_it_says_what_writes_one(tmp_path: Path) -> None:
    ran = run("doctor", folder=tmp_path)
    assert (ran.code, ran.errors) == (3, "")
    assert ran.output.startswith("problem config     no pyproject.toml with [tool.qb.databases.NAME] in ")
    assert ran.output.endswith("\n                   qb init\n")


def test_no_password_is_shown(tmp_path: Path) -> None:
    project(tmp_path, 'url = "postgresql://ada:hunter2@127.0.0.1:1/shop"')
    for arguments in (["doctor"], ["doctor", "--json"]):
        ran = run(*arguments, folder=tmp_path)
        assert ran.code == 3
        assert "hunter2" not in ran.output + ran.errors
        assert "url has its password in" in ran.output
        assert "could not connect" in ran.output
