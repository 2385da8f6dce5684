"""`qb clone`: into an empty database, and not by mistake."""

from __future__ import annotations

from pathlib import Path

from qb import Database, Script
from tables.scratch import scratch_database
from tests.kit.command.commands import project, run


def test_a_copy_is_made(qb_database: Database, qb_database_url: str, qb_url: str, tmp_path: Path) -> None:
    qb_database.run(Script("CREATE TABLE t (x int)", "INSERT INTO t VALUES (1), (2)")).unwrap()
    folder = project(tmp_path, f'url = "{qb_database_url}"', "owned = true")
    with scratch_database(qb_url, name="clone") as to:
        done = run("clone", "--to", to, folder=folder)
        assert done.code == 0, done
        assert done.output.endswith(": 1 table, 2 rows\n")
        assert run("clone", "--to", to, folder=folder).code == 1


def test_a_copy_on_another_machine_has_to_be_meant(tmp_path: Path) -> None:
    folder = project(tmp_path, 'url = "postgresql://localhost/app"')
    done = run("clone", "--to", "postgresql://ada:secret@db.example.com/app", "--json", folder=folder)
    assert (done.code, "secret" in done.output) == (4, False)
    assert "--confirm default says that it is meant" in done.reply().problems[0].message


def test_nothing_is_made_on_a_server_that_is_guarded(tmp_path: Path) -> None:
    folder = project(tmp_path, 'url = "postgresql://localhost:5999/app"', "protected = true")
    done = run("clone", "--to", "postgresql://localhost:5999/try", folder=folder)
    assert (done.code, "the server of the database default, which is protected" in done.errors) == (4, True)
