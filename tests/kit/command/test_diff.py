"""`qb diff`: any two of schemas, databases and files."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from qb import Script, connect, trusted
from qb.kit.diffs.words import DiffDocument
from tables.scratch import scratch_database
from tests.kit.command.commands import ROOT, project, run

TABLES = """
from qb import Col, Table, column

class Order(Table, name="orders"):
    id: Col[int] = column(primary_key=True)
"""
BEFORE = "CREATE TABLE orders (id bigint PRIMARY KEY);\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT\n1';\n"
AFTER = BEFORE.replace("SELECT\n1", "SELECT\n2") + "CREATE TABLE audit (id int);\n"


@pytest.fixture(scope="module")
def url(qb_url: str) -> Iterator[str]:
    with scratch_database(qb_url, name="diff") as url:
        with connect(url) as db:
            db.run(Script(trusted(BEFORE))).unwrap()
        yield url


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("diff")
    (made / "before.sql").write_text(BEFORE)
    (made / "after.sql").write_text(AFTER)
    return project(made, 'url = "env:SHOP"', name="shop", shop_of_diff=TABLES)


def test_two_files(folder: Path) -> None:
    ran = run("diff", "before.sql", "after.sql", folder=folder)
    assert (ran.code, ran.errors) == (3, "")
    assert ran.output.splitlines()[0] == "2 differences: 1 added, 1 changed"
    assert "added table audit with 1 column" in ran.output
    assert "missing: in before.sql alone, added: in after.sql" in ran.output
    assert run("diff", "before.sql", "before.sql", folder=folder).code == 0
    left = run("diff", "before.sql", "after.sql", "--exclude", "audit", "--exclude", "f", folder=folder)
    assert (left.code, left.output.splitlines()[0]) == (0, "no difference")


def test_a_database_by_its_name_or_its_address(url: str, folder: Path) -> None:
    for said in (url, "shop"):
        ran = run("diff", said, "after.sql", "--json", folder=folder, SHOP=url)
        reply = ran.reply_of(DiffDocument)
        assert [each.title for each in reply.data.changes] == ["table public.audit", "function public.f()"]
        assert reply.data.sides[1] == "after.sql"


def test_a_schema_by_its_module(url: str, folder: Path) -> None:
    ran = run("diff", "shop_of_diff", url, folder=folder)
    assert (ran.code, ran.errors) == (3, "")
    assert "added function f()" in ran.output


def test_what_is_nothing(folder: Path) -> None:
    ran = run("diff", "no such thing", "after.sql", "--json", folder=folder)
    assert [each.code for each in ran.reply().problems] == ["unknown-source"]
    assert run("diff", "no_such_module", "after.sql", folder=folder).code == 1
    assert run("diff", "before.sql", "after.sql", folder=folder.parent).code == 1


def test_without_a_config(folder: Path, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    ran = run("diff", str(folder / "before.sql"), str(folder / "before.sql"), folder=tmp_path)
    assert (ran.code, ran.output) == (0, "no difference\n")


def test_in_colours_both_texts_stand_side_by_side(folder: Path) -> None:
    reader, writer = pty.openpty()
    environ = os.environ | {"TERM": "xterm-256color", "COLUMNS": "100", "PYTHONPATH": str(ROOT)}
    environ.pop("NO_COLOR", None)
    command = (sys.executable, "-m", "qb", "diff", "before.sql", "after.sql")
    with subprocess.Popen(command, stdout=writer, stderr=writer, env=environ, cwd=folder) as running:
        os.close(writer)
        said = "".join(_read(reader))
    os.close(reader)
    assert running.returncode == 3, said
    assert "\x1b[32madded \x1b[0mtable audit" in said
    (line,) = [each for each in said.splitlines() if "\x1b[31m1" in each]
    assert "\x1b[32m2" in line


def _read(reader: int) -> Iterator[str]:
    """What a terminal is told, to its end: where the writer is gone, Linux gives an error."""
    with suppress(OSError):
        while part := os.read(reader, 100_000):
            yield part.decode(errors="replace")
