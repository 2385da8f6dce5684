"""`qb types`: outputs of the config, and one alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb.kit.command.types import TypesFile
from tests.kit.command.commands import project, run

TABLES = """
from qb import Col, Table, column, identity

class Note(Table, name="notes"):
    id: Col[int] = column(primary_key=True, default=identity())
    text: Col[str]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    outputs = 'outputs = { typescript = "web/schema.ts", openapi = "openapi.json" }'
    return project(tmp_path, 'schema = "notes_of_types"', outputs, notes_of_types=TABLES)


def test_all_outputs_of_the_config(folder: Path) -> None:
    stale = run("types", "--check", "--json", folder=folder)
    assert stale.code == 3
    assert [each.message for each in stale.reply().problems] == [
        f"{folder}/openapi.json is missing: qb types writes it",
        f"{folder}/web/schema.ts is missing: qb types writes it",
    ]
    done = run("types", folder=folder)
    assert (done.code, done.output) == (0, f"{folder}/openapi.json: written\n{folder}/web/schema.ts: written\n")
    assert run("types", "--check", folder=folder).code == 0
    (folder / "web/schema.ts").write_text("")
    assert run("types", "typescript", "--check", folder=folder).code == 3
    assert run("types", "openapi", "--check", folder=folder).code == 0
    same = run("types", "--json", folder=folder).reply_of(list[TypesFile])
    assert [each.state for each in same.data] == ["same", "written"]


def test_one_is_printed_or_written_elsewhere(folder: Path) -> None:
    printed = run("types", "json-schema", folder=folder)
    assert printed.output.startswith("{\n")
    assert '"NewNote"' in printed.output
    elsewhere = run("types", "typescript", "notes_of_types", "--out", "functions/schema.ts", folder=folder)
    assert elsewhere.output == "functions/schema.ts: written\n"
    assert "export type Database = {" in (folder / "functions/schema.ts").read_text()


def test_without_a_config_modules_are_enough(tmp_path: Path) -> None:
    (tmp_path / "more_notes.py").write_text(TABLES)
    assert "notes: {" in run("types", "typescript", "more_notes", folder=tmp_path).output


def test_no_output_at_all_is_told(tmp_path: Path) -> None:
    project(tmp_path, 'schema = "notes_without"', notes_without=TABLES)
    done = run("types", folder=tmp_path)
    assert done.code == 1
    assert "no output is named" in done.errors
