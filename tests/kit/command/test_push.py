"""`qb push`: what it shows, asks and refuses, and how it exits."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qb import Script, connect, sql
from qb.kit.pushing.push import Pushed
from tables.scratch import scratch_database
from tests.kit.command.commands import ROOT, project, run

TABLES = """
from qb import Col, Table, column, identity


class Note(Table, name="notes"):
    id: Col[int] = column(primary_key=True, default=identity())
    text: Col[str | None]
"""
RENAMED = TABLES.replace("text:", "body:")


@pytest.fixture
def url(qb_url: str) -> Iterator[str]:
    with scratch_database(qb_url, name="push") as url:
        yield url


def shop(folder: Path, text: str, *lines: str) -> Path:
    """A project whose module has a name of its own: tests share this process."""
    module = f"pushed_{abs(hash((str(folder), text)))}"
    return project(folder, 'url = "env:SHOP"', f'schema = "{module}"', *lines, **{module: text})


def test_shown_and_run(tmp_path: Path, url: str) -> None:
    folder = shop(tmp_path, TABLES)
    plan = run("push", "--dry-run", folder=folder, SHOP=url)
    assert (plan.code, plan.errors) == (0, "")
    assert 'CREATE TABLE "public"."notes"' in plan.output
    done = run("push", folder=folder, SHOP=url)
    assert (done.code, done.output) == (0, "2 statements run\n")
    assert done.errors.startswith(plan.output)
    again = run("push", folder=folder, SHOP=url)
    assert again.output == "nothing to do: the database is what the schema says\n"
    reply = run("push", "--json", folder=folder, SHOP=url)
    assert (reply.errors, reply.reply_of(Pushed).data.applied) == ("", False)


def test_what_is_asked_is_answered_by_options(tmp_path: Path, url: str) -> None:
    run("push", folder=shop(tmp_path, TABLES), SHOP=url)
    with connect(url) as db:
        db.run(Script("INSERT INTO notes (text) VALUES ('kept')")).unwrap()
    folder = shop(tmp_path, RENAMED)
    asked = run("push", "--json", folder=folder, SHOP=url).reply()
    assert asked.code == 2
    (problem,) = asked.problems
    assert problem.fix == "--hint rename:notes.text=notes.body or --allow drop-column:notes.text"
    done = run("push", "--hint", "rename:notes.text=notes.body", folder=folder, SHOP=url)
    assert done.code == 0
    with connect(url) as db:
        assert db.scalar(sql("SELECT body FROM notes").rows(str)).unwrap() == "kept"


@pytest.mark.parametrize("command", ["push"])
def test_what_is_not_free_is_refused_by_its_key(tmp_path: Path, url: str, command: str) -> None:
    folder = shop(tmp_path, TABLES, "protected = true")
    refused = run(command, folder=folder, SHOP=url)
    assert (refused.code, refused.output) == (4, "")
    assert (
        f"{folder}/pyproject.toml:4: tool.qb.databases.default.protected: it is true, so qb {command} changes nothing"
    ) in refused.errors
    folder = shop(tmp_path, TABLES, "owned = false")
    said = run(command, folder=folder, SHOP=url)
    assert (said.code, "tool.qb.databases.default.owned: it is false" in said.errors) == (4, True)
    away = run(command, folder=shop(tmp_path, TABLES), SHOP="postgresql://ada:hunter2@db.example.com/shop")
    assert (away.code, "tool.qb.databases.default.owned: it is not said" in away.errors) == (4, True)
    away = run(command, folder=shop(tmp_path, TABLES, "owned = true"), SHOP="postgresql://ada:hunter2@db.example.com/x")
    assert away.code == 4
    assert "tool.qb.databases.default.protected: it is not said, and the server is not on this" in away.errors
    assert "hunter2" not in away.errors


def test_it_says_that_it_goes_past_migrations(tmp_path: Path, url: str) -> None:
    folder = shop(tmp_path, TABLES)
    made = folder / "migrations" / "0001_other"
    made.mkdir(parents=True)
    (made / "up.sql").write_text("CREATE TABLE other ();")
    assert run("migrate", folder=folder, SHOP=url).code == 0
    said = "-- the journal has 1 migration, 0001_other: this goes past it, qb generate writes the next one"
    done = run("push", folder=folder, SHOP=url)
    assert (done.code, done.errors.splitlines()[0]) == (0, said)
    assert run("push", folder=folder, SHOP=url).output.splitlines()[0] == said


@pytest.mark.slow
@pytest.mark.parametrize(("typed", "code"), [("9\n1\n", 0), ("--allow drop-column:notes.text\n", 0), ("\n", 2)])
def test_on_a_terminal_it_asks(tmp_path: Path, url: str, typed: str, code: int) -> None:
    run("push", folder=shop(tmp_path, TABLES), SHOP=url)
    with connect(url) as db:
        db.run(Script("INSERT INTO notes (text) VALUES ('kept')")).unwrap()
    folder = shop(tmp_path, RENAMED)
    reader, writer = pty.openpty()
    environ = os.environ | {"SHOP": url, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    os.write(reader, typed.encode())
    command = (sys.executable, "-m", "qb", "push")
    done = subprocess.run(command, cwd=folder, env=environ, stdin=writer, stdout=writer, stderr=writer, check=False)
    said = os.read(reader, 100_000).decode()
    os.close(reader)
    os.close(writer)
    assert (done.returncode, "is it renamed?" in said) == (code, True), said
    assert "1  --hint rename:notes.text=notes.body" in said
