"""`qb export`: models of SQLAlchemy, and a package."""

from __future__ import annotations

from pathlib import Path

import pytest

from qb.kit.command.export import ExportedFile
from tests.kit.command.commands import project, run

TABLES = """
from qb import Col, Table, column, identity

class Note(Table, name="noted"):
    id: Col[int] = column(primary_key=True, default=identity())
    text: Col[str]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return project(tmp_path, 'schema = "notes_of_export"', notes_of_export=TABLES)


def test_models_are_called_as_the_classes(folder: Path) -> None:
    printed = run("export", "sqlalchemy", folder=folder)
    assert 'class Note(Base):\n    __tablename__ = "noted"\n' in printed.output
    assert run("export", "sqlalchemy", "--out", "a/models.py", "--check", folder=folder).code == 3
    assert run("export", "sqlalchemy", "--out", "a/models.py", folder=folder).output == "a/models.py: written\n"
    assert run("export", "sqlalchemy", "--out", "a/models.py", "--check", folder=folder).code == 0


def test_a_package(folder: Path) -> None:
    missing = run("export", "package", "--to", "given", "--check", "--json", folder=folder)
    assert missing.code == 3
    assert missing.reply().problems[0].fix == "qb export package --to given"
    done = run("export", "package", "--to", "given", "--json", folder=folder).reply_of(list[ExportedFile])
    assert [(Path(str(each.file)).name, each.state) for each in done.data] == [
        ("__init__.py", "written"),
        ("notes_of_export.py", "written"),
    ]
    assert run("export", "package", "--to", "given", "--check", folder=folder).output == "all of it is the same\n"


def test_where_to_has_to_be_said(folder: Path) -> None:
    done = run("export", "package", folder=folder)
    assert (done.code, "--to: say which folder becomes the package" in done.errors) == (1, True)
