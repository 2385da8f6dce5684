"""`qb import sqlite`: looked at, and brought here."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from qb import Success, connect, sql
from qb.kit.importing.sqlite_import import ImportedSqlite
from tests.kit.command.commands import project, run


@pytest.fixture
def folder(tmp_path: Path, qb_database_url: str) -> Path:
    connection = sqlite3.connect(tmp_path / "old.db")
    connection.executescript(
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, x TEXT, made INTEGER);"
        "INSERT INTO notes VALUES (1, '{}', 1700000000000), (2, '[]', NULL)"
    )
    connection.close()
    return project(tmp_path, f'url = "{qb_database_url}"', "owned = true")


def test_it_is_looked_at_and_brought_here(folder: Path, qb_database_url: str) -> None:
    looked = run("import", "sqlite", "old.db", "--inspect", "--as", "notes.made=timestamptz:ms", folder=folder)
    assert looked.output == (
        "notes: 2 rows\n  id bigint NOT NULL identity\n  x jsonb\n  made timestamptz:ms\n"
        '  ALTER TABLE "notes" ADD PRIMARY KEY ("id")\n'
    )
    done = run("import", "sqlite", "old.db", "--json", folder=folder).reply_of(ImportedSqlite)
    assert [(each.table, each.rows) for each in done.data.tables] == [("notes", 2)]
    with connect(qb_database_url) as db:
        assert db.scalar(sql("SELECT count(*) FROM notes").rows(int)) == Success(2)


def test_what_is_wrong_is_told(folder: Path) -> None:
    assert (
        "say it as tickets.made=timestamptz:ms" in run("import", "sqlite", "old.db", "--as", "x", folder=folder).errors
    )
    missing = run("import", "sqlite", "new.db", "--json", folder=folder)
    assert (missing.code, missing.reply().problems[0].code) == (1, "unreadable-sqlite")
    text = (folder / "pyproject.toml").read_text()
    (folder / "pyproject.toml").write_text(text.replace("owned = true", "owned = false"))
    assert run("import", "sqlite", "old.db", folder=folder).code == 4
