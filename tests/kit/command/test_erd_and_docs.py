"""`qb erd` and `qb docs`: on the screen, as files, as JSON."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.kit.command.commands import project, run

pytestmark = pytest.mark.slow  # a shadow is started

TABLES = """
from qb import Col, Table, column, identity


class Sensor(Table, name="sensors"):
    id: Col[int] = column(primary_key=True, default=identity())


class Reading(Table, name="readings"):
    id: Col[int] = column(primary_key=True, default=identity())
    sensor_id: Col[int] = column(references=Sensor.id, comment="what was read")
"""


def test_both_documents(server_folder: Path) -> None:
    folder = project(server_folder, 'schema = "documented_tables"', documented_tables=TABLES)
    ran = run("erd", folder=folder)
    assert (ran.code, ran.errors) == (0, "")
    assert ran.output.splitlines()[-3] == '    t1 }o--|| t2 : "sensor_id"'
    for name, begins in (
        ("a.svg", "<svg "),
        ("b.dot", "digraph "),
        ("c.mmd", "erDiagram\n"),
        ("d/e.md", "```mermaid\n"),
    ):
        written = run("erd", "--out", name, folder=folder)
        assert written.output == f"{name.replace('/', os.sep)} written\n"
        assert (folder / name).read_text(encoding="utf-8").startswith(begins)
    refused = run("erd", "--out", "x.png", folder=folder)
    assert (refused.code, (folder / "x.png").exists()) == (1, False)
    said = " ".join(refused.errors.split())
    assert "x.png does not end with what can be drawn, which is .svg, .dot, .gv, .mmd, .mermaid, .md: take one" in said
    assert run("erd", "--out", "x.txt", "--format", "dot", folder=folder).code == 0
    missed = run("erd", "--names", "nope*", "--names", "no", "--json", folder=folder).reply()
    assert (missed.code, missed.problems[0].code) == (1, "nothing-drawn")
    assert "none of 2 tables is called nope* or no: nothing is drawn" in missed.problems[0].message
    data = run("erd", "--format", "dot", "--json", folder=folder).reply_of(dict[str, str | None]).data
    assert data["format"] == "dot"
    assert str(data["text"]).endswith("}\n")

    page = run("docs", "--title", "Sensors", folder=folder)
    assert page.output.startswith("# Sensors\n\n2 tables.\n")
    assert "| `sensor_id` | `bigint` | | | [public.sensors](#publicsensors) | what was read |" in page.output
    assert run("docs", "--out", "p.md", "--names", "sens*", folder=folder).output == "p.md written\n"
    assert "readings" not in (folder / "p.md").read_text(encoding="utf-8")


def test_of_the_database_itself(server_folder: Path, qb_url: str) -> None:
    folder = project(server_folder, 'url = "env:DRAWN"')
    ran = run("erd", "--live", "--names", "no_such_*", folder=folder, DRAWN=qb_url)
    assert (ran.code, ran.output) == (1, "")
    assert "tables is called no_such_*: nothing is drawn" in ran.errors
