"""`qb check`: findings for people and as JSON, what it exits with, and the database itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from qb import Script, connect, trusted
from qb.kit import Checked
from tests.kit.command.commands import process, project, run

pytestmark = pytest.mark.slow  # a shadow is started

TABLES = """
from qb import Col, Table, column, identity, pg, silence


class Sensor(Table, name="sensors"):
    id: Col[int] = column(pg.integer, primary_key=True, default=identity())


class Reading(Table, name="readings"):
    id: Col[int] = column(primary_key=True, default=identity())
    sensor_id: Col[int] = column(pg.integer, references=Sensor.id)
    serial: Col[str] = column(pg.varchar(10))


few = silence("primary-key-of-32-bits", Sensor, because="there are ten")
"""


def test_what_is_found_is_shown_and_exits_with_3(server_folder: Path) -> None:
    folder = project(server_folder, 'schema = "readings_tables"', readings_tables=TABLES)
    ran = run("check", folder=folder)
    assert (ran.code, ran.errors) == (3, "")
    assert ran.output == (
        "warning public.readings.readings_sensor_id_fkey [foreign-key-without-index]\n"
        "  no index begins with sensor_id, so that deleting from public.sensors reads all of it\n"
        "  add an index on (sensor_id)\n"
        "1 warning, 0 notes, 1 silenced\n"
    )
    assert "there are ten" in run("check", "--silenced", folder=folder).output


def test_modules_on_the_command_line_need_no_config(server_folder: Path) -> None:
    (server_folder / "other_tables.py").write_text(TABLES)
    ran = process("check", "other_tables", "--leave", "foreign-key-without-index", folder=server_folder)
    assert (ran.code, ran.output) == (0, "0 warnings, 0 notes, 1 silenced\n"), ran


def test_as_json(server_folder: Path) -> None:
    folder = project(server_folder, 'schema = "more_tables"', more_tables=TABLES)
    reply = run("check", "--json", "--only", "limited-text", folder=folder).reply_of(Checked)
    assert (reply.ok, reply.code) == (True, 0)
    assert [each.on.title for each in reply.data.findings] == ["public.readings.serial"]
    assert [(each.code, each.object) for each in reply.problems] == [("limited-text", "column public.readings.serial")]
    assert [(each.file, each.line) for each in reply.problems] == [("more_tables.py", 12)]
    assert [(each.file, each.line) for each in reply.data.findings] == [("more_tables.py", 12)]


def test_warnings_come_first_and_notes_can_be_left_out(server_folder: Path) -> None:
    folder = project(server_folder, 'schema = "order_tables"', order_tables=TABLES)
    only = ("--only", "foreign-key-without-index", "--only", "limited-text")
    lines = run("check", *only, folder=folder).output.splitlines()
    assert [each.split()[0] for each in lines if not each.startswith(" ")] == ["warning", "note", "1", "1"]
    assert lines[-2] == "1 foreign-key-without-index, 1 limited-text"
    left = run("check", *only, "--warnings", "--json", folder=folder).reply_of(Checked)
    assert [each.lint for each in left.data.findings] == ["foreign-key-without-index"]
    assert [(each.file, each.line) for each in left.data.findings] == [("order_tables.py", 9)]


def test_the_lints_are_listed(tmp_path: Path) -> None:
    ran = run("check", "--lints", folder=tmp_path)
    assert ran.code == 0
    assert "foreign-key-without-index warning" in re.sub(" +", " ", ran.output)
    listed = run("check", "--lints", "--json", folder=tmp_path).reply().data
    assert {each["name"] for each in listed} >= {"limited-text"}


def test_a_stale_silence_is_told(server_folder: Path) -> None:
    stale = TABLES.replace("pg.integer, references", "references").replace("pg.integer", "pg.bigint")
    ran = run("check", folder=project(server_folder, 'schema = "stale_tables"', stale_tables=stale))
    assert ran.code == 3
    assert "<silence primary-key-of-32-bits of table sensors> silences nothing: take it away" in ran.output


def test_the_database_itself(server_folder: Path, qb_url: str) -> None:
    folder = project(server_folder, 'url = "env:CHECKED"')
    ran = run("check", "--live", "--names", "no_such_*", "--json", folder=folder, CHECKED=qb_url)
    assert ran.reply_of(Checked).data.findings == ()


def test_a_name_that_no_lint_has(server_folder: Path) -> None:
    folder = project(server_folder, 'schema = "named_tables"', named_tables=TABLES)
    ran = run("check", "--only", "nothing", folder=folder)
    assert ran.code == 1
    assert "there is no lint 'nothing'" in ran.errors
    near = run("check", "--only", "foreign-key", folder=folder)
    assert "there is no lint 'foreign-key': did you mean foreign-key-half-null, " in near.errors


def test_a_database_without_a_schema_is_looked_at_but_for_what_others_keep(bare_url: str, tmp_path: Path) -> None:
    tables = ("alembic_version", "directus_users", "left_logs", "kept_notes")
    with connect(bare_url) as db:
        db.run(Script(trusted(";".join(f"CREATE TABLE {name} (note text)" for name in tables)))).unwrap()
        try:
            folder = project(tmp_path, f'url = "{bare_url}"', 'exclude = ["left_*"]')
            reply = run("check", "--live", "--only", "no-primary-key", "--json", folder=folder).reply_of(Checked)
            drawn = run("erd", "--live", folder=folder).output
        finally:
            db.run(Script(trusted(f"DROP TABLE {', '.join(tables)}"))).unwrap()
    assert [each.on.title for each in reply.data.findings] == ["public.kept_notes"]
    assert [name for name in tables if name in drawn] == ["kept_notes"]
